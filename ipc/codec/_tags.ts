/**
 * The bytes of a message.
 *
 * ```
 * message  = flags value deferred*
 * flags    = 0x10 | 1 when the message holds back references or deferred bodies
 * value    = tag payload
 * bulk     = varint length, uint8 padding, that many bytes of any value, then `length` bytes
 * varint   = 7 bits a byte, least significant first, top bit says "more"
 * ```
 *
 * Multi-byte numbers are little-endian and not aligned. The bytes of bulk data are padded to a multiple of 8 where they
 * are first written: V8 copies between shared and other memory a word at a time only if both are aligned alike (4 KiB:
 * 0.1 µs instead of 1 µs). Objects, that is, everything with an identity, are numbered in the order of their tags;
 * `REF n` is object `n` again.
 *
 * | tag | payload |
 * |---|---|
 * | `00-3f` | the integer 0 to 63 |
 * | `40-5f` | string of 0 to 31 Latin-1 characters |
 * | `60-6f` | array of 0 to 15 elements |
 * | `70-7f` | record of the message's own shape 0 to 15: its values |
 * | `80-bf` | record of the shared shape 0 to 63: its values |
 * | `c0` on | one constant each, below |
 *
 * A *record* is a plain object whose key list (*shape*) is written elsewhere: in the shared shape
 * table, or earlier in the same message.
 */

/** First byte of every message; the low bits are flags. */
export const FORMAT = 0x10;
/** Flag: objects must be numbered while decoding. */
export const FLAG_TRACKED = 0x01;

export const STRING_BASE = 0x40;
export const STRING_INLINE_MAX = 31;
export const ARRAY_BASE = 0x60;
export const ARRAY_INLINE_MAX = 15;
export const LOCAL_BASE = 0x70;
export const LOCAL_INLINE_MAX = 15;
export const SHARED_BASE = 0x80;
export const SHARED_INLINE_MAX = 63;

export const UNDEFINED = 0xc0;
export const NULL = 0xc1;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
/** int8 | int16 | int32 | float64 */
export const INT8 = 0xc4;
export const INT16 = 0xc5;
export const INT32 = 0xc6;
export const FLOAT64 = 0xc7;
/** int64 */
export const BIGINT64 = 0xc8;
/** varint length, magnitude in little-endian bytes */
export const BIGINT_POSITIVE = 0xc9;
export const BIGINT_NEGATIVE = 0xca;
/** uint8 length, one byte a character */
export const LATIN1 = 0xcb;
/** uint32 length, ASCII */
export const ASCII = 0xe6;
/** uint32 byte length, UTF-8 */
export const UTF8 = 0xcc;
/** varint length in units, two bytes a unit: strings with lone surrogates */
export const UTF16 = 0xcd;
/** varint length, values; `HOLE` may stand for an absent element */
export const ARRAY = 0xce;
/** varint length, then values, `HOLE` and `HOLES n` up to that length */
export const SPARSE = 0xcf;
/** varint length, int32 each: longer arrays of nothing else */
export const INTS = 0xe7;
/** varint length, float64 each: longer arrays of numbers */
export const FLOATS = 0xe8;
export const HOLE = 0xd0;
/** varint count */
export const HOLES = 0xd1;
/** varint shared shape id, values */
export const SHARED = 0xd2;
/** varint local shape id, values */
export const LOCAL = 0xd3;
/** varint count, keys, values; defines the next local shape */
export const DEFINE = 0xd4;
/** varint count, (key value)* */
export const OBJECT = 0xd5;
/** the same, null prototype */
export const NULL_OBJECT = 0xd6;
/** (key value)* END */
export const MAP = 0xd7;
/** value* END */
export const SET = 0xd8;
export const END = 0xd9;
/** float64 */
export const DATE = 0xda;
/** source, flags, lastIndex: three values */
export const REGEXP = 0xdb;
/** href */
export const URL_TAG = 0xdc;
/** the parameters as a query string */
export const SEARCH_PARAMS = 0xe9;
/** uint8 class, then as many primitives as the class has parts, see `_temporal.ts` */
export const TEMPORAL = 0xea;
/** view kind or {@linkcode MOVED_BUFFER}, varint ref, varint offset, varint length: bytes that move by another way */
export const MOVED = 0xeb;
/** In the place of a view's kind: the buffer itself. */
export const MOVED_BUFFER = 0xff;
/** bulk */
export const BUFFER = 0xdd;
/** varint maximum length, bulk */
export const RESIZABLE = 0xde;
/** view kind, bulk */
export const VIEW = 0xdf;
/** class, name, message, stack, varint count, varint hidden, (key value)*: the first `hidden` are not enumerable */
export const ERROR = 0xe0;
/** the primitive */
export const BOXED = 0xe1;
/** registered name, what its `encode` returned */
export const CLASS = 0xe2;
/** varint kind, varint ref */
export const HANDLE = 0xe3;
/** varint object number */
export const REF = 0xe4;
/** DEFER_*: an empty container, its body follows the root in the order of these tags */
export const DEFER = 0xe5;

export const DEFER_OBJECT = 0;
export const DEFER_NULL_OBJECT = 1;
export const DEFER_ARRAY = 2;
export const DEFER_MAP = 3;
export const DEFER_SET = 4;

/** Kinds of views; their index in this list is their code. */
export const VIEW_NAMES = [
  "Uint8Array",
  "Int8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "DataView",
] as const;

/**
 * Containers nested deeper than this are written as `DEFER` and their bodies after the root, so that plain data may
 * be nested as deep as memory allows while both sides use a bounded stack.
 */
export const INLINE_DEPTH = 100;
/**
 * Hard limit of nesting for what cannot be deferred: payloads of registered classes and errors. The decoder holds
 * every message to it.
 */
export const MAX_DEPTH = 500;
