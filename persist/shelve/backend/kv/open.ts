/** Opens Deno KV. */
import { DatabaseSync } from "node:sqlite";
import { cannotOpen, isUnableToOpen } from "../cannot_open.ts";
import { makeCompactable } from "../compact.ts";
import { kvError, withRetries } from "./_errors.ts";
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
      `Cannot open "${target}" with Deno KV: it needs --unstable-kv, or "unstable": ["kv"] in deno.json ` +
        '(a new shelf can do without: { backend: "sqlite" })',
    );
  }
  const what = `open "${target}"`;
  if (options.path !== undefined && !options.readOnly) prepareFile(options.path);
  let kv: Deno.Kv;
  try {
    kv = await withRetries(what, options.busyTimeout, () => Deno.openKv(target));
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

/** Makes a new file in such a way that it can be compacted later, with the permissions it is opened with. */
function prepareFile(path: string): void {
  try {
    if (Deno.statSync(path).size > 0) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    using database = new DatabaseSync(path, { timeout: PREPARING });
    makeCompactable(database);
    // This writes the first page.
    database.exec("PRAGMA journal_mode = wal");
  } catch (error) {
    throw isUnableToOpen(error) ? cannotOpen(path, error) : error;
  }
}
