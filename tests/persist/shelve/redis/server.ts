/** A real redis-server on a loopback port, with everything on disk before it answers. */
import { Folder } from "../_places.ts";

/** Whether there is a redis-server; says so if there is none. */
export function hasRedis(what: string): boolean {
  try {
    const { success } = new Deno.Command("redis-server", { args: ["--version"] }).outputSync();
    if (success) return true;
  } catch {
    // Not installed.
  }
  console.log(`skipped: ${what}: no redis-server found`);
  return false;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

export class RedisServer implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly #extra: string[];
  readonly port: number = freePort();
  #process: Deno.ChildProcess | undefined;
  #output: Promise<unknown> | undefined;

  constructor(extra: string[]) {
    this.#extra = extra;
  }

  static async start(extra: string[] = []): Promise<RedisServer> {
    const server = new RedisServer(extra);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it (again), and waits until it answers. */
  async start(): Promise<void> {
    const settings = {
      port: String(this.port),
      bind: "127.0.0.1",
      dir: this.#folder.path,
      save: "",
      appendonly: "yes",
      appendfsync: "always",
    };
    this.#process = new Deno.Command("redis-server", {
      args: [...Object.entries(settings).flatMap(([k, v]) => [`--${k}`, v]), ...this.#extra],
      stdout: "piped",
      stderr: "null",
      stdin: "null",
    }).spawn();
    const ready = Promise.withResolvers<void>();
    this.#output = (async () => {
      let seen = "";
      for await (const text of this.#process!.stdout.pipeThrough(new TextDecoderStream())) {
        seen += text;
        if (seen.includes("Ready to accept connections")) ready.resolve();
      }
      ready.reject(new TypeError(`redis-server ended: ${seen}`));
    })();
    await ready.promise;
  }

  /** Ends it at once, or lets it end. */
  async stop(signal: Deno.Signal): Promise<void> {
    this.#process?.kill(signal);
    await this.#process?.status;
    await this.#output;
    this.#process = undefined;
  }

  /** Sends a command as somebody else would. */
  async command(...parts: string[]): Promise<void> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const bulk = parts.map((part) => `$${part.length}\r\n${part}\r\n`).join("");
    const request = new TextEncoder().encode(`*${parts.length}\r\n${bulk}`);
    await connection.write(request);
    // Every answer here is one line; that of CLIENT KILL may be the end of this connection too.
    try {
      await connection.read(new Uint8Array(1024));
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
  }

  /** Stops or continues its clock. */
  signal(signal: Deno.Signal): void {
    this.#process?.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await this.#folder[Symbol.asyncDispose]();
  }
}
