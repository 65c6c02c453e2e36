/**
 * How many connections a server handles at once.
 *
 * @module
 */

import { checkOptions, type RulesOf } from "../../persist/options.ts";

/**
 * How many connections are handled at once.
 *
 * | policy | means |
 * |---|---|
 * | `"concurrent"` | all of them |
 * | `"serial"` | one after the other, as `socketserver` without a mix-in does |
 * | `{ max: n }` | `n`; the others wait in the kernel's backlog |
 * | `{ max: n, overflow: "reject" }` | `n`; the others are closed at once |
 */
export type Concurrency = "concurrent" | "serial" | {
  /** The most connections at once. */
  max: number;
  /**
   * What becomes of one too many.
   *
   * @default {"wait"}
   */
  overflow?: "wait" | "reject" | undefined;
};

const RULES: RulesOf<Exclude<Concurrency, string>> = { max: "any", overflow: "any" };

/**
 * Counts connections against a policy.
 *
 * @example One at a time
 * ```ts
 * import { Admission } from "@ferry/std/net/server";
 * import { assert } from "@std/assert";
 *
 * const admission = new Admission("serial");
 * admission.enter();
 * assert(!admission.open);
 * admission.leave();
 * assert(admission.open);
 * ```
 */
export class Admission {
  readonly #max: number;
  /** Whether one too many is turned away. */
  readonly rejects: boolean;
  #active = 0;
  #wake: (() => void) | undefined;

  /**
   * Makes a count.
   *
   * @example Make one
   * ```ts
   * import { Admission } from "@ferry/std/net/server";
   *
   * const admission = new Admission("serial");
   * ```
   *
   * @param policy The policy.
   * @throws {TypeError} If it is none.
   * @throws {RangeError} If `max` is not a positive integer.
   */
  constructor(policy: Concurrency) {
    if (policy === "concurrent" || policy === "serial") {
      this.#max = policy === "serial" ? 1 : Infinity;
      this.rejects = false;
      return;
    }
    if (typeof policy !== "object" || policy === null) {
      throw new TypeError(
        `Cannot use the concurrency: "concurrent", "serial" or { max } needed, received ${policy}`,
      );
    }
    checkOptions("Cannot use the concurrency", policy, RULES);
    const { max, overflow = "wait" } = policy;
    if (!(max === Infinity || Number.isInteger(max) && max > 0)) {
      throw new RangeError(
        `Cannot use the concurrency: a max of 1 or more is needed, received ${max}`,
      );
    }
    if (overflow !== "wait" && overflow !== "reject") {
      throw new TypeError(
        `Cannot use the concurrency: an overflow of "wait" or "reject" is needed, received ${overflow}`,
      );
    }
    this.#max = max;
    this.rejects = overflow === "reject";
  }

  /** How many are in. */
  get active(): number {
    return this.#active;
  }

  /** Whether another one may come in. */
  get open(): boolean {
    return this.#active < this.#max;
  }

  /** Lets one in. */
  enter(): void {
    this.#active++;
  }

  /** One has left. */
  leave(): void {
    this.#active--;
    this.wake();
  }

  /** Ends a wait, whether or not there is room. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /**
   * Waits for room.
   *
   * @returns When somebody left, or {@linkcode Admission.wake} was called.
   */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }
}
