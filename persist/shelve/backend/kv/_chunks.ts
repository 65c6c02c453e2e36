/**
 * Large values: 64 KiB chunks under a fresh generation, copy-on-write.
 *
 * ```
 *            stage()                     commit                        collect()
 * old head ──────────────► old head ───────────────► new head ──────────────────► new head
 * old chunks               old chunks                old chunks (pending: left)   new chunks
 *                          new chunks (pending: new) new chunks
 * ```
 *
 * A note `pending/generation` exists from before the first chunk until the commit that switches the head, and again from that
 * commit of a successor until the last chunk is deleted. So whatever a crash leaves behind has a note, and opening a shelf
 * costs as much as there are notes. A collector first overwrites the note; every commit of the writer checks the note's
 * versionstamp and fails then, so that a head never names chunks that somebody collects. A reader that misses a chunk reads the head again.
 */
import { ShelfFormatError } from "../../errors.ts";
import type { Access } from "./_access.ts";
import { CHUNK_SIZE, CHUNKS_MAX, type Generation, type Head } from "./_layout.ts";

/** Deno KV's limits of one commit are 1000 mutations and 819,200 bytes. */
const CHUNKS_PER_COMMIT = 12;
const DELETES_PER_COMMIT = 500;
/** Deno KV's limit of one read. */
const CHUNKS_PER_READ = 10;

const WRITING = 0;
const LEFT = 1;

/** A generation that is written and waits for its head. */
export interface Staged {
  /** The generation. */
  readonly generation: Generation;
  /** The version of its note. */
  readonly versionstamp: string;
}

/** Writes the chunks of a value; `undefined` if a collector took them for a dead writer's. */
export async function stage(
  access: Access,
  value: Uint8Array,
  expireIn: number | undefined,
): Promise<Staged | undefined> {
  const { kv, layout } = access;
  const generation = {
    id: crypto.getRandomValues(new Uint8Array(16)),
    chunks: Math.ceil(value.length / CHUNK_SIZE),
  };
  const key = layout.pending(generation.id);
  const expiry = expireIn === undefined ? {} : { expireIn };
  const { versionstamp } = await access.retry(() =>
    kv.atomic().set(key, note(WRITING, generation.chunks)).set(layout.large, true).commit()
  ) as Deno.KvCommitResult;
  for (let at = 0; at < generation.chunks; at += CHUNKS_PER_COMMIT) {
    const written = await access.retry(() => {
      const commit = kv.atomic().check({ key, versionstamp });
      for (let i = at; i < Math.min(at + CHUNKS_PER_COMMIT, generation.chunks); i++) {
        const chunk = value.subarray(i * CHUNK_SIZE, (i + 1) * CHUNK_SIZE);
        commit.set(layout.chunk(generation.id, i), chunk, expiry);
      }
      return commit.commit();
    });
    if (!written.ok) return undefined;
  }
  return { generation, versionstamp };
}

/** The value of the note that marks a generation as left over. */
export function leftOver(generation: Generation): Uint8Array<ArrayBuffer> {
  return note(LEFT, generation.chunks);
}

function note(state: number, chunks: number): Uint8Array<ArrayBuffer> {
  const value = new Uint8Array(5);
  value[0] = state;
  new DataView(value.buffer).setUint32(1, chunks);
  return value;
}

/** Deletes the chunks of a generation whose note says that it is left over, then the note. */
export async function discard(access: Access, generation: Generation): Promise<void> {
  const { kv, layout } = access;
  for (let at = 0; at < generation.chunks; at += DELETES_PER_COMMIT) {
    await access.retry(() => {
      const commit = kv.atomic();
      for (let i = at; i < Math.min(at + DELETES_PER_COMMIT, generation.chunks); i++) {
        commit.delete(layout.chunk(generation.id, i));
      }
      return commit.commit();
    });
  }
  await access.retry(() => kv.delete(layout.pending(generation.id)));
}

/** Gives up a generation that nothing refers to. */
export async function abandon(access: Access, generation: Generation): Promise<void> {
  const key = access.layout.pending(generation.id);
  await access.retry(() => access.kv.set(key, leftOver(generation)));
  await discard(access, generation);
}

/** Deletes every generation that has a note: a dead writer's, or what nobody needs any more. A living writer starts again. */
export async function collect(access: Access): Promise<void> {
  const { kv, layout } = access;
  for await (const entry of kv.list(layout.allPending())) {
    const id = entry.key.at(-1) as Uint8Array<ArrayBuffer>;
    const generation = { id, chunks: chunksOf(entry.value) };
    const taken = await access.retry(() =>
      kv.atomic().check(entry).set(entry.key, leftOver(generation)).commit()
    );
    if (taken.ok) await discard(access, generation);
  }
}

function chunksOf(value: unknown): number {
  const chunks = value instanceof Uint8Array && value.length === 5
    ? new DataView(value.buffer, value.byteOffset, value.length).getUint32(1)
    : Infinity;
  // A note of four billion chunks would be followed for days.
  if (chunks <= CHUNKS_MAX) return chunks;
  throw new ShelfFormatError("Cannot collect chunks: a note in the KV store is damaged");
}

/** Puts a large value together; `undefined` if its head was switched meanwhile and a chunk is gone. */
export async function assemble(
  { kv, layout }: Access,
  { id, chunks }: Generation,
  size: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Nothing is allocated for a head whose chunks are not there.
  let out: Uint8Array<ArrayBuffer> | undefined;
  for (let at = 0; at < chunks; at += CHUNKS_PER_READ) {
    const keys: Deno.KvKey[] = [];
    for (let i = at; i < Math.min(at + CHUNKS_PER_READ, chunks); i++) {
      keys.push(layout.chunk(id, i));
    }
    const entries = await kv.getMany<Uint8Array[]>(keys);
    for (const [i, { value }] of entries.entries()) {
      const start = (at + i) * CHUNK_SIZE;
      if (!(value instanceof Uint8Array) || value.length !== Math.min(CHUNK_SIZE, size - start)) {
        return undefined;
      }
      (out ??= new Uint8Array(size)).set(value, start);
    }
  }
  return out;
}

/** Generations in the store that no head names and that have no note: what a race with the first large value can leave. */
export async function findStrays(
  { kv, layout }: Access,
  heads: () => Promise<Head[]>,
): Promise<Generation[]> {
  const found = new Map<string, Generation>();
  let position = new Uint8Array(0);
  while (true) {
    const range = layout.chunks(position, position.length > 0);
    const { value, done } = await kv.list(range, { limit: 1 }).next();
    if (done) break;
    position = layout.generationOf(value.key);
    let chunks = 0;
    const end = layout.chunks(position, true).start;
    for await (const _ of kv.list({ start: layout.chunk(position, 0), end })) chunks++;
    const { value: pending } = await kv.get(layout.pending(position));
    if (pending === null) found.set(position.toHex(), { id: position, chunks });
  }
  // The heads are read last: a generation that got its head in between is seen there.
  for (const { generation } of found.size === 0 ? [] : await heads()) {
    if (generation !== undefined) found.delete(generation.id.toHex());
  }
  return [...found.values()];
}
