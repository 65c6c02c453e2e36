import type { Backend, BackendKind } from "./backend/backend.ts";
import { openDumb } from "./backend/dbm/dumb.ts";
import { openGnu } from "./backend/dbm/gnu.ts";
import { FromSync } from "./backend/from_sync.ts";
import { openKv } from "./backend/kv/open.ts";
import { SqliteStore } from "./backend/sqlite/store.ts";
import { builtins, loadBuiltins } from "./builtins.ts";
import { resolveCodec } from "./codec/resolve.ts";
import { ValueCodec } from "./entries.ts";
import { locate, MEMORY, pathOf } from "./locate.ts";
import { checkDurability, checked, type OpenOptions } from "./options.ts";
import { untilFree } from "./retry.ts";
import { Shelf } from "./shelf.ts";

/** How long SQLite itself waits for a lock, in milliseconds: it blocks the thread, so it is tried again soon instead. */
const BLOCKING = 2;

/**
 * Opens a shelf: a file, a KV Connect server (`https://…`, whose access token is in `DENO_KV_ACCESS_TOKEN`), or Redis or Valkey
 * (`redis://…`, `rediss://…`). What lies at a path is found out by looking at it: Deno KV, SQLite, or Python's `dbm.gnu` and
 * `dbm.dumb`, which are only read. `":memory:"` is a shelf that is gone when it is closed.
 *
 * @typeParam V The values.
 * @param target Path or URL.
 * @param options How to open it.
 * @returns The shelf.
 * @throws {Deno.errors.NotFound} If there is no shelf, with flag `"r"` or `"w"`.
 * @throws {ShelfFormatError} If something else is there.
 * @throws {ShelfConnectionError} If the server cannot be reached.
 * @throws {Deno.errors.NotSupported} If Deno was started without `--unstable-kv` and Deno KV is needed.
 *
 * @example Values of any kind
 * ```ts
 * import { open } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * await using shelf = await open(":memory:");
 * await shelf.set("when", Temporal.PlainDate.from("2020-02-29"));
 * await shelf.set("who", new Map([["ann", 1n << 70n]]));
 * assertEquals(await shelf.get("when"), Temporal.PlainDate.from("2020-02-29"));
 * ```
 */
export async function open<V = unknown>(
  target: string | URL,
  options: OpenOptions<V> = {},
): Promise<Shelf<V>> {
  const settings = checked(options);
  const codec = new ValueCodec(resolveCodec(settings.codec));
  await loadBuiltins();
  const path = pathOf(target);
  const backend = path === undefined
    ? await openServer(new URL(target), settings)
    : await openFile(path, settings);
  if (path === undefined && settings.flag === "n") await backend.clear();
  return new Shelf(backend, {
    codec,
    readOnly: settings.flag === "r" || backend.kind === "dumb" || backend.kind === "gnu",
    writeback: settings.writeback ?? false,
    busyTimeout: settings.busyTimeout,
    files: path === undefined || path === MEMORY ? [] : filesOf(path, backend.kind),
  });
}

/** The files of a shelf at a path. */
function filesOf(path: string, kind: BackendKind): string[] {
  const suffixes = kind === "dumb" ? [".dir", ".dat", ".bak"] : ["", "-wal", "-shm"];
  return suffixes.map((suffix) => builtins().path.resolve(path + suffix));
}

type Settings = ReturnType<typeof checked<unknown>>;

async function openFile(path: string, settings: Omit<Settings, "codec">): Promise<Backend> {
  const { flag, busyTimeout, name, durability = "full" } = settings;
  const kind = locate(path, flag, settings.backend) ?? settings.backend ?? "kv";
  if (kind !== "sqlite") checkDurability(kind, durability);
  if (name !== undefined && kind !== "kv") {
    throw new TypeError(`Cannot open the shelf "${name}": a file of kind "${kind}" has one shelf`);
  }
  switch (kind) {
    case "kv":
      return await openKv(path, {
        path: path === MEMORY ? undefined : path,
        remote: false,
        name,
        busyTimeout,
        readOnly: flag === "r",
      });
    case "sqlite": {
      const store = await untilFree(`open "${path}"`, busyTimeout, () => {
        return new SqliteStore(path, { readOnly: flag === "r", timeout: BLOCKING, durability });
      });
      return new FromSync(store, busyTimeout);
    }
    case "dumb":
      return new FromSync(openDumb(path), busyTimeout);
    case "gnu":
      return new FromSync(openGnu(path), busyTimeout);
  }
}

async function openServer(url: URL, settings: Omit<Settings, "codec">): Promise<Backend> {
  const { flag, busyTimeout, name } = settings;
  checkDurability(url.protocol, settings.durability);
  if (settings.backend === "sqlite") {
    throw new TypeError(`Cannot open ${url.protocol}// on backend "sqlite": it needs a path`);
  }
  const readOnly = flag === "r";
  switch (url.protocol) {
    case "http:":
    case "https:":
      return await openKv(url.href, { path: undefined, remote: true, name, busyTimeout, readOnly });
    case "redis:":
    case "rediss:": {
      // The client is loaded by those alone who use it.
      const { openRedis } = await import("./backend/redis/open.ts");
      return await openRedis(url, { name: name ?? "shelf", busyTimeout, readOnly });
    }
    default:
      throw new TypeError(
        `Cannot open a shelf at ${url.protocol}//: it needs to be a path, https:, redis: or rediss:`,
      );
  }
}
