import type { ArgumentKind, OpcodeInfo, StackItem } from "./opcode_info.ts";

export const INT = 0x49;
export const BININT = 0x4a;
export const BININT1 = 0x4b;
export const BININT2 = 0x4d;
export const LONG = 0x4c;
export const LONG1 = 0x8a;
export const LONG4 = 0x8b;
export const STRING = 0x53;
export const BINSTRING = 0x54;
export const SHORT_BINSTRING = 0x55;
export const BINBYTES = 0x42;
export const SHORT_BINBYTES = 0x43;
export const BINBYTES8 = 0x8e;
export const BYTEARRAY8 = 0x96;
export const NEXT_BUFFER = 0x97;
export const READONLY_BUFFER = 0x98;
export const NONE = 0x4e;
export const NEWTRUE = 0x88;
export const NEWFALSE = 0x89;
export const UNICODE = 0x56;
export const SHORT_BINUNICODE = 0x8c;
export const BINUNICODE = 0x58;
export const BINUNICODE8 = 0x8d;
export const FLOAT = 0x46;
export const BINFLOAT = 0x47;
export const EMPTY_LIST = 0x5d;
export const APPEND = 0x61;
export const APPENDS = 0x65;
export const LIST = 0x6c;
export const EMPTY_TUPLE = 0x29;
export const TUPLE = 0x74;
export const TUPLE1 = 0x85;
export const TUPLE2 = 0x86;
export const TUPLE3 = 0x87;
export const EMPTY_DICT = 0x7d;
export const DICT = 0x64;
export const SETITEM = 0x73;
export const SETITEMS = 0x75;
export const EMPTY_SET = 0x8f;
export const ADDITEMS = 0x90;
export const FROZENSET = 0x91;
export const POP = 0x30;
export const DUP = 0x32;
export const MARK = 0x28;
export const POP_MARK = 0x31;
export const GET = 0x67;
export const BINGET = 0x68;
export const LONG_BINGET = 0x6a;
export const PUT = 0x70;
export const BINPUT = 0x71;
export const LONG_BINPUT = 0x72;
export const MEMOIZE = 0x94;
export const EXT1 = 0x82;
export const EXT2 = 0x83;
export const EXT4 = 0x84;
export const GLOBAL = 0x63;
export const STACK_GLOBAL = 0x93;
export const REDUCE = 0x52;
export const BUILD = 0x62;
export const INST = 0x69;
export const OBJ = 0x6f;
export const NEWOBJ = 0x81;
export const NEWOBJ_EX = 0x92;
export const PROTO = 0x80;
export const STOP = 0x2e;
export const FRAME = 0x95;
export const PERSID = 0x50;
export const BINPERSID = 0x51;

function op(
  name: string,
  code: number,
  argument: ArgumentKind | undefined,
  before: string,
  after: string,
  protocol: number,
  doc: string,
): OpcodeInfo {
  const items = (text: string) => (text === "" ? [] : text.split(" ")) as StackItem[];
  return Object.freeze({
    name,
    code,
    argument,
    stackBefore: Object.freeze(items(before)),
    stackAfter: Object.freeze(items(after)),
    protocol,
    doc,
  });
}

