/** Reads hostile bytes in a child process whose memory is limited, and tells what that cost. */

/** One read. */
export interface Job {
  /** What reads: both readers, and the tools that look into a pickle. */
  readonly format: "pickle" | "marshal" | "tools";
  /** Bytes at once, a stream cut into chunks, or all values of such a stream. */
  readonly how: "loads" | "load" | "loadAll";
  /** Size of the chunks of a stream. */
  readonly chunk?: number;
  /** Options of the reader, as JSON. */
  readonly options?: Record<string, unknown>;
}

/** What a read cost, and how it ended. */
export interface Cost {
  /** `value`, the reader's own error, or another, which is a fault; or why there is no answer. */
  readonly outcome: string;
  /** Processor time of the child. */
  readonly milliseconds: number;
  /** Most memory of the child, all it needs to run included. */
  readonly mebibytes: number;
}

/** Most time that a child has for an answer, by the clock: the machine may be busy. */
const PATIENCE = 20_000;

/** Whether memory of processes can be measured here. */
export const MEASURABLE: boolean = Deno.build.os === "linux";

/** A child process that reads one input after another. */
export class LimitedReader implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;
  #lines: ReadableStreamDefaultReader<string> | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array> | undefined;

  /** How many inputs the child at hand has read. */
  reads: number = 0;

  /** Reads some bytes. */
  async read(job: Job, bytes: Uint8Array): Promise<Cost> {
    if (this.#child === undefined) this.#start();
    this.reads++;
    const head = new TextEncoder().encode(JSON.stringify({ ...job, size: bytes.length }));
    const message = new Uint8Array(4 + head.length + bytes.length);
    new DataView(message.buffer).setUint32(0, head.length);
    message.set(head, 4);
    message.set(bytes, 4 + head.length);
    const answer = this.#lines!.read();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#child?.kill("SIGKILL");
    }, PATIENCE);
    try {
      await this.#input!.write(message);
      const { value } = await answer;
      if (value !== undefined) return JSON.parse(value) as Cost;
    } catch {
      // The child has ended, which `answer` tells as well.
    } finally {
      clearTimeout(timer);
    }
    await this.close();
    const outcome = late ? "no answer" : "the process ended";
    return { outcome, milliseconds: late ? PATIENCE : 0, mebibytes: 0 };
  }

  #start(): void {
    const child = this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--max-old-space-size=256",
        new URL("./limited_child.ts", import.meta.url).href,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.reads = 0;
    this.#input = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lines())
      .getReader();
  }

  /** Ends the child; the next read starts another. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    await this.#input!.abort().catch(() => {});
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#lines!.cancel().catch(() => {});
    await child.status;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function lines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(chunk, controller) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      for (const part of parts) controller.enqueue(part);
    },
  });
}
