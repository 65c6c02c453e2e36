/**
 * A list of plain values in named shared memory, in the layout of CPython's `ShareableList`.
 *
 * @module
 */

import { checkOptions, type RulesOf, shown } from "../../persist/options.ts";
import { registerClass } from "../codec/register_class.ts";
import { SharedMemory } from "./shared_memory.ts";

/** What a {@linkcode ShareableList} holds. */
export type Shareable = number | bigint | boolean | string | Uint8Array | null;

/** Options of {@linkcode ShareableList.create}. */
export interface CreateShareableListOptions {
  /**
   * Name of the block, see {@linkcode SharedMemory.create}.
   *
   * @default {"psm_", on Windows "wnsm_", and eight hexadecimal digits}
   */
  name?: string | undefined;
  /**
   * Whether integral numbers are stored as Python's floats too.
   *
   * @default {false}
   */
  float?: boolean | undefined;
  /**
   * Whether the block is unlinked when this process ends.
   *
   * @default {true}
   */
  track?: boolean | undefined;
}

const RULES: RulesOf<CreateShareableListOptions> = {
  name: "any",
  float: "boolean",
  track: "boolean",
};

// The layout, in units of 8 bytes but for the last row:
//
//   n | n + 1 offsets | values | n formats | n codes of one byte
//
// A number or truth value takes 8 bytes; text and bytes take 8 times (length / 8, rounded down, and one). A format is the
// one of Python's struct, filled up with NULs; a code says what becomes of the value: 0 nothing, 1 text, 2 bytes, 3 None.
const UNIT = 8;
const INTEGER = "q";
const FLOAT = "d";
/** The formats of numbers as they are stored. */
const FLOAT_UNIT = 0x64;
const INTEGER_UNIT = 0x71;
const BOOLEAN = "xxxxxxx?";
const NONE = "xxxxxx?x";

const CODE_PLAIN = 0;
const CODE_TEXT = 1;
const CODE_BYTES = 2;
const CODE_NONE = 3;

const MAX_INT64 = 2n ** 63n;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A value as it is stored. */
interface Stored {
  readonly format: string;
  readonly code: number;
  /** The bytes of text and bytes; for others the value itself. */
  readonly content: Uint8Array | number | bigint | boolean | null;
}

/**
 * A list of fixed length whose items any process may read and replace: numbers, truth values, text, bytes and `null`, as
 * CPython's `multiprocessing.shared_memory.ShareableList` has them, in the layout of 3.9 and later.
 *
 * Lists of CPython 3.8, whose layout differs, can be opened; 3.8 itself cannot open ours.
 *
 * A CPython that opens a list unlinks it when it ends, as its `ShareableList` has no `track`. There,
 * `multiprocessing.resource_tracker.unregister(sl.shm._name, "shared_memory")` keeps it.
 *
 * Integral numbers and bigints are Python's `int` (64 bits), others `float`; in a place that holds a float every number stays
 * one. Integers beyond ±(2^53 − 1) are read as bigints. Text and bytes may be replaced by what fits into the place: the first
 * one's bytes, rounded up to a multiple of 8 above it. NULs at the end of text and bytes cannot be told from the filling, so
 * they are refused.
 *
 * Numbers are written whole; text and bytes are not, and there is no lock. Needs Linux, macOS or Windows, and `--allow-ffi`.
 *
 * @example A list in two places
 * ```ts
 * import { ShareableList } from "@ferry/std/ipc/shared-memory";
 * import { assertEquals } from "@std/assert";
 *
 * using ours = ShareableList.create([1, 2.5, true, "text", null]);
 * using theirs = ShareableList.open(ours.sharedMemory.name); // usually in another process
 * theirs.set(0, 7);
 * theirs.set(3, "longer");
 * assertEquals([...ours], [7, 2.5, true, "longer", null]);
 * ours.sharedMemory.unlink();
 * ```
 *
 * @typeParam T What the items are taken to be; it is not checked.
 */
export class ShareableList<T extends Shareable = Shareable> {
  /** The block it is in: its name is the list's, and `unlink` is there. */
  readonly sharedMemory: SharedMemory;
  readonly #view: DataView<ArrayBuffer>;
  /** Where each item begins, and where the last one ends. They never change. */
  readonly #offsets: readonly number[];
  /** Where the formats and the codes begin. */
  readonly #formats: number;
  readonly #codes: number;

