/** What goes wrong with a dump, by class. */

/**
 * The common class of all errors of dill.
 *
 * @example Catch whatever goes wrong with a dump
 * ```ts
 * import { DillError, loads } from "@ferry/std/persist/dill";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => loads(new Uint8Array([1, 2, 3]), { trust: true }), DillError);
 * ```
 */
export class DillError extends Error {
  /** The name of the class. */
  override name = "DillError";
}

/**
 * A value cannot be dumped; `path` says which one.
 *
 * @example The error says where
 * ```ts
 * import { dumps, UndumpableError } from "@ferry/std/persist/dill";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(
 *   () => dumps({ jobs: [{ result: Promise.resolve(1) }] }),
 *   UndumpableError,
 * );
 * assertEquals(error.path, "value.jobs[0].result");
 * ```
 */
export class UndumpableError extends DillError {
  /** The name of the class. */
  override name = "UndumpableError";
  /** Where the value is: `value.items[3].callback`, `value.run <count>` for a captured variable. */
  readonly path: string;
  /** Why it cannot be dumped. */
  readonly reason: string;

  /**
   * Makes the error.
   *
   * @param path Where the value is.
   * @param reason Why it cannot be dumped.
   * @param options The cause.
   */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`Cannot dump ${path}: ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }
}

/**
 * A function or class uses a variable around it that cannot be captured.
 *
 * @example The error names the variable
 * ```ts
 * import { CaptureError, dumps } from "@ferry/std/persist/dill";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const greet = new Function("return (name) => greeting + name")();
 * const error = await assertRejects(() => dumps(greet), CaptureError);
 * assertEquals(error.variable, "greeting");
 * await dumps(greet, { capture: { greeting: "Hello " } });
 * ```
 */
export class CaptureError extends UndumpableError {
  /** The name of the class. */
  override name = "CaptureError";
  /** The variable; `this`, `arguments`, `super`, `new.target`, `import.meta` and `#names` too. */
  readonly variable: string;

  /**
   * Makes the error.
   *
   * @param path Where the function is.
   * @param variable What it uses.
   * @param reason Why that cannot be captured.
   * @param options The cause.
   */
  constructor(path: string, variable: string, reason: string, options?: ErrorOptions) {
    super(path, `it uses ${variable}, ${reason}`, options);
    this.variable = variable;
  }
}

/**
 * Bytes are no dump, are damaged or cut off, exceed a limit, or what they ask for is not there.
 *
 * @example Bytes that are cut off
 * ```ts
 * import { dumps, LoadError, loads } from "@ferry/std/persist/dill";
 * import { assertRejects } from "@std/assert";
 *
 * const bytes = await dumps([1, 2, 3]);
 * await assertRejects(() => loads(bytes.subarray(0, -1), { trust: true }), LoadError);
 * ```
 */
export class LoadError extends DillError {
  /** The name of the class. */
  override name = "LoadError";
}

/**
 * A dump is not signed, or not with this key. Nothing of it has been evaluated.
 *
 * @example Another key
 * ```ts
 * import { dumps, loads, SignatureError } from "@ferry/std/persist/dill";
 * import { assertRejects } from "@std/assert";
 *
 * const bytes = await dumps(() => 1, { key: "correct horse battery" });
 * await assertRejects(() => loads(bytes, { key: "staple" }), SignatureError);
 * ```
 */
export class SignatureError extends LoadError {
  /** The name of the class. */
  override name = "SignatureError";
}
