/** What a shelf throws. Everything else comes from the codec, or is a `TypeError` or `RangeError` of the caller's. */

/**
 * The common class of all shelf errors.
 *
 * @example Catch whatever goes wrong with a shelf
 * ```ts
 * import { open, ShelfError } from "@ferry/std/persist/shelve";
 * import { assertRejects } from "@std/assert";
 *
 * const shelf = await open(":memory:");
 * await shelf.close();
 * await assertRejects(() => shelf.get("tea"), ShelfError);
 * ```
 */
export class ShelfError extends Error {
  /** The name of the class. */
  override name = "ShelfError";
}

/**
 * The shelf was closed before the call.
 *
 * @example After close every call throws
 * ```ts
 * import { open, ShelfClosedError } from "@ferry/std/persist/shelve";
 * import { assertRejects } from "@std/assert";
 *
 * const shelf = await open(":memory:");
 * await shelf.close();
 * await assertRejects(() => shelf.set("tea", 1), ShelfClosedError);
 * ```
 */
export class ShelfClosedError extends ShelfError {
  /** The name of the class. */
  override name = "ShelfClosedError";
}

/**
 * Others changed or locked the store for longer than `busyTimeout`. Nothing was written; the call can be made again.
 *
 * @example The message says how long it was tried
 * ```ts
 * import { ShelfBusyError } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ShelfBusyError("Cannot set a value: the store was locked for 10000 ms", { attempts: 37 });
 * assertEquals(error.attempts, 37);
 * ```
 */
export class ShelfBusyError extends ShelfError {
  /** The name of the class. */
  override name = "ShelfBusyError";
  /** How often it was tried. */
  readonly attempts: number;

  /**
   * Makes the error.
   *
   * @param message What was attempted, and what was in the way.
   * @param options How often it was tried, and the cause.
   */
  constructor(message: string, options: ShelfBusyErrorOptions = {}) {
    super(message, options);
    this.attempts = options.attempts ?? 1;
  }
}

/** How often a {@linkcode ShelfBusyError} was tried. */
export interface ShelfBusyErrorOptions extends ErrorOptions {
  /** How often it was tried. @default {1} */
  attempts?: number;
}

/**
 * What lies at the path is no shelf, is damaged, or holds a value that the codec does not read.
 *
 * @example A file that is no database
 * ```ts
 * import { open, ShelfFormatError } from "@ferry/std/persist/shelve";
 * import { assertRejects } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "a shopping list");
 * await assertRejects(() => open(path), ShelfFormatError, "no shelf");
 * await Deno.remove(path);
 * ```
 */
export class ShelfFormatError extends ShelfError {
  /** The name of the class. */
  override name = "ShelfFormatError";
  /** The key of the value that could not be read, `undefined` if the whole store is meant. */
  readonly key: string | undefined;

  /**
   * Makes the error.
   *
   * @param message What was attempted, needed and received.
   * @param options The key, and the cause.
   */
  constructor(message: string, options: ShelfFormatErrorOptions = {}) {
    super(message, options);
    this.key = options.key;
  }
}

/** Which value a {@linkcode ShelfFormatError} is about. */
export interface ShelfFormatErrorOptions extends ErrorOptions {
  /** The key of the value. @default {undefined} */
  key?: string;
}

/**
 * The shelf was opened with `flag: "r"`, is of a kind that is only read, or its file must not be written.
 *
 * @example A shelf opened for reading
 * ```ts
 * import { open, ShelfReadOnlyError } from "@ferry/std/persist/shelve";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await (await open(`${folder}/teas`, { backend: "sqlite" })).close();
 * {
 *   await using shelf = await open(`${folder}/teas`, { flag: "r" });
 *   await assertRejects(() => shelf.set("tea", 1), ShelfReadOnlyError);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class ShelfReadOnlyError extends ShelfError {
  /** The name of the class. */
  override name = "ShelfReadOnlyError";
}

/**
 * The disk, or the memory of the server, is full. What was acknowledged before is still there.
 *
 * @example Make room and go on
 * ```ts
 * import { ShelfError, ShelfFullError } from "@ferry/std/persist/shelve";
 * import { assert } from "@std/assert";
 *
 * assert(new ShelfFullError("Cannot set a value: the disk is full") instanceof ShelfError);
 * ```
 */
export class ShelfFullError extends ShelfError {
  /** The name of the class. */
  override name = "ShelfFullError";
}

/**
 * The server of the shelf could not be reached, or went away. Whether a write that was under way has been done is not
 * known; what was acknowledged before has been.
 *
 * @example Nobody listens
 * ```ts
 * import { open, ShelfConnectionError } from "@ferry/std/persist/shelve";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => open("redis://127.0.0.1:1", { busyTimeout: 100 }),
 *   ShelfConnectionError,
 * );
 * ```
 */
export class ShelfConnectionError extends ShelfError {
  /** The name of the class. */
  override name = "ShelfConnectionError";
}
