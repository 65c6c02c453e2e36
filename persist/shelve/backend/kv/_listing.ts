/** Lists heads. Deno KV reads up to 1000 entries at one moment; several reads are not one moment. */
import { compareKeys, encodeKey } from "../../keys.ts";
import { type Bounds, EVERYTHING, isEmpty, within } from "../../range.ts";
import type { SnapshotEntry } from "../backend.ts";
import type { Access } from "./_access.ts";
import { type Head, readHead } from "./_layout.ts";

/** How many entries Deno KV reads at once. */
const ONE_READ = 1000;
/** Values that a listing brings along are kept up to this many bytes; the rest is read again when its turn comes. */
const KEPT = 8 * 1024 * 1024;

/** The keys of a range, `undefined` if one read is not enough. */
export async function listOnce(
  access: Access,
  bounds: Bounds,
  values: boolean,
): Promise<SnapshotEntry[] | undefined> {
  return await list(access, bounds, values, Math.min(ONE_READ, Math.max(1, bounds.limit)));
}

/** The keys of a range, in as many reads as it takes. */
export async function listAll(
  access: Access,
  bounds: Bounds,
  values: boolean,
): Promise<SnapshotEntry[]> {
  return (await list(access, bounds, values, Infinity))!;
}

async function list(
  access: Access,
  bounds: Bounds,
  values: boolean,
  most: number,
): Promise<SnapshotEntry[] | undefined> {
  if (isEmpty(bounds)) return [];
  const { kv, layout } = access;
  return await access.retry(async () => {
    const found: SnapshotEntry[] = [];
    const now = Date.now();
    const range = layout.range(bounds.lower, bounds.upper);
    const cut = isLong(bounds.lower) || bounds.upper !== undefined && isLong(bounds.upper);
    let seen = 0;
    let kept = 0;
    for await (
      const entry of kv.list(range, {
        batchSize: Math.min(ONE_READ, most),
        reverse: bounds.reverse,
      })
    ) {
      if (++seen > most) return undefined;
      const { expires, bytes } = readHead(entry.value);
      if (expires !== Infinity && expires <= now) continue;
      const key = layout.keyOf(entry.key);
      if (cut && !within(encodeKey(key), bounds)) continue;
      const keep = values && bytes !== undefined && (kept += bytes.length) <= KEPT;
      found.push({
        key,
        stored: keep ? { bytes, expires, token: entry.versionstamp } : undefined,
      });
      if (found.length >= bounds.limit) break;
    }
    return found;
  }, "list the keys");
}

/** Whether a bound may be too long for a key, which makes the listed range larger. */
function isLong(bound: Uint8Array): boolean {
  return bound.length > 1000;
}

/** The entries of keys that are neighbours, in order or in reverse order, and of what was added in between. */
export async function neighbours(
  access: Access,
  keys: readonly string[],
): Promise<Map<string, Deno.KvEntry<unknown>>> {
  const { kv, layout } = access;
  const [first, last] = [encodeKey(keys[0]!), encodeKey(keys.at(-1)!)];
  const [lowest, highest] = compareKeys(first, last) > 0 ? [last, first] : [first, last];
  // No key lies between a key and itself with a NUL behind it.
  const behind = new Uint8Array(highest.length + 1);
  behind.set(highest);
  const range = layout.range(lowest, behind);
  return await access.retry(async () => {
    const found = new Map<string, Deno.KvEntry<unknown>>();
    for await (const entry of kv.list(range, { batchSize: ONE_READ })) {
      found.set(layout.keyOf(entry.key), entry);
    }
    return found;
  }, "read values");
}

/** All heads, with their keys and versions. */
export async function* heads(
  { kv, layout }: Access,
): AsyncGenerator<{ key: string; head: Head; versionstamp: string }> {
  const range = layout.range(EVERYTHING.lower, EVERYTHING.upper);
  for await (const { key, value, versionstamp } of kv.list(range, { batchSize: ONE_READ })) {
    yield { key: layout.keyOf(key), head: readHead(value), versionstamp };
  }
}
