/**
 * A pool of processes on one port.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import { type Connection, Listener } from "../connection/mod.ts";
import type { Address } from "../errors.ts";
import type { ShutdownOptions, ShutdownReport } from "../server/mod.ts";
import { Crew, type Hire } from "./_crew.ts";
import type { Notice } from "./_messages.ts";
import { CREW_RULES, type CrewOptions } from "./crew_options.ts";
import { checkPort } from "../native/listen.ts";
import { checkServer, checkShutdown } from "../server/server.ts";
import { describeTarget, type HandlerTarget } from "./target.ts";

/** Options of {@linkcode servePrefork}. */
export interface PreforkServerOptions extends CrewOptions {
  /**
   * How many processes.
   *
   * @default {navigator.hardwareConcurrency}
   */
  processes?: number | undefined;
  /**
   * Options of `deno run` for the processes: permissions, `--config`, V8's flags. They inherit nothing.
   *
   * @default {["--allow-net", "--allow-read"]}
   */
  denoArgs?: readonly string[] | undefined;
}

const RULES: RulesOf<PreforkServerOptions> = {
  ...CREW_RULES,
  processes: "any",
  denoArgs: "array",
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A pool of processes that listen on one port. Made by {@linkcode servePrefork}; `await using` shuts it down.
 *
 * @example Two processes, and how to end them
 * ```ts
 * import { openConnection } from "@ferry/std/net";
 * import { servePrefork } from "@ferry/std/net/techniques";
 * import { assertEquals } from "@std/assert";
 *
 * const module = "data:text/javascript," +
 *   encodeURIComponent("export default ({ writer }) => { writer.write('hello'); };");
 * const server = await servePrefork({ module }, { port: 0, processes: 2 });
 * await using client = await openConnection(server.address);
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello");
 * await server.shutdown({ grace: 1000 });
 * ```
 */
export class PreforkServer implements AsyncDisposable {
  readonly #crew: Crew;
  readonly #office: Office;

  /**
   * Made by {@linkcode servePrefork}.
   *
   * @param crew The processes.
   * @param office Where they report.
   */
  constructor(crew: unknown, office: unknown) {
    if (!(crew instanceof Crew) || !(office instanceof Office)) {
      throw new TypeError("Cannot make a PreforkServer: it is made by servePrefork()");
    }
    this.#crew = crew;
    this.#office = office;
  }

  /** Where all processes listen. */
  get address(): Address {
    return this.#crew.address;
  }

  /** How many processes are at work. One that has died is missing until it is replaced. */
  get processes(): number {
    return this.#crew.size;
  }

  /**
   * Stops listening in all processes and brings their connections to an end. It always settles: a process that hears nothing
   * is killed a second after the grace.
   *
   * @param options `grace` (ms), and a `signal` to cut it short.
   * @returns What became of the connections, all processes together.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async shutdown(options?: ShutdownOptions): Promise<ShutdownReport> {
    checkShutdown(options);
    const report = await this.#crew.shutdown(options);
    await this.#office.close();
    return report;
  }

  /** Shuts it down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/**
 * Serves with a pool of processes: each listens on the same port (SO_REUSEPORT), and the kernel spreads the connections over
 * them. Nothing is shared, and nothing that one process does, running out of memory included, reaches another.
 *
 * The processes report over a connection of this package with a key of its own. When this program dies, that ends, and so do
 * they.
 *
 * @param target The module that exports the handler.
 * @param options Where to listen, how many processes, and how they serve.
 * @returns The server; all processes listen.
 * @throws {NetError} If a process cannot load the handler, or cannot listen.
 * @throws {RangeError} If `processes` is not a positive integer.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Two processes
 * ```ts
 * import { openConnection } from "@ferry/std/net";
 * import { servePrefork } from "@ferry/std/net/techniques";
 * import { assert } from "@std/assert";
 *
 * const module = "data:text/javascript," +
 *   encodeURIComponent("export default ({ writer }) => { writer.write(`${Deno.pid}`); };");
 * await using server = await servePrefork({ module }, { port: 0, processes: 2 });
 * await using client = await openConnection(server.address);
 * const pid = new TextDecoder().decode(await client.reader.readAll());
 * assert(Number(pid) > 0 && Number(pid) !== Deno.pid);
 * ```
 */
export async function servePrefork(
  target: HandlerTarget,
  options: PreforkServerOptions,
): Promise<PreforkServer> {
  checkServer("Cannot serve", options, RULES);
  checkPort(options.port);
  const { processes = navigator.hardwareConcurrency, hostname = "127.0.0.1", port } = options;
  if (!Number.isInteger(processes) || processes < 1) {
    throw new RangeError(`Cannot serve: 1 process or more is needed, received ${processes}`);
  }
  const described = describeTarget(target);
  const office = new Office(options.denoArgs ?? ["--allow-net", "--allow-read"]);
  try {
    const crew = new Crew(office.hire, described, hostname, options);
    await crew.start(processes, port);
    return new PreforkServer(crew, office);
  } catch (error) {
    await office.close();
    throw error;
  }
}

/** Where the processes report: a listener with a key that only they know. */
class Office {
  readonly #key = crypto.getRandomValues(new Uint8Array(32));
  readonly #listener = new Listener({ port: 0 }, { authKey: this.#key });
  readonly #args: readonly string[];
  readonly #expected = new Map<number, (line: Connection) => void>();
  readonly #ended = new Set<Promise<unknown>>();

  constructor(args: readonly string[]) {
    this.#args = args;
    this.#receive();
  }

  readonly hire: Hire = async (hear, died) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        ...this.#args,
        new URL("./_process.ts", import.meta.url).href,
      ],
      stdin: "piped",
    }).spawn();
    const name = `process ${child.pid}`;
    const arrived = Promise.withResolvers<Connection>();
    this.#expected.set(child.pid, arrived.resolve);
    const ended = child.status.then(({ code, signal }) => {
      const reason = `${name} ended with ${signal ?? `exit code ${code}`}`;
      this.#expected.delete(child.pid);
      arrived.reject(new Deno.errors.BadResource(reason));
      died(reason);
    });
    this.#ended.add(ended);
    ended.finally(() => this.#ended.delete(ended));
    const key = this.#key.toHex();
    const stdin = child.stdin.getWriter();
    await stdin.write(encoder.encode(JSON.stringify({ address: this.#listener.address, key })))
      .then(() => stdin.close())
      .catch(() => {}); // It has ended already, and its status says so.
    const line = await arrived.promise;
    this.#listen(line, hear);
    return {
      name,
      send: (command) => {
        void line.sendBytes(encoder.encode(JSON.stringify(command))).catch(() => {});
      },
      end: () => {
        line.close();
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended.
        }
      },
    };
  };

  async close(): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
    await Promise.all(this.#ended);
  }

  /** Sorts those who come by the number they give. */
  async #receive(): Promise<void> {
    for await (const line of this.#listener) {
      line.recvBytes().then((bytes) => {
        const pid = Number(decoder.decode(bytes));
        const meet = this.#expected.get(pid);
        this.#expected.delete(pid);
        if (meet === undefined) line.close();
        else meet(line);
      }, () => line.close());
    }
  }

  async #listen(line: Connection, hear: (notice: Notice) => void): Promise<void> {
    try {
      while (true) hear(JSON.parse(decoder.decode(await line.recvBytes())));
    } catch {
      // The process has ended, or was ended; its status tells.
      line.close();
    }
  }
}
