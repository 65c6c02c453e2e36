import { UnpicklingError } from "../errors.ts";
import type { OpcodeInfo } from "../opcode_info.ts";
import { BY_CODE, STOP } from "../opcodes.ts";
import { ArgumentReader, type OpcodeArgument } from "./_arguments.ts";

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

/**
 * Checks what is given as a pickle.
 *
 * @throws {TypeError} If it is no `Uint8Array`.
 */
export function checkBytes(attempt: string, pickle: unknown): void {
  if (pickle instanceof Uint8Array) return;
  const received = typeof pickle === "object" && pickle !== null
    ? pickle.constructor?.name ?? "an object"
    : typeof pickle;
  throw new TypeError(`${attempt}: needed a Uint8Array, received ${received}`);
}

/** The instructions from `start` on. Binary integers of more than `longest` bytes are given as their bytes. */
export function* instructions(
  pickle: Uint8Array,
  start: number,
  longest: number,
): Generator<PickleOperation, void, void> {
  checkBytes("Cannot read instructions", pickle);
  if (!Number.isInteger(start) || start < 0 || start > pickle.length) {
    throw new RangeError(
      `Cannot read instructions: start must be an integer from 0 to ${pickle.length}, received ${start}`,
    );
  }
  const reader = new ArgumentReader(pickle, start, longest);
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
