/**
 * Compares dill with seroval and devalue from npm, the two packages of its kind that say most types, and with JSON:
 * `deno run -A bench/persist/dill_vs_peers.ts [rounds] [--save]`. Rounds alternate in one run, times are the best of the rounds;
 * ratios above 1 say how many times faster dill is. Rows that are lost stay in; `--save` writes
 * all of it to bench/results/dill.json.
 *
 * The second table counts which of 23 values come back right.
 */
import { dumps, loads } from "@ferry/std/persist/dill";
import { about, saveJson } from "../save.ts";

interface Contender {
  readonly name: string;
  write(value: unknown): Promise<unknown> | unknown;
  read(written: never): Promise<unknown> | unknown;
}

async function contenders(): Promise<Contender[]> {
  const found: Contender[] = [
    { name: "dill", write: (value) => dumps(value), read: (b) => loads(b, { trust: true }) },
  ];
  const peers: Record<string, (module: Record<string, (value: unknown) => unknown>) => Contender> =
    {
      "npm:seroval@1.8.2": ({ serialize, deserialize }) => ({
        name: "seroval",
        write: (value) => serialize!(value),
        read: (text) => deserialize!(text),
      }),
      "npm:devalue@5.9.4": ({ stringify, parse }) => ({
        name: "devalue",
        write: (value) => stringify!(value),
        read: (text) => parse!(text),
      }),
    };
  for (const [specifier, make] of Object.entries(peers)) {
    try {
      found.push(make(await import(specifier)));
    } catch (error) {
      console.log(`${specifier}: skipped, ${error instanceof Error ? error.message : error}`);
    }
  }
  found.push({ name: "JSON", write: JSON.stringify, read: JSON.parse });
  return found;
}

const WORKLOADS: Record<string, () => unknown> = {
  "1e5 records of 5": () =>
    Array.from({ length: 100_000 }, (_, i) => ({
      id: i,
      name: `user${i}`,
      email: `user${i}@example.com`,
      score: i * 0.37 + 0.01,
      active: i % 2 === 0,
    })),
  "1e6 ints": () => Array.from({ length: 1_000_000 }, (_, i) => i),
  "object of 1e5 floats": () =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i * 0.37 + 0.01])),
  "1e5 shared records": () => {
    const shared = Array.from({ length: 1000 }, (_, i) => ({ id: i, tags: ["a", `t${i}`] }));
    return Array.from({ length: 100_000 }, (_, i) => ({ at: i, of: shared[i % 1000] }));
  },
  "2e4 of Map, Set, Date, bigint": () =>
    Array.from({ length: 20_000 }, (_, i) => ({
      id: BigInt(i),
      when: new Date(i),
      tags: new Set(["a", `t${i}`]),
      more: new Map([[i, undefined]]),
    })),
  "16 MB bytes": () => new Uint8Array(1 << 24).map((_, i) => i),
};

