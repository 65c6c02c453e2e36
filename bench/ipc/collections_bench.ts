/**
 * SharedMap against what a Map costs that must give copies, and Broadcast to one and to four subscriptions of one thread.
 *
 * `deno bench -A bench/ipc/collections_bench.ts`; against CPython and between processes: `deno task bench:peers`.
 */
import { Broadcast, SharedMap } from "@ferry/std/ipc";

const TIMES = 1000;
const keys = Array.from({ length: TIMES }, (_, i) => `key ${i}`);

const values: Record<string, unknown> = {
  "a number": 7,
  "{id, name}": { id: 7, name: "user7" },
  "4 KiB": new Uint8Array(4096),
};

for (const [name, value] of Object.entries(values)) {
  const plain = new Map<string, unknown>();
  const map = new SharedMap<string, unknown>();
  for (const key of keys) {
    plain.set(key, value);
    map.set(key, value);
  }
  Deno.bench({
    name: `get ${name}, x${TIMES}: Map and structuredClone`,
    group: `get ${name}`,
    baseline: true,
    fn: () => keys.forEach((key) => structuredClone(plain.get(key))),
  });
  Deno.bench({
    name: `get ${name}, x${TIMES}: SharedMap`,
    group: `get ${name}`,
    fn: () => keys.forEach((key) => map.get(key)),
  });
  Deno.bench({
    name: `set ${name}, x${TIMES}: Map and structuredClone`,
    group: `set ${name}`,
    baseline: true,
    fn: () => keys.forEach((key) => plain.set(key, structuredClone(value))),
  });
  Deno.bench({
    name: `set ${name}, x${TIMES}: SharedMap`,
    group: `set ${name}`,
    fn: () => keys.forEach((key) => map.set(key, value)),
  });
}

for (const subscribers of [1, 4]) {
  const news = new Broadcast<unknown>();
  const subscriptions = Array.from({ length: subscribers }, () => news.subscribe());
  for (const [name, value] of Object.entries(values)) {
    Deno.bench({
      name: `publish ${name}, x${TIMES}, and get it ${subscribers} times`,
      group: `broadcast ${name}`,
      baseline: subscribers === 1,
      fn: () => {
        for (let i = 0; i < TIMES; i++) news.publishSync(value);
        for (const subscription of subscriptions) subscription.tryGetMany();
      },
    });
  }
}
