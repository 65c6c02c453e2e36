/**
 * A client of a manager's server.
 *
 * @module
 */
import { checkOptions, pickOptions, type RulesOf } from "../../persist/options.ts";
import type { Address } from "../../net/errors.ts";
import type { AuthKey, ListenAddress } from "../../net/connection/mod.ts";
import { tuple } from "../../persist/types/mod.ts";
import type { Process } from "../process/process.ts";
import type { BarrierProxy } from "./client/barrier.ts";
import { BaseProxy } from "./client/base_proxy.ts";
import type { ConditionProxy } from "./client/condition.ts";
import type { DictProxy } from "./client/dict.ts";
import type { EventProxy } from "./client/event.ts";
import type { ListProxy } from "./client/list.ts";
import type { LockProxy } from "./client/lock.ts";
import type { ArrayProxy, NamespaceProxy, ValueProxy } from "./client/plain.ts";
import type { ManagedPoolOptions, PoolProxy } from "./client/pool.ts";
import type { QueueProxy } from "./client/queue.ts";
import type { ProxyingTransport } from "./client/proxying_transport.ts";
import { resultOf } from "./client/replies.ts";
import type { SetProxy } from "./client/set.ts";
import type { Transport } from "./client/transport.ts";
import type { ConnectRedisOptions } from "./redis/options.ts";
import "./local/classes.ts";
import { ARRIVALS } from "./local/module.ts";
import { noteModule } from "../codec/class_registry.ts";
import { registerClass } from "../codec/register_class.ts";
import { shown } from "../wait/shown.ts";
import { sentTask } from "./task.ts";
import { startProcess } from "./_start.ts";
import { arrivedWay, connectTo, type Sent, sentWay, Way } from "./_way.ts";
import {
  type ConnectManagerOptions,
  NAMED_RULES,
  type NamedOptions,
  type StartManagerOptions,
} from "./options.ts";
import { asList, Token } from "./wire.ts";

/** How long the process of a server has to end, in milliseconds, before it is killed. */
const PATIENCE = 5000;

/** What the options of a pool may be; the server's pool checks the rest. */
const POOL_RULES: RulesOf<ManagedPoolOptions> = {
  processes: "number",
  initializer: "any",
  initArgs: "any",
  maxTasksPerChild: "number",
};

const BARRIER_RULES: RulesOf<{ timeout?: number } & NamedOptions> = {
  ...NAMED_RULES,
  timeout: "milliseconds",
};

let sentOf: (manager: Manager) => Sent;

/**
 * A connection to a manager's server: a `ManagerServer`, or one of CPython's `multiprocessing.managers`, 3.8 to 3.13. It makes
 * objects there and gives proxies for them.
 *
 * What is sent and received are pickles, read safely: nothing but built-in types and what is registered is ever made. To a
 * server of ours any number of calls go at once over one connection. To CPython each call that is being answered has a
 * connection of its own, as each of its threads has.
 *
 * @example Objects of a CPython server
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * // In Python the same is: SyncManager(("127.0.0.1", 0), b"secret").get_server().serve_forever()
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const list = await manager.list(["a", "b"]);
 * const dict = await manager.dict([["list", list]]); // a proxy within another
 * const same = await dict.get("list") as typeof list;
 * assertEquals(await same.toArray(), ["a", "b"]);
 * ```
 */
