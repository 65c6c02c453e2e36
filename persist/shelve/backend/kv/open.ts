/** Opens Deno KV. */
import { builtins } from "../../builtins.ts";
import { cannotOpen, isUnableToOpen } from "../cannot_open.ts";
import { claim } from "../claim.ts";
import { sqliteError } from "../sqlite/errors.ts";
import { kvError, withDeadline, withRetries } from "./_errors.ts";
import { KvBackend, type KvBackendOptions } from "./backend.ts";

/** How long to wait for another process that makes the same file, in milliseconds. */
const PREPARING = 5000;

/**
 * Opens a store, and collects what crashes left behind in it.
 *
 * @throws {Deno.errors.NotSupported} If this Deno was started without KV.
 */
export async function openKv(
  target: string,
  options: KvBackendOptions & { readonly readOnly: boolean },
): Promise<KvBackend> {
  if (typeof Deno.openKv !== "function") {
    throw new Deno.errors.NotSupported(
      `Cannot open "${target}" with Deno KV: it needs --unstable-kv, or "unstable": ["kv"] in deno.json` +
        (options.remote ? "" : ' (a new shelf can do without: { backend: "sqlite" })'),
    );
  }
  const what = `open "${target}"`;
  if (options.path !== undefined && !options.readOnly) prepareFile(options.path);
  let kv: Deno.Kv;
  try {
    const begin = () => Deno.openKv(target);
    const late = { result: (kv: Deno.Kv) => kv.close() };
    kv = await withRetries(
      what,
      options.busyTimeout,
      options.remote ? () => withDeadline(what, options.busyTimeout, begin, late) : begin,
    );
  } catch (error) {
    throw isUnableToOpen(error) ? cannotOpen(target, error) : error;
  }
  const backend = new KvBackend(kv, options);
  try {
    if (!options.readOnly) await backend.collect();
    return backend;
  } catch (error) {
    await backend.close();
    throw kvError(what, error);
  }
}

/** Makes a new file in such a way that it can be compacted later, and nothing but Deno KV's, with the permissions it has. */
function prepareFile(path: string): void {
  try {
    using database = new (builtins().sqlite.DatabaseSync)(path, { timeout: PREPARING });
    claim(database, path, "kv", () => {});
  } catch (error) {
    throw isUnableToOpen(error) ? cannotOpen(path, error) : sqliteError(`open "${path}"`, error);
  }
}
