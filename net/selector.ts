/**
 * Readiness in the manner of Python's `selectors`: objects are registered once, and each `select` tells which can be read
 * from or written to.
 *
 * @module
 */
import { checkWait } from "./wait_options.ts";
import type { StreamWriter } from "./streams/mod.ts";
import { Deadline } from "./time/mod.ts";
import type { WaitReadyOptions } from "./wait.ts";
import { type Waitable, type Watch, watch } from "./watch.ts";

/** What an object is watched for, or is ready for; Python's `EVENT_READ`, `EVENT_WRITE`, and both. */
export type SelectorEvents = "read" | "write" | "both";

/**
 * An object that is registered.
 *
 * @typeParam T What is registered.
 * @typeParam D What is kept with it.
 */
export interface SelectorKey<T, D> {
  /** The object; Python's `fileobj`. */
  readonly object: T;
  /** What it is watched for. */
  readonly events: SelectorEvents;
  /** What was kept with it. */
  readonly data: D;
}

/** What can be watched for writing too: connections and sockets. */
interface HasWriter {
  readonly writer: Pick<StreamWriter, "buffered" | "highWater" | "isClosing" | "drain">;
}

/** A registered object, and what is known of it. */
interface Entry<T, D> {
  readonly key: SelectorKey<T, D>;
  readonly reading: Watch | undefined;
  readonly writer: HasWriter["writer"] | undefined;
  /** A `drain` is under way, and will say when there is room. */
  draining: boolean;
}

/**
 * Watches many connections, listeners and sockets: for one loop that serves all of them.
 *
 * | Python | here |
 * |---|---|
 * | `selectors.DefaultSelector()` | `new Selector()` |
 * | `sel.register(s, EVENT_READ, data)` | `selector.register(s, "read", data)` |
 * | `sel.modify(s, EVENT_READ \| EVENT_WRITE)` | `selector.modify(s, "both")` |
 * | `sel.select(timeout)` | `await selector.select({ timeout })`, `timeout` in ms |
 * | `sel.get_map()`, `sel.get_key(s)` | `selector.keys()`, `selector.getKey(s)` |
 *
 * Ready for reading is: a byte has arrived, or a connection, or the end, or an error. Ready for writing is: no more than the
 * writer's `highWater` waits to be sent, or the writer is closing; Deno cannot tell what the kernel would take. As with
 * Python's, an object stays ready until somebody takes what there is. Silent objects cost nothing: a `select` looks only at
 * those to which something happened, where {@linkcode wait} looks at all.
 *
 * @typeParam T What is registered.
 * @typeParam D What is kept with each.
 *
 * @example One loop for a listener and its clients
 * ```ts
 * import { createConnection, createServer, Selector, ServerSocket, type Socket } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * await using client = await createConnection(listener.address);
 * await client.sendAll("ferry");
 *
 * using selector = new Selector<ServerSocket | Socket>();
 * selector.register(listener);
 * let heard = "";
 * while (heard === "") {
 *   for (const [{ object }] of await selector.select({ timeout: 10_000 })) {
 *     if (object instanceof ServerSocket) selector.register(await object.accept());
 *     else {
 *       heard = new TextDecoder().decode((await object.recv())!);
 *       selector.unregister(object);
 *       object.close();
 *     }
 *   }
 * }
 * assertEquals(heard, "ferry");
 * ```
 */
export class Selector<T extends Waitable = Waitable, D = undefined> implements Disposable {
  readonly #entries = new Map<T, Entry<T, D>>();
  /** Those to which something may have happened since they were last seen not to be ready. */
  readonly #stirred = new Set<Entry<T, D>>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  /** How many objects are registered. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Registers an object.
   *
   * @param object The object.
   * @param events What to watch it for.
   * @param data What to keep with it.
   * @returns Its key.
   * @throws {TypeError} If it cannot be watched, is registered already, or the selector is closed.
   */
  register(
    object: T,
    events: SelectorEvents = "read",
    ...data: undefined extends D ? [data?: D] : [data: D]
  ): SelectorKey<T, D> {
    this.#open("register");
    if (this.#entries.has(object)) {
      throw new TypeError("Cannot register: the object is registered already; use modify()");
    }
    const entry = this.#watch(object, events, data[0] as D);
    this.#entries.set(object, entry);
    return entry.key;
  }

  /**
   * Changes what a registered object is watched for, or what is kept with it.
   *
   * @param object The object.
   * @param events What to watch it for.
   * @param data What to keep with it.
   * @returns Its new key.
   * @throws {TypeError} If it is not registered, or cannot be watched for that.
   */
  modify(
    object: T,
    events: SelectorEvents,
    ...data: undefined extends D ? [data?: D] : [data: D]
  ): SelectorKey<T, D> {
    const old = this.#entry(object, "modify");
    const entry = this.#watch(object, events, data[0] as D);
    this.#drop(old);
    this.#entries.set(object, entry);
    return entry.key;
  }

