/**
 * GNU dbm, as CPython's `dbm.gnu` writes it on 64-bit little-endian machines: an extendible hash table.
 *
 * ```
 * header     0 magic:u32   4 block:u32   8 directory:u64   16 its bytes:u32   20 bits:u32   24 bucket bytes:u32   28 entries:u32
 * directory  offsets of buckets:u64; several may name the same
 * bucket     0 free list[104]   104 bits:u32   108 count:u32   112 entries of 24 bytes:
 *            0 hash:u32 (0xffffffff: free)   4 start of the key[4]   8 offset:u64   16 key bytes:u32   20 value bytes:u32
 * ```
 *
 * An entry's offset leads to the key, which the value follows.
 */
import { ShelfFormatError } from "../../errors.ts";
import { IndexedStore, type Place, readAt } from "./_index.ts";

/** The formats whose offsets have 64 bits: the standard one, and the one with a counter for crash tolerance behind the header. */
export const GNU_MAGIC: readonly number[] = [0x13579acf, 0x13579ad1];

const ENTRY = 24;
const FIRST_ENTRY = 112;
const FREE = 0xffffffff;
/** A directory or bucket of more bytes is no longer believed. */
const TOO_LARGE = 1 << 30;

/** Opens a file of GNU dbm. */
export function openGnu(path: string): IndexedStore {
  const file = Deno.openSync(path);
  try {
    return new IndexedStore("gnu", file, places(file, path));
  } catch (error) {
    file.close();
    throw error;
  }
}

function places(file: Deno.FsFile, path: string): Place[] {
  const view = ({ buffer }: Uint8Array<ArrayBuffer>) => new DataView(buffer);
  const damaged = (what: string) =>
    new ShelfFormatError(`Cannot read "${path}": ${what} of GNU dbm is damaged`);
  const header = view(readAt(file, 0, 32));
  if (!GNU_MAGIC.includes(header.getUint32(0, true))) {
    throw new ShelfFormatError(
      `Cannot read "${path}": it needs to be GNU dbm with 64-bit little-endian offsets`,
    );
  }
  const directorySize = header.getUint32(16, true);
  const bucketSize = header.getUint32(24, true);
  const bucketEntries = header.getUint32(28, true);
  if (
    directorySize > TOO_LARGE || directorySize % 8 !== 0 || bucketSize > TOO_LARGE ||
    FIRST_ENTRY + bucketEntries * ENTRY > bucketSize
  ) throw damaged("the header");
  const directory = view(readAt(file, Number(header.getBigUint64(8, true)), directorySize));
  const buckets = new Set<number>();
  for (let i = 0; i < directorySize; i += 8) buckets.add(Number(directory.getBigUint64(i, true)));
  const found: Place[] = [];
  for (const offset of buckets) {
    const bucket = view(readAt(file, offset, bucketSize));
    for (let i = 0; i < bucketEntries; i++) {
      const at = FIRST_ENTRY + i * ENTRY;
      if (bucket.getUint32(at, true) === FREE) continue;
      const position = Number(bucket.getBigUint64(at + 8, true));
      const keySize = bucket.getUint32(at + 16, true);
      const size = bucket.getUint32(at + 20, true);
      found.push({ key: readAt(file, position, keySize), position: position + keySize, size });
    }
  }
  return found;
}
