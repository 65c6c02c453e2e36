/**
 * What a process runs, described so that it can cross to another thread.
 *
 * A module export is named by URL. A function travels as its source text and must be self-contained: it is made anew on
 * the other side, where the variables around it do not exist.
 */

/** An export of a module: a function, asynchronous or not, but not a generator function, which would run nothing. */
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

/**
 * A function to run elsewhere: a function, an arrow or a method, asynchronous or not. Its source text is all that crosses,
 * and it is compiled anew there, in strict mode and in no module:
 *
 * - It must not use variables around it, what its module imports included; import inside it.
 * - A relative `import("./x.ts")` inside it does not resolve against the file it was written in: pass
 *   `import.meta.resolve("./x.ts")` as an argument, or use a {@linkcode ModuleTarget}.
 * - Classes, generator functions, bound and native functions are refused when the process is made, and so is what cannot be
 *   compiled alone: methods with a computed or private name, and what has `import.meta` or a private name in it.
 */
// deno-lint-ignore no-explicit-any
export type TargetFunction<A extends readonly unknown[] = any> = (...args: A) => unknown;

/** What crosses to the other thread. */
export type TargetDescription =
  | { readonly module: string; readonly name: string }
  | { readonly source: string; readonly name: string };

/** Describes a target, or says why it cannot cross. Runs nothing of it. */
export function describeTarget(target: ModuleTarget | TargetFunction): TargetDescription {
  if (typeof target === "function") {
    const source = Function.prototype.toString.call(target);
    if (/\{\s*\[native code\]\s*\}$/.test(source)) {
      throw refusal(target.name, "it is native or bound and has no source text");
    }
    if (/^class\b/.test(source) && Object.hasOwn(target, "prototype")) {
      throw refusal(target.name, "it is a class");
    }
    if (isGenerator(target)) throw refusal(target.name, "it is a generator function");
    // Here and now rather than in the worker.
    compile(source, target.name);
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
  if (isGenerator(found)) {
    throw new TypeError(
      `Cannot run "${description.name}" of ${description.module}: it is a generator function`,
    );
  }
  return found;
}

/** Calling one makes an iterator and runs nothing. */
function isGenerator(target: TargetFunction): boolean {
  return /GeneratorFunction\]$/.test(Object.prototype.toString.call(target));
}

function refusal(name: string, why: string, cause?: unknown): TypeError {
  return new TypeError(
    `Cannot run ${name || "this function"} in another worker: ${why}`,
    cause === undefined ? undefined : { cause },
  );
}

/** A method whose name is an expression, to be evaluated where its parts are not: `[Symbol.iterator]() {}`. */
const COMPUTED = /^(?:async\b(?:\s|\/\*[^]*?\*\/)*)?\[/;

/** The function of a source text. Makes it and runs nothing: there is no computed name, the only part that would be. */
function compile(source: string, name: string): TargetFunction {
  if (COMPUTED.test(source)) throw refusal(name, "it is a method with a computed name");
  // Functions and arrows are expressions; methods are only so inside an object literal.
  let cause: unknown;
  for (const [before, after] of [["[", "]"], ["{", "}"]]) {
    try {
      const made: object = new Function(`"use strict"; return (${before}${source}${after});`)();
      // Getters and setters are functions too, but not called by their value.
      const value: unknown = Object.values(Object.getOwnPropertyDescriptors(made))[0]?.value;
      if (typeof value === "function") return value as TargetFunction;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      cause ??= error;
    }
  }
  throw refusal(
    name,
    "its source text cannot be compiled alone; a function, an arrow or a method with a plain name is needed, " +
      "without import.meta and private names in it",
    cause,
  );
}
