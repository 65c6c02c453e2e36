/** Opens Deno KV. */
import { cannotOpen, isUnableToOpen } from "../cannot_open.ts";
import { withRetries } from "./_errors.ts";
import { KvBackend, type KvBackendOptions } from "./backend.ts";

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
    throw error;
  }
}
