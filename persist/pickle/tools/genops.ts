import { ArgumentReader, type OpcodeArgument } from "./_arguments.ts";
import { BY_CODE, STOP } from "../opcodes.ts";
import { UnpicklingError } from "../errors.ts";
import type { OpcodeInfo } from "../opcode_info.ts";

export type { OpcodeArgument };

/** One instruction of a pickle. */
export interface PickleOperation {
  /** The instruction's description. */
  readonly opcode: OpcodeInfo;
  /** Its inline argument, `undefined` when it has none. Bytes are a view of the pickle. */
  readonly argument: OpcodeArgument | undefined;
  /** Where the opcode stands. */
  readonly position: number;
  /** Where the next instruction begins. */
  readonly end: number;
}

/** Options of {@linkcode genops}. */
export interface GenopsOptions {
  /**
   * Where in the bytes the pickle begins, for the second and later pickles of a stream.
   *
   * @default {0}
   */
  readonly start?: number;
}

/**
 * Iterates over the instructions of a pickle up to and including its STOP, without running them.
 *
 * Nothing is built, so it is safe on any input. Bytes after STOP are not looked at.
 *
 * @param pickle The pickle.
 * @param options Where to begin.
 * @returns The instructions in order.
 * @throws {UnpicklingError} When an opcode is unknown, an argument is malformed, or STOP is missing.
 * @throws {RangeError} When `start` lies outside of the bytes.
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
export function* genops(
  pickle: Uint8Array,
  options: GenopsOptions = {},
): Generator<PickleOperation, void, void> {
  const start = options.start ?? 0;
  if (!Number.isInteger(start) || start < 0 || start > pickle.length) {
    throw new RangeError(
      `Cannot read instructions: start must be an integer from 0 to ${pickle.length}, received ${start}`,
    );
  }
  const reader = new ArgumentReader(pickle, start);
  while (true) {
    const position = reader.position;
    const code = pickle[position];
    if (code === undefined) {
      throw new UnpicklingError(
        "Cannot read a pickle: needed STOP, received the end of the bytes",
        {
          position,
        },
      );
    }
    const opcode = BY_CODE[code];
    if (opcode === undefined) {
      throw new UnpicklingError(
        `Cannot read a pickle: needed an opcode, received the byte 0x${
          code.toString(16).padStart(2, "0")
        }`,
        { position, opcode: code },
      );
    }
    reader.position = position + 1;
    const argument = reader.read(opcode);
    yield { opcode, argument, position, end: reader.position };
    if (code === STOP) return;
  }
}
