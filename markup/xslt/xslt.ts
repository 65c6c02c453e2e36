import { checkOptions, FUNCTION, LIMIT, OBJECT, type OptionRules, STRING } from "../options.ts";
import type { Element } from "../tree/element.ts";
import type { ElementTree } from "../tree/element_tree.ts";
import { parse } from "../xml/parse/parse.ts";
import { serialize } from "../xml/serialize/serialize.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { faultsIn, XsltError } from "./fault.ts";

/** Gives a document that a stylesheet imports, includes or asks for by `document()`; `undefined` refuses it. */
export type XsltResolver = (
  url: string,
) => string | Uint8Array | undefined | Promise<string | Uint8Array | undefined>;

/** How a stylesheet is used. */
export interface XsltOptions {
  /**
   * Address of the stylesheet, which relative ones in it are relative to.
   *
   * @default {"http://stylesheet.invalid/"}
   */
  url?: string;
  /**
   * Gives documents that the stylesheet asks for. Without one there are none: nothing is read or fetched.
   *
   * @default {undefined}
   */
  resolver?: XsltResolver;
}

/** A parameter: a text, a number, a boolean, or an XPath expression, which sees the document. */
export type XsltParameter = string | number | boolean | { readonly xpath: string };

/** How a document is transformed. */
export interface XsltTransformOptions {
  /**
   * Values of the stylesheet's parameters.
   *
   * @default {{}}
   */
  parameters?: Readonly<Record<string, XsltParameter>>;
  /**
   * Ends it.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
  /**
   * Most milliseconds that it may take.
   *
   * @default {Infinity}
   */
  timeout?: number;
}

const RULES: OptionRules<XsltOptions> = { url: STRING, resolver: FUNCTION };

const TRANSFORM_RULES: OptionRules<XsltTransformOptions> = {
  parameters: OBJECT,
  signal: OBJECT,
  timeout: LIMIT,
};

/** What a stylesheet has made. */
export class XsltResult {
  /** The output as a text, as the stylesheet's `xsl:output` says. */
  readonly text: string;
  /** What the stylesheet said by `xsl:message`, and warnings. */
  readonly messages: readonly string[];

  /** Made by {@linkcode Xslt.transform}. */
  constructor(text: string, messages: readonly string[]) {
    this.text = text;
    this.messages = messages;
  }

  /**
   * The output as a tree.
   *
   * @throws {XmlSyntaxError} If it is no XML.
   */
  parse(): Element {
    return parse(this.text);
  }

  /** The output as a text. */
  toString(): string {
    return this.text;
  }
}

/** A text as an XPath expression: there are no escapes in literals. */
function literal(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  return `concat(${text.split("'").map((part) => `'${part}'`).join(`, "'", `)})`;
}

function expressionOf(value: XsltParameter): string {
  if (typeof value === "string") return literal(value);
  if (typeof value === "object") {
    if (typeof value?.xpath === "string") return value.xpath;
    throw new TypeError(
      "A parameter needs a text, a number, a boolean or { xpath }, received another object",
    );
  }
  return typeof value === "boolean" ? `${value}()` : `number('${value}')`;
}

function textOf(document: Element | ElementTree | string): string {
  return typeof document === "string" ? document : serialize(document);
}

/**
 * A stylesheet of XSLT 1.0, with EXSLT: done by libxslt, compiled to WebAssembly, in a worker of its own. Close it, or let `using` do
 * so.
 *
 * @example A list of a catalogue
 * ```ts
 * import { Xslt } from "@ferry/std/markup/xslt";
 * import { assertEquals } from "@std/assert";
 *
 * using list = new Xslt(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
 *   <xsl:output omit-xml-declaration="yes"/>
 *   <xsl:param name="title"/>
 *   <xsl:template match="/fleet">
 *     <ul title="{$title}"><xsl:for-each select="ship"><xsl:sort/><li><xsl:value-of select="."/></li></xsl:for-each></ul>
 *   </xsl:template>
 * </xsl:stylesheet>`);
 * const result = await list.transform("<fleet><ship>Eve</ship><ship>Ada</ship></fleet>", {
 *   parameters: { title: "Ships" },
 * });
 * assertEquals(result.text.trim(), '<ul title="Ships"><li>Ada</li><li>Eve</li></ul>');
 * ```
 */
export class Xslt implements Disposable {
  readonly #stylesheet: string;
  readonly #url: string;
  readonly #resolver: XsltResolver | undefined;
  #worker: Worker | undefined;
  /** The transformation that is under way; they come one after another. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** Ends what is under way. */
  #abort: ((reason: unknown) => void) | undefined;

