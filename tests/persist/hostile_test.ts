/**
 * Inputs of a few kilobytes that ask for gigabytes or hours. Each is read in a child process of limited memory, and has to
 * end there with a value or the reader's own error.
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as marshal from "@ferry/std/persist/marshal";
import { loadAll, loadAllSync, loads, Unpickler, UnpicklingError } from "@ferry/std/persist/pickle";
import {
  bytes,
  get,
  global,
  integer,
  little,
  pickle,
  put,
  text,
  times,
  zeros,
} from "../_support/pickle_bytes.ts";
import { type Job, LimitedReader, MEASURABLE } from "../_support/limited.ts";

const PICKLE: Job = { format: "pickle", how: "loads" };
const MARSHAL: Job = { format: "marshal", how: "loads" };

/** Most processor time, in milliseconds: three times what is aimed at, for a slow machine. */
const TIME = 3000;
/** Most memory of the child, in mebibytes. */
const MEMORY = 256;

function test(
  name: string,
  inputs: Record<string, [Uint8Array, Job?]>,
  most: { readonly memory?: number } = {},
): void {
  Deno.test(name, async () => {
    await using reader = new LimitedReader();
    for (const [what, [input, job = PICKLE]] of Object.entries(inputs)) {
      const { outcome, milliseconds, mebibytes } = await reader.read(job, input);
      const said = `${what}: ${outcome}, ${milliseconds} ms, ${mebibytes.toFixed()} MiB`;
      assert(outcome === "value" || /^Un\w+Error$/.test(outcome), said);
      if (!MEASURABLE) continue;
      assert(milliseconds < TIME, said);
      assert(mebibytes < (most.memory ?? MEMORY), said);
      // The next is not to be blamed for the memory of this one.
      if (mebibytes > MEMORY / 2) await reader.close();
    }
  });
}

/** A call of memo entry 0 with the arguments in entry 1. */
const CALL = bytes(get(0), get(1), "R");

/** One argument, used for many calls of a class or function; the objects are kept. */
function calls(module: string, name: string, argument: Uint8Array, count: number): Uint8Array {
  return pickle(
    global(module, name),
    put(0),
    argument,
    bytes(0x85),
    put(1),
    "](",
    times(count, CALL),
    "e",
  );
}

test("pickle: a message made of many arguments is cut short, however often it is asked for", {
  ValueError: [
    pickle(
      global("builtins", "ValueError"),
      put(0),
      "(",
      text("x".repeat(4000)),
      times(3500, bytes("2")),
      "t",
      put(1),
      "](",
      times(900, CALL),
      "e",
    ),
  ],
});

const list = (size: number) => bytes("](", times(size, bytes("K", 7)), "e");
const distinct = (size: number) =>
  bytes("](", ...Array.from({ length: size }, (_, i) => bytes("M", little(i, 2))), "e");
const dict = (size: number) =>
  bytes("}(", ...Array.from({ length: size }, (_, i) => bytes("M", little(i, 2), "N")), "u");

test("pickle: an argument that is used for many calls is copied no more than maxWork allows", {
  bytearray: [calls("builtins", "bytearray", zeros(1 << 20), 6000)],
  bytes: [calls("builtins", "bytes", zeros(1 << 19), 6000)],
  "bytes of a list": [calls("builtins", "bytes", list(100_000), 3000)],
  set: [calls("builtins", "set", distinct(50_000), 1000)],
  "set in mode plain": [
    calls("builtins", "set", distinct(50_000), 1000),
    { ...PICKLE, options: { mode: "plain" } },
  ],
  frozenset: [calls("builtins", "frozenset", distinct(50_000), 1000)],
  Counter: [calls("collections", "Counter", dict(50_000), 1000)],
  OrderedDict: [calls("collections", "OrderedDict", dict(50_000), 1000)],
  deque: [calls("collections", "deque", list(100_000), 3000)],
  "_codecs.encode": [
    pickle(
      global("_codecs", "encode"),
      put(0),
      text("é".repeat(50_000)),
      text("latin1"),
      bytes(0x86),
      put(1),
      "](",
      times(6000, CALL),
      "e",
    ),
  ],
});

test("pickle: a state that many objects get is copied no more than maxWork allows", {
  BUILD: [
    pickle(
      global("app", "Plain"),
      put(0),
      ")",
      put(1),
      "}(",
      ...Array.from({ length: 5000 }, (_, i) => bytes(text(`key${i}`), "N")),
      "u",
      put(2),
      "](",
      times(5000, bytes(get(0), get(1), 0x81, get(2), "b")),
      "e",
    ),
  ],
});

test("pickle: names that grow by attributes, and long names, are paid for", {
  getattr: [
    pickle(
      global("builtins", "getattr"),
      put(0),
      text("a".repeat(20_000)),
      put(1),
      global("some", "name"),
      put(2),
      "0",
      times(4000, bytes(get(0), get(2), get(1), 0x86, "R", put(2), "0")),
      "N",
    ),
    { ...PICKLE, options: { unknown: "opaque" } },
  ],
  "STACK_GLOBAL of names that are alike": [
    pickle(
      text("m".repeat(30_000)),
      put(1),
      "](",
      ...Array.from({ length: 5000 }, (_, i) => bytes(get(1), text(`${i}`), bytes(0x93))),
      "e",
    ),
    { ...PICKLE, options: { unknown: "opaque" } },
  ],
});

