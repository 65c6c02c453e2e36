/**
 * What a process runs, described so that it can cross to another thread.
 *
 * A module export is named by URL. A function travels as its source text, see `target_function.ts`.
 */
import {
  compileFunction,
  describeFunction,
  type FunctionDescription,
  isGenerator,
  type TargetFunction,
} from "./target_function.ts";

export type { TargetFunction };

/** An export of a module: a function, asynchronous or not, but not a generator function, which would run nothing. */
export interface ModuleTarget {
  /** The module: a `URL`, or an absolute specifier such as `import.meta.url` or `import.meta.resolve("./x.ts")`. */
  module: URL | string;
  /**
   * The name of the exported function.
   *
   * @default {"default"}
   */
  export?: string | undefined;
}

/** What crosses to the other thread. */
export type TargetDescription =
  | { readonly module: string; readonly name: string }
  | FunctionDescription
  | ClosureDescription;

/** A closure, which is sent by itself: see `closure.ts`. */
export interface ClosureDescription {
  readonly closure: string;
}

/**
 * Describes a target, or says why it cannot cross. Runs nothing of it.
 *
 * @param caller Where in a program the target was given, as `file:line`.
 * @param generators Whether it may be a generator function.
 */
export function describeTarget(
  target: ModuleTarget | TargetFunction,
  caller?: string,
  generators?: boolean,
): Exclude<TargetDescription, ClosureDescription> {
  if (typeof target === "function") return describeFunction(target, caller, generators);
  if (typeof target !== "object" || target === null || !("module" in target)) {
    throw new TypeError(
      "Cannot make a process: the target must be a function or { module: URL, export?: string }",
    );
  }
  return { module: describeModule(target.module), name: target.export ?? "default" };
}

/** A module's name as another thread understands it. */
export function describeModule(specifier: URL | string): string {
  const module = String(specifier);
  if (/^[a-z][a-z0-9+.-]*:/i.test(module)) return module;
  throw new TypeError(
    `Cannot run module "${module}" in another worker: a relative specifier means nothing there; ` +
      'use new URL("./worker.ts", import.meta.url)',
  );
}

/**
 * Describes a function whose variables are captured, or says why there is none to run.
 *
 * @param generators Whether it may be a generator function.
 * @throws {TypeError} If it is no function, or calling it would run nothing.
 */
export function describeClosure(
  target: ModuleTarget | TargetFunction,
  generators: boolean = false,
): ClosureDescription {
  if (typeof target !== "function") {
    throw new TypeError(
      "Cannot make a process: capture is for functions; an export of a module has its variables with it",
    );
  }
  if (!generators && isGenerator(target)) {
    throw new TypeError(
      `Cannot run ${target.name || "this function"} in another worker: it is a generator function`,
    );
  }
  return { closure: target.name };
}

/** Finds or makes the function in the thread that is to run it. */
export async function resolveTarget(
  description: Exclude<TargetDescription, ClosureDescription>,
  generators: boolean = false,
): Promise<TargetFunction> {
  if ("source" in description) return compileFunction(description);
  const module = await import(description.module);
  const found = module[description.name];
  if (typeof found !== "function") {
    throw new TypeError(
      `Cannot run "${description.name}" of ${description.module}: ` +
        (description.name in module ? `it is a ${typeof found}` : "there is no such export"),
    );
  }
  if (!generators && isGenerator(found)) {
    throw new TypeError(
      `Cannot run "${description.name}" of ${description.module}: it is a generator function`,
    );
  }
  return found;
}
