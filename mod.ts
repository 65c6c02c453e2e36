/**
 * Ferry carries values between workers, processes, machines, disks and file formats.
 *
 * Each area is a namespace here and an entry point of its own:
 *
 * | namespace | entry point | what it does |
 * |---|---|---|
 * | {@linkcode ipc} | `@ferry/std/ipc` | workers share values, arrays, locks, pipes and queues, and run as processes and pools |
 * | {@linkcode net} | `@ferry/std/net` | sockets, servers and asyncio-like streams, with deadlines, limits and typed errors |
 * | {@linkcode persist} | `@ferry/std/persist` | pickle and marshal, byte for byte as CPython writes them; shelves of values; functions and closures |
 * | {@linkcode formats} | `@ferry/std/formats` | CSV, JSON, YAML, TOML, MsgPack: conforming, streaming, safe |
 * | {@linkcode markup} | `@ferry/std/markup` | HTML and XML with lxml's element tree |
 *
 * @example Two workers, one queue
 * ```ts
 * import { ipc } from "@ferry/std";
 * import { assertEquals } from "@std/assert";
 *
 * using results = new ipc.Queue<number>();
 * await using worker = new ipc.Process((results: ipc.Queue<number>) => results.putSync(6 * 7), {
 *   args: [results],
 * });
 * worker.start();
 * assertEquals(await results.get({ timeout: 60_000 }), 42);
 * ```
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