  /**
   * Made by {@linkcode ShareableList.create} and {@linkcode ShareableList.open}: the list that a block holds.
   *
   * @param memory The block, open; closing the list closes it.
   * @throws {Deno.errors.InvalidData} If the block holds no list.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  constructor(memory: SharedMemory) {
    this.sharedMemory = memory;
    this.#view = new DataView(memory.bytes.buffer);
    const count = this.#int(0, 0, Math.floor(memory.size / UNIT) - 1);
    // CPython 3.8 keeps the items' lengths there instead, of which none is 0 as the first offset is.
    const isOld = count > 0 && this.#int(UNIT, 0, memory.size) !== 0;
    const start = UNIT * (count + (isOld ? 1 : 2));
    const offsets = [start];
    for (let i = 0; i < count; i++) {
      const last = offsets[i]!;
      const room = isOld
        ? this.#int(UNIT * (i + 1), UNIT, memory.size)
        : this.#int(UNIT * (i + 2), last - start + UNIT, memory.size) - (last - start);
      offsets.push(last + room);
    }
    this.#offsets = offsets;
    this.#formats = offsets[count]!;
    this.#codes = this.#formats + UNIT * count;
    if (this.#codes + count > memory.size) this.#refuse("the formats of its items");
  }

  /**
   * Makes a list of values.
   *
   * @example Python's floats
   * ```ts
   * import { ShareableList } from "@ferry/std/ipc/shared-memory";
   * import { assertEquals } from "@std/assert";
   *
   * using list = ShareableList.create([1, 2, 3], { float: true });
   * assertEquals(list.format, "ddd");
   * list.sharedMemory.unlink();
   * ```
   *
   * @param values The items.
   * @param options Name, and how numbers are stored.
   * @throws {TypeError} If an item is of another type, or ends with NUL.
   * @throws {RangeError} If an integer has more than 64 bits.
   * @throws {Deno.errors.AlreadyExists} If the name is taken.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static create<T extends Shareable = Shareable>(
    values: Iterable<T>,
    options: CreateShareableListOptions = {},
  ): ShareableList<T> {
    checkOptions("Cannot create a ShareableList", options, RULES);
    const { name, float = false, track = true } = options;
    if (typeof values?.[Symbol.iterator] !== "function") {
      throw new TypeError(
        `Cannot create a ShareableList: needed values to iterate over, received ${shown(values)}`,
      );
    }
    const stored = Array.from(values, (value) => encode(value, float));
    const offsets = [0];
    for (const item of stored) offsets.push(offsets.at(-1)! + room(item));
    const start = UNIT * (stored.length + 2);
    const formats = start + offsets.at(-1)!;
    const codes = formats + UNIT * stored.length;
    const memory = SharedMemory.create({
      size: codes + stored.length,
      track,
      ...(name === undefined ? {} : { name }),
    });
    const view = new DataView(memory.bytes.buffer);
    view.setBigInt64(0, BigInt(stored.length), true);
    offsets.forEach((offset, i) => view.setBigInt64(UNIT * (i + 1), BigInt(offset), true));
    stored.forEach((item, i) => {
      const { format } = item;
      memory.bytes.set(encoder.encode(format), formats + UNIT * i);
      view.setInt8(codes + i, item.code);
      write(view, start + offsets[i]!, room(item), item);
    });
    return new ShareableList<T>(memory);
  }

  /**
   * Opens a list that exists.
   *
   * @example Of a name
   * ```ts
   * import { ShareableList } from "@ferry/std/ipc/shared-memory";
   * import { assertEquals } from "@std/assert";
   *
   * using made = ShareableList.create(["a", "b"]);
   * using opened = ShareableList.open<string>(made.sharedMemory.name);
   * assertEquals(opened.get(-1), "b");
   * made.sharedMemory.unlink();
   * ```
   *
   * @param name The name of its block.
   * @throws {Deno.errors.NotFound} If nothing has the name.
   * @throws {Deno.errors.InvalidData} If the block holds no list.
   */
  static open<T extends Shareable = Shareable>(name: string): ShareableList<T> {
    const memory = SharedMemory.open(name);
    try {
      return new ShareableList<T>(memory);
    } catch (error) {
      memory.close();
      throw error;
    }
  }

  /** How many items it has. */
  get length(): number {
    return this.#offsets.length - 1;
  }

