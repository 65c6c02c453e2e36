/** dumps and loads beside the platform's own ways to turn a value into bytes. CPython: `pickle_vs_cpython.ts`. */
import { dumps, loads } from "@ferry/std/persist/pickle";
import { deserialize, serialize } from "node:v8";

const WORKLOADS: Record<string, unknown> = {
  "small record": { name: "tea", price: 2.5, tags: ["a", "b"], n: 5 },
  "1e5 ints": Array.from({ length: 100_000 }, (_, i) => i),
  "1e4 records": Array.from({ length: 10_000 }, (_, i) => ({
    id: i,
    name: `user${i}`,
    email: `user${i}@example.com`,
    score: i * 0.37 + 0.01,
    active: i % 2 === 0,
  })),
  "1e4 unicode strings": Array.from({ length: 10_000 }, (_, i) => `héllo wörld ${i} ünïcode`),
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

for (const [name, value] of Object.entries(WORKLOADS)) {
  const group = `write ${name}`;
  Deno.bench("node:v8 serialize", { group, baseline: true }, () => void serialize(value));
  Deno.bench("JSON as UTF-8", { group }, () => void encoder.encode(JSON.stringify(value)));
  Deno.bench("pickle dumps", { group }, () => void dumps(value));
}

for (const [name, value] of Object.entries(WORKLOADS)) {
  const group = `read ${name}`;
  const v8 = serialize(value);
  const json = encoder.encode(JSON.stringify(value));
  const pickle = dumps(value);
  Deno.bench("node:v8 deserialize", { group, baseline: true }, () => void deserialize(v8));
  Deno.bench("JSON as UTF-8", { group }, () => void JSON.parse(decoder.decode(json)));
  Deno.bench("pickle loads", { group }, () => void loads(pickle));
  Deno.bench("structuredClone, both ways", { group }, () => void structuredClone(value));
}