/** A list of two lists of two lists ..., 2^40 paths. */
const nested = bytes(
  "]",
  put(10),
  ...Array.from({ length: 40 }, (_, i) => bytes("0](", get(10 + i), get(10 + i), "e", put(11 + i))),
);

const call = (module: string, name: string, ...args: Uint8Array[]) =>
  pickle(nested, "0", global(module, name), "(", ...args, "tR");
const deep = get(50);

test("pickle: arguments of the wrong type are refused, not converted", {
  complex: [call("builtins", "complex", deep, deep)],
  timedelta: [call("datetime", "timedelta", deep)],
  timezone: [
    pickle(
      nested,
      "0",
      global("datetime", "timezone"),
      global("datetime", "timedelta"),
      "(K\x01tR",
      deep,
      bytes(0x86),
      "R",
    ),
  ],
  ZoneInfo: [call("zoneinfo", "ZoneInfo._unpickle", deep, bytes("K", 1))],
  "cached ZoneInfo": [call("zoneinfo", "ZoneInfo._unpickle", text("UTC"), deep)],
  bytes: [call("builtins", "bytes", deep)],
  bytearray: [call("builtins", "bytearray", deep)],
  array: [call("array", "array", text("d"), deep)],
  "array of integers": [call("array", "array", text("q"), deep)],
  "array code": [call("array", "array", deep, deep)],
  "array format": [
    call("array", "_array_reconstructor", get(50), text("d"), deep, bytes("C", 0)),
  ],
  _reconstructor: [call("copyreg", "_reconstructor", deep, deep, deep)],
  "_reconstructor of one": [call("copyreg", "_reconstructor", deep)],
  decimal: [call("decimal", "Decimal", deep)],
  fraction: [call("fractions", "Fraction", deep, deep)],
  range: [call("builtins", "range", deep, deep, deep)],
});

const keys = (part: Uint8Array, count: number) =>
  pickle(
    part,
    put(0),
    "}(",
    ...Array.from({ length: count }, (_, i) => bytes("M", little(i, 2), get(0), 0x86, "N")),
    "u",
  );

/** A marshalled dict of tuples that hold a part and a number. */
const marshalKeys = (part: Uint8Array, count: number) =>
  bytes(
    "[",
    little(2, 4),
    part,
    "{",
    ...Array.from({ length: count }, (_, i) =>
      bytes(")", 2, "i", little(i, 4), "r", little(1, 4), "N")),
    "0",
  );
/** As {@linkcode marshalKeys}, where the part is the first object with an index. */
const marshalled = (part: Uint8Array, count: number) => {
  const input = marshalKeys(part, count);
  // The list has no index: that of the part is 0.
  for (let at = 0; at < input.length - 5; at++) {
    if (input[at] === 0x72 && input[at + 1] === 1) input[at + 1] = 0;
  }
  return input;
};

test("pickle and marshal: large parts of keys are not turned into text anew for each key", {
  integer: [keys(integer(10_000), 2000)],
  "long string": [keys(text("s".repeat(50_000)), 8000)],
  "classes": [
    pickle("}(", global("decimal", "Decimal"), times(80_000, bytes("2")), "tNs"),
  ],
  "1e308": [
    pickle(
      "}(",
      ...Array.from(
        { length: 11_000 },
        (_, i) => bytes("G", 0x7f, 0xe1, 0xcc, 0xf3, 0x85, 0xeb, ...little(i, 2), 0x85, "N"),
      ),
      "u",
    ),
  ],
  "integer, marshalled": [
    marshalled(
      bytes("l".charCodeAt(0) | 0x80, little(20_000, 4), times(20_000, bytes(1, 1))),
      5000,
    ),
    MARSHAL,
  ],
  "string, marshalled": [
    marshalled(bytes(0x80 | 0x61, little(50_000, 4), new Uint8Array(50_000).fill(120)), 5000),
    MARSHAL,
  ],
});

test("pickle: a dict that becomes a map does not look through the memo", {
  "sparse memo": [
    pickle(
      "N",
      ...Array.from({ length: 40_000 }, (_, i) => bytes("r", little(1000 + 2 * i, 4))),
      "](",
      times(40_000, bytes("}K\0Ns")),
      "e",
    ),
  ],
});

test("pickle: lines are searched once, however a stream is cut", {
  "a line of 300 KB": [
    bytes("V", "x".repeat(300_000), "\n."),
    { format: "pickle", how: "load", chunk: 1 },
  ],
  "many lines": [
    bytes("(l", times(150_000, bytes("I1\na")), "."),
    { format: "pickle", how: "load", chunk: 100_000 },
  ],
  "two long lines": [
    bytes("c", "m".repeat(150_000), "\n", "n".repeat(150_000), "\n."),
    { format: "pickle", how: "load", chunk: 1 },
  ],
  "many pickles": [
    times(50_000, bytes("N.")),
    { format: "pickle", how: "loadAll", chunk: 100_000 },
  ],
});

