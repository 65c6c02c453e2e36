/**
 * The error of `send` and `put` for values that cannot leave their agent.
 *
 * @example Which part of a message cannot be sent
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { encode } from "@ferry/std/ipc/codec";
 * import { UnsendableError } from "@ferry/std/ipc/unsendable-error";
 *
 * const job = { items: [1, 2, 3, { callback: () => {} }] };
 * const error = assertThrows(() => encode(job), UnsendableError);
 * assertEquals(error.path, "value.items[3].callback");
 * ```
 *
 * @module
 */
import { sendAsItself } from "./error_classes.ts";

/** What an {@linkcode UnsendableError} carries besides its message. */
export interface UnsendableErrorOptions {
  /** Where the part is, as a JavaScript expression that starts with `value`. */
  path: string;
  /** The part that cannot be sent. */
  value: unknown;
  /** The error below this one, if any. */
  cause?: unknown;
}

/**
 * Thrown by everything that sends values, before anything is sent: functions, symbols, promises, instances of
 * classes that are not registered, and other values that mean nothing in another agent.
 *
 * @example Say what is wrong and where
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { UnsendableError } from "@ferry/std/ipc/unsendable-error";
 *
 * const error = new UnsendableError("a function", { path: "value.run", value: Math.max });
 * assertEquals(error.message, "Cannot send value.run: a function");
 * ```
 */
export class UnsendableError extends TypeError {
  /** The name of the class. */
  override readonly name = "UnsendableError";
  /** Where the part is, as a JavaScript expression that starts with `value`: `value.items[3].callback`. */
  readonly path: string;
  /** The part that cannot be sent; `undefined` instead of a revoked Proxy, which cannot even be printed. */
  readonly value: unknown;

  /**
   * Makes the error.
   *
   * @param reason What the part is and, if there is one, the remedy.
   * @param options The part and its path.
   */
  constructor(reason: string, options: UnsendableErrorOptions) {
    super(
      `Cannot send ${options.path}: ${reason}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.path = options.path;
    this.value = options.value;
  }
}

sendAsItself(UnsendableError);
