import { assert, assertEquals } from "@std/assert";
import { dumps, Float, loads } from "@ferry/std/persist/pickle";
import { type Described, Describer } from "./_described.ts";
import { findPythons, runPython } from "../../_support/python.ts";
import { Random, rounds, seedFor } from "../../_support/random.ts";

const ORACLE = new URL("./oracle.py", import.meta.url);
const PROTOCOLS = [0, 1, 2, 3, 4, 5];

const pythons = findPythons();
if (pythons.length === 0) {
  console.log("pickle differential tests: skipped, no python3 of 3.8 to 3.13 found");
}

/** Length and bytes of each part. */
function framed(parts: Uint8Array[]): Uint8Array {
  const total = parts.reduce((sum, part) => sum + part.length + 4, 0);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

function* unframed(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}

for (const [i, python] of pythons.entries()) {
  const name = `CPython ${python.version.join(".")}`;
  const before312 = python.version[1] < 12;
  const count = i === 0 ? rounds(4000, 100_000) : rounds(1000, 20_000);

  Deno.test(`dumps() of ${count} random values gives the bytes of ${name}, which reads ours`, async () => {
    const seed = seedFor(`${name}, ${count} values`);
    const describer = new Describer(new Random(seed), { before312 });
    const values = Array.from({ length: count }, () => describer.next());
    const json = new TextEncoder().encode(JSON.stringify(values.map((v) => v.json)));

    const theirs = unframed(await runPython(python, ORACLE, ["dump"], framed([json])));
    const ours: Uint8Array[] = [json];
    for (const { value, json } of values) {
      for (const protocol of PROTOCOLS) {
        const expected = theirs.next().value as Uint8Array;
        const bytes = dumps(value, { protocol });
        if (bytes.toHex() !== expected.toHex()) {
          assertEquals(bytes.toHex(), expected.toHex(), `${protocol}: ${JSON.stringify(json)}`);
        }
        const again = dumps(loads(expected, { mode: "exact", dicts: "map" }), { protocol });
        assertEquals(again.toHex(), expected.toHex(), `again: ${JSON.stringify(json)}`);
        ours.push(bytes);
      }
    }
    assert(theirs.next().done);
    await runPython(python, ORACLE, ["load"], framed(ours));
  });

  Deno.test(`loads() of ${name}'s pickles with sets of any order keeps every byte`, async () => {
    const seed = seedFor(`${name}, sets`);
    const describer = new Describer(new Random(seed), { before312, sets: true });
    const values = Array.from({ length: rounds(400, 10_000) }, () => describer.next());
    const json = new TextEncoder().encode(JSON.stringify(values.map((v) => v.json)));
    const theirs = unframed(await runPython(python, ORACLE, ["dump"], framed([json])));
    for (const { json } of values) {
      for (const protocol of PROTOCOLS) {
        const expected = theirs.next().value as Uint8Array;
        const again = dumps(loads(expected, { mode: "exact", dicts: "map" }), { protocol });
        assertEquals(again.toHex(), expected.toHex(), JSON.stringify(json));
      }
    }
    assert(theirs.next().done);
  });

  Deno.test(`large values: batches and frames are those of ${name}`, async () => {
    const values = large();
    const json = new TextEncoder().encode(JSON.stringify(values.map((v) => v.json)));
    const theirs = unframed(await runPython(python, ORACLE, ["dump"], framed([json])));
    for (const [i, { value }] of values.entries()) {
      for (const protocol of PROTOCOLS) {
        const expected = theirs.next().value as Uint8Array;
        assert(
          equalBytes(dumps(value, { protocol }), expected),
          `value ${i}, protocol ${protocol}`,
        );
        const again = dumps(loads(expected, { mode: "exact" }), { protocol });
        assert(equalBytes(again, expected), `value ${i}, protocol ${protocol}, read and written`);
      }
    }
  });
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.toHex() === b.toHex();
}

/** Values around the limits: 1000 items in a batch, 64 KiB in a frame. */
function large(): Described[] {
  const ints = (n: number) =>
    Array.from({ length: n }, (_, i) => {
      const value = i % 7 === 0 ? -i * 70_000 : i;
      return { json: { i: String(value + 0) }, value: value + 0 };
    });
  const floats = (n: number) =>
    Array.from({ length: n }, (_, i) => {
      const value = i * 0.37 + 0.013;
      const bits = new DataView(new ArrayBuffer(8));
      bits.setFloat64(0, value);
      return {
        json: { f: bits.getBigUint64(0).toString(16).padStart(16, "0") },
        value: Number.isInteger(value) ? new Float(value) : value,
      };
    });
  const texts = (n: number, size: number) =>
    Array.from({ length: n }, (_, i) => {
      const value = `${i}`.padEnd(size, "é");
      return { json: { s: value }, value };
    });
  const bytes = (size: number): Described => {
    const value = new Uint8Array(size).fill(7);
    return { json: { b: value.toHex(), n: 1 }, value };
  };
  const list = (items: Described[]): Described => ({
    json: { l: items.map((item) => item.json), n: 1 },
    value: items.map((item) => item.value),
  });
  const dict = (n: number): Described => {
    const keys = texts(n, 3);
    return {
      json: { d: keys.map((key, i) => [key.json, { i: String(i) }]), n: 1 },
      value: new Map(keys.map((key, i) => [key.value, i])),
    };
  };
  return [
    ...[999, 1000, 1001, 1999, 2000, 2001].flatMap((n) => [list(ints(n)), dict(n)]),
    list(ints(60_000)),
    list(floats(20_000)),
    list([...ints(900), ...floats(900), ...texts(900, 5), ...ints(900)]),
    list(texts(3000, 38)),
    list(texts(600, 300)),
    list(Array.from({ length: 9000 }, () => list(ints(3)))),
    ...[65_520, 65_533, 65_534, 65_535, 65_536, 65_537].flatMap((size) => [
      list([bytes(size), bytes(3), bytes(size), ...ints(5)]),
      list([...texts(2, size / 2 | 0), ...ints(2), ...texts(1, size)]),
    ]),
  ];
}
