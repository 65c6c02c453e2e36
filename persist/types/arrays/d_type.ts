/** A field of a structured element type. */
export interface DTypeField {
  /** The name. */
  readonly name: string;
  /** The type of its values. */
  readonly dtype: DType;
  /** Where it begins, in bytes from the beginning of the element. */
  readonly offset: number;
}

/** What an element is made of that is an array itself. */
export interface DTypeSubarray {
  /** The type of its elements. */
  readonly dtype: DType;
  /** Its length along each axis. */
  readonly shape: readonly number[];
}

/** What `datetime64` and `timedelta64` count. */
export interface DTypeUnit {
  /** `"Y"`, `"M"`, `"W"`, `"D"`, `"h"`, `"m"`, `"s"`, `"ms"`, `"us"`, `"ns"` and smaller ones, or `"generic"`. */
  readonly name: string;
  /** How many of them are one step. */
  readonly count: number;
}

/**
 * The element type of a numpy array.
 *
 * @example 64-bit floats, little-endian
 * ```ts
 * import { DType } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new DType("f8").itemSize, 8);
 * ```
 */
export class DType {
  /** Kind and size in bytes, for example `"f8"`, `"i4"`, `"b1"`; of `"U5"` the size in characters. */
  code: string;
  /** `"<"` little-endian, `">"` big-endian, `"|"` neither. */
  byteOrder: string;
  /** The rest of the state of a type that is not simple (fields, subarrays, units), as Python has it, for writing back. */
  detail: unknown = undefined;
  /** The class of its scalars if numpy names that in the place of the code, as it does for `numpy.record`. */
  type: unknown = undefined;

  /**
   * Makes an element type.
   *
   * @example Make one
   * ```ts
   * import { DType } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new DType("f8").itemSize, 8);
   * ```
   *
   * @param code Kind and size in bytes.
   * @param byteOrder The byte order; little-endian unless given, or neither for types of one byte.
   */
  constructor(code: string, byteOrder?: string) {
    this.code = code;
    this.byteOrder = byteOrder ?? (/^(b1|[iu]1|S\d*|O\d*|V\d*)$/.test(code) ? "|" : "<");
  }

  /** The letter of the kind: `b` bool, `i` and `u` integers, `f` float, `c` complex, `M` and `m` times, `U`, `S`, `V`, `O`. */
  get kind(): string {
    return this.code.charAt(0);
  }

  /** Bytes per element, 0 if it is not known. */
  get itemSize(): number {
    const size = Number(/\d+$/.exec(this.code)?.[0] ?? 0);
    return this.code[0] === "U" ? size * 4 : size;
  }

  /** The fields of a structured type in their order, `undefined` for other types. */
  get fields(): DTypeField[] | undefined {
    if (!Array.isArray(this.detail) || !Array.isArray(this.detail[3])) return undefined;
    const [, , , names, fields] = this.detail;
    return (names as unknown[]).map((key) => {
      const field = lookUp(fields, key);
      if (!Array.isArray(field) || !(field[0] instanceof DType) || !isIndex(field[1])) {
        throw new TypeError("Cannot read a dtype's fields: needed a type and an offset for each");
      }
      return { name: text(key), dtype: field[0], offset: field[1] };
    });
  }

  /** What each element is an array of, `undefined` for other types. */
  get subarray(): DTypeSubarray | undefined {
    const part = Array.isArray(this.detail) ? this.detail[2] : undefined;
    if (!Array.isArray(part)) return undefined;
    const [dtype, lengths] = part as unknown[];
    const shape = Array.isArray(lengths) ? lengths : [lengths];
    if (!(dtype instanceof DType) || !shape.every(isIndex)) {
      throw new TypeError("Cannot read a dtype's subarray: needed a type and a shape");
    }
    return { dtype, shape: shape as number[] };
  }

  /** What `datetime64` and `timedelta64` count; `undefined` for other types. */
  get unit(): DTypeUnit | undefined {
    if (this.kind !== "M" && this.kind !== "m") return undefined;
    const metadata = Array.isArray(this.detail) ? this.detail[8] : undefined;
    const unit = Array.isArray(metadata) ? metadata[1] : undefined;
    if (!Array.isArray(unit)) return { name: "generic", count: 1 };
    const [name, count] = unit as unknown[];
    return { name: text(name), count: isIndex(count) ? count : 1 };
  }
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A name; read from Python 2 with `encoding: "bytes"`, it is bytes. */
function text(name: unknown): string {
  return name instanceof Uint8Array ? String.fromCharCode(...name.subarray(0, 4096)) : String(name);
}

function lookUp(fields: unknown, key: unknown): unknown {
  if (fields instanceof Map) return fields.get(key);
  return typeof fields === "object" && fields !== null && Object.hasOwn(fields, key as string)
    ? (fields as Record<string, unknown>)[key as string]
    : undefined;
}
