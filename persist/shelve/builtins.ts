/**
 * Modules of Node that shelves use. They are loaded with the first shelf: every program that imports the package would wait
 * for them otherwise.
 */

/** See the head of this file. */
interface Builtins {
  readonly asyncHooks: typeof import("node:async_hooks");
  readonly path: typeof import("node:path");
  readonly sqlite: typeof import("node:sqlite");
  readonly url: typeof import("node:url");
  readonly v8: typeof import("node:v8");
}

let loaded: Builtins | undefined;

/** Loads them, if they are not there yet. */
export async function loadBuiltins(): Promise<void> {
  if (loaded !== undefined) return;
  const [asyncHooks, path, sqlite, url, v8] = await Promise.all([
    import("node:async_hooks"),
    import("node:path"),
    import("node:sqlite"),
    import("node:url"),
    import("node:v8"),
  ]);
  loaded = { asyncHooks, path, sqlite, url, v8 };
}

/** Gives them. If they are not there yet, `process` has to be loaded as well, which takes twice as long. */
export function builtins(): Builtins {
  if (loaded !== undefined) return loaded;
  const { process } = globalThis;
  return loaded = {
    asyncHooks: process.getBuiltinModule("node:async_hooks"),
    path: process.getBuiltinModule("node:path"),
    sqlite: process.getBuiltinModule("node:sqlite"),
    url: process.getBuiltinModule("node:url"),
    v8: process.getBuiltinModule("node:v8"),
  };
}