  /**
   * Watches an object no longer.
   *
   * @param object The object.
   * @returns The key it had.
   * @throws {TypeError} If it is not registered.
   */
  unregister(object: T): SelectorKey<T, D> {
    const entry = this.#entry(object, "unregister");
    this.#drop(entry);
    this.#entries.delete(object);
    return entry.key;
  }

  /**
   * The key of an object.
   *
   * @param object The object.
   * @returns The key; `undefined` if it is not registered.
   */
  getKey(object: T): SelectorKey<T, D> | undefined {
    return this.#entries.get(object)?.key;
  }

  /**
   * The keys of all registered objects, in the order of their registration.
   *
   * @returns The keys.
   */
  *keys(): IterableIterator<SelectorKey<T, D>> {
    for (const { key } of this.#entries.values()) yield key;
  }

  /**
   * Waits until at least one object is ready. Nothing is taken. Objects may be registered, changed and left out meanwhile.
   *
   * @param options `signal`, and `timeout` in ms: 0 only looks.
   * @returns The keys of those that are ready, each with what it is ready for; none if the timeout passed first.
   * @throws {TypeError} If the selector is closed, also meanwhile.
   * @throws {RangeError} If the timeout is not a number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async select(
    options: WaitReadyOptions = {},
  ): Promise<[key: SelectorKey<T, D>, events: SelectorEvents][]> {
    checkWait("select", options);
    const { signal, timeout = Infinity } = options;
    signal?.throwIfAborted();
    let over = timeout <= 0;
    let wake: () => void = () => {};
    const notify = () => wake();
    using deadline = new Deadline(() => {
      over = true;
      wake();
    });
    deadline.arm(over ? Infinity : timeout);
    signal?.addEventListener("abort", notify);
    this.#waiting.add(notify);
    try {
      for (;;) {
        this.#open("select");
        signal?.throwIfAborted();
        const woken = new Promise<void>((resolve) => wake = resolve);
        const ready = this.#ready();
        if (ready.length > 0 || over) return ready;
        await woken;
      }
    } finally {
      this.#waiting.delete(notify);
      signal?.removeEventListener("abort", notify);
    }
  }

  #ready(): [SelectorKey<T, D>, SelectorEvents][] {
    const out: [SelectorKey<T, D>, SelectorEvents][] = [];
    for (const entry of [...this.#stirred]) {
      const read = entry.reading?.ready() ?? false;
      const write = entry.writer !== undefined && this.#hasRoom(entry, entry.writer);
      if (!read && !write) {
        // Whatever happens to it from now on, it says so.
        this.#stirred.delete(entry);
        continue;
      }
      out.push([entry.key, read ? write ? "both" : "read" : "write"]);
    }
    return out;
  }

  #hasRoom(entry: Entry<T, D>, writer: HasWriter["writer"]): boolean {
    if (writer.isClosing || writer.buffered <= writer.highWater) return true;
    if (!entry.draining) {
      entry.draining = true;
      const done = () => {
        entry.draining = false;
        this.#stir(entry);
      };
      writer.drain({ timeout: Infinity }).then(done, done);
    }
    return false;
  }

  #watch(object: T, events: SelectorEvents, data: D): Entry<T, D> {
    if (events !== "read" && events !== "write" && events !== "both") {
      throw new TypeError(
        `Cannot register: "read", "write" or "both" is needed, received ${events}`,
      );
    }
    const writer = events === "read" ? undefined : (object as Partial<HasWriter>).writer;
    if (events !== "read" && writer === undefined) {
      throw new TypeError("Cannot register for writing: a connection or a socket is needed");
    }
    const notify = () => this.#stir(entry);
    const reading = events === "write" ? undefined : watch(object, notify);
    if (events !== "write" && reading === undefined) {
      throw new TypeError("Cannot register: a connection, reader or listener is needed");
    }
    const key = Object.freeze({ object, events, data });
    const entry: Entry<T, D> = { key, reading, writer, draining: false };
    this.#stirred.add(entry);
    for (const each of this.#waiting) each();
    return entry;
  }

  #stir(entry: Entry<T, D>): void {
    if (this.#entries.get(entry.key.object) !== entry) return;
    this.#stirred.add(entry);
    for (const each of this.#waiting) each();
  }

  #drop(entry: Entry<T, D>): void {
    entry.reading?.stop();
    this.#stirred.delete(entry);
  }

  #entry(object: T, what: string): Entry<T, D> {
    const entry = this.#entries.get(object);
    if (entry) return entry;
    throw new TypeError(`Cannot ${what}: the object is not registered`);
  }

  #open(what: string): void {
    if (this.#closed) throw new TypeError(`Cannot ${what}: the selector is closed`);
  }

  /** Watches nothing any more; the objects stay as they are. Can be called again. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#entries.values()) this.#drop(entry);
    this.#entries.clear();
    for (const each of this.#waiting) each();
  }

  /** Watches nothing any more. */
  [Symbol.dispose](): void {
    this.close();
  }
}