/** All instructions, in the order in which the pickle documentation groups them. */
// deno-fmt-ignore
export const OPCODES: readonly OpcodeInfo[] = Object.freeze([
  op("INT", INT, "decimalnl_short", "", "int_or_bool", 0, "Push an int, or a bool spelled 00 or 01."),
  op("BININT", BININT, "int4", "", "int", 1, "Push a signed 32-bit int."),
  op("BININT1", BININT1, "uint1", "", "int", 1, "Push an int of 0 to 255."),
  op("BININT2", BININT2, "uint2", "", "int", 1, "Push an int of 0 to 65535."),
  op("LONG", LONG, "decimalnl_long", "", "int", 0, "Push an int of any size, written in decimal."),
  op("LONG1", LONG1, "long1", "", "int", 2, "Push an int of up to 255 bytes."),
  op("LONG4", LONG4, "long4", "", "int", 2, "Push an int of up to 2**31 - 1 bytes."),
  op("STRING", STRING, "stringnl", "", "bytes_or_str", 0, "Push a Python 2 str, quoted and escaped."),
  op("BINSTRING", BINSTRING, "string4", "", "bytes_or_str", 1, "Push a Python 2 str with a 32-bit length."),
  op("SHORT_BINSTRING", SHORT_BINSTRING, "string1", "", "bytes_or_str", 1, "Push a Python 2 str of up to 255 bytes."),
  op("BINBYTES", BINBYTES, "bytes4", "", "bytes", 3, "Push bytes with a 32-bit length."),
  op("SHORT_BINBYTES", SHORT_BINBYTES, "bytes1", "", "bytes", 3, "Push up to 255 bytes."),
  op("BINBYTES8", BINBYTES8, "bytes8", "", "bytes", 4, "Push bytes with a 64-bit length."),
  op("BYTEARRAY8", BYTEARRAY8, "bytearray8", "", "bytearray", 5, "Push a bytearray with a 64-bit length."),
  op("NEXT_BUFFER", NEXT_BUFFER, undefined, "", "buffer", 5, "Push the next buffer that travels outside the pickle."),
  op("READONLY_BUFFER", READONLY_BUFFER, undefined, "buffer", "buffer", 5, "Replace the topmost buffer by a read-only view of it."),
  op("NONE", NONE, undefined, "", "None", 0, "Push None."),
  op("NEWTRUE", NEWTRUE, undefined, "", "bool", 2, "Push True."),
  op("NEWFALSE", NEWFALSE, undefined, "", "bool", 2, "Push False."),
  op("UNICODE", UNICODE, "unicodestringnl", "", "str", 0, "Push a str in raw-unicode-escape, up to the newline."),
  op("SHORT_BINUNICODE", SHORT_BINUNICODE, "unicodestring1", "", "str", 4, "Push a str of up to 255 UTF-8 bytes."),
  op("BINUNICODE", BINUNICODE, "unicodestring4", "", "str", 1, "Push a UTF-8 str with a 32-bit length."),
  op("BINUNICODE8", BINUNICODE8, "unicodestring8", "", "str", 4, "Push a UTF-8 str with a 64-bit length."),
  op("FLOAT", FLOAT, "floatnl", "", "float", 0, "Push a float written in decimal."),
  op("BINFLOAT", BINFLOAT, "float8", "", "float", 1, "Push a big-endian 64-bit float."),
  op("EMPTY_LIST", EMPTY_LIST, undefined, "", "list", 1, "Push a new list."),
  op("APPEND", APPEND, undefined, "list any", "list", 0, "Move the top item to the end of the list below it."),
  op("APPENDS", APPENDS, undefined, "list mark stackslice", "list", 1, "Move everything above the mark to the end of the list below it."),
  op("LIST", LIST, undefined, "mark stackslice", "list", 0, "Replace everything above the mark by a list of it."),
  op("EMPTY_TUPLE", EMPTY_TUPLE, undefined, "", "tuple", 1, "Push ()."),
  op("TUPLE", TUPLE, undefined, "mark stackslice", "tuple", 0, "Replace everything above the mark by a tuple of it."),
  op("TUPLE1", TUPLE1, undefined, "any", "tuple", 2, "Replace the top item by a tuple of it."),
  op("TUPLE2", TUPLE2, undefined, "any any", "tuple", 2, "Replace the top two items by a tuple of them."),
  op("TUPLE3", TUPLE3, undefined, "any any any", "tuple", 2, "Replace the top three items by a tuple of them."),
  op("EMPTY_DICT", EMPTY_DICT, undefined, "", "dict", 1, "Push a new dict."),
  op("DICT", DICT, undefined, "mark stackslice", "dict", 0, "Replace the keys and values above the mark by a dict."),
  op("SETITEM", SETITEM, undefined, "dict any any", "dict", 0, "Move the top key and value into the dict below them."),
  op("SETITEMS", SETITEMS, undefined, "dict mark stackslice", "dict", 1, "Move the keys and values above the mark into the dict below it."),
  op("EMPTY_SET", EMPTY_SET, undefined, "", "set", 4, "Push a new set."),
  op("ADDITEMS", ADDITEMS, undefined, "set mark stackslice", "set", 4, "Move everything above the mark into the set below it."),
  op("FROZENSET", FROZENSET, undefined, "mark stackslice", "frozenset", 4, "Replace everything above the mark by a frozenset of it."),
  op("POP", POP, undefined, "any", "", 0, "Drop the top item."),
  op("DUP", DUP, undefined, "any", "any any", 0, "Push the top item once more."),
  op("MARK", MARK, undefined, "", "mark", 0, "Push a mark."),
  op("POP_MARK", POP_MARK, undefined, "mark stackslice", "", 1, "Drop the topmost mark and all that is above it."),
  op("GET", GET, "decimalnl_short", "", "any", 0, "Push the memo entry whose index is written in decimal."),
  op("BINGET", BINGET, "uint1", "", "any", 1, "Push the memo entry of an 8-bit index."),
  op("LONG_BINGET", LONG_BINGET, "uint4", "", "any", 1, "Push the memo entry of a 32-bit index."),
  op("PUT", PUT, "decimalnl_short", "", "", 0, "Remember the top item under an index written in decimal."),
  op("BINPUT", BINPUT, "uint1", "", "", 1, "Remember the top item under an 8-bit index."),
  op("LONG_BINPUT", LONG_BINPUT, "uint4", "", "", 1, "Remember the top item under a 32-bit index."),
  op("MEMOIZE", MEMOIZE, undefined, "any", "any", 4, "Remember the top item under the next free index."),
  op("EXT1", EXT1, "uint1", "", "any", 2, "Push the object registered for an 8-bit extension code."),
  op("EXT2", EXT2, "uint2", "", "any", 2, "Push the object registered for a 16-bit extension code."),
  op("EXT4", EXT4, "int4", "", "any", 2, "Push the object registered for a 32-bit extension code."),
  op("GLOBAL", GLOBAL, "stringnl_noescape_pair", "", "any", 0, "Push the class or function that the two lines name."),
  op("STACK_GLOBAL", STACK_GLOBAL, undefined, "str str", "any", 4, "Replace a module and a name by what they refer to."),
  op("REDUCE", REDUCE, undefined, "any any", "any", 0, "Call the object below the top with the tuple on top."),
  op("BUILD", BUILD, undefined, "any any", "any", 0, "Give the state on top to the object below it."),
  op("INST", INST, "stringnl_noescape_pair", "mark stackslice", "any", 0, "Make an instance of the named class from the items above the mark."),
  op("OBJ", OBJ, undefined, "mark any stackslice", "any", 1, "Make an instance from the class and the items above the mark."),
  op("NEWOBJ", NEWOBJ, undefined, "any any", "any", 2, "Make an instance from a class and a tuple of arguments."),
  op("NEWOBJ_EX", NEWOBJ_EX, undefined, "any any any", "any", 4, "Make an instance from a class, a tuple and a dict of arguments."),
  op("PROTO", PROTO, "uint1", "", "", 2, "State the protocol of what follows."),
  op("STOP", STOP, undefined, "any", "", 0, "End the pickle: its value is the top item."),
  op("FRAME", FRAME, "uint8", "", "", 4, "State the length of the frame that follows."),
  op("PERSID", PERSID, "stringnl_noescape", "", "any", 0, "Push the object of the persistent id on this line."),
  op("BINPERSID", BINPERSID, undefined, "any", "any", 1, "Replace a persistent id by its object."),
]);

/** Instructions by byte; `undefined` where no instruction has that byte. */
export const BY_CODE: readonly (OpcodeInfo | undefined)[] = (() => {
  const table: (OpcodeInfo | undefined)[] = new Array(256).fill(undefined);
  for (const info of OPCODES) table[info.code] = info;
  return Object.freeze(table);
})();
