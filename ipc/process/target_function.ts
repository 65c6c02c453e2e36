/**
 * Functions that run in another thread: as source text, which is compiled anew there, where the variables around the
 * function do not exist.
 *
 * {@linkcode describeFunction} alone decides what is sent of a function, and {@linkcode compileFunction} makes it again.
 */
import type { Script } from "node:vm";

/**
 * A function to run elsewhere: a function, an arrow or a method, asynchronous or not. Its source text is all that crosses,
 * and it is compiled anew there, in strict mode and in no module:
 *
 * - It must not use variables around it, what its module imports included: give it what it needs in `args`, and import
 *   inside it. The error of one that does names the variable.
 * - A relative `import("./x.ts")` inside it resolves against the file that made the process.
 * - Its stack traces name that file, the line where the process was made, and line and column inside the function:
 *   `at work (file:///app/main.ts:12#work:3:7)`.
 * - Classes, generator functions, bound and native functions are refused when the process is made, and so is what cannot be
 *   compiled alone: methods with a computed or private name, and what has `import.meta` or a private name in it.
 */
// deno-lint-ignore no-explicit-any
export type TargetFunction<A extends readonly unknown[] = any, R = unknown> = (...args: A) => R;

/** What is sent of a function. */
export interface FunctionDescription {
  readonly source: string;
  readonly name: string;
  /** The name of the script that it is compiled as: what stacks show, and what a relative import resolves against. */
  readonly script: string;
}

/**
 * Describes a function, or says why it cannot cross. Runs nothing of it.
 *
 * @param caller Where in a program the function was given, as `file:line`.
 * @param generators Whether it may be a generator function.
 * @throws {TypeError} If it cannot run in another thread.
 */
export function describeFunction(
  target: TargetFunction,
  caller?: string,
  generators: boolean = false,
): FunctionDescription {
  const source = Function.prototype.toString.call(target);
  if (/\{\s*\[native code\]\s*\}$/.test(source)) {
    throw refusal(target.name, "it is native or bound and has no source text");
  }
  if (/^class\b/.test(source) && Object.hasOwn(target, "prototype")) {
    throw refusal(target.name, "it is a class");
  }
  if (!generators && isGenerator(target)) {
    throw refusal(target.name, "it is a generator function");
  }
  const label = encodeURIComponent(target.name || "function");
  const description = { source, name: target.name, script: `${caller ?? "file:///"}#${label}` };
  // Here and now rather than in the worker.
  compileFunction(description);
  return description;
}

/** Whether to call a function makes an iterator and runs nothing. */
export function isGenerator(target: TargetFunction): boolean {
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

/** Loads what functions are compiled with. */
export function loadCompiler(): typeof import("node:vm") {
  // At first use: a program that imports this module need not run functions.
  return globalThis.process.getBuiltinModule("node:vm");
}

/**
 * The function of a description. Makes it and runs nothing: there is no computed name, the only part that would be.
 *
 * @throws {TypeError} If the source text is not that of one function.
 */
export function compileFunction({ source, name, script }: FunctionDescription): TargetFunction {
  if (COMPUTED.test(source)) throw refusal(name, "it is a method with a computed name");
  const { constants, Script } = loadCompiler();
  // Functions and arrows are expressions; methods are only so inside an object literal.
  let cause: unknown;
  for (const [before, after] of [["[", "]"], ["{", "}"]]) {
    try {
      const start = `"use strict"; (${before}`;
      const made: object = new Script(`${start}${source}${after});`, {
        filename: script,
        // Columns as in the function itself.
        columnOffset: -start.length,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      } as ScriptOptions).runInThisContext();
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

type ScriptOptions = ConstructorParameters<typeof Script>[1];

/**
 * Says in the error of a function that used a variable around it which one that is, and what to do.
 *
 * @param error What the function threw, or what nobody caught in it.
 */
export function explainMissing(error: unknown, { script }: FunctionDescription): void {
  if (!(error instanceof ReferenceError)) return;
  const { message, stack } = error;
  const name = /^(.+) is not defined$/.exec(message)?.[1];
  if (name === undefined || typeof stack !== "string") return;
  // Only where the function itself looked for it, not a module that it imports.
  const frame = stack.split("\n").find((line) => line.startsWith("    at "));
  if (frame === undefined || !readable(frame).includes(readable(`${script}:`))) return;
  const explained = `${message}: a function that runs in a process has no variables around it; ` +
    `pass ${name} in args, import it inside the function, or send copies with { capture: true }`;
  const own = { writable: true, configurable: true, enumerable: false };
  Object.defineProperty(error, "message", { ...own, value: explained });
  Object.defineProperty(error, "stack", { ...own, value: stack.replace(message, () => explained) });
}

/** A URL, or a stack's line, in which some have been decoded and others not. */
function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Where a constructor was called, as `file:line`; `undefined` where stacks do not tell.
 *
 * @param constructor What was called with `new`: its frames and those above do not count.
 */
export function callerOf(constructor: { prototype: unknown }): string | undefined {
  const limit = Error.stackTraceLimit;
  const here: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(here, constructor as never);
    Error.stackTraceLimit = limit;
  } catch {
    // Somebody froze Error.
    return undefined;
  }
  return /\(?((?:[a-z][a-z\d+.-]*:)[^\s()]+:\d+):\d+\)?$/i.exec(String(here.stack))?.[1];
}
