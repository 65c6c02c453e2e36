/** How the bytes after an opcode spell its argument. `nl` kinds end at a newline, counted kinds start with a length. */
export type ArgumentKind =
  | "uint1"
  | "uint2"
  | "int4"
  | "uint4"
  | "uint8"
  | "float8"
  | "decimalnl_short"
  | "decimalnl_long"
  | "floatnl"
  | "stringnl"
  | "stringnl_noescape"
  | "stringnl_noescape_pair"
  | "unicodestringnl"
  | "string1"
  | "string4"
  | "bytes1"
  | "bytes4"
  | "bytes8"
  | "bytearray8"
  | "unicodestring1"
  | "unicodestring4"
  | "unicodestring8"
  | "long1"
  | "long4";

/**
 * What an opcode takes from the stack or puts on it. `mark` is the marker that MARK pushes, and `stackslice` stands for
 * everything above the topmost mark.
 */
export type StackItem =
  | "any"
  | "None"
  | "bool"
  | "int"
  | "int_or_bool"
  | "float"
  | "str"
  | "bytes"
  | "bytes_or_str"
  | "bytearray"
  | "buffer"
  | "list"
  | "tuple"
  | "dict"
  | "set"
  | "frozenset"
  | "mark"
  | "stackslice";

/** One of the 68 instructions of the pickle machine. */
export interface OpcodeInfo {
  /** Name, as `pickle.py` spells it: `"BINPUT"`. */
  readonly name: string;
  /** The instruction's byte, 0 to 255. */
  readonly code: number;
  /** Encoding of the inline argument, absent for instructions without one. */
  readonly argument: ArgumentKind | undefined;
  /** Items taken from the stack, topmost last. */
  readonly stackBefore: readonly StackItem[];
  /** Items left on the stack, topmost last. */
  readonly stackAfter: readonly StackItem[];
  /** Protocol that introduced the instruction. */
  readonly protocol: number;
  /** One sentence on what the instruction does. */
  readonly doc: string;
}
