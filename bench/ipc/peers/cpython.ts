/** CPython's multiprocessing as a peer: a subprocess that measures what it is asked for. */
import { fileURLToPath } from "node:url";
import type { Measure } from "./measure.ts";

/** The subprocess. */
export class CPython implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #encoder = new TextEncoder();

  constructor(command: string) {
    this.#process = new Deno.Command(command, {
      args: ["-u", fileURLToPath(new URL("./cpython.py", import.meta.url))],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Asks for the result of a function of cpython.py. */
  async ask(job: string, args: Record<string, unknown> = {}): Promise<unknown> {
    await this.#input.write(this.#encoder.encode(JSON.stringify({ job, ...args }) + "\n"));
    let line = "";
    while (!line.endsWith("\n")) {
      const { done, value } = await this.#output.read();
      if (done) throw new Deno.errors.UnexpectedEof(`Python ended while measuring ${job}`);
      line += value;
    }
    return JSON.parse(line);
  }

  /** A measurement of a function of cpython.py. */
  measure(job: string, args: Record<string, unknown> = {}): Measure {
    return async (n) => await this.ask(job, { n, ...args }) as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#process.status;
  }
}

/** "3.11.7" of a Python. */
export async function pythonVersion(command: string): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args: ["-V"] }).output();
  return new TextDecoder().decode(stdout).trim().split(" ")[1]!;
}
