/** IPv6 addresses (RFC 4291, section 2.2) and their canonical text (RFC 5952). */
import { formatIPv4, parseIPv4 } from "./_ipv4.ts";

/** The sixteen bytes; `undefined` if the text is no address. A zone (`%eth0`) is none of it, as for inet_pton(3). */
export function parseIPv6(text: string): Uint8Array<ArrayBuffer> | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<number>(halves.length === 1 ? 0 : missing).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Groups of 16 bits; the last two may be an IPv4 address if they are the end of the text. */
function groupsOf(text: string, atEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(parseInt(part, 16));
    else {
      const ipv4 = atEnd && i === parts.length - 1 ? parseIPv4(part) : undefined;
      if (ipv4 === undefined) return undefined;
      groups.push(ipv4[0]! << 8 | ipv4[1]!, ipv4[2]! << 8 | ipv4[3]!);
    }
  }
  return groups;
}

/** Whether the bytes are an IPv4 address in the block `::ffff:0:0/96`. */
export function isMappedBytes(bytes: Uint8Array): boolean {
  return bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((b) => b === 0);
}

/** Sixteen bytes as the system writes them: the longest run of zero groups is `::`, IPv4 in dots where it is mapped. */
export function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! << 8 | bytes[2 * i + 1]!);
  // The deprecated compatible form is written with dots too, but for ::, ::1 and other small ones.
  const compatible = groups.slice(0, 6).every((group) => group === 0) && groups[6] !== 0;
  const dotted = isMappedBytes(bytes) || compatible;
  const count = dotted ? 6 : 8;
  const [start, length] = longestZeros(groups.slice(0, count));
  const text = (from: number, to: number) =>
    groups.slice(from, to).map((group) => group.toString(16)).join(":");
  const last = dotted ? formatIPv4(bytes.subarray(12)) : "";
  if (length < 2) return text(0, count) + (dotted ? `:${last}` : "");
  const rest = text(start + length, count);
  return `${text(0, start)}::${rest}${dotted && rest !== "" ? ":" : ""}${last}`;
}

/** Where the longest run of zeros begins, the first of equals, and how long it is. */
function longestZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let i = 0, start = 0; i <= groups.length; i++) {
    if (i < groups.length && groups[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}
