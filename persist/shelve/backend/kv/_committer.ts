/** Writes heads: one atomic commit, with the chunks of large values before it and the chunks of replaced ones after it. */
import { Backoff } from "../../retry.ts";
import type { Check, Write } from "../backend.ts";
import type { Access } from "./_access.ts";
import { abandon, discard, leftOver, stage, type Staged } from "./_chunks.ts";
import { groups } from "./_groups.ts";
import { Slab } from "../../slab.ts";
import { type Head, INLINE_MAX, inlineHead, largeHead, readHead } from "./_layout.ts";

/** How long it is believed that there are no large values, in milliseconds. */
const FRESH = 100;
/** A commit of Deno KV takes 100 checks, and a transaction needs some for large values. */
const CONDITIONS = 100;
/** Groups that are written at the same time. */
const AT_ONCE = 3;
/** Deno KV refuses later dates. What ends after that, in 250,000 years, is not deleted by it; the head still says when. */
const LATEST = 8e15;

interface Condition {
  readonly key: Deno.KvKey;
  readonly versionstamp: string | null;
}

interface Replaced {
  readonly entry: Deno.KvEntryMaybe<unknown>;
  readonly head: Head;
}

export class Committer {
  readonly #access: Access;
  readonly #slab = new Slab();
  /** The version of the fence; `undefined` if it is not known. */
  #fence: string | null | undefined;
  /** When the store was last seen without large values; `undefined` once there was one. */
  #smallAt: number | undefined = -Infinity;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Writes in groups that fit into one commit. */
  async write(writes: readonly Write[]): Promise<void> {
    if (writes.length === 1) {
      await this.commit([], writes);
      return;
    }
    // While Deno KV writes one group, the next are put together. Their order must not matter then.
    const running = new Set<Promise<unknown>>();
    let failure: { readonly error: unknown } | undefined;
    for (const group of groups(writes, await this.#hasLarge())) {
      if (running.size === AT_ONCE) await Promise.race(running);
      if (failure !== undefined) break;
      const done: Promise<unknown> = this.commit([], group)
        .catch((error) => failure ??= { error })
        .finally(() => running.delete(done));
      running.add(done);
    }
    await Promise.all(running);
    if (failure !== undefined) throw failure.error;
  }

  /** Refuses what does not fit into one commit. */
  async checkLimits(checks: readonly Check[], writes: readonly Write[]): Promise<void> {
    const replacing = await this.#hasLarge() ? writes.length : 0;
    const [first] = groups(writes, replacing > 0);
    if (
      writes.length > 0 && first!.length < writes.length || checks.length + replacing > CONDITIONS
    ) {
      throw new RangeError(
        `Cannot commit a transaction that read ${checks.length} and wrote ${writes.length} entries: ` +
          "Deno KV takes up to 100 reads, 1000 writes and 780,000 bytes at once",
      );
    }
  }

  /** Writes all or nothing; `false` if a condition does not hold any more. */
  async commit(checks: readonly Check[], writes: readonly Write[]): Promise<boolean> {
    const { kv, layout } = this.#access;
    const conditions = checks.map(({ key, token }): Condition => ({
      key: layout.head(key, this.#slab),
      versionstamp: (token as string | undefined) ?? null,
    }));
    const keys = writes.map(({ key }) => layout.head(key, this.#slab));
    const large = writes.filter(({ bytes }) => bytes !== undefined && bytes.length > INLINE_MAX);
    let backoff: Backoff | undefined;
    while (true) {
      const staged = new Map<Write, Staged>();
      try {
        if (await this.#stage(large, staged)) {
          const replaced = large.length > 0 || await this.#hasLarge()
            ? await this.#replaced(keys)
            : [];
          const fences = conditions.length === 0 && this.#access.remote
            ? [await this.#fenced()]
            : [];
          const result = await this.#access.retry(() => {
            const commit = kv.atomic();
            for (const fence of fences) commit.check(fence);
            for (const condition of conditions) commit.check(condition);
            for (const { entry, head } of replaced) {
              commit.check(entry);
              commit.set(layout.pending(head.generation!.id), leftOver(head.generation!));
            }
            for (const [i, write] of writes.entries()) {
              this.#add(commit, keys[i]!, write, staged.get(write));
            }
            return commit.commit();
          });
          if (result.ok) {
            for (const { head } of replaced) await discard(this.#access, head.generation!);
            return true;
          }
          this.#fence = undefined;
        }
      } catch (error) {
        // What cannot be taken back now has a note, and is collected when the shelf is opened again.
        await this.#abandon(staged).catch(() => {});
        throw error;
      }
      await this.#abandon(staged);
      if (conditions.length > 0 && await this.#changed(conditions)) return false;
      backoff ??= new Backoff("write to the shelf", this.#access.busyTimeout);
      await backoff.pause();
    }
  }

  /**
   * Deno KV goes on with a write to a server that was given up, and may do it after later ones. A write that depends on nothing
   * therefore depends on the fence; after one was given up, the fence is written anew before the next.
   */
  async #fenced(): Promise<Condition> {
    const { kv, layout } = this.#access;
    if (this.#access.doubtful) {
      this.#fence = undefined;
      await this.#access.retry(() => kv.set(layout.fence, true));
      this.#access.doubtful = false;
    }
    if (this.#fence === undefined) {
      this.#fence = (await this.#access.entry(layout.fence)).versionstamp;
    }
    return { key: layout.fence, versionstamp: this.#fence };
  }

  /** Writes the chunks of large values; `false` if a collector took them for a dead writer's. */
  async #stage(writes: readonly Write[], staged: Map<Write, Staged>): Promise<boolean> {
    for (const write of writes) {
      const one = await stage(this.#access, write.bytes!, expireIn(write));
      if (one === undefined) return false;
      staged.set(write, one);
      this.#smallAt = undefined;
    }
    return true;
  }

  async #abandon(staged: Map<Write, Staged>): Promise<void> {
    for (const { generation } of staged.values()) await abandon(this.#access, generation);
  }

  #add(
    commit: Deno.AtomicOperation,
    key: Deno.KvKey,
    write: Write,
    staged: Staged | undefined,
  ): void {
    if (write.bytes === undefined) {
      commit.delete(key);
      return;
    }
    // Deno KV deletes by itself what is expired, when it gets to it; until then the head says so.
    const delay = expireIn(write);
    const options = delay === undefined ? undefined : { expireIn: delay };
    if (staged === undefined) {
      commit.set(key, inlineHead(write.bytes, write.expires, this.#slab), options);
      return;
    }
    const note = this.#access.layout.pending(staged.generation.id);
    commit.check({ key: note, versionstamp: staged.versionstamp }).delete(note);
    commit.set(key, largeHead(staged.generation, write.bytes.length, write.expires), options);
  }

  async #changed(conditions: readonly Condition[]): Promise<boolean> {
    const now = await this.#access.entries(conditions.map(({ key }) => key));
    return now.some(({ versionstamp }, i) => versionstamp !== conditions[i]!.versionstamp);
  }

  /** The heads among these that have chunks. */
  async #replaced(keys: Deno.KvKey[]): Promise<Replaced[]> {
    const found: Replaced[] = [];
    const entries = keys.length === 1
      ? [await this.#access.entry(keys[0]!)]
      : await this.#access.entries(keys);
    for (const entry of entries) {
      if (entry.value === null) continue;
      const head = readHead(entry.value);
      if (head.generation !== undefined) found.push({ entry, head });
    }
    return found;
  }

  /**
   * Whether there may be large values, whose chunks have to go when they are overwritten. While there are none, a write need
   * not read the old head. If another process writes the very first one, and this one overwrites it within a tenth of a
   * second, its chunks are left behind until `reorganize` finds them.
   */
  async #hasLarge(): Promise<boolean> {
    if (this.#smallAt === undefined) return true;
    const now = performance.now();
    if (now - this.#smallAt < FRESH) return false;
    const { value } = await this.#access.entry(this.#access.layout.large);
    this.#smallAt = value === null ? now : undefined;
    return value !== null;
  }
}

function expireIn({ expires }: Write): number | undefined {
  return expires > LATEST ? undefined : Math.max(1, Math.ceil(expires - Date.now()));
}
