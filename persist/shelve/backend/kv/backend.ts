/** A shelf in Deno KV: the embedded one, or a KV Connect server. */
import { ShelfFormatError } from "../../errors.ts";
import { type Bounds, EVERYTHING } from "../../range.ts";
import { Backoff } from "../../retry.ts";
import type { Backend, Check, SnapshotEntry, Stored, Write } from "../backend.ts";
import { poll } from "../poll.ts";
import { copyEntries } from "../sqlite/copy_entries.ts";
import { Access } from "./_access.ts";
import { abandon, assemble, collect, findStrays } from "./_chunks.ts";
import { Committer } from "./_committer.ts";
import { KvFile } from "./_file.ts";
import { Gate } from "./_gate.ts";
import { keysOf, Order } from "../order.ts";
import { type Head, Layout, readHead } from "./_layout.ts";
import { heads, listAll, listOnce, neighbours } from "./_listing.ts";
import { changesOf } from "./_watch.ts";

/** What is known about a KV store. */
export interface KvBackendOptions {
  /** The file of an embedded store, `undefined` for one in memory or on a server. */
  readonly path: string | undefined;
  /** Whether it is on a server. */
  readonly remote: boolean;
  /** The name of the shelf in the store. */
  readonly name: string | undefined;
  /** How long to try, in milliseconds. */
  readonly busyTimeout: number;
}

/** A shelf in Deno KV. */
export class KvBackend implements Backend {
  /** Which kind it is. */
  readonly kind = "kv";
  readonly #access: Access;
  readonly #committer: Committer;
  readonly #file: KvFile | undefined;
  readonly #gate = new Gate();
  readonly #order = new Order();

  /**
   * Takes an open store.
   *
   * @param kv The store.
   * @param options What is known about it.
   */
  constructor(kv: Deno.Kv, { path, remote, name, busyTimeout }: KvBackendOptions) {
    this.#access = new Access(kv, new Layout(name), busyTimeout, remote);
    this.#committer = new Committer(this.#access);
    this.#file = path === undefined ? undefined : new KvFile(path, busyTimeout);
  }

  /** Collects what crashes left behind. */
  async collect(): Promise<void> {
    await this.#gate.write(() => collect(this.#access));
  }

  /** Reads an entry. */
  async get(key: string): Promise<Stored | undefined> {
    return await this.#stored(await this.#access.entry(this.#access.layout.head(key)));
  }

  /** Whether there is an entry. */
  async has(key: string): Promise<boolean> {
    const { value } = await this.#access.entry(this.#access.layout.head(key));
    return value !== null && readHead(value).expires > Date.now();
  }

  /** The value of a head. If chunks of a large one are gone, it was overwritten meanwhile: the new head is read. */
  async #stored(entry: Deno.KvEntryMaybe<unknown>): Promise<Stored | undefined> {
    let backoff: Backoff | undefined;
    while (entry.value !== null) {
      const { expires, bytes, generation, size } = readHead(entry.value);
      if (expires <= Date.now()) return undefined;
      const token = entry.versionstamp;
      if (bytes !== undefined) return { bytes, expires, token };
      const whole = await this.#access.retry(
        () => assemble(this.#access, generation!, size),
        "read a value",
      );
      if (whole !== undefined) return { bytes: whole, expires, token };
      entry = await this.#access.entry(entry.key);
      if (entry.versionstamp === token && expires > Date.now()) {
        throw new ShelfFormatError("Cannot read a value: chunks of it are missing");
      }
      backoff ??= new Backoff("read a value", this.#access.busyTimeout);
      await backoff.pause();
    }
    return undefined;
  }

  /** Writes in groups that fit into one commit. */
  write(writes: readonly Write[]): Promise<void> {
    return this.#order.run(keysOf(writes), () => this.#write(writes));
  }

