/**
 * Shelves beside what they stand on and what Python has: raw Deno KV, CPython's shelve on dbm.sqlite3 and dbm.gnu, the bare
 * Redis client. Rounds alternate in one run, a ratio is the median of the rounds' ratios, rows that are lost stay in the table.
 *
 * `deno run -A bench/persist/shelve/peers.ts [--only=text] [--rounds=7]`; a whole run writes bench/results/shelve.json.
 */
import { open, openSync } from "@ferry/std/persist/shelve";
import { option } from "../../option.ts";
import { about, saveJson } from "../../save.ts";
import { type Measure, measure, reached, type Result, type Row } from "../../ipc/peers/measure.ts";
import { PythonShelf, pythonWith } from "./python.ts";
import { Redis } from "./redis.ts";

const only = option("only");
const rounds = Number(option("rounds") ?? 7);

/** Every shelf has so many entries. */
const KEYS = 1000;
const MANY = 10_000;

interface Item {
  id: number;
  name: string;
  score: number;
}

let written = 0;
/** Another value each time: SQLite does not write a page that stays the same. */
function item(): Item {
  const id = written++;
  return { id, name: `user${id & 1023}`, score: id * 0.37 + 0.01 };
}
const key = (i: number) => `key${i % KEYS}`;
const all = () => Array.from({ length: KEYS }, (_, i): [string, Item] => [key(i), item()]);

/** Does something `n` times, one after the other. */
function each(operation: (i: number) => Promise<unknown>): Measure {
  return async (n) => {
    const start = performance.now();
    for (let i = 0; i < n; i++) await operation(i);
    return (performance.now() - start) / 1000;
  };
}

/** Does something `n` times, a hundred at a time. */
function hundred(operation: (i: number) => Promise<unknown>): Measure {
  return async (n) => {
    const start = performance.now();
    for (let i = 0; i < n; i += 100) {
      const size = Math.min(100, n - i);
      await Promise.all(Array.from({ length: size }, (_, j) => operation(i + j)));
    }
    return (performance.now() - start) / 1000;
  };
}

function eachSync(operation: (i: number) => unknown): Measure {
  return (n) => {
    const start = performance.now();
    for (let i = 0; i < n; i++) operation(i);
    return (performance.now() - start) / 1000;
  };
}

/** Goes through all entries until it has seen `n`; the time of `n`. */
function through(entries: () => AsyncIterable<unknown> | Iterable<unknown>): Measure {
  return async (n) => {
    const start = performance.now();
    let seen = 0;
    while (seen < n) for await (const _ of entries()) seen++;
    // Whole shelves are gone through, which may be more than was asked for.
    return (performance.now() - start) / 1000 * n / seen;
  };
}

const folder = await Deno.makeTempDir({ prefix: "ferry-bench-" });
const kv = await open<Item>(`${folder}/kv`);
const raw = await Deno.openKv(`${folder}/raw`);
const rawKey = (i: number) => ["items", key(i)];
const sqlite = await open<Item>(`${folder}/sqlite`, { backend: "sqlite" });
const sync = openSync<Item>(`${folder}/sync`);
await kv.update(all());
await sqlite.update(all());
sync.update(all());
for (const [name, value] of all()) await raw.set(["items", name], value);

const pythons: Record<string, PythonShelf> = {};
for (const module of ["dbm.sqlite3", "dbm.gnu"]) {
  const command = pythonWith(module);
  if (command === undefined) continue;
  pythons[`CPython ${module}`] = new PythonShelf(command, module, `${folder}/${module}`);
}
const normal = openSync<Item>(`${folder}/normal`, { durability: "normal" });
const normalAsync = await open<Item>(`${folder}/normal`, { durability: "normal" });
normal.update(all());
const sqlitePython = pythonWith("dbm.sqlite3");
const normalPython = sqlitePython === undefined
  ? undefined
  : new PythonShelf(sqlitePython, "dbm.sqlite3", `${folder}/normal-python`, "NORMAL");
const python = (operation: string): Record<string, Measure> =>
  Object.fromEntries(
    Object.entries(pythons).map(([name, shelf]) => [name, shelf.measure(operation)]),
  );
const redis = await Redis.start();

const batch = (size: number, write: (entries: [string, Item][]) => Promise<unknown>): Measure =>
  each(() => write(Array.from({ length: size }, (_, i) => [`batch${i}`, item()])));

