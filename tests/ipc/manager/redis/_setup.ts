// Managers on a real redis-server.
import { fileURLToPath } from "node:url";
import { type ConnectRedisOptions, Manager } from "@ferry/std/ipc/manager";
import { RedisServer } from "../../../_support/redis_server.ts";

/** A wait that never comes to its end in a test that passes. */
export const WAIT = { timeout: 60_000 };

/** A test with a server of its own. */
export function redisTest(claim: string, body: (server: RedisServer) => Promise<void>): void {
  Deno.test(`redis: ${claim}`, async () => {
    await using server = await RedisServer.start();
    await body(server);
  });
}

/** Two clients of a server. */
export async function both(
  server: RedisServer,
  options?: ConnectRedisOptions,
): Promise<{ a: Manager; b: Manager } & AsyncDisposable> {
  const a = await Manager.connect(server.url, options);
  const b = await Manager.connect(server.url, options);
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
}

/** Another program, which says what it does line by line. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(what: string, ...args: string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "-A",
        fileURLToPath(new URL("./_child.ts", import.meta.url)),
        what,
        ...args,
      ],
      stdout: "piped",
      stderr: "inherit",
      stdin: "null",
    }).spawn();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next line; `undefined` at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#lines.read();
      if (done) return undefined;
      this.#rest += value;
    }
  }

  /** All lines until the end. */
  async lines(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      lines.push(line);
    }
    return lines;
  }

  signal(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.lines();
    await this.#process.status;
  }
}
