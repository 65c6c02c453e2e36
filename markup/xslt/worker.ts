/**
 * The worker of an `Xslt`: libxslt, cut off from the world. What it would print is collected, and what it would fetch is asked of
 * the one who has started it. A stylesheet that exhausts its stack ends this worker and nothing else.
 *
 * @module
 */
import type { FromWorker, ToWorker } from "./protocol.ts";

const scope = self as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

const printed: string[] = [];
/** Why the library's own file may not be read. */
let denied: Error | undefined;
const waiting = new Map<number, (content: Uint8Array | undefined) => void>();
let asked = 0;

function collect(...parts: unknown[]): void {
  // The lines of a runaway recursion are all alike.
  if (printed.length < 1000) printed.push(parts.join(" "));
}

async function fetchFromOutside(input: unknown): Promise<Response> {
  const url = String(input);
  const content = await new Promise<Uint8Array | undefined>((resolve) => {
    waiting.set(++asked, resolve);
    scope.postMessage({ kind: "resolve", id: asked, url });
  });
  return content === undefined
    ? new Response("", { status: 403 })
    : new Response(content as Uint8Array<ArrayBuffer>);
}

/** As much of it as Emscripten needs to read the library's own file. */
class FileRequest {
  status = 0;
  response: ArrayBuffer | undefined;
  responseType = "";
  onload: (() => void) | undefined;
  onerror: (() => void) | undefined;
  #url = "";

  open(_method: string, url: string): void {
    this.#url = url;
  }

  send(): void {
    Deno.readFile(new URL(this.#url)).then(({ buffer }) => {
      this.status = 200;
      this.response = buffer;
      this.onload?.();
    }, (error) => {
      if (error instanceof Deno.errors.NotCapable) denied = error;
      this.onerror?.();
    });
  }
}

for (const name of ["error", "log", "warn"]) Reflect.set(console, name, collect);
globalThis.fetch = fetchFromOutside as typeof fetch;
// Emscripten prints with Node.js's means wherever it finds a process.
Reflect.set(globalThis, "process", undefined);
Reflect.set(globalThis, "XMLHttpRequest", FileRequest);

type Library = typeof import("libxslt-wasm");
let library: Library | undefined;
let stylesheet: InstanceType<Library["XsltStylesheet"]> | undefined;

async function compile(text: string, url: string): Promise<void> {
  library = await import("libxslt-wasm");
  const { registerModule } = await import("libxslt-wasm/exslt");
  for (
    const module of [
      "common",
      "math",
      "sets",
      "functions",
      "dates-and-times",
      "strings",
      "dynamic",
    ] as const
  ) registerModule(module);
  const source = await library.XmlDocument.fromString(text, { url, options: { noXxe: true } });
  stylesheet = await library.XsltStylesheet.fromXmlDocument(source);
  scope.postMessage({ kind: "compiled" });
}

async function transform(message: ToWorker & { kind: "transform" }): Promise<void> {
  const { XmlDocument } = library!;
  const { document, url, parameters } = message;
  const source = await XmlDocument.fromString(document, {
    url,
    options: { noXxe: true, huge: true },
  });
  const result = await stylesheet!.apply(source, parameters);
  const text = stylesheet!.applyToString(result);
  result.delete();
  source.delete();
  scope.postMessage({ kind: "transformed", text, messages: printed.splice(0) });
}

scope.onmessage = ({ data }) => {
  if (data.kind === "resolved") {
    waiting.get(data.id)?.(data.content);
    waiting.delete(data.id);
    return;
  }
  printed.length = 0;
  const done = data.kind === "compile" ? compile(data.stylesheet, data.url) : transform(data);
  done.catch((error: unknown) => {
    if (denied !== undefined) {
      scope.postMessage({ kind: "denied", reason: denied.message });
      return;
    }
    const broken = error instanceof RangeError || error instanceof WebAssembly.RuntimeError;
    scope.postMessage({
      kind: "failed",
      reason: error instanceof RangeError
        ? "Templates call one another too deep"
        : `${error instanceof Error ? error.message : error}`,
      messages: printed.splice(0),
      broken,
    });
  });
};