  #write(writes: readonly Write[]): Promise<void> {
    return this.#gate.write(() => this.#committer.write(writes));
  }

  /** Writes all or nothing. */
  commit(checks: readonly Check[], writes: readonly Write[]): Promise<boolean> {
    return this.#order.run(keysOf(writes), () =>
      this.#gate.write(async () => {
        await this.#committer.checkLimits(checks, writes);
        return await this.#committer.commit(checks, writes);
      }));
  }

  /** Deletes an entry; whether there was one. */
  delete(key: string): Promise<boolean> {
    return this.#order.run([key], () => this.#delete(key));
  }

  async #delete(key: string): Promise<boolean> {
    const { kv, layout } = this.#access;
    const write = { key, bytes: undefined, expires: Infinity };
    let backoff: Backoff | undefined;
    while (true) {
      const { value, versionstamp } = await this.#access.entry(layout.head(key));
      if (value === null) return false;
      const { expires, generation } = readHead(value);
      const check = { key: layout.head(key), versionstamp };
      const done = await this.#gate.write(async () =>
        generation === undefined
          ? (await this.#access.retry(() => kv.atomic().check(check).delete(check.key).commit())).ok
          : await this.#committer.commit([{ key, token: versionstamp }], [write])
      );
      if (done) return expires > Date.now();
      backoff ??= new Backoff("delete a value", this.#access.busyTimeout);
      await backoff.pause();
    }
  }

  /** The keys of one moment. If one read does not return all, nobody may write meanwhile (but to a server). */
  async snapshot(bounds: Bounds, values: boolean): Promise<SnapshotEntry[]> {
    return await listOnce(this.#access, bounds, values) ??
      await this.#still(() => listAll(this.#access, bounds, values));
  }

  #still<R>(body: () => Promise<R>): Promise<R> {
    const file = this.#file;
    return this.#gate.freeze(() => file === undefined ? body() : file.exclusive(body));
  }

  /** Entries of neighbouring keys. */
  async read(keys: readonly string[]): Promise<(Stored | undefined)[]> {
    const entries = await neighbours(this.#access, keys);
    const out: (Stored | undefined)[] = [];
    for (const key of keys) {
      const entry = entries.get(key);
      out.push(entry && await this.#stored(entry));
    }
    return out;
  }

  /** How many entries there are: Deno KV does not know, so they are listed. */
  async count(): Promise<number> {
    return (await this.snapshot(EVERYTHING, false)).length;
  }

  /** Deletes everything. */
  clear(): Promise<void> {
    return this.#order.runAll(async () => {
      const keys = await this.snapshot(EVERYTHING, false);
      await this.#write(keys.map(({ key }) => ({ key, bytes: undefined, expires: Infinity })));
    });
  }

  /** Yields when one of the keys may have changed. */
  changes(keys: readonly string[], signal: AbortSignal): AsyncIterable<void> {
    const { kv, layout } = this.#access;
    // In a file, Deno KV's own `watch` sees what this process writes, but not what others do.
    const file = this.#file;
    if (file !== undefined) return poll(() => file.version(), signal);
    return changesOf(kv, keys.map((key) => layout.head(key)), signal);
  }

  /** Writes a copy: of the file if there is one, else a SQLite shelf with the same entries. */
  backup(path: string): Promise<void> {
    const file = this.#file;
    if (file !== undefined) return this.#gate.freeze(() => file.backup(path));
    return this.#still(async () => {
      const entries = await listAll(this.#access, EVERYTHING, false);
      await copyEntries(path, entries.map(({ key }) => key), (key) => this.get(key));
    });
  }

  /** Deletes what is expired and left over, then gives space back. */
  async reorganize(): Promise<void> {
    await this.#gate.write(async () => {
      await collect(this.#access);
      const expired: { key: string; token: string }[] = [];
      for await (const { key, head, versionstamp } of heads(this.#access)) {
        if (head.expires <= Date.now()) expired.push({ key, token: versionstamp });
      }
      for (const check of expired) {
        const write = { key: check.key, bytes: undefined, expires: Infinity };
        await this.#committer.commit([check], [write]);
      }
      for (const generation of await findStrays(this.#access, () => this.#heads())) {
        await abandon(this.#access, generation);
      }
    });
    await this.#gate.freeze(async () => await this.#file?.compact());
  }

  async #heads(): Promise<Head[]> {
    const all: Head[] = [];
    for await (const { head } of heads(this.#access)) all.push(head);
    return all;
  }

  /** Nothing: Deno KV acknowledges a write when it is durable. */
  async sync(): Promise<void> {}

  /** Lets go of the store. */
  async close(): Promise<void> {
    await this.#gate.freeze(() => Promise.resolve());
    this.#file?.close();
    this.#access.kv.close();
  }
}
