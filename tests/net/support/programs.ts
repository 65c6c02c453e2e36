// Other programs as peers: whether they are there, and how they are started.

/** Whether a program is there; says so if it is not. */
export async function has(program: string, ...probe: string[]): Promise<boolean> {
  try {
    const { code } = await new Deno.Command(program, {
      args: probe,
      stdout: "null",
      stderr: "null",
    }).output();
    if (code === 0 || probe.length === 0) return true;
  } catch {
    // It is not there.
  }
  console.log(`    skipped: ${program} is not there`);
  return false;
}

/** A program that is running: its lines, its input, its end. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #left = "";

  constructor(command: string, ...args: string[]) {
    this.#child = new Deno.Command(command, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async write(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  async endInput(): Promise<void> {
    await this.#input.close().catch(() => {});
  }

  /** The next line of its output; `undefined` at the end. */
  async line(): Promise<string | undefined> {
    while (!this.#left.includes("\n")) {
      const { done, value } = await this.#output.read();
      if (done) return this.#left === "" ? undefined : this.#take(this.#left.length);
      this.#left += value;
    }
    return this.#take(this.#left.indexOf("\n") + 1).trimEnd();
  }

  #take(length: number): string {
    const out = this.#left.slice(0, length);
    this.#left = this.#left.slice(length);
    return out;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#input.abort().catch(() => {});
    while (!(await this.#output.read()).done);
    await this.#child.status;
  }
}

/** A port that was free a moment ago, for programs that cannot choose one. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Connects as soon as somebody listens. */
export async function eventually<T>(connect: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 20_000;;) {
    try {
      return await connect();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
