import type { OpcodeArgument } from "./_arguments.ts";
import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import { checkBytes, instructions, type PickleOperation } from "./_instructions.ts";

export type { OpcodeArgument, PickleOperation };

/** Options of {@linkcode genops}. */
export interface GenopsOptions {
  /**
   * Where in the bytes the pickle begins, for the second and later pickles of a stream.
   *
   * @default {0}
   */
  readonly start?: number;
}

const RULES: OptionRules = { start: "any" } satisfies Record<keyof GenopsOptions, OptionRule>;

/**
 * Iterates over the instructions of a pickle up to and including its STOP, without running them.
 *
 * Nothing is built, so it is safe on any input. Bytes after STOP are not looked at.
 *
 * @param pickle The pickle.
 * @param options Where to begin.
 * @returns The instructions in order.
 * @throws {UnpicklingError} If an opcode is unknown, an argument is malformed, or STOP is missing.
 * @throws {RangeError} If `start` lies outside of the bytes.
 * @throws {TypeError} If the pickle is no `Uint8Array`, or an option is unknown.
 *
 * @example The instructions of a small pickle
 * ```ts
 * import { genops } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const pickle = new TextEncoder().encode("(lp0\nI7\na.");
 * assertEquals([...genops(pickle)].map(({ opcode, argument }) => [opcode.name, argument]), [
 *   ["MARK", undefined],
 *   ["LIST", undefined],
 *   ["PUT", 0],
 *   ["INT", 7],
 *   ["APPEND", undefined],
 *   ["STOP", undefined],
 * ]);
 * ```
 */
export function genops(
  pickle: Uint8Array,
  options: GenopsOptions = {},
): Generator<PickleOperation, void, void> {
  checkBytes("Cannot read instructions", pickle);
  checkOptions("Cannot read instructions", options, RULES);
  return instructions(pickle, options.start ?? 0, Infinity);
}
