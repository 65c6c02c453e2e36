/** A KV store, the shelf's keys in it, and how long an operation is tried. */
import { withDeadline, withRetries } from "./_errors.ts";
import type { Layout } from "./_layout.ts";

/** Deno KV's limit of one `getMany`. */
const MANY = 10;

export class Access {
  readonly kv: Deno.Kv;
  readonly layout: Layout;
  readonly busyTimeout: number;
  /** Whether it is on a server. */
  readonly remote: boolean;
  /** Whether something that was given up may still be done. */
  doubtful = false;

  constructor(kv: Deno.Kv, layout: Layout, busyTimeout: number, remote: boolean) {
    this.kv = kv;
    this.layout = layout;
    this.busyTimeout = busyTimeout;
    this.remote = remote;
  }

  /** Runs an operation until the database is not locked. */
  retry<R>(operation: () => Promise<R>, what = "write to the shelf"): Promise<R> {
    const late = { begin: () => void (this.doubtful = true) };
    const limited = this.remote
      ? () => withDeadline(what, this.busyTimeout, operation, late)
      : operation;
    return withRetries(what, this.busyTimeout, limited);
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