  /** The formats of all items in the notation of Python's `struct`, as CPython's `format` shows them. */
  get format(): string {
    let all = "";
    for (let i = 0; i < this.length; i++) all += this.#format(i);
    return all;
  }

  /**
   * An item.
   *
   * @param index From 0; negative ones count from the end.
   * @throws {RangeError} If there is no such item.
   * @throws {Deno.errors.InvalidData} If what is stored there is none that a list can hold.
   * @throws {Deno.errors.BadResource} If the list is closed.
   */
  get(index: number): T {
    const i = this.#index("get", index);
    const at = this.#offsets[i]!;
    const code = this.#view.getInt8(this.#codes + i);
    if (code === CODE_NONE) return null as T;
    const first = this.#view.getUint8(this.#formats + UNIT * i);
    if (code === CODE_PLAIN) {
      if (first === INTEGER_UNIT) return toNumber(this.#view.getBigInt64(at, true)) as T;
      if (first === FLOAT_UNIT) return this.#view.getFloat64(at, true) as T;
      if (first === 0x78) return (this.#view.getUint8(at + 7) !== 0) as T;
    } else if (code === CODE_TEXT || code === CODE_BYTES) {
      const bytes = new Uint8Array(this.#view.buffer, at, this.#room(i));
      let end = bytes.length;
      while (end > 0 && bytes[end - 1] === 0) end--;
      if (code === CODE_BYTES) return bytes.slice(0, end) as unknown as T;
      try {
        return decoder.decode(bytes.subarray(0, end)) as T;
      } catch (cause) {
        throw new Deno.errors.InvalidData(
          `Cannot get item ${i} of a ShareableList: its bytes are no UTF-8`,
          { cause },
        );
      }
    }
    return this.#refuse(`a format that is known for item ${i}`);
  }

  /**
   * Replaces an item.
   *
   * @param index From 0; negative ones count from the end.
   * @param value The new value; it may be of another type.
   * @throws {RangeError} If there is no such item, an integer has more than 64 bits, or text or bytes do not fit.
   * @throws {TypeError} If the value is of a type that a list cannot hold, or ends with NUL.
   * @throws {Deno.errors.BadResource} If the list is closed.
   */
  set(index: number, value: T): void {
    const i = this.#index("set", index);
    if (typeof value === "number" && this.#setNumber(i, value)) return;
    const isFloat = this.#view.getUint8(this.#formats + UNIT * i) === FLOAT_UNIT;
    const stored = encode(value, isFloat && typeof value === "number");
    const available = this.#room(i);
    if (stored.content instanceof Uint8Array) {
      if (stored.content.length > available) {
        throw new RangeError(
          `Cannot set item ${i} of a ShareableList: it has room for ${available} bytes, received ${stored.content.length}`,
        );
      }
    }
    write(this.#view, this.#offsets[i]!, available, stored);
    const format = stored.content instanceof Uint8Array ? `${available}s` : stored.format;
    const at = this.#formats + UNIT * i;
    for (let k = 0; k < UNIT; k++) {
      this.#view.setUint8(at + k, k < format.length ? format.charCodeAt(k) : 0);
    }
    this.#view.setInt8(this.#codes + i, stored.code);
  }

  /**
   * The position of the first item that is equal to a value, or -1.
   *
   * @param value The value; bytes are compared by their content, other values by `Object.is`, but -0 as 0.
   */
  indexOf(value: T): number {
    for (let i = 0; i < this.length; i++) if (isEqual(this.get(i), value)) return i;
    return -1;
  }

  /**
   * How many items are equal to a value.
   *
   * @param value The value, see {@linkcode ShareableList.indexOf}.
   */
  count(value: T): number {
    let found = 0;
    for (let i = 0; i < this.length; i++) if (isEqual(this.get(i), value)) found++;
    return found;
  }

  /** The items, each read when its turn comes. */
  *[Symbol.iterator](): Generator<T, void, unknown> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** Ends this process's use of the list. */
  close(): void {
    this.sharedMemory.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #index(what: string, index: number): number {
    if (this.sharedMemory.closed) {
      throw new Deno.errors.BadResource(`Cannot ${what} an item of a ShareableList: it is closed`);
    }
    const i = index < 0 ? index + this.length : index;
    if (Number.isInteger(i) && i >= 0 && i < this.length) return i;
    throw new RangeError(
      `Cannot ${what} item ${index} of a ShareableList: it has ${this.length} items`,
    );
  }

  /** Replaces a number by another one of the same format, which need not be written again. Whether it could. */
  #setNumber(i: number, value: number): boolean {
    const view = this.#view;
    const format = this.#formats + UNIT * i;
    if (view.getInt8(this.#codes + i) !== CODE_PLAIN || view.getUint32(format + 4, true) !== 0) {
      return false;
    }
    const at = this.#offsets[i]!;
    switch (view.getUint32(format, true)) {
      case FLOAT_UNIT:
        view.setFloat64(at, value, true);
        return true;
      case INTEGER_UNIT:
        if (!Number.isSafeInteger(value) || Object.is(value, -0)) return false;
        // In one store: others never see half of it.
        view.setBigInt64(at, BigInt(value), true);
        return true;
      default:
        return false;
    }
  }

  /** Bytes that an item may take. */
  #room(i: number): number {
    return this.#offsets[i + 1]! - this.#offsets[i]!;
  }

  #format(i: number): string {
    let text = "";
    for (let k = 0; k < UNIT; k++) {
      const unit = this.#view.getUint8(this.#formats + UNIT * i + k);
      if (unit !== 0) text += String.fromCharCode(unit);
    }
    return text;
  }

  #int(at: number, min: number, max: number): number {
    if (at + UNIT > this.#view.byteLength) return this.#refuse("a length");
    const value = this.#view.getBigInt64(at, true);
    if (value < BigInt(min) || value > BigInt(max)) this.#refuse("offsets within the block");
    return Number(value);
  }

  #refuse(needed: string): never {
    throw new Deno.errors.InvalidData(
      `Cannot read shared memory ${
        JSON.stringify(this.sharedMemory.name)
      } as a ShareableList: needed ${needed}`,
    );
  }
}

registerClass("ferry.ShareableList", ShareableList, {
  encode: (list) => list.sharedMemory.name,
  decode: (name: string) => ShareableList.open(name),
});

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function isEqual(a: Shareable, b: Shareable): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  return a === b || Object.is(a, b);
}

/** Bytes that a value takes. */
function room({ content }: Stored): number {
  return content instanceof Uint8Array ? UNIT * (Math.floor(content.length / UNIT) + 1) : UNIT;
}

function encode(value: unknown, float: boolean): Stored {
  switch (typeof value) {
    case "number":
      if (float || !Number.isSafeInteger(value) || Object.is(value, -0)) {
        return { format: FLOAT, code: CODE_PLAIN, content: value };
      }
      return { format: INTEGER, code: CODE_PLAIN, content: BigInt(value) };
    case "bigint":
      if (value < -MAX_INT64 || value >= MAX_INT64) {
        throw new RangeError(
          "Cannot store an integer in a ShareableList: needed 64 bits with a sign at most",
        );
      }
      return { format: INTEGER, code: CODE_PLAIN, content: value };
    case "boolean":
      return { format: BOOLEAN, code: CODE_PLAIN, content: value };
    case "string":
      if (!value.isWellFormed()) {
        throw new TypeError("Cannot store text in a ShareableList: it has half a surrogate pair");
      }
      return encodeBytes(encoder.encode(value), CODE_TEXT);
  }
  if (value === null) return { format: NONE, code: CODE_NONE, content: null };
  if (value instanceof Uint8Array) return encodeBytes(value, CODE_BYTES);
  throw new TypeError(
    `Cannot store a value in a ShareableList: needed a number, bigint, boolean, string, Uint8Array or null, received ${
      typeof value === "object" ? "an object" : typeof value
    }`,
  );
}

function encodeBytes(content: Uint8Array, code: number): Stored {
  if (content.at(-1) === 0) {
    throw new TypeError(
      "Cannot store text or bytes in a ShareableList: a NUL at the end would be lost",
    );
  }
  return { format: `${room({ content, code, format: "" })}s`, code, content };
}

function write(
  view: DataView<ArrayBuffer>,
  at: number,
  available: number,
  { format, content }: Stored,
): void {
  if (content instanceof Uint8Array) {
    const bytes = new Uint8Array(view.buffer, at, available);
    bytes.set(content);
    bytes.fill(0, content.length);
  } else if (typeof content === "bigint") view.setBigInt64(at, content, true);
  else if (typeof content === "number") view.setFloat64(at, content, true);
  else {
    view.setBigInt64(at, 0n, true);
    if (format === BOOLEAN && content === true) view.setUint8(at + 7, 1);
  }
}
