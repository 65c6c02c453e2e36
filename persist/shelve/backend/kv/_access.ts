/** A KV store, the shelf's keys in it, and how long an operation is tried. */
import { withRetries } from "./_errors.ts";
import type { Layout } from "./_layout.ts";

/** Deno KV's limit of one `getMany`. */
const MANY = 10;

export class Access {
  readonly kv: Deno.Kv;
  readonly layout: Layout;
  readonly busyTimeout: number;

  constructor(kv: Deno.Kv, layout: Layout, busyTimeout: number) {
    this.kv = kv;
    this.layout = layout;
    this.busyTimeout = busyTimeout;
  }

  /** Runs an operation until the database is not locked. */
  retry<R>(operation: () => Promise<R>, what = "write to the shelf"): Promise<R> {
    return withRetries(what, this.busyTimeout, operation);
  }

  /** Reads one entry. */
  entry(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<unknown>> {
    return this.retry(() => this.kv.get(key), "read a value");
  }

  /** Reads entries, ten at a time. */
  async entries(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]> {
    const out: Deno.KvEntryMaybe<unknown>[] = [];
    for (let at = 0; at < keys.length; at += MANY) {
      const some = keys.slice(at, at + MANY);
      out.push(...await this.retry(() => this.kv.getMany<unknown[]>(some), "read values"));
    }
    return out;
  }
}
