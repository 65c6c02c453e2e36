// Programs of their own that share objects by name with a test.
import { fileURLToPath } from "node:url";

const CONFIG = fileURLToPath(new URL("../../../../deno.json", import.meta.url));
const DEADLINE = 60_000;

const PRELUDE = `
import { JoinableQueue, Lock, Pipe, Queue, SharedEvent, SharedMap } from "@ferry/std/ipc";
const say = (value) => console.log(JSON.stringify(value));
`;
const OPENER = `import "@ferry/std/ipc/shared-memory";`;

/** A running program. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  /** @param source What it does; \`say(value)\` tells the test something. */
  constructor(source: string, permissions: readonly string[] = ["-A"], opener: string = OPENER) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        ...permissions,
        "--config",
        CONFIG,
        `data:application/javascript,${encodeURIComponent(opener + PRELUDE + source)}`,
      ],
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(DEADLINE),
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lines())
      .getReader();
    this.#errors = new Response(this.#child.stderr).text();
  }

  /** What it says next; throws with what it wrote to stderr if it ends instead. */
  async said(): Promise<unknown> {
    const { value, done } = await this.#lines.read();
    if (done) throw new Deno.errors.UnexpectedEof(`The program has ended: ${await this.#errors}`);
    return JSON.parse(value);
  }

  /** Kills it, and waits until it is gone. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
  }

  /** Waits until it has ended; its exit code. */
  async ended(): Promise<number> {
    while (!(await this.#lines.read()).done);
    const { code } = await this.#child.status;
    await this.#errors;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
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

/** A name that no other test has. */
export function freshName(): string {
  return `test-${crypto.randomUUID()}`;
}

/** Whether a name is there, seen without the module under test. */
export function isThere(name: string): boolean {
  try {
    Deno.lstatSync(`/dev/shm/ferry-ipc-${name}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