/** The 23 values that tell such packages apart; `undefined` for right. */
const VALUES: Record<string, [make: () => unknown, same: (back: never) => boolean]> = {
  undefined: [() => undefined, (b) => b === undefined],
  "-0": [() => -0, (b) => Object.is(b, -0)],
  NaN: [() => NaN, (b) => Number.isNaN(b)],
  bigint: [() => 2n ** 100n, (b) => b === 2n ** 100n],
  Date: [() => new Date(5), (b: Date) => b instanceof Date && b.getTime() === 5],
  RegExp: [() => /a+/gi, (b: RegExp) => b instanceof RegExp && String(b) === "/a+/gi"],
  "Map, object as key": [
    () => new Map([[{ a: 1 }, "x"]]),
    (b: Map<{ a: number }, string>) => [...b.keys()][0]!.a === 1,
  ],
  Set: [() => new Set([1]), (b: Set<number>) => b instanceof Set && b.has(1)],
  Uint8Array: [() => new Uint8Array([1]), (b: Uint8Array) => b instanceof Uint8Array && b[0] === 1],
  Float64Array: [
    () => new Float64Array([0.5]),
    (b: Float64Array) => b instanceof Float64Array && b[0] === 0.5,
  ],
  ArrayBuffer: [() => new ArrayBuffer(8), (b) => (b as unknown) instanceof ArrayBuffer],
  Error: [
    () => new TypeError("bad", { cause: 1 }),
    (b: Error) => b instanceof TypeError && b.message === "bad" && b.cause === 1,
  ],
  URL: [() => new URL("https://example.com/?a"), (b: URL) => b instanceof URL && b.search === "?a"],
  "Symbol.for": [() => Symbol.for("x"), (b) => b === Symbol.for("x")],
  cycle: [() => {
    const self: Record<string, unknown> = {};
    return self.self = self;
  }, (b: { self: unknown }) => b.self === b],
  "shared reference": [() => {
    const shared = {};
    return [shared, shared];
  }, (b: unknown[]) => b.length === 2 && b[0] === b[1]],
  class: [
    () =>
      class {
        x = 1;
      },
    (b: new () => { x: number }) => new b().x === 1,
  ],
  function: [() => (a: number) => a + 1, (b: (a: number) => number) => b(1) === 2],
  closure: [() => ((n: number) => () => n)(7), (b: () => number) => b() === 7],
  "sparse array": [
    // deno-lint-ignore no-sparse-arrays
    () => [1, , 3],
    (b: unknown[]) => b.length === 3 && !(1 in b),
  ],
  "__proto__ key": [
    () => JSON.parse('{"__proto__": 1}'),
    (b: object) => Object.keys(b)[0] === "__proto__",
  ],
  "no prototype": [
    () => Object.assign(Object.create(null), { a: 1 }),
    (b: object) => Object.getPrototypeOf(b) === null,
  ],
  "lone surrogate": [() => "\ud800", (b) => b === "\ud800"],
};

async function best(rounds: number, all: Contender[], value: unknown) {
  const times = new Map<string, { write: number; read: number }>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, write, read } of all) {
      const before = times.get(name) ?? { write: Infinity, read: Infinity };
      try {
        const start = performance.now();
        const written = await write(value);
        const middle = performance.now();
        await read(written as never);
        const end = performance.now();
        times.set(name, {
          write: Math.min(before.write, middle - start),
          read: Math.min(before.read, end - middle),
        });
      } catch {
        // It cannot: no row.
      }
    }
  }
  return times;
}

const rounds = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? 5);
const all = await contenders();
const rows: Record<string, Record<string, string>> = {};
/** Milliseconds of writing and reading, by workload and contender. */
const milliseconds: Record<string, Record<string, { write: number; read: number }>> = {};
for (const [workload, make] of Object.entries(WORKLOADS)) {
  const times = await best(rounds, all, make());
  milliseconds[workload] = Object.fromEntries(times);
  const mine = times.get("dill")!;
  const row: Record<string, string> = rows[workload] = {};
  for (const { name } of all) {
    const theirs = times.get(name);
    row[`${name} write, read ms`] = theirs === undefined
      ? "-"
      : `${theirs.write.toFixed(0)}, ${theirs.read.toFixed(0)}`;
    if (name === "dill") continue;
    row[`${name} / dill`] = theirs === undefined
      ? "-"
      : `${(theirs.write / mine.write).toFixed(2)}, ${(theirs.read / mine.read).toFixed(2)}`;
  }
}
console.table(rows);

const right: Record<string, Record<string, string>> = {};
for (const { name, write, read } of all) {
  const failed: string[] = [];
  for (const [value, [make, same]] of Object.entries(VALUES)) {
    try {
      const back = await read(await write(make()) as never);
      if (!same(back as never)) failed.push(value);
    } catch {
      failed.push(value);
    }
  }
  const count = Object.keys(VALUES).length;
  right[name] = { right: `${count - failed.length} of ${count}`, wrong: failed.join(", ") };
}
console.table(right);

await saveJson("dill.json", { ...await about(), rounds, milliseconds, types: right });
