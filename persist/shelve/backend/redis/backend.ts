/** A shelf in Redis or Valkey: one hash, and a sorted set of what expires beside it. */
import { Buffer } from "node:buffer";
import { ShelfError } from "../../errors.ts";
import { decodeKey, encodeKey } from "../../keys.ts";
import { type Bounds, EVERYTHING, isEmpty, ordered } from "../../range.ts";
import type { Backend, Check, SnapshotEntry, Stored, Write } from "../backend.ts";
import { keysOf, Order } from "../order.ts";
import { copyEntries } from "../sqlite/copy_entries.ts";
import type { Argument, RedisConnection, Reply } from "../../../redis/connection.ts";
import type { Script } from "../../../redis/script.ts";
import { unwrap, wrap } from "./_envelope.ts";
import { COMMIT, COUNT, HAS, KEYS, SWEEP } from "./_scripts.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Fields in one command; the server does nothing else meanwhile. */
const AT_ONCE = 1000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Where in Redis the shelf is. */
export interface RedisBackendOptions {
  /** The key of the hash. */
  readonly name: string;
  /** The number of the database. */
  readonly database: number;
}

/** A shelf in Redis or Valkey. */
export class RedisBackend implements Backend {
  /** Which kind it is. */
  readonly kind = "redis";
  readonly #connection: RedisConnection;
  readonly #name: string;
  readonly #keys: readonly [string, string];
  readonly #database: number;
  readonly #watching = new Set<RedisConnection>();
  readonly #order = new Order();

  /**
   * Takes a connection.
   *
   * @param connection The connection.
   * @param options Where the shelf is.
   */
  constructor(connection: RedisConnection, { name, database }: RedisBackendOptions) {
    this.#connection = connection;
    this.#name = name;
    this.#keys = [name, `${name}:expiry`];
    this.#database = database;
  }

