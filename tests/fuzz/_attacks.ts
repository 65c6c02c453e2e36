/**
 * Small inputs made to cost much: time, memory or stack far beyond their size in a decoder that trusts them.
 */
export interface Attack {
  readonly name: string;
  readonly format: "pickle" | "marshal";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Part = string | number | readonly number[] | Uint8Array;

function bytes(...parts: Part[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => {
    if (typeof part === "string") return Array.from(part, (char) => char.charCodeAt(0));
    return typeof part === "number" ? part : [...part];
  }));
}

function little(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
}

/** `times` copies of `part`, between `head` and `tail`. */
function repeat(head: string, part: string, times: number, tail: string): Uint8Array<ArrayBuffer> {
  const text = head + part.repeat(times) + tail;
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

function pickleDag(levels: number): Uint8Array<ArrayBuffer> {
  const steps = Array.from({ length: levels }, (_, i) => ["0h", i, "h", i, 0x86, "q", i + 1]);
  return bytes("K", 1, 0x85, "q", 0, ...steps.flat());
}

/** All attacks, made anew. */
export function attacks(): Attack[] {
  const pickles: [string, Uint8Array<ArrayBuffer>][] = [
    ["memo index 2^28", bytes("Nr", little(2 ** 28, 4), ".")],
    ["memo index 2^32 - 1", bytes("Nr", little(2 ** 32 - 1, 4), ".")],
    ...[0x8d, 0x8e, 0x95, 0x96].map((code): [string, Uint8Array<ArrayBuffer>] => [
      `length 2^40 of opcode 0x${code.toString(16)}`,
      bytes(code, little(2 ** 40, 8), "abc."),
    ]),
    ["INT of a million digits", repeat("I", "9", 1_000_000, "\n.")],
    ["LONG of a hundred thousand digits", repeat("L", "9", 100_000, "L\n.")],
    ["a hundred thousand nested lists", repeat("]".repeat(100_000), "a", 99_999, ".")],
    ["a hundred thousand nested tuples", repeat(")", "\x85", 100_000, ".")],
    ["list of 2^60 paths", bytes(pickleDag(60), ".")],
    ["key of 2^60 paths", bytes("}", pickleDag(60), "Ns.")],
    ["element of 2^60 paths", bytes("\x8f(", pickleDag(60), "\x90.")],
    ["hundred thousand marks", repeat("", "(", 100_000, ".")],
    ["hundred thousand duplicates", repeat("N", "2", 100_000, ".")],
    ["hundred thousand memo entries", repeat("N", "\x94", 100_000, ".")],
    ["hundred thousand appends at once", repeat("](", "N", 100_000, "e.")],
    ["unknown callables", repeat("", "cos\nsystem\n)R", 1000, ".")],
    ["exponent of a float", repeat("F1e", "9", 100_000, "\n.")],
    ["escapes", repeat("S'", "\\x41", 100_000, "'\n.")],
  ];
  const values: [string, Uint8Array<ArrayBuffer>][] = [
    ...[..."[(<>sutaAl"].map((type): [string, Uint8Array<ArrayBuffer>] => [
      `count 2^27 of ${type}`,
      bytes(type, little(2 ** 27, 4), "NNNN"),
    ]),
    ["a hundred thousand nested lists", repeat("", "[\x01\0\0\0", 100_000, "N")],
    ["a hundred thousand nested dicts", repeat("", "{N", 100_000, "N")],
    ["hundred thousand empty lists", repeat("[\xa0\x86\x01\0", "[\0\0\0\0", 100_000, "")],
    ["hundred thousand references", repeat("\xdb\xa0\x86\x01\0", "r\0\0\0\0", 100_000, "")],
    ["hundred thousand open dicts", repeat("\xfb", "N\xfb", 1900, "")],
    ["int of a hundred thousand digits", repeat("l\xa0\x86\x01\0", "\xff\x7f", 100_000, "")],
  ];
  return [
    ...pickles.map(([name, bytes]): Attack => ({ name, format: "pickle", bytes })),
    ...values.map(([name, bytes]): Attack => ({ name, format: "marshal", bytes })),
  ];
}
