/** Starts contenders and the load, and reads what they print. */
import { fileURLToPath } from "node:url";
import { CONFIG } from "../../config.ts";

/** What a measurement found. */
export interface Found {
  /** What the row is about. */
  value: number;
  /** CPU time of the contender for each item, in microseconds: steadier than rates where cores are shared. */
  cpu?: number;
  /** Slowest in a hundred by median. */
  spread?: number;
}

/** Measures once; `undefined` where the contender is not there. */
export type Measure = () => Promise<Found | undefined>;

/** Seconds a load lasts. */
const SECONDS = 1;

const folder = fileURLToPath(new URL(".", import.meta.url));
const FILE_SIZE = 256 * 1024 * 1024;

/** A program with lines of output. */
class Running {
  readonly child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string[]) {
    const [program, ...args] = command;
    this.child = new Deno.Command(program!, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#lines = lines(this.child.stdout);
  }

  async line(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    return done ? undefined : value;
  }

  async stop(): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.child.stdin.close().catch(() => {});
    await this.#lines.return?.();
    await this.child.status;
  }
}

/** Seconds of CPU a process has used. */
function cpuTime(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncIterator<string> {
  let left = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (left + text).split("\n");
    left = parts.pop()!;
    yield* parts;
  }
}

export class Launcher implements AsyncDisposable {
  readonly #load: string;
  readonly #python: string;
  #file: string | undefined;

  constructor(load: string, python: string) {
    this.#load = load;
    this.#python = python;
  }

  static async start(python: string): Promise<Launcher | undefined> {
    if (Deno.build.os !== "linux") return undefined;
    const load = await Deno.makeTempFile({ prefix: "ferry-load-" });
    try {
      const args = ["-O2", "-o", load, `${folder}load.c`];
      const { success } = await new Deno.Command("cc", { args }).output();
      if (success) return new Launcher(load, python);
    } catch {
      // There is no compiler.
    }
    await Deno.remove(load);
    return undefined;
  }

  get about(): Record<string, unknown> {
    return {
      deno: Deno.version.deno,
      python: this.#python,
      cpu: /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1],
      cores: navigator.hardwareConcurrency,
    };
  }

  #command(role: string, ...more: string[]): string[] {
    const [side, ...args] = role.split(" ");
    if (side === "load") return [this.#load, ...args, ...more];
    return side === "ferry"
      ? [
        Deno.execPath(),
        "run",
        "-A",
        "--no-check",
        ...CONFIG,
        `${folder}ferry.ts`,
        ...args,
        ...more,
      ]
      : [this.#python, `${folder}cpython.py`, ...args, ...more];
  }

  /** Starts a server, loads it, stops it. */
  async #withServer(
    role: string,
    use: (port: string, server: Running) => Promise<Found | undefined>,
  ): Promise<Found | undefined> {
    const server = new Running(this.#command(role));
    try {
      const port = await server.line();
      return port === undefined ? undefined : await use(port, server);
    } finally {
      await server.stop();
    }
  }

  async #run(...args: string[]): Promise<Record<string, number>> {
    const { stdout } = await new Deno.Command(this.#load, { args }).output();
    return JSON.parse(new TextDecoder().decode(stdout) || "{}");
  }

  echo(role: string, count: number, size: number): Measure {
    return this.#loaded(
      role,
      (port, seconds) => ["echo", port, String(count), String(size), seconds],
    );
  }

  accept(role: string): Measure {
    return this.#loaded(role, (port, seconds) => ["accept", port, "50", seconds]);
  }

  /** Loads a server for a moment, then measures it. */
  #loaded(role: string, args: (port: string, seconds: string) => string[]): Measure {
    return () =>
      this.#withServer(role, async (port, server) => {
        await this.#run(...args(port, "0.3"));
        const before = cpuTime(server.child.pid);
        const { rate, p50, p99 } = await this.#run(...args(port, String(SECONDS)));
        if (rate === undefined) return undefined;
        const cpu = (cpuTime(server.child.pid) - before) / (rate * SECONDS) * 1e6;
        return { value: rate, cpu, ...(p50 && p99 ? { spread: p99 / p50 } : {}) };
      });
  }

  /** Bytes of resident memory that each idle connection adds. */
  idle(role: string, count: number): Measure {
    return () =>
      this.#withServer(role, async (port, server) => {
        const resident = () =>
          Number(
            /VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${server.child.pid}/status`))![1],
          ) * 1024;
        // What the server needs once, for code and caches, is not what a connection needs.
        const first = new Running([this.#load, "idle", port, "200"]);
        await first.line();
        await first.stop();
        await new Promise((resolve) => setTimeout(resolve, 500));
        const before = resident();
        const load = new Running([this.#load, "idle", port, String(count)]);
        try {
          if (await load.line() !== "ready") return undefined;
          // The last of them are accepted a moment after they were connected.
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return { value: (resident() - before) / count };
        } finally {
          await load.stop();
        }
      });
  }

  /** CPU per item (ns), or items per second, of a client of a server of the load's. */
  client(role: string, load: string, pick: "cpu" | "rate" = "cpu"): Measure {
    return async () => {
      const server = new Running([this.#load, ...load.split(" ")]);
      const client = new Running(this.#command(role, (await server.line())!));
      try {
        const found = JSON.parse(await client.line() ?? "{}");
        return found[pick] === undefined
          ? undefined
          : { value: found[pick], cpu: found.cpu / 1000 };
      } finally {
        await client.stop();
        await server.stop();
      }
    };
  }

  file(role: string): Measure {
    return async () => {
      if (!this.#file) {
        this.#file = await Deno.makeTempFile({ prefix: "ferry-file-" });
        await Deno.truncate(this.#file, FILE_SIZE);
        await Deno.readFile(this.#file); // into the page cache
      }
      const server = new Running([this.#load, "take", String(FILE_SIZE)]);
      const client = new Running(this.#command(role, (await server.line())!, this.#file));
      try {
        const { rate, cpu } = JSON.parse(await client.line() ?? "{}");
        return rate === undefined ? undefined : { value: rate, cpu: cpu / 1000 };
      } finally {
        await client.stop();
        await server.stop();
      }
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#load);
    if (this.#file) await Deno.remove(this.#file);
  }
}
