import { assert, assertEquals } from "@std/assert";
import { dumps, loads } from "@ferry/std/persist/pickle";
import { Describer } from "./_described.ts";
import { findPythons, runPython } from "./_python.ts";
import { Random, seedOf } from "./_random.ts";

const ORACLE = new URL("./pickle_oracle.py", import.meta.url);
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
  const count = i === 0 ? 20_000 : 4_000;

  Deno.test(`dumps() of ${count} random values gives the bytes of ${name}, which reads ours`, async () => {
    const seed = seedOf(`${name}, ${count} values`);
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
        const again = dumps(loads(expected, { dicts: "map" }), { protocol });
        assertEquals(again.toHex(), expected.toHex(), `again: ${JSON.stringify(json)}`);
        ours.push(bytes);
      }
    }
    assert(theirs.next().done);
    await runPython(python, ORACLE, ["load"], framed(ours));
  });

  Deno.test(`loads() of ${name}'s pickles with sets of any order keeps every byte`, async () => {
    const seed = seedOf(`${name}, sets`);
    const describer = new Describer(new Random(seed), { before312, sets: true });
    const values = Array.from({ length: 1000 }, () => describer.next());
    const json = new TextEncoder().encode(JSON.stringify(values.map((v) => v.json)));
    const theirs = unframed(await runPython(python, ORACLE, ["dump"], framed([json])));
    for (const { json } of values) {
      for (const protocol of PROTOCOLS) {
        const expected = theirs.next().value as Uint8Array;
        const again = dumps(loads(expected, { dicts: "map" }), { protocol });
        assertEquals(again.toHex(), expected.toHex(), JSON.stringify(json));
      }
    }
    assert(theirs.next().done);
  });
}
