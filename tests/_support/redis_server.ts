/** A real redis-server on a loopback port, with everything on disk before it answers. */

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
  readonly #folder = Deno.makeTempDirSync({ prefix: "ferry-redis-" });
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
      dir: this.#folder,
      save: "",
      appendonly: "yes",
      appendfsync: "always",
    };
    this.#process = new Deno.Command("redis-server", {
      args: [
        ...Object.entries(settings).flatMap(([k, v]) => [`--${k}`, v]),
        ...this.#extra.map((arg) => arg.replace("$PORT", `${this.port}`)),
      ],
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

  /** Sends a command as somebody else would; the first line of the answer. */
  async command(...parts: string[]): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const bulk = parts.map((part) => `$${part.length}\r\n${part}\r\n`).join("");
    // One byte for each character: what is no text can be sent, too.
    const request = Uint8Array.from(`*${parts.length}\r\n${bulk}`, (char) => char.charCodeAt(0));
    await connection.write(request);
    // Every answer here is one line; that of CLIENT KILL may be the end of this connection too.
    const answer = new Uint8Array(1024);
    let length: number | null = 0;
    try {
      length = await connection.read(answer);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return new TextDecoder().decode(answer.subarray(0, length ?? 0)).split("\r\n", 1)[0]!;
  }

  /** Stops or continues its clock. */
  signal(signal: Deno.Signal): void {
    this.#process?.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await Deno.remove(this.#folder, { recursive: true });
  }
}