const digits = "1".repeat(100_000);

test("pickle: what looks like a number to its last character is refused in linear time", {
  Decimal: [calls("decimal", "Decimal", text(`${digits}x`), 20)],
  "Decimal with a point": [calls("decimal", "Decimal", text(`${digits}.${digits}x`), 20)],
  "Decimal with an exponent": [calls("decimal", "Decimal", text(`1e${digits}x`), 20)],
  Fraction: [calls("fractions", "Fraction", text(`${digits}x`), 20)],
  FLOAT: [bytes(times(20, bytes("F", "1".repeat(4290), "x\n")), ".")],
});

/** Integers of 12 bytes that share their low 64 bits. */
const wide = (count: number) =>
  Array.from({ length: count }, (_, i) => bytes(0x8a, 12, little(0, 8), little(i + 1, 4)));
const wideMarshalled = (count: number) =>
  Array.from(
    { length: count },
    (_, i) =>
      bytes(
        "l",
        little(7, 4),
        little(0, 8),
        little(i & 0x7fff, 2),
        little(1 + (i >> 15), 2),
        little(1, 2),
      ),
  );

test("pickle and marshal: integer keys that the engine cannot tell apart are paid for", {
  dict: [pickle("}(", ...wide(20_000).flatMap((key) => [key, "N"]), "u")],
  set: [pickle(bytes(0x8f), "(", ...wide(20_000), bytes(0x90))],
  "plain dict": [
    pickle("}(", ...wide(20_000).flatMap((key) => [key, "N"]), "u"),
    { ...PICKLE, options: { mode: "plain" } },
  ],
  "plain frozenset": [
    pickle("(", ...wide(20_000), bytes(0x91)),
    { ...PICKLE, options: { mode: "plain" } },
  ],
  "marshalled dict": [
    bytes("{", ...wideMarshalled(20_000).flatMap((key) => [key, "N"]), "0"),
    MARSHAL,
  ],
  "marshalled set, plain": [
    bytes("<", little(20_000, 4), ...wideMarshalled(20_000)),
    { ...MARSHAL, options: { mode: "plain" } },
  ],
});

Deno.test("pickle: many pickles of one stream have one budget, pickles read one by one have their own", async () => {
  // Each has 20,000 bytes copied by 20 calls, and accounts for 64 times its size.
  const one = pickle(
    global("builtins", "bytes"),
    put(0),
    zeros(20_000),
    bytes(0x85),
    put(1),
    "](",
    times(80, CALL),
    "e",
  );
  const all = times(20, one);
  const options = { maxWork: 400_000 };
  assertEquals((loads(one, options) as unknown[]).length, 80);
  assertThrows(() => [...loadAllSync(all, options)], UnpicklingError, "maxWork 400000");
  await assertRejects(
    () => Array.fromAsync(loadAll(ReadableStream.from([all]), options)),
    UnpicklingError,
    "maxWork 400000",
  );
  assertEquals([...loadAllSync(all, { maxWork: 8_000_000 })].length, 20);
  const unpickler = new Unpickler(options);
  for (let i = 0; i < 20; i++) unpickler.loads(one);
});

Deno.test("pickle: the default maxWork lets a megabyte be copied 90 times, and not 100 times", () => {
  const copies = (count: number) => loads(calls("builtins", "bytes", zeros(1 << 20), count));
  assertEquals((copies(90) as unknown[]).length, 90);
  assertThrows(() => copies(100), UnpicklingError, "maxWork 33554432");
});

Deno.test("pickle and marshal: 4,000 integer keys of equal low bits are read by default, more with maxWork", () => {
  const dict = (count: number) => pickle("}(", ...wide(count).flatMap((key) => [key, "N"]), "u");
  const set = (count: number) =>
    bytes(
      "<",
      little(count, 4),
      ...Array.from({ length: count }, (_, i) =>
        bytes("l", little(7, 4), little(0, 10), little(1 + (i & 0x3fff), 2), little(1, 2))),
    );
  for (const mode of ["natural", "plain"] as const) {
    assertEquals((loads(dict(4000), { mode }) as Map<bigint, null>).size, 4000);
    assertThrows(() => loads(dict(8000), { mode }), UnpicklingError, "maxWork");
    assertEquals((loads(dict(8000), { mode, maxWork: 1e9 }) as Map<bigint, null>).size, 8000);
    assertEquals((marshal.loads(set(4000), { mode }) as Set<bigint>).size, 4000);
    assertThrows(() => marshal.loads(set(8000), { mode }), marshal.UnmarshallingError, "maxWork");
    assertEquals((marshal.loads(set(8000), { mode, maxWork: 1e9 }) as Set<bigint>).size, 8000);
  }
});

test("pickletools: a LONG4 of 64 MB is shown", {
  dis: [bytes(integer(64_000_000), "."), { format: "tools", how: "loads" }],
});
