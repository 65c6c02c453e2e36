/**
 * A handler that runs elsewhere: in a worker, or in a process.
 *
 * @module
 */
import type { ConnectionHandler } from "../server/mod.ts";

/**
 * A handler of connections that a module exports, so that other threads and processes can have it too.
 */
export interface HandlerTarget {
  /** The module: a `URL`, or an absolute specifier such as `import.meta.resolve("./handler.ts")`. */
  module: URL | string;
  /**
   * The name of the exported function, which is called with a `StreamConnection`.
   *
   * @default {"default"}
   */
  export?: string | undefined;
}

/** A target as it crosses to another thread or process. */
export interface DescribedTarget {
  readonly module: string;
  readonly name: string;
}

/**
 * Checks a target, as far as that is possible here.
 *
 * @param target The target.
 * @returns What can be sent.
 * @throws {TypeError} If it is none, or names its module by a relative path.
 */
export function describeTarget(target: HandlerTarget): DescribedTarget {
  if (typeof target !== "object" || target === null || !("module" in target)) {
    throw new TypeError(
      "Cannot serve: the handler must be { module: URL, export?: string }, so that other threads can load it",
    );
  }
  const module = String(target.module);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(module)) {
    throw new TypeError(
      `Cannot serve with module "${module}": a relative specifier means nothing in another thread; ` +
        'use new URL("./handler.ts", import.meta.url)',
    );
  }
  return { module, name: target.export ?? "default" };
}

/**
 * Loads the handler, in the thread or process that is to run it.
 *
 * @param target The target.
 * @returns The handler.
 * @throws {TypeError} If the module has no such function.
 */
export async function loadHandler(target: DescribedTarget): Promise<ConnectionHandler> {
  const module = await import(target.module);
  const found = module[target.name];
  if (typeof found === "function") return found;
  throw new TypeError(
    `Cannot serve with "${target.name}" of ${target.module}: ` +
      (target.name in module ? `it is a ${typeof found}` : "there is no such export"),
  );
}