const rows: Row[] = [
  {
    name: "kv: set",
    kind: "rate",
    contenders: {
      "ferry": each((i) => kv.set(key(i), item())),
      "raw Deno KV": each((i) => raw.set(rawKey(i), item())),
    },
    targets: { "raw Deno KV": 0.8 },
  },
  {
    name: "kv: get",
    kind: "rate",
    contenders: {
      "ferry": each((i) => kv.get(key(i))),
      "raw Deno KV": each((i) => raw.get(rawKey(i))),
    },
    targets: { "raw Deno KV": 0.8 },
  },
  {
    name: `kv: entries of ${KEYS} keys`,
    kind: "rate",
    contenders: {
      "ferry": through(() => kv.entries({ prefix: "key" })),
      "raw Deno KV": through(() => raw.list({ prefix: ["items"] }, { batchSize: 1000 })),
      "raw Deno KV, default batches": through(() => raw.list({ prefix: ["items"] })),
    },
    targets: { "raw Deno KV": 0.8 },
  },
  {
    name: "kv: update of 1000",
    kind: "rate",
    contenders: {
      "ferry": batch(1000, (entries) => kv.update(entries)),
      "raw Deno KV": batch(1000, async (entries) => {
        const commit = raw.atomic();
        for (const [name, value] of entries) commit.set(["batch", name], value);
        await commit.commit();
      }),
    },
    targets: { "raw Deno KV": 0.8 },
  },
  {
    name: `kv: one of an update of ${MANY}`,
    kind: "rate",
    contenders: {
      "ferry": async (n) => await batch(MANY, (entries) => kv.update(entries))(1) / MANY * n,
      "one by one": each((i) => kv.set(`batch${i % MANY}`, item())),
    },
    most: 300,
    targets: { "one by one": 20 },
  },
  {
    name: "sqlite: set",
    kind: "rate",
    contenders: {
      "ferry": each((i) => sqlite.set(key(i), item())),
      "ferry ShelfSync": eachSync((i) => sync.set(key(i), item())),
      ...python("set"),
      "ferry kv": each((i) => kv.set(key(i), item())),
    },
    targets: { "CPython dbm.sqlite3": 3 },
  },
  {
    name: "sqlite: set, 100 in flight (CPython one after another)",
    kind: "rate",
    contenders: {
      "ferry": hundred((i) => sqlite.set(key(i), item())),
      ...python("set"),
      "ferry kv": hundred((i) => kv.set(key(i), item())),
    },
    targets: { "CPython dbm.sqlite3": 3 },
  },
  {
    name: "sqlite: set, durability normal on both sides",
    kind: "rate",
    contenders: {
      "ferry": each((i) => normalAsync.set(key(i), item())),
      "ferry ShelfSync": eachSync((i) => normal.set(key(i), item())),
      ...normalPython === undefined
        ? {}
        : { "CPython dbm.sqlite3, NORMAL": normalPython.measure("set") },
      ...python("set"),
    },
    targets: { "CPython dbm.sqlite3": 3 },
  },
  {
    name: "sqlite: get",
    kind: "rate",
    contenders: {
      "ferry": each((i) => sqlite.get(key(i))),
      "ferry ShelfSync": eachSync((i) => sync.get(key(i))),
      ...python("get"),
      "ferry kv": each((i) => kv.get(key(i))),
    },
    targets: { "CPython dbm.sqlite3": 3 },
  },
  {
    name: "sqlite: get, 100 in flight (CPython one after another)",
    kind: "rate",
    contenders: {
      "ferry": hundred((i) => sqlite.get(key(i))),
      ...python("get"),
      "ferry kv": hundred((i) => kv.get(key(i))),
    },
    targets: { "CPython dbm.sqlite3": 3 },
  },
  {
    name: `sqlite: entries of ${KEYS} keys`,
    kind: "rate",
    contenders: {
      "ferry": through(() => sqlite.entries()),
      "ferry ShelfSync": through(() => sync.entries()),
      ...python("iterate"),
      "ferry kv": through(() => kv.entries({ prefix: "key" })),
    },
    targets: { "CPython dbm.sqlite3": 3 },
  },
  ...redis === undefined ? [] : redis.rows({ each, hundred, item, key, keys: KEYS }),
];

const results: Result[] = [];
for (const row of rows.filter(({ name }) => only === undefined || name.includes(only))) {
  const targets = Object.fromEntries(
    Object.entries(row.targets ?? {}).filter(([peer]) => peer in row.contenders),
  );
  const result = await measure({ ...row, targets }, rounds);
  results.push(result);
  console.log(result.name);
  for (const [name, us] of Object.entries(result.microseconds)) {
    const ratio = result.ratios[name];
    const target = targets[name];
    const verdict = target === undefined || ratio === undefined
      ? ""
      : `  target >= ${target}${reached(result.kind, ratio, target) ? "" : "  MISSED"}`;
    const versus = ratio === undefined ? "" : `  ours is ${Number(ratio.toPrecision(3))}x`;
    console.log(
      `  ${name.padEnd(30)} ${us.toFixed(1).padStart(10)} us ${
        Math.round(1e6 / us).toLocaleString("en").padStart(12)
      } /s${versus.padEnd(18)}${verdict}`,
    );
  }
}

for (const shelf of Object.values(pythons)) await shelf[Symbol.asyncDispose]();
await redis?.[Symbol.asyncDispose]();
await normalPython?.[Symbol.asyncDispose]();
await Promise.all([kv.close(), sqlite.close(), normalAsync.close()]);
sync.close();
normal.close();
raw.close();
await Deno.remove(folder, { recursive: true });

if (only === undefined) {
  await saveJson("shelve.json", { ...await about(), rounds, rows: results });
}
