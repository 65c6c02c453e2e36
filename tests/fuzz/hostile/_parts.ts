/** Parts of hostile pickles: large objects that a few bytes can name again, and the ways to have them copied. */
import type { Random } from "../../_support/random.ts";
import { bytes, integer, little, text, times, zeros } from "../../_support/pickle_bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A number up to `most`, small ones as likely as large ones. */
export function upTo(random: Random, most: number): number {
  return Math.max(1, Math.floor(most ** random.next()));
}

const numbered = (count: number, each: (i: number) => Bytes | readonly Bytes[]) =>
  bytes(...Array.from({ length: count }, (_, i) => each(i)).flat());

/** A graph of `depth` nodes, each of the one before twice: 2^depth paths. */
function graph(open: string, close: string | number, depth: number): Bytes {
  return bytes(
    open === "" ? "()" : open,
    ...Array.from({ length: depth }, () => bytes("q", 200, "0(", "h", 200, "h", 200, close)),
  );
}

/** What a payload is, by its kind; `size` is about its size in bytes. */
export const PAYLOADS: Record<string, (random: Random, size: number) => Bytes> = {
  text: (_, size) => text("x".repeat(size)),
  latin1: (_, size) => text("é".repeat(size >> 1)),
  digits: (_, size) => text("1".repeat(size)),
  "almost a number": (_, size) => text("1".repeat(size) + "x"),
  "points and digits": (_, size) => text("1.".repeat(size >> 1)),
  escapes: (_, size) => text("\\".repeat(size)),
  bytes: (_, size) => zeros(size),
  bytearray: (_, size) => bytes(0x96, little(size, 8), new Uint8Array(size)),
  integer: (random, size) => integer(size, 1 + random.below(126)),
  "negative integer": (_, size) => integer(size, 0x81),
  list: (_, size) => bytes("](", times(size >> 1, bytes("K", 7)), "e"),
  "list of None": (_, size) => bytes("](", times(size, bytes("N")), "e"),
  "list of integers": (_, size) =>
    bytes("](", numbered(Math.min(size / 3, 60000) | 0, (i) => bytes("M", little(i, 2))), "e"),
  "list of floats": (_, size) =>
    bytes("](", times((size / 9) | 0, bytes("G", 0x7f, 0xe1, 0xcc, 0xf3, 0, 0, 0, 0)), "e"),
  "list of large integers": (_, size) =>
    bytes(
      "](",
      numbered((size / 14) | 0, (i) => bytes(0x8a, 12, little(0, 8), little(i + 1, 4))),
      "e",
    ),
  "list of pairs": (_, size) =>
    bytes("](", numbered((size / 5) | 0, (i) => bytes("M", little(i & 0xffff, 2), "N", 0x86)), "e"),
  "list of texts": (random, size) => {
    const each = text("k".repeat(upTo(random, 100)));
    return bytes("](", times(Math.max(1, size / each.length | 0), each), "e");
  },
  tuple: (_, size) => bytes("(", times(size, bytes("N")), "t"),
  "tuple of one text": (random, size) =>
    bytes("(", text("y".repeat(upTo(random, size))), times(size >> 1, bytes("2")), "t"),
  dict: (_, size) =>
    bytes("}(", numbered((size / 4) | 0, (i) => bytes("M", little(i & 0xffff, 2), "N")), "u"),
  "dict of texts": (_, size) =>
    bytes("}(", numbered((size / 12) | 0, (i) => bytes(text(`k${i}`), "N")), "u"),
  "dict of tuples": (_, size) =>
    bytes(
      "}(",
      numbered((size / 5) | 0, (i) => bytes("M", little(i & 0xffff, 2), 0x85, "N")),
      "u",
    ),
  set: (_, size) =>
    bytes(0x8f, "(", numbered((size / 3) | 0, (i) => bytes("M", little(i & 0xffff, 2))), 0x90),
  frozenset: (_, size) =>
    bytes("(", numbered((size / 3) | 0, (i) => bytes("M", little(i & 0xffff, 2))), 0x91),
  "graph of lists": (random) => graph("]", "l", 1 + random.below(60)),
  "graph of tuples": (random) => graph(")", "t", 1 + random.below(60)),
  "graph of frozensets": (random) => graph(")", 0x91, 1 + random.below(60)),
  "deep tuple": (_, size) => bytes(")", times(Math.min(size, 50_000), bytes(0x85))),
  "shallow tuple": (random) => bytes(")", times(1 + random.below(490), bytes(0x85))),
  "deep list": (_, size) => bytes(times(size >> 1, bytes("]")), times((size >> 1) - 1, bytes("a"))),
};

