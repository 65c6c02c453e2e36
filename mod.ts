/**
 * Ferry carries values between workers, processes, machines, disks and file formats: what Python programmers know as
 * `multiprocessing`, `socket`, `asyncio`, `pickle`, `marshal`, `shelve`, dill, `csv`, `json`, `tomllib`, PyYAML, `msgpack` and
 * lxml, for Deno: typed, fast, and byte-compatible with CPython where bytes leave the program.
 *
 * Import the entry point that you need; this one loads all of them. Each area is a namespace here and an entry point of its own.
 *
 * | you want to | entry point | use |
 * |---|---|---|
 * | run functions in parallel, stop them, get their results | `@ferry/std/ipc` | `Process`, `Pool` |
 * | share memory, queues, pipes and locks between workers | `@ferry/std/ipc` | `Queue`, `Pipe`, `SharedArray`, `SharedMap`, `Lock` |
 * | share objects between programs, Python's too | `@ferry/std/ipc/manager` | `Manager`, `ManagerServer` |
 * | connect and serve, with lines, limits and deadlines | `@ferry/std/net` | `openConnection`, `startServer` |
 * | exchange objects with a running CPython | `@ferry/std/net/connection` | `connect`, `Listener` |
 * | read and write Python's pickles, safely | `@ferry/std/persist/pickle` | `loads`, `dumps` |
 * | keep values on a disk or a server, as a map | `@ferry/std/persist/shelve` | `open`, `openSync` |
 * | save or send functions, closures and classes | `@ferry/std/persist/dill` | `dumps`, `loads` |
 * | read and write CSV, JSON, YAML, TOML, MsgPack | `@ferry/std/formats/csv` and so on | `parse`, `stringify`; `encode`, `decode` |
 * | read, change and write XML and HTML, with CSS and XPath | `@ferry/std/markup` | `xml`, `html`, `css`, `xpath` |
 *
 * @example Two workers, one queue
 * ```ts
 * import { Process, Queue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using results = new Queue<number>();
 * await using worker = new Process((results: Queue<number>) => results.putSync(6 * 7), {
 *   args: [results],
 * });
 * worker.start();
 * assertEquals(await results.get({ timeout: 60_000 }), 42);
 * ```
 *
 * @example A table from CSV, and a pickle that Python reads
 * ```ts
 * import { parse } from "@ferry/std/formats/csv";
 * import { dumps, loads } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = parse("name,price\ntea,2.5\n", { skipFirstRow: true, types: { price: "number" } });
 * assertEquals({ ...rows[0] }, { name: "tea", price: 2.5 });
 * assertEquals(loads(dumps(["tea", 2.5])), ["tea", 2.5]);
 * ```
 *
 * ## Permissions
 *
 * | you use | flags |
 * |---|---|
 * | shared objects, pickle, marshal and formats on text and bytes, markup | none |
 * | `Process` from JSR | none; from a disk, `--allow-read` for the package and the target's module |
 * | `net` | `--allow-net`; `--allow-read` and `--allow-write` for Unix sockets |
 * | files of shelves and formats | `--allow-read`, `--allow-write`; `--unstable-kv` for shelves on Deno KV |
 * | shared memory by name | `--allow-ffi` |
 *
 * ## Limits
 *
 * Deno 2.9 or newer, tested on Linux (x64). CSV, JSON, YAML, TOML, MsgPack, pickle and marshal run on Node 26 and Bun 1.4 too, and
 * all of these but YAML in browsers. What is read from others has limits with finite defaults.
 *
 * ## From Python
 *
 * | Python | here |
 * |---|---|
 * | `Process(target=f, args=(q,))` | `new Process(f, { args: [q] })` |
 * | `q.put(x, timeout=1)` | `q.putSync(x, { timeout: 1000 })`, `await q.put(x, { timeout: 1000 })` |
 * | `with Pool(4) as p: p.map(f, xs)` | `await using p = new Pool({ processes: 4 })`; `await p.map(f, xs)` |
 * | `asyncio.open_connection(h, p)` | `await openConnection({ hostname: h, port: p })` |
 * | `pickle.dumps(x)`, `pickle.loads(b)` | `dumps(x)`, `loads(b)` |
 * | `shelve.open("f")` | `await open("f")` |
 * | `csv.DictReader(f)` | `parse(text, { skipFirstRow: true })` |
 *
 * @module
 */

/** Multiprocessing for Deno: shared memory, locks, pipes, queues, processes. */
export * as ipc from "./ipc/mod.ts";

/** Sockets, servers and asyncio-like streams. */
export * as net from "./net/mod.ts";

/** CPython's pickle and marshal, shelves on Deno KV, SQLite and Redis, and dill for functions. */
export * as persist from "./persist/mod.ts";

/** File formats: CSV, JSON, YAML, TOML, MsgPack. */
export * as formats from "./formats/mod.ts";

/** HTML and XML with lxml's element tree. */
export * as markup from "./markup/mod.ts";
