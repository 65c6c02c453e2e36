/** Where shelves of the tests are. */
import { fileURLToPath } from "node:url";
import { open, type OpenOptions, type Shelf } from "@ferry/std/persist/shelve";

/** A folder that is removed at the end. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  constructor() {
    this.path = Deno.makeTempDirSync({ prefix: "ferry-shelf-" });
  }

  at(name: string): string {
    return `${this.path}/${name}`;
  }

  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A place where a shelf can be opened again and again. */
export interface Place extends AsyncDisposable {
  open<V = unknown>(options?: OpenOptions<V>): Promise<Shelf<V>>;
}

/** A kind of place. */
export interface Kind {
  readonly name: string;
  make(): Promise<Place>;
}

/** The kinds that are files. */
export const FILES: Kind[] = (["kv", "sqlite"] as const).map((backend) => ({
  name: backend,
  make: () => {
    const folder = new Folder();
    return Promise.resolve({
      open: <V>(options: OpenOptions<V> = {}) =>
        open<V>(folder.at("shelf"), { backend, ...options }),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    });
  },
}));

/** Deterministic bytes that differ from one seed to another. */
export function bytesOf(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer, 0, length >> 2);
  let state = seed * 2654435761 >>> 0 || 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  bytes.fill(seed, words.length * 4);
  return bytes;
}

/** A child process of Deno with the project's settings, which runs a module of this folder. */
export function child(
  module: string,
  args: string[],
  flags: string[] = ["-A"],
  stdin: "null" | "piped" = "null",
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...flags,
      fileURLToPath(new URL(module, import.meta.url)),
      ...args,
    ],
    stdout: "piped",
    stderr: "piped",
    stdin,
  }).spawn();
}

/** The output of a child that has to succeed. */
export async function outputOf(process: Deno.ChildProcess): Promise<string> {
  const { success, stdout, stderr } = await process.output();
  if (!success) throw new TypeError(`A child failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Bytes that begin with their number, so that a value says which one it is. */
export function numbered(n: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf(n + 1, length);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

/** The number of a value, after a look whether all of it belongs to that number. */
export function numberOf(value: Uint8Array): number {
  const n = new DataView(value.buffer, value.byteOffset, value.length).getUint32(0);
  const whole = numbered(n, value.length);
  for (let i = 0; i < whole.length; i++) {
    if (whole[i] !== value[i]) throw new TypeError(`Value ${n} is torn at byte ${i}`);
  }
  return n;
}

/** The lines of a child, as they come. */
export async function* linesOf(process: Deno.ChildProcess): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