  #run(what: string, reads: boolean, script: Script, ...args: Argument[]): Promise<Reply> {
    return this.#connection.run(what, reads, script, this.#keys, [String(Date.now()), ...args]);
  }

  /** Reads an entry. */
  get(key: string): Promise<Stored | undefined> {
    return this.#connection.read("read a value", ["HGET", this.#name, key])
      .then((reply) => reply instanceof Uint8Array ? unwrap(reply) : undefined);
  }

  /** Whether there is an entry. */
  async has(key: string): Promise<boolean> {
    return await this.#run("look for a key", true, HAS, key) === 1;
  }

  /** Writes in groups, each at once. */
  write(writes: readonly Write[]): Promise<void> {
    return this.#order.run(keysOf(writes), () => this.#write(writes));
  }

  async #write(writes: readonly Write[]): Promise<void> {
    const [only] = writes;
    if (writes.length === 1 && only!.bytes !== undefined && only!.expires === Infinity) {
      await this.#set([only!.key, wrap(only!.key, only!.bytes, Infinity)]);
      return;
    }
    for (let at = 0; at < writes.length;) {
      const group: Write[] = [];
      for (let bytes = 0; at < writes.length && group.length < AT_ONCE; at++) {
        bytes += writes[at]!.bytes?.length ?? 0;
        if (group.length > 0 && bytes > BYTES_AT_ONCE) break;
        group.push(writes[at]!);
      }
      if (group.some(({ bytes, expires }) => bytes === undefined || expires !== Infinity)) {
        await this.#commit([], group);
        continue;
      }
      const fields = group.flatMap(({ key, bytes }) => [key, wrap(key, bytes!, Infinity)]);
      await this.#set(fields);
    }
  }

  #set(fields: readonly Argument[]): Promise<Reply> {
    return this.#connection.write("write to the shelf", ["HSET", this.#name, ...fields]);
  }

  /** Writes all or nothing. */
  commit(checks: readonly Check[], writes: readonly Write[]): Promise<boolean> {
    return this.#order.run(
      keysOf(writes),
      async () => (await this.#commit(checks, writes)).held,
    );
  }

  async #commit(
    checks: readonly Check[],
    writes: readonly Write[],
  ): Promise<{ held: boolean; deleted: number }> {
    const args: Argument[] = [String(checks.length)];
    for (const { key, token } of checks) {
      const value = token === undefined ? "" : bufferOf(token as Bytes);
      args.push(key, token === undefined ? "-" : "=", value);
    }
    for (const { key, bytes, expires } of writes) {
      args.push(
        key,
        expires === Infinity ? "" : String(expires),
        bytes === undefined ? "-" : "=",
        bytes === undefined ? "" : wrap(key, bytes, expires),
      );
    }
    const reads = writes.length === 0;
    const reply = await this.#run("write to the shelf", reads, COMMIT, ...args) as number[];
    return { held: reply[0] === 1, deleted: reply[1]! };
  }

  /** Deletes an entry; whether there was one. */
  delete(key: string): Promise<boolean> {
    const write = { key, bytes: undefined, expires: Infinity };
    return this.#order.run([key], async () => (await this.#commit([], [write])).deleted === 1);
  }

  /** The keys of one moment. */
  async snapshot(bounds: Bounds): Promise<SnapshotEntry[]> {
    if (isEmpty(bounds)) return [];
    const keys = await this.#run("list the keys", true, KEYS) as readonly Uint8Array[];
    return ordered(keys, bounds).map((key) => ({ key }));
  }

  /** Entries of keys. */
  async read(keys: readonly string[]): Promise<(Stored | undefined)[]> {
    const values = await this.#connection.read("read values", [
      "HMGET",
      this.#name,
      ...keys,
    ]);
    return (values as readonly (Uint8Array | null)[]).map((value) =>
      value === null ? undefined : unwrap(value)
    );
  }

  /** How many entries there are. */
  async count(): Promise<number> {
    return await this.#run("count the entries", true, COUNT) as number;
  }

  /** Deletes everything. */
  clear(): Promise<void> {
    return this.#order.runAll(async () => {
      await this.#connection.write("clear the shelf", ["DEL", ...this.#keys]);
    });
  }

  /** Yields when something may have changed: Redis tells of events of the hash. */
  async *changes(_keys: readonly string[], signal: AbortSignal): AsyncGenerator<void> {
    while (!signal.aborted) {
      let tick = Promise.withResolvers<void>();
      let lost = false;
      const wake = () => tick.resolve();
      const connection = this.#connection.another();
      this.#watching.add(connection);
      signal.addEventListener("abort", wake);
      try {
        await connection.subscribe(`__keyspace@${this.#database}__:${this.#name}`, wake);
        connection.onLost(() => {
          lost = true;
          wake();
        });
        // A server that was started again has forgotten the setting; and what happened while nobody listened is looked for.
        await this.#enableEvents();
        yield;
        while (true) {
          await tick.promise;
          tick = Promise.withResolvers();
          if (signal.aborted || lost) break;
          yield;
        }
      } finally {
        signal.removeEventListener("abort", wake);
        this.#watching.delete(connection);
        connection.destroy();
      }
    }
  }

  /** Turns on the events of hashes (`h`) and of deleted keys (`g`) by key (`K`), beside those that are on. */
  async #enableEvents(): Promise<void> {
    const name = "notify-keyspace-events";
    try {
      const reply = await this.#connection.read("watch", ["CONFIG", "GET", name]);
      const flags = String((reply as readonly unknown[])[1] ?? "");
      const all = flags.includes("A") ? "" : "gh";
      const missing = [..."K" + all].filter((flag) => !flags.includes(flag));
      if (missing.length === 0) return;
      const value = flags + missing.join("");
      // To do that twice is to do it once.
      await this.#connection.read("watch", ["CONFIG", "SET", name, value]);
    } catch (cause) {
      if (!(cause instanceof ShelfError) || cause.constructor !== ShelfError) throw cause;
      throw new ShelfError(
        `Cannot watch: the server needs notify-keyspace-events with "Kgh", and does not let it be set`,
        { cause },
      );
    }
  }

  /** Writes a SQLite shelf with the entries of one moment. */
  async backup(path: string): Promise<void> {
    const reply = await this.#connection.read("back up the shelf", ["HGETALL", this.#name]);
    const entries = new Map<string, Stored | undefined>();
    const fields = reply as readonly Uint8Array[];
    for (let i = 0; i < fields.length; i += 2) {
      entries.set(decodeKey(fields[i]!), unwrap(fields[i + 1]!));
    }
    const keys = ordered(entries.keys().map((key) => encodeKey(key)), EVERYTHING);
    await copyEntries(path, keys, (key) => Promise.resolve(entries.get(key)));
  }

  /** Deletes what has expired. */
  async reorganize(): Promise<void> {
    while (await this.#run("reorganize the shelf", false, SWEEP) as number > 0);
  }

  /** Nothing: when a write is on the disk is for the server's configuration to say. */
  async sync(): Promise<void> {}

  /** Lets go of the connection. */
  async close(): Promise<void> {
    for (const connection of this.#watching) connection.destroy();
    await this.#connection.close();
  }
}

/** Bytes with a `Buffer` around them. */
function bufferOf({ buffer, byteOffset, length }: Bytes): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
