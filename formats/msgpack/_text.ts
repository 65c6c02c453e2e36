/**
 * Bytes to strings, faster than `TextDecoder` for the short ones.
 *
 * The two methods of `Buffer` that are used work on any `Uint8Array`; in Deno they cost about 60 ns a call where
 * `TextDecoder.decode` costs 280 ns (measured). Runtimes without them get the same results more slowly. The first text looks
 * them up, since Deno takes 6 ms to load `Buffer`.
 */

type Slice = (this: Uint8Array, start: number, end: number) => string;

/** What is used of `Buffer`. */
interface Slices {
  readonly latin1Slice: Slice | undefined;
  readonly utf8Slice: Slice | undefined;
}

let slices: Slices | undefined;

function findSlices(): Slices {
  const { latin1Slice, utf8Slice }: Partial<Slices> =
    Reflect.get(globalThis, "Buffer")?.prototype ?? {};
  return slices = { latin1Slice, utf8Slice };
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const CHUNK = 4096;

/** Is every byte of a string ASCII? Sixteen at a time where there is a view of the same bytes. */
export function isAscii(
  bytes: Uint8Array,
  view: DataView | undefined,
  start: number,
  end: number,
): boolean {
  let i = start;
  if (view !== undefined) {
    for (const last = end - 16; i <= last; i += 16) {
      const bits = view.getInt32(i) | view.getInt32(i + 4) | view.getInt32(i + 8) |
        view.getInt32(i + 12);
      if ((bits & 0x80808080) !== 0) return false;
    }
    for (const last = end - 4; i <= last; i += 4) {
      if ((view.getInt32(i) & 0x80808080) !== 0) return false;
    }
  }
  while (i < end && bytes[i]! < 0x80) i++;
  return i === end;
}

/** Each byte as the character of that number. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  const { latin1Slice } = slices ?? findSlices();
  if (latin1Slice !== undefined) return latin1Slice.call(bytes, start, end);
  let text = "";
  for (let i = start; i < end; i += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(end, i + CHUNK)));
  }
  return text;
}

/** UTF-8; what is malformed throws a TypeError, or becomes U+FFFD. A byte order mark is kept. */
export function utf8(bytes: Uint8Array, start: number, end: number, fatal: boolean): string {
  const { utf8Slice } = slices ?? findSlices();
  if (utf8Slice !== undefined) {
    const text = utf8Slice.call(bytes, start, end);
    // Malformed bytes always leave U+FFFD; a genuine one is rare enough to look twice.
    if (!fatal || !text.includes("\ufffd")) return text;
  }
  const part = bytes.subarray(start, end);
  // TextDecoder refuses memory that other threads may change.
  const own = part.buffer instanceof ArrayBuffer ? part : part.slice();
  return (fatal ? strict : lenient).decode(own);
}

/** A string of 1 to 12 bytes that are all ASCII: one call with as many arguments. */
export function shortAscii(bytes: Uint8Array, start: number, length: number): string {
  const code = String.fromCharCode;
  const a = bytes[start + 0]!;
  if (length === 1) return code(a);
  const b = bytes[start + 1]!;
  if (length === 2) return code(a, b);
  const c = bytes[start + 2]!;
  if (length === 3) return code(a, b, c);
  const d = bytes[start + 3]!;
  if (length === 4) return code(a, b, c, d);
  const e = bytes[start + 4]!;
  if (length === 5) return code(a, b, c, d, e);
  const f = bytes[start + 5]!;
  if (length === 6) return code(a, b, c, d, e, f);
  const g = bytes[start + 6]!;
  if (length === 7) return code(a, b, c, d, e, f, g);
  const h = bytes[start + 7]!;
  if (length === 8) return code(a, b, c, d, e, f, g, h);
  const i = bytes[start + 8]!;
  if (length === 9) return code(a, b, c, d, e, f, g, h, i);
  const j = bytes[start + 9]!;
  if (length === 10) return code(a, b, c, d, e, f, g, h, i, j);
  const k = bytes[start + 10]!;
  if (length === 11) return code(a, b, c, d, e, f, g, h, i, j, k);
  return code(a, b, c, d, e, f, g, h, i, j, k, bytes[start + 11]!);
}