export class Manager implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #process: Process | undefined;
  readonly #authKey: AuthKey;
  readonly #address: Address | undefined;
  #closed = false;

  static {
    sentOf = (manager) => sentWay(manager.#transport, manager.#address, manager.#authKey);
  }

  /**
   * Made by {@linkcode Manager.connect}.
   *
   * @param parts What it is made of.
   */
  constructor(parts: unknown) {
    if (!(parts instanceof Way)) {
      throw new TypeError("Cannot construct a Manager: needed await Manager.connect(address, …)");
    }
    this.#transport = parts.transport;
    this.#process = parts.process;
    this.#authKey = parts.authKey;
    this.#address = parts.address;
  }

  /**
   * Starts a server in a process of its own, and connects to it: what it keeps is there for other processes, programs and
   * machines that connect. It ends with `shutdown()`, with the scope of an `await using`, or with this program.
   *
   * @example For the workers of this program
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { Manager } from "@ferry/std/ipc/manager";
   * import { assertEquals } from "@std/assert";
   *
   * await using manager = await Manager.start();
   * const words = await manager.list<string>();
   * await words.push("one");
   * assertEquals(await words.toArray(), ["one"]);
   * ```
   *
   * @param options Where it listens, key, types.
   * @throws {Deno.errors.AddrInUse} If something listens there already.
   * @throws {Deno.errors.NotCapable} If a permission is missing.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async start(options: StartManagerOptions = {}): Promise<Manager> {
    return new Manager(await startProcess(options));
  }

  /**
   * Connects to a server.
   *
   * @param address Host and port, or the path of a Unix socket.
   * @param options Key and limits.
   * @throws {ConnectionRefusedError} If nobody listens there.
   * @throws {AuthenticationError} If the other side has another key.
   * @throws {TlsError} If the server's certificate is not accepted.
   * @throws {TimeoutError} If it takes too long.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async connect(
    address: Address | ListenAddress,
    options: ConnectManagerOptions,
  ): Promise<Manager>;
  /**
   * Connects to Redis or Valkey, where the same kinds of objects are kept without a server of ours.
   *
   * Give objects that others are to find a `{ name }`. What is not to be had there throws `Deno.errors.NotSupported`:
   * barriers, conditions, types of your own, and calls that block the thread.
   *
   * @param url Such as `redis://:password@127.0.0.1:6379/0`, or `rediss:` for TLS, `valkey:`, `valkeys:`.
   * @param options Prefix, lease, patience.
   * @throws {ConnectionRefusedError} If nobody listens there.
   * @throws {AuthenticationError} If the password is wrong.
   * @throws {TlsError} If the server's certificate is not accepted, or it does not accept yours.
   * @throws {TimeoutError} If it takes too long.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async connect(url: string | URL, options?: ConnectRedisOptions): Promise<Manager>;
  static async connect(
    address: Address | ListenAddress | string | URL,
    options?: ConnectManagerOptions | ConnectRedisOptions,
  ): Promise<Manager> {
    return new Manager(await connectTo(address, options));
  }

  /**
   * Where the server is, for other programs.
   *
   * @throws {Deno.errors.NotSupported} If it was started without an address.
   */
  get address(): Address {
    if (this.#address !== undefined) return this.#address;
    throw new Deno.errors.NotSupported(
      "Cannot tell where the manager listens: it was started with { address: null }, for agents of this program only",
    );
  }

  /** The key: what others need to connect. */
  get authKey(): AuthKey {
    return this.#authKey;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes a list in the server.
   *
   * @typeParam T What its items are.
   * @param items The first items.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async list<T = unknown>(
    items: Iterable<T> = [],
    options?: NamedOptions,
  ): Promise<ListProxy<T>> {
    return await this.create("list", [[...items]], undefined, options) as ListProxy<T>;
  }

  /**
   * Makes a dict in the server.
   *
   * @typeParam K What its keys are.
   * @typeParam V What its values are.
   * @param entries The first entries, pairs.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  dict<K = unknown, V = unknown>(
    entries?: Iterable<readonly [K, V]>,
    options?: NamedOptions,
  ): Promise<DictProxy<K, V>>;
  /**
   * Makes a dict in the server, whose first keys are names.
   *
   * @typeParam K What its keys are.
   * @typeParam V What its values are.
   * @param entries The first entries, an object.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  dict<K = string, V = unknown>(
    entries: Readonly<Record<string, V>>,
    options?: NamedOptions,
  ): Promise<DictProxy<K, V>>;
  async dict<K, V>(
    entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>> = [],
    options?: NamedOptions,
  ): Promise<DictProxy<K, V>> {
    const given = Symbol.iterator in entries ? new Map(entries) : entries;
    return await this.create("dict", [given], undefined, options) as DictProxy<K, V>;
  }

  /**
   * Makes a set in the server. CPython's has it from 3.14 on.
   *
   * @typeParam T What its items are.
   * @param items The first items.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async set<T = unknown>(
    items: Iterable<T> = [],
    options?: NamedOptions,
  ): Promise<SetProxy<T>> {
    return await this.create("set", [[...items]], undefined, options) as SetProxy<T>;
  }

  /**
   * Makes named values in the server.
   *
   * @param values The first ones.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async namespace(
    values: Readonly<Record<string, unknown>> = {},
    options?: NamedOptions,
  ): Promise<NamespaceProxy> {
    return await this.create("Namespace", [], values, options) as NamespaceProxy;
  }

  /**
   * Makes a value in the server.
   *
   * @typeParam T What it is.
   * @param typeCode A code of Python's `array`; with `"d"` and `"f"` numbers are Python's floats.
   * @param value The first value.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async value<T = unknown>(
    typeCode: string,
    value: T,
    options?: NamedOptions,
  ): Promise<ValueProxy<T>> {
    return await this.create("Value", [typeCode, value], undefined, options) as ValueProxy<T>;
  }

  /**
   * Makes an array of numbers in the server.
   *
   * @param typeCode A code of Python's `array`: `"b" "B" "h" "H" "i" "I" "l" "L" "q" "Q" "f" "d"`.
   * @param items The numbers.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async array(
    typeCode: string,
    items: Iterable<number>,
    options?: NamedOptions,
  ): Promise<ArrayProxy> {
    return await this.create("Array", [typeCode, [...items]], undefined, options) as ArrayProxy;
  }

  /**
   * Makes a queue in the server.
   *
   * @typeParam T What its items are.
   * @param maxSize Most items in it; 0 for any number.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async queue<T = unknown>(maxSize = 0, options?: NamedOptions): Promise<QueueProxy<T>> {
    assertNumber("create a managed Queue", "maxSize", maxSize);
    return await this.create("Queue", [maxSize], undefined, options) as QueueProxy<T>;
  }

  /**
   * Makes a queue in the server that knows what is dealt with; in Python a type of its own.
   *
   * @typeParam T What its items are.
   * @param maxSize Most items in it; 0 for any number.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async joinableQueue<T = unknown>(maxSize = 0, options?: NamedOptions): Promise<QueueProxy<T>> {
    assertNumber("create a managed JoinableQueue", "maxSize", maxSize);
    return await this.create("JoinableQueue", [maxSize], undefined, options) as QueueProxy<T>;
  }

  /**
   * Makes an event in the server.
   *
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async event(options?: NamedOptions): Promise<EventProxy> {
    return await this.create("Event", [], undefined, options) as EventProxy;
  }

  /**
   * Makes a lock in the server.
   *
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async lock(options?: NamedOptions): Promise<LockProxy> {
    return await this.create("Lock", [], undefined, options) as LockProxy;
  }

  /**
   * Makes a lock in the server that its owner may acquire again.
   *
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async rlock(options?: NamedOptions): Promise<LockProxy> {
    return await this.create("RLock", [], undefined, options) as LockProxy;
  }

  /**
   * Makes a semaphore in the server.
   *
   * @param value How many may hold it at once.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async semaphore(value = 1, options?: NamedOptions): Promise<LockProxy> {
    assertNumber("create a managed Semaphore", "value", value);
    return await this.create("Semaphore", [value], undefined, options) as LockProxy;
  }

  /**
   * Makes a semaphore in the server that cannot be released more often than acquired.
   *
   * @param value How many may hold it at once.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async boundedSemaphore(value = 1, options?: NamedOptions): Promise<LockProxy> {
    assertNumber("create a managed BoundedSemaphore", "value", value);
    return await this.create("BoundedSemaphore", [value], undefined, options) as LockProxy;
  }

  /**
   * Makes a condition in the server.
   *
   * @param lock A lock of this manager's, instead of one of its own.
   * @param options Its name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async condition(lock?: LockProxy, options?: NamedOptions): Promise<ConditionProxy> {
    const args = lock === undefined ? [] : [lock];
    return await this.create("Condition", args, undefined, options) as ConditionProxy;
  }

  /**
   * Makes a barrier in the server.
   *
   * @param parties How many it waits for.
   * @param options Milliseconds that a party waits if it does not say otherwise, and the name for others.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async barrier(
    parties: number,
    options: { timeout?: number } & NamedOptions = {},
  ): Promise<BarrierProxy> {
    checkOptions("Cannot create a managed Barrier", options, BARRIER_RULES);
    const { timeout } = options;
    const named = pickOptions<NamedOptions>(options, NAMED_RULES);
    const seconds = timeout === undefined || timeout === Infinity ? null : timeout / 1000;
    const args = [parties, null, seconds];
    return await this.create("Barrier", args, undefined, named) as BarrierProxy;
  }

  /**
   * Makes a pool of workers in the server: its workers are processes of the server's. It is terminated when nobody refers to it.
   *
   * @param options How many workers, and what each does first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async pool(options: ManagedPoolOptions = {}): Promise<PoolProxy> {
    checkOptions("Cannot create a managed Pool", options, POOL_RULES);
    const { processes, initializer, initArgs = [], maxTasksPerChild } = options;
    return await this.create("Pool", [
      processes ?? null,
      initializer === undefined ? null : sentTask(initializer, this.pool),
      initArgs,
      maxTasksPerChild ?? null,
    ]) as PoolProxy;
  }

  /**
   * Makes an object of a type by its name: one that the server has registered, or a built-in one.
   *
   * @param typeId The type's name.
   * @param args Positional arguments of its factory.
   * @param kwargs Arguments by name.
   * @param options Its name for others.
   * @returns A proxy: of a built-in type its own class, of another a `BaseProxy`, whose `call` calls its methods.
   * @throws {RemoteError} If the server has no such type, or its factory fails.
   * @throws {TypeError} If an object of another type has the name.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async create(
    typeId: string,
    args: readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
    options: NamedOptions = {},
  ): Promise<BaseProxy> {
    const what = `create a managed ${typeId}`;
    checkOptions(`Cannot ${what}`, options, NAMED_RULES);
    const named = this.#named(what, options);
    const method = named.length === 0 ? "create" : "create_named";
    const made = await this.#control(what, method, [...named, typeId, ...args], kwargs);
    // Of a server of this program comes the proxy itself.
    if (made instanceof BaseProxy) return made;
    if (typeof made === "string") {
      const name = JSON.stringify(named[0]);
      throw new TypeError(`Cannot ${what} named ${name}: there is a ${made} of that name`);
    }
    const [ident, exposed] = asList(made);
    const token = new Token(typeId, tokenAddress(this.#address), String(ident));
    const methods = asList(exposed).map(String);
    const transport = this.#transport as ProxyingTransport;
    return transport.proxy(token, { exposed: methods }) as BaseProxy;
  }

  /**
   * Makes an object of a type by its name, blocking the thread. See {@linkcode Manager.create}.
   *
   * @throws {Deno.errors.NotSupported} If the server is not one of this program's.
   */
  createSync(
    typeId: string,
    args: readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
  ): BaseProxy {
    const what = `create a managed ${typeId}`;
    const { local } = this.#transport;
    if (local === undefined) {
      throw new Deno.errors.NotSupported(
        `Cannot ${what} while blocking: needed a manager that this program has started with Manager.start(), ` +
          "received one that is reached by a socket",
      );
    }
    const all = [typeId, ...args];
    return local.requestSync(
      null,
      "create",
      all,
      kwargs,
      (reply) => resultOf(what, reply),
    ) as BaseProxy;
  }

  /**
   * Forgets the object of a name: on Redis at once, in a server when no proxy refers to it any more.
   *
   * @param name The name.
   * @returns Whether there was one.
   * @throws {Deno.errors.NotSupported} If the server is one of CPython.
   */
  async remove(name: string): Promise<boolean> {
    const what = "remove a managed object";
    return await this.#control(what, "remove", this.#named(what, { name })) as boolean;
  }

  /** The name of an object as an argument; without one none. */
  #named(what: string, { name }: NamedOptions): string[] {
    if (name === undefined) return [];
    if (typeof name !== "string" || name === "") {
      throw new TypeError(
        `Cannot ${what}: needed a name of one character or more, received ${name}`,
      );
    }
    if (this.#transport.cancels) return [name];
    throw new Deno.errors.NotSupported(
      `Cannot ${what} by a name: a server of CPython knows none; needed a server of Ferry or Redis, or a type that the server has registered`,
    );
  }

  /** How many objects the server keeps. */
  async objectCount(): Promise<number> {
    return await this.#control("count managed objects", "number_of_objects") as number;
  }

  /** Ends the server, for all its clients, and closes this connection. A second call does nothing. */
  async shutdown(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#control("shut the manager down", "shutdown");
    } catch (error) {
      // Of a process of ours it is known that it ends.
      if (this.#process === undefined) throw error;
    }
    this.close();
    await this.#process?.join({ timeout: PATIENCE });
    await this.#kill();
  }

  /**
   * Closes the connection; a server of ours forgets what only this client refers to. A server that `start` has made goes on
   * until `shutdown()`, or this program ends. A second call does nothing. On Redis what this client holds is given back in the
   * background: `await using` waits until that is done.
   */
  close(): void {
    this.#closed = true;
    void this.#transport.close();
  }

  /** Closes the connection, and ends the server if {@linkcode Manager.start} has made it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed && this.#process !== undefined) await this.shutdown();
    this.#closed = true;
    await this.#transport.close();
    await this.#kill();
  }

  /** Ends the process of a server that did not end by itself. */
  async #kill(): Promise<void> {
    if (this.#process?.isAlive !== true) return;
    this.#process.kill();
    await this.#process.join();
  }

  async #control(
    attempted: string,
    method: string,
    args: readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    const request = { ident: null, method, args, kwargs };
    return resultOf(attempted, await this.#transport.send(request));
  }
}

registerClass<Manager, Sent>("ferry.Manager", Manager, {
  encode(manager) {
    noteModule(ARRIVALS);
    return sentOf(manager);
  },
  decode: (sent) => new Manager(arrivedWay(sent)),
});

/** `manager.queue({ maxSize: 3 })`, as of a queue of this program's, would be no limit: here it comes by itself. */
function assertNumber(attempted: string, name: string, value: unknown): void {
  if (typeof value === "number") return;
  throw new TypeError(`Cannot ${attempted}: ${name} must be a number, received ${shown(value)}`);
}

function tokenAddress(address: Address | undefined): unknown {
  if (address === undefined) return null;
  return "path" in address ? address.path : tuple(address.hostname, address.port);
}
