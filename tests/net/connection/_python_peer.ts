import { fileURLToPath } from "node:url";
import { findEveryPython, type Python } from "../../_support/python.ts";

/** Every CPython there is; it is said when there is none. */
export const PYTHONS: readonly Python[] = findEveryPython();
if (PYTHONS.length === 0) {
  console.log("skipped: the tests with CPython's multiprocessing.connection need python3");
}

/** `3.13`. */
export function name({ version }: Python): string {
  return version.join(".");
}

export interface PeerOptions {
  role: "client" | "server";
  family: "tcp" | "unix";
  /** JSON of host and port, or a path; `@` in front for an abstract one. */
  address: string;
  /** Hexadecimal, or "none". */
  key: string;
  what: "echo" | "check";
}

/** A process of CPython that plays the other end. */
export class Peer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterableIterator<string>;

  constructor(python: Python, { role, family, address, key, what }: PeerOptions) {
    this.#child = new Deno.Command(python.command, {
      args: [
        "-W",
        "ignore",
        fileURLToPath(new URL("./peer.py", import.meta.url)),
        role,
        family,
        address,
        key,
        what,
      ],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = linesOf(this.#child.stdout);
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done ? "" : value;
  }

  /** Ends it, if it has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#lines.return?.();
    await this.#child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}
