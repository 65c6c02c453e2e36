/**
 * The directory of a zip archive, read from its end (APPNOTE.TXT 4.3). Sizes beyond 32 bits stand in the extra field 1.
 *
 * ```
 * [header name data]... [entry name extra comment]... [zip64 end, locator] [end]
 * ```
 */
import { inflate } from "./inflate.ts";

const ENTRY = 0x02014b50;
const HEADER = 0x04034b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR = 0x07064b50;
const UNKNOWN = 0xffffffff;

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for data as it is, 8 for deflated data. */
  readonly method: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its header begins. */
  readonly offset: number;
}

/** An archive, or a part of it, is damaged. */
function damaged(what: string): never {
  throw new RangeError(`the zip archive is damaged: ${what}`);
}

/**
 * The files of an archive.
 *
 * @throws {RangeError} If the directory is damaged.
 */
export function zipEntries(bytes: Uint8Array): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = directory(view);
  const entries = new Map<string, ZipEntry>();
  while (at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + 46 + nameLength + extraLength;
    if (end > view.byteLength) damaged("a name is cut off");
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    entries.set(name, { name, method: view.getUint16(at + 10, true), ...sizes(view, at, end) });
    at = end + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Where the directory begins. */
function directory(view: DataView): number {
  const least = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= least; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const offset = view.getUint32(at + 16, true);
    if (offset !== UNKNOWN) return offset;
    if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR) damaged("it has no locator");
    const end64 = uint64(view, at - 12);
    if (end64 + 56 > view.byteLength || view.getUint32(end64, true) !== END64) {
      damaged("it has no end");
    }
    return uint64(view, end64 + 48);
  }
  return damaged("it has no directory");
}

function sizes(
  view: DataView,
  at: number,
  end: number,
): { compressed: number; size: number; offset: number } {
  const parts = { size: at + 24, compressed: at + 20, offset: at + 42 };
  let extra = at + 46 + view.getUint16(at + 28, true);
  while (extra + 4 <= end && view.getUint16(extra, true) !== 1) {
    extra += 4 + view.getUint16(extra + 2, true);
  }
  let next = extra + 4;
  const read = (place: number) => {
    const value = view.getUint32(place, true);
    if (value !== UNKNOWN) return value;
    if (next + 8 > end) damaged("a size is missing");
    next += 8;
    return uint64(view, next - 8);
  };
  const [size, compressed] = [read(parts.size), read(parts.compressed)];
  return { size, compressed, offset: read(parts.offset) };
}

function uint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

/**
 * The bytes of a file in an archive.
 *
 * @param bytes The archive.
 * @param entry The file.
 * @param most How many bytes deflated data may become.
 * @returns The bytes, a view of the archive if they are stored as they are; `undefined` if there are more than `most`.
 * @throws {RangeError} If it is damaged, or compressed in another way.
 */
export function zipContent(
  bytes: Uint8Array,
  entry: ZipEntry,
  most: number,
): Uint8Array | undefined {
  const { offset, compressed, size, method } = entry;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== HEADER) {
    damaged("a file has no header");
  }
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + compressed > view.byteLength) damaged("a file is cut off");
  const content = bytes.subarray(start, start + compressed);
  if (method === 0) return content.length === size ? content : damaged("a size is wrong");
  if (method !== 8) throw new RangeError(`the zip archive uses the unknown method ${method}`);
  if (size > most) return undefined;
  const inflated = inflate("raw", content, Math.max(1, size));
  return inflated?.length === size ? inflated : damaged("a size is wrong");
}