  /**
   * Takes a stylesheet; it is compiled when it is first used.
   *
   * @example Make one
   * ```ts
   * import { Xslt } from "@ferry/std/markup/xslt";
   *
   * using list = new Xslt(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
   *   <xsl:output omit-xml-declaration="yes"/>
   *   <xsl:param name="title"/>
   *   <xsl:template match="/fleet">
   *     <ul title="{$title}"><xsl:for-each select="ship"><xsl:sort/><li><xsl:value-of select="."/></li></xsl:for-each></ul>
   *   </xsl:template>
   * </xsl:stylesheet>`);
   * ```
   *
   * @param stylesheet The stylesheet.
   * @param options Its address, and where it finds others.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(stylesheet: Element | ElementTree | string, options?: XsltOptions) {
    const checked = checkOptions("Cannot use a stylesheet", options, RULES);
    this.#stylesheet = textOf(stylesheet);
    this.#url = checked.url ?? "http://stylesheet.invalid/";
    this.#resolver = checked.resolver;
  }

  /**
   * Transforms a document. Several at a time are done one after another.
   *
   * @param document The document: an element, with what is in it, or a text.
   * @param options Parameters, and how long it may take.
   * @throws {XsltError} If the stylesheet or the document is wrong, or the stylesheet has ended itself.
   * @throws {Deno.errors.NotCapable} If this package or libxslt is on disk and may not be read.
   * @throws {Deno.errors.TimedOut} If it took too long.
   * @throws {TypeError} If this is closed, or an option is unknown or of the wrong type.
   */
  async transform(
    document: Element | ElementTree | string,
    options?: XsltTransformOptions,
  ): Promise<XsltResult> {
    const checked = checkOptions("Cannot transform a document", options, TRANSFORM_RULES);
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      checked.signal?.throwIfAborted();
      if (this.#closed) throw new TypeError("The stylesheet is closed: it transforms nothing more");
      return await this.#transform(document, checked);
    } finally {
      resolve();
    }
  }

  async #transform(
    document: Element | ElementTree | string,
    { parameters = {}, signal, timeout = Infinity }: XsltTransformOptions,
  ): Promise<XsltResult> {
    const expressions = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, expressionOf(value)]),
    );
    const stop = Promise.withResolvers<never>();
    stop.promise.catch(() => {});
    this.#abort = stop.reject;
    const aborted = () => stop.reject(signal!.reason);
    signal?.addEventListener("abort", aborted);
    const timer = timeout < 2 ** 31
      ? setTimeout(() => {
        stop.reject(new Deno.errors.TimedOut(`The stylesheet needs more than ${timeout} ms`));
      }, timeout)
      : undefined;
    try {
      if (this.#worker === undefined) {
        const module = new URL("./worker.ts", import.meta.url);
        assertReadable(module);
        this.#worker = new Worker(module, { type: "module" });
        await this.#ask(
          { kind: "compile", stylesheet: this.#stylesheet, url: this.#url },
          stop.promise,
        );
      }
      const answer = await this.#ask({
        kind: "transform",
        document: textOf(document),
        url: "http://document.invalid/",
        parameters: expressions,
      }, stop.promise);
      return new XsltResult(answer.text, answer.messages);
    } catch (error) {
      // A stylesheet that did not compile, or a worker that is in the midst of something, is of no more use.
      const usable = error instanceof XsltError && this.#worker !== undefined;
      if (!usable) this.#end();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      this.#abort = undefined;
    }
  }

  /** Sends a message and waits for the answer; what is asked for meanwhile is resolved. */
  #ask(
    message: ToWorker,
    stop: Promise<never>,
  ): Promise<FromWorker & { kind: "transformed" }> {
    const worker = this.#worker!;
    const answer = Promise.withResolvers<FromWorker & { kind: "transformed" }>();
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.kind) {
        case "resolve":
          this.#resolve(data.url).then((content) => {
            worker.postMessage({ kind: "resolved", id: data.id, content } satisfies ToWorker);
          }, answer.reject);
          return;
        case "failed": {
          if (data.broken || message.kind === "compile") this.#end();
          const what = message.kind === "compile"
            ? "The stylesheet cannot be compiled"
            : "The document cannot be transformed";
          const faults = faultsIn(data.messages);
          if (faults.length === 0 || data.broken) {
            faults.push({ message: data.reason, line: undefined, url: undefined });
          }
          answer.reject(new XsltError(what, faults));
          return;
        }
        case "denied":
          this.#end();
          answer.reject(notCapable(data.reason));
          return;
        default:
          answer.resolve(data as FromWorker & { kind: "transformed" });
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      answer.reject(
        new XsltError("The worker of a stylesheet has failed", faultsIn([event.message])),
      );
    };
    worker.postMessage(message);
    return Promise.race([answer.promise, stop]);
  }

  async #resolve(url: string): Promise<Uint8Array | undefined> {
    const content = await this.#resolver?.(url);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Ends the worker; a transformation that is under way is rejected. */
  close(): void {
    this.#closed = true;
    this.#abort?.(new TypeError("The stylesheet was closed while it was in use"));
    this.#end();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A worker whose module may not be read would only say that it failed. What is embedded in an executable may. */
function assertReadable(module: URL): void {
  if (module.protocol !== "file:" || Deno.build.standalone) return;
  if (Deno.permissions.requestSync({ name: "read", path: module }).state === "granted") return;
  throw notCapable(`it needs to read ${module}; run again with --allow-read`);
}

function notCapable(reason: string): Error {
  return new Deno.errors.NotCapable(`Cannot run a stylesheet: ${reason}`);
}