const atoms: readonly Bytes[] = [
  bytes("N"),
  bytes(0x88),
  bytes("K", 0),
  bytes("K", 5),
  bytes("M", 0xff, 0xff),
  bytes("J", 0xff, 0xff, 0xff, 0xff),
  bytes("G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0),
  bytes(")"),
  bytes("]"),
  bytes("}"),
  text("a"),
  text("latin1"),
  text("i8"),
  text("UTC"),
  bytes("C", 4, 7, 0xe8, 1, 1),
  bytes("C", 10, 7, 0xe8, 1, 1, 0, 0, 0, 0, 0, 0),
];

/** A small object. */
export function atom(random: Random): Bytes {
  return random.pick(atoms);
}

/** Payloads that a class or function takes, so that most calls of it do something. `_` is any payload, `.` an atom. */
export const ARGUMENTS: Record<string, readonly (readonly string[])[]> = {
  "builtins set": [["list of integers"], ["list of texts"], ["list of large integers"], ["tuple"]],
  "builtins frozenset": [["list of integers"], ["list of pairs"], ["list of large integers"]],
  "builtins bytes": [["bytes"], ["list"], ["latin1", "latin1 name"]],
  "builtins bytearray": [["bytes"], ["list"], ["bytearray"], ["latin1", "latin1 name"]],
  "_codecs encode": [["latin1", "latin1 name"], ["text", "latin1 name"]],
  "builtins range": [["integer", "integer", "integer"]],
  "builtins slice": [["_", "_", "_"]],
  "collections OrderedDict": [["list of pairs"], ["dict"], ["dict of texts"], ["dict of tuples"]],
  "collections Counter": [["dict"], ["dict of texts"], ["dict of tuples"], ["list of pairs"]],
  "collections deque": [["list"], ["tuple"], ["list", "."]],
  "collections defaultdict": [["_"]],
  "decimal Decimal": [["digits"], ["almost a number"], ["points and digits"]],
  "fractions Fraction": [["integer", "integer"], ["digits"], ["integer"]],
  "pathlib PurePosixPath": [["text"], ["text", "text", "text"], ["text", "escapes"]],
  "pathlib PureWindowsPath": [["escapes", "text"], ["escapes"]],
  "array array": [["code i", "list"], ["code d", "list of floats"], ["code q", "list"], [
    "code B",
    "bytes",
  ]],
  "array _array_reconstructor": [[".", "code i", "format i", "bytes"], [
    ".",
    "code d",
    "big format",
    "bytes",
  ]],
  "numpy dtype": [["code i8", ".", "."]],
  "numpy.core.numeric _frombuffer": [["bytes", "dtype", "list", "."]],
  "numpy._core.multiarray scalar": [["dtype", "bytes"]],
  "datetime timezone": [["delta"], ["delta", "text"]],
  "datetime datetime": [["datetime bytes"], ["datetime bytes", "zone"]],
  "datetime time": [["time bytes"], ["time bytes", "zone"]],
  "zoneinfo ZoneInfo._unpickle": [["zone name", "."], ["text", "."]],
  "app Color": [["integer"], ["."], ["_"]],
};

const call = (module: string, name: string, ...args: Bytes[]) =>
  bytes(text(module), text(name), 0x93, "(", ...args, "tR");

/** Small arguments of a certain kind. */
export const SMALL: Record<string, Bytes> = {
  "latin1 name": text("latin1"),
  "code i": text("i"),
  "code d": text("d"),
  "code q": text("q"),
  "code B": text("B"),
  "code i8": text("i8"),
  "format i": bytes("K", 8),
  "big format": bytes("K", 17),
  dtype: call("numpy", "dtype", text("i1"), bytes(0x89), bytes(0x88)),
  delta: call("datetime", "timedelta", bytes("K", 0), bytes("M", 0x10, 0x0e), bytes("K", 0)),
  "zone name": text("Europe/Berlin"),
  zone: call("zoneinfo", "ZoneInfo._unpickle", text("Europe/Berlin"), bytes("K", 1)),
  "datetime bytes": bytes("C", 10, 7, 0xe8, 10, 27, 2, 30, 0, 0, 0, 0),
  "time bytes": bytes("C", 6, 2, 30, 0, 0, 0, 0),
};
