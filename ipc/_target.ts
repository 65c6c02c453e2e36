/**
 * What a process runs, described so that it can cross to another thread.
 *
 * A module export is named by URL. A function travels as its source text and must be self-contained: it is made anew on
 * the other side, where the variables around it do not exist.
 */

/** An export of a module. */
export interface ModuleTarget {
  /** The module: a `URL`, or an absolute specifier such as `import.meta.url` or `import.meta.resolve("./x.ts")`. */
  module: URL | string;
  /**
   * The name of the exported function.
   *
   * @default {"default"}
   */
  export?: string;
}

/** A function to run elsewhere. */
// deno-lint-ignore no-explicit-any
export type TargetFunction<A extends readonly unknown[] = any> = (...args: A) => unknown;

/** What crosses to the other thread. */
export type TargetDescription =
  | { readonly module: string; readonly name: string }
  | { readonly source: string; readonly name: string };

/** Describes a target, or says why it cannot cross. */
export function describeTarget(target: ModuleTarget | TargetFunction): TargetDescription {
  if (typeof target === "function") {
    const source = Function.prototype.toString.call(target);
    if (/\{\s*\[native code\]\s*\}$/.test(source)) {
      throw new TypeError(
        `Cannot run ${
          target.name || "this function"
        } in another worker: it is native or bound and has no source text`,
      );
    }
    if (/^class\b/.test(source)) {
      throw new TypeError(`Cannot run ${target.name} in another worker: it is a class`);
    }
    return { source, name: target.name };
  }
  if (typeof target !== "object" || target === null || !("module" in target)) {
    throw new TypeError(
      "Cannot make a process: the target must be a function or { module: URL, export?: string }",
    );
  }
  const module = String(target.module);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(module)) {
    throw new TypeError(
      `Cannot run module "${module}" in another worker: a relative specifier means nothing there; ` +
        'use new URL("./worker.ts", import.meta.url)',
    );
  }
  return { module, name: target.export ?? "default" };
}

/** Finds or makes the function in the thread that is to run it. */
export async function resolveTarget(description: TargetDescription): Promise<TargetFunction> {
  if ("source" in description) return compile(description.source, description.name);
  const module = await import(description.module);
  const found = module[description.name];
  if (typeof found !== "function") {
    throw new TypeError(
      `Cannot run "${description.name}" of ${description.module}: ` +
        (description.name in module ? `it is a ${typeof found}` : "there is no such export"),
    );
  }
  return found;
}

function compile(source: string, name: string): TargetFunction {
  // Functions and arrows are expressions; methods are only so inside an object literal.
  for (const text of [`(${source})`, `({${source}})[${JSON.stringify(name)}]`]) {
    try {
      return new Function(`"use strict"; return ${text};`)() as TargetFunction;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new TypeError(
    `Cannot run ${name || "this function"} in another worker: its source text is no function`,
  );
}
