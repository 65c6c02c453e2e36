import {
  ByteArray,
  Complex,
  Ellipsis,
  Float,
  FrozenSet,
  isTuple,
  PyDict,
  PySet,
  Slice,
  StopIteration,
} from "../types/mod.ts";
import { writeSurrogatepass } from "../surrogatepass.ts";
import * as code from "./_codes.ts";
import { IntTable, RecordTable, TupleTable } from "./_constants.ts";
import { LateRefs } from "./_late_refs.ts";
import { toDigits } from "./_long.ts";
import { SetOrder } from "./_set_order.ts";
import { formatFloat } from "./_text_float.ts";
import { MarshallingError } from "./errors.ts";

/** Options of a dump, all decided. */
export interface WriteSettings {
  readonly version: number;
  readonly refs: "literal" | "shared-only" | "all";
  readonly maxDepth: number;
}

/** What the container being written is. */
const LIST = 0;
const OBJECT = 1;
const MAP = 2;
const SET = 3;
/** A tuple of constants, which is a constant itself. */
const CONSTANT = 4;

/** Stand-ins of objects without an index, in the signature of a tuple. */
const NONE_ID = -1;
const TRUE_ID = -2;
const FALSE_ID = -3;
const ELLIPSIS_ID = -4;
const STOP_ITERATION_ID = -5;

/** Deepest nesting of tuples looked through for whether they are constants. */
const DEEPEST_CONSTANT = 200;
const MAX_SIZE = 0x7fffffff;
const FIRST_SIZE = 4096;
/** What any value but a string, bytes or a large int fits into. */
const ROOM = 64;
/** Kinds of tuples of constants: those without and with tuples inside. */
const FLAT = 1;
const NESTED = 2;
/** Larger output buffers are not kept for the next dump. */
const LARGEST_KEPT = 1 << 20;

/** A container whose writing was interrupted by one inside it. */
interface Frame {
  kind: number;
  /** Items, a map's keys and values in turn, or an object's keys. */
  items: readonly unknown[];
  source: Record<string, unknown>;
  at: number;
  /** Whether what it holds has to be hashable. */
  keys: boolean;
  /** Of a constant: where it starts in the output, its index, where its items' indexes and references start. */
  start: number;
  index: number;
  ids: number;
  fields: number;
}

const NO_SOURCE: Record<string, unknown> = Object.freeze({});

let spare: Uint8Array<ArrayBuffer> | undefined;

/** Which ASCII characters may occur in a name: CPython interns the strings of a program that look like one. */
const NAME = new Uint8Array(128);
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz") {
  NAME[char.charCodeAt(0)] = 1;
}

/**
 * Writes one value, without recursion.
 *
 * Three kinds of indexes: constants (strings, numbers, bytes, tuples of such) are equal by value and, under `literal` and
 * `all`, take an index at first sight; containers are equal by identity and, except under `all`, take one only if they
 * come up again, see {@linkcode LateRefs}; None, the bools and such take none.
 */
export class Writer {
  #out: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;
  readonly #version: number;
  readonly #maxDepth: number;
  readonly #refs: boolean;
  readonly #constants: boolean;
  readonly #flagContainers: boolean;
  readonly #sets: SetOrder;
  /** Indexes given out for good. */
  #count = 0;
  #ints: IntTable | undefined;
  #records: RecordTable | undefined;
  #tuples: TupleTable | undefined;
  /** Containers: their index, or `~number` in `#late`. */
  #containers: Map<object, number> | undefined;
  #late: LateRefs | undefined;
  /** Whether nested tuples are constants. */
  #constantTuples: Map<object, boolean> | undefined;
  readonly #frames: Frame[] = [];
  /** Indexes of the items of the constants being written. */
  readonly #ids: number[] = [];
  /** Index or stand-in of the constant just written. */
  #id = 0;

  constructor(settings: WriteSettings, sets: SetOrder = new SetOrder(settings)) {
    this.#version = settings.version;
    this.#maxDepth = settings.maxDepth;
    this.#refs = settings.version >= 3;
    this.#constants = this.#refs && settings.refs !== "shared-only";
    this.#flagContainers = settings.refs === "all";
    this.#sets = sets;
    if (this.#refs) {
      this.#records = new RecordTable();
      this.#containers = new Map();
      if (!this.#flagContainers) this.#late = new LateRefs();
      if (this.#constants) this.#ints = new IntTable();
    }
    this.#out = spare ?? new Uint8Array(FIRST_SIZE);
    spare = undefined;
    this.#view = new DataView(this.#out.buffer);
  }

  /** Writes `value` and returns the bytes. To be called once. */
  write(value: unknown): Uint8Array<ArrayBuffer> {
    this.#root(value);
    this.#late?.resolve(this.#out, this.#view);
    const out = this.#out;
    if (out.length === this.#at) return out;
    const bytes = out.slice(0, this.#at);
    if (out.length <= LARGEST_KEPT) spare = out;
    return bytes;
  }

  #root(root: unknown): void {
    const frames = this.#frames;
    let frame: Frame = {
      kind: LIST,
      items: [root],
      source: NO_SOURCE,
      at: 0,
      keys: false,
      start: 0,
      index: 0,
      ids: 0,
      fields: 0,
    };
    frames.push(frame);
    let { kind, items } = frame;
    let at = 0;

    while (true) {
      if (at === items.length) {
        // The container is complete.
        if (kind === OBJECT || kind === MAP) {
          if (this.#at === this.#out.length) this.#grow(1);
          this.#out[this.#at++] = code.NULL;
        } else if (kind === CONSTANT) {
          this.#endConstant(frame);
        }
        frames.pop();
        if (frames.length === 0) return;
        frame = frames[frames.length - 1]!;
        kind = frame.kind;
        items = frame.items;
        at = frame.at;
        if (kind === CONSTANT) this.#ids.push(this.#id);
        continue;
      }
      let value = items[at++];
      if (this.#out.length - this.#at < ROOM) this.#grow(ROOM);
      if (kind === OBJECT) {
        this.#string(value as string);
        value = frame.source[value as string];
        if (this.#out.length - this.#at < ROOM) this.#grow(ROOM);
      }
      switch (typeof value) {
        case "string":
          this.#string(value);
          break;
        case "number":
          if ((value | 0) === value && (value !== 0 || 1 / value > 0)) this.#int(value);
          else if (Number.isSafeInteger(value) && value !== 0) this.#long(BigInt(value));
          else this.#float(value);
          break;
        case "object":
          if (value !== null) {
            frame.at = at;
            const next = this.#object(value, frame);
            if (next !== undefined) {
              frames.push(next);
              frame = next;
              kind = next.kind;
              items = next.items;
              at = 0;
              continue;
            }
            break;
          }
          this.#single(code.NONE, NONE_ID);
          break;
        case "undefined":
          this.#single(code.NONE, NONE_ID);
          break;
        case "boolean":
          if (value) this.#single(code.TRUE, TRUE_ID);
          else this.#single(code.FALSE, FALSE_ID);
          break;
        case "bigint":
          if (value >= -0x80000000n && value <= 0x7fffffffn) this.#int(Number(value));
          else this.#long(value);
          break;
        default:
          if (value === Ellipsis) this.#single(code.ELLIPSIS, ELLIPSIS_ID);
          else if (value === StopIteration) this.#single(code.STOP_ITERATION, STOP_ITERATION_ID);
          else {
            frame.at = at;
            this.#refuse(value);
          }
      }
      if (kind === CONSTANT) this.#ids.push(this.#id);
    }
  }

  /** Writes an object that holds nothing, or the head of a container, which is returned to be filled. */
  #object(value: object, parent: Frame): Frame | undefined {
    if (Array.isArray(value)) return this.#array(value, parent);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const names = Object.keys(value);
      return this.#open(value, code.DICT, -1, OBJECT, names, parent);
    }
    switch (prototype) {
      case Float.prototype:
        this.#float((value as Float).value);
        return undefined;
      case Map.prototype:
      case PyDict.prototype: {
        const items: unknown[] = [];
        (value as Map<unknown, unknown>).forEach((item, key) => items.push(key, item));
        return this.#open(value, code.DICT, -1, MAP, items, parent);
      }
      case Set.prototype:
      case PySet.prototype:
        return this.#set(value as Set<unknown>, code.SET, parent);
      case FrozenSet.prototype:
        return this.#set(value as Set<unknown>, code.FROZEN_SET, parent);
      case Complex.prototype:
        this.#complex(value as Complex);
        return undefined;
      case Slice.prototype: {
        if (this.#version < 5) {
          this.#refuse(value, "a value that version " + this.#version + " has a form for");
        }
        const { start, stop, step } = value as Slice;
        return this.#open(value, code.SLICE, -1, LIST, [start, stop, step], parent);
      }
    }
    if (value instanceof ByteArray) {
      if (mustHash(parent)) this.#refuse(value, "a hashable value");
      this.#buffer(value, false);
    } else if (ArrayBuffer.isView(value)) {
      this.#buffer(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), true, value);
    } else if (value instanceof ArrayBuffer) {
      this.#buffer(new Uint8Array(value), true, value);
    } else {
      this.#refuse(value);
    }
    return undefined;
  }

  #array(value: unknown[], parent: Frame): Frame | undefined {
    const size = value.length;
    if (!isTuple(value)) return this.#open(value, code.LIST, size, LIST, value, parent);
    const type = this.#version >= 4 && size < 256 ? code.SMALL_TUPLE : code.TUPLE;
    const constant = this.#constants ? this.#constancy(value, 0) : 0;
    if (constant === 0) return this.#open(value, type, size, LIST, value, parent);
    if (constant === NESTED) {
      const known = this.#containers!.get(value);
      if (known !== undefined) {
        this.#ref(known);
        return undefined;
      }
      this.#containers!.set(value, this.#count);
    }
    const frame: Frame = {
      kind: CONSTANT,
      items: value,
      source: NO_SOURCE,
      at: 0,
      keys: mustHash(parent),
      start: this.#at,
      index: this.#count++,
      ids: this.#ids.length,
      fields: this.#late?.fieldCount ?? 0,
    };
    this.#head(type | code.REF_FLAG, size);
    this.#checkDepth(size > 0);
    return frame;
  }

  /** Drops a tuple of constants that was written before in favour of a reference to it. */
  #endConstant({ start, index, ids, fields, items }: Frame): void {
    const tuples = this.#tuples ??= new TupleTable();
    const known = tuples.findOrAdd(this.#ids, ids, this.#ids.length, index);
    this.#ids.length = ids;
    this.#id = index;
    if (known < 0) return;
    // All of its items were written before too, so that no index was given out since its own.
    this.#at = start;
    this.#count = index;
    this.#late?.truncateFields(fields);
    if (this.#containers!.has(items)) this.#containers!.set(items, known);
    this.#ref(known);
  }

  /** Whether a tuple holds constants only, and if so whether tuples are among them. */
  #constancy(tuple: readonly unknown[], depth: number): 0 | typeof FLAT | typeof NESTED {
    const known = this.#constantTuples?.get(tuple);
    if (known !== undefined) return known ? NESTED : 0;
    if (depth > DEEPEST_CONSTANT) return 0;
    let result: 0 | typeof FLAT | typeof NESTED = FLAT;
    for (let i = 0; i < tuple.length && result !== 0; i++) {
      const item = tuple[i];
      if (typeof item !== "object" || item === null) continue;
      if (Array.isArray(item)) {
        // Until it is known, a tuple within itself counts as no constant.
        if (result === FLAT) (this.#constantTuples ??= new Map()).set(tuple, false);
        result = isTuple(item) && this.#constancy(item, depth + 1) !== 0 ? NESTED : 0;
      } else if (!isConstantObject(item)) {
        result = 0;
      }
    }
    if (result === NESTED) this.#constantTuples!.set(tuple, true);
    return result;
  }

  #set(value: Set<unknown>, type: number, parent: Frame): Frame | undefined {
    if (type === code.SET && mustHash(parent)) this.#refuse(value, "a hashable value");
    const known = this.#containers?.get(value);
    if (known !== undefined) {
      this.#ref(known);
      return undefined;
    }
    return this.#open(value, type, value.size, SET, this.#sets.order(value), parent);
  }

  /** Writes a reference to a container written before, or the head of a new one. */
  #open(
    value: object,
    type: number,
    size: number,
    kind: number,
    items: readonly unknown[],
    parent: Frame,
  ): Frame | undefined {
    const keys = mustHash(parent);
    if (keys && (type === code.LIST || type === code.DICT)) {
      this.#refuse(value, "a hashable value");
    }
    let flag = 0;
    if (this.#refs) {
      const containers = this.#containers!;
      const known = containers.get(value);
      if (known !== undefined) {
        this.#ref(known);
        return undefined;
      }
      // The root is bound to a variable besides, which makes it shared.
      if (this.#flagContainers || (this.#constants && this.#frames.length === 1)) {
        containers.set(value, this.#count++);
        flag = code.REF_FLAG;
      } else {
        containers.set(value, ~this.#late!.add(this.#at, this.#count));
      }
    }
    this.#head(type | flag, size);
    this.#checkDepth(items.length > 0 || type === code.DICT);
    return {
      kind,
      items,
      source: value as Record<string, unknown>,
      at: 0,
      keys,
      start: 0,
      index: 0,
      ids: 0,
      fields: 0,
    };
  }

  /** A type byte, and a size where there is one. */
  #head(type: number, size: number): void {
    this.#out[this.#at] = type;
    if (size < 0) {
      this.#at++;
    } else if ((type & ~code.REF_FLAG) === code.SMALL_TUPLE) {
      this.#out[this.#at + 1] = size;
      this.#at += 2;
    } else {
      if (size > MAX_SIZE) this.#tooLarge(size);
      this.#view.setInt32(this.#at + 1, size, true);
      this.#at += 5;
    }
  }

  /** What a container holds, be it only the end of a dict, is one level deeper. */
  #checkDepth(holds: boolean): void {
    if (this.#frames.length + (holds ? 1 : 0) > this.#maxDepth) {
      throw new MarshallingError(
        `Cannot marshal a value: needed at most ${this.#maxDepth} levels, received a deeper one${
          this.#refs ? "" : " or one with a cycle, which needs version 3"
        }`,
        { path: this.#path() },
      );
    }
  }

  #single(type: number, id: number): void {
    this.#out[this.#at++] = type;
    this.#id = id;
  }

  /** Writes a reference to an index, or provisionally to `~number` of a late object. */
  #ref(index: number): void {
    if (this.#out.length - this.#at < ROOM) this.#grow(ROOM);
    const late = this.#late;
    if (late !== undefined) {
      if (index < 0) late.share(~index);
      late.addField(this.#at + 1);
    }
    this.#out[this.#at] = code.REF;
    this.#view.setInt32(this.#at + 1, index, true);
    this.#at += 5;
    this.#id = index;
  }

  #int(value: number): void {
    let type: number = code.INT;
    if (this.#constants) {
      const known = this.#ints!.findOrAdd(value, this.#count);
      if (known >= 0) return this.#ref(known);
      type |= code.REF_FLAG;
      this.#id = this.#count++;
    }
    this.#out[this.#at] = type;
    this.#view.setInt32(this.#at + 1, value, true);
    this.#at += 5;
  }

  /** The flag of a constant's type byte. */
  get #flag(): number {
    return this.#constants ? code.REF_FLAG : 0;
  }

  /** Gives the constant written since `start` an index, or replaces it by a reference to an equal one. */
  #endRecord(start: number): void {
    if (!this.#constants) return;
    const known = this.#records!.findOrAdd(this.#out, start, this.#at, this.#count);
    if (known < 0) {
      this.#id = this.#count++;
    } else {
      this.#at = start;
      this.#ref(known);
    }
  }

  #long(value: bigint): void {
    const digits = toDigits(value);
    if (digits.length > MAX_SIZE) this.#tooLarge(digits.length);
    const start = this.#at;
    this.#grow(5 + 2 * digits.length);
    this.#out[start] = code.LONG | this.#flag;
    this.#view.setInt32(start + 1, value < 0n ? -digits.length : digits.length, true);
    this.#at += 5;
    for (let i = 0; i < digits.length; i++) {
      this.#view.setUint16(this.#at, digits[i]!, true);
      this.#at += 2;
    }
    this.#endRecord(start);
  }

  #float(value: number): void {
    const start = this.#at;
    if (this.#version > 1) {
      this.#out[start] = code.FLOAT | this.#flag;
      this.#view.setFloat64(start + 1, value, true);
      this.#at += 9;
    } else {
      this.#out[this.#at++] = code.TEXT_FLOAT;
      this.#textFloat(value);
    }
    this.#endRecord(start);
  }

  #complex(value: Complex): void {
    const start = this.#at;
    if (this.#version > 1) {
      this.#out[start] = code.COMPLEX | this.#flag;
      this.#view.setFloat64(start + 1, value.re, true);
      this.#view.setFloat64(start + 9, value.im, true);
      this.#at += 17;
    } else {
      this.#out[this.#at++] = code.TEXT_COMPLEX;
      this.#textFloat(value.re);
      this.#textFloat(value.im);
    }
    this.#endRecord(start);
  }

  #textFloat(value: number): void {
    const text = formatFloat(value);
    this.#out[this.#at++] = text.length;
    this.#at = writeSurrogatepass(text, this.#out, this.#at);
  }

  /** Immutable bytes are constants; under `shared-only` they, and a bytearray always, are told apart by identity. */
  #buffer(bytes: Uint8Array, immutable: boolean, identity: object = bytes): void {
    const start = this.#at;
    const size = bytes.length;
    if (size > MAX_SIZE) this.#tooLarge(size);
    let flag = this.#flag;
    if (this.#refs && !(immutable && this.#constants)) {
      const known = this.#containers!.get(identity);
      if (known !== undefined) return this.#ref(known);
      if (this.#flagContainers) {
        this.#containers!.set(identity, this.#count++);
      } else {
        flag = 0;
        this.#containers!.set(identity, ~this.#late!.add(start, this.#count));
      }
    }
    this.#grow(5 + size);
    this.#out[start] = code.BYTES | flag;
    this.#view.setInt32(start + 1, size, true);
    this.#out.set(bytes, start + 5);
    this.#at = start + 5 + size;
    if (immutable) this.#endRecord(start);
  }

  #string(text: string): void {
    const size = text.length;
    this.#grow(5 + 3 * size);
    const out = this.#out;
    const start = this.#at;
    if (this.#version >= 4) {
      // ASCII has forms of its own. It is taken for granted until another character comes up.
      const head = size < 256 ? 2 : 5;
      let at = start + head;
      let name = 1;
      let i = 0;
      for (; i < size; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7f) break;
        name &= NAME[unit]!;
        out[at++] = unit;
      }
      if (i === size) {
        const interned = name === 1 || size === 1;
        if (size < 256) {
          out[start] = (interned ? code.SHORT_ASCII_INTERNED : code.SHORT_ASCII) | this.#flag;
          out[start + 1] = size;
        } else {
          out[start] = (interned ? code.ASCII_INTERNED : code.ASCII) | this.#flag;
          this.#view.setInt32(start + 1, size, true);
        }
        this.#at = at;
        return this.#endString(start);
      }
    }
    const end = writeSurrogatepass(text, out, start + 5);
    if (end - start - 5 > MAX_SIZE) this.#tooLarge(end - start - 5);
    const interned = this.#version >= 3 && isInterned(text);
    out[start] = (interned ? code.INTERNED : code.UNICODE) | this.#flag;
    this.#view.setInt32(start + 1, end - start - 5, true);
    this.#at = end;
    this.#endString(start);
  }

  /** Under `shared-only`, a string is worth a reference only if that is shorter. */
  #endString(start: number): void {
    if (this.#constants || !this.#refs) return this.#endRecord(start);
    if (this.#at - start <= 5) return;
    const late = this.#late!;
    const object = late.add(start, 0);
    const known = this.#records!.findOrAdd(this.#out, start, this.#at, object);
    if (known < 0) return;
    late.drop();
    this.#at = start;
    this.#ref(~known);
  }

  /** Makes room for `size` bytes. */
  #grow(size: number): void {
    const needed = this.#at + size;
    if (needed <= this.#out.length) return;
    // A single large payload gets what it needs, so that the result need not be copied.
    const larger = size > this.#at ? needed + ROOM : Math.max(needed, this.#out.length * 2);
    if (larger > MAX_SIZE) this.#tooLarge(larger);
    const out = new Uint8Array(larger);
    out.set(this.#out.subarray(0, this.#at));
    this.#out = out;
    this.#view = new DataView(out.buffer);
  }

  #tooLarge(size: number): never {
    throw new MarshallingError(
      `Cannot marshal a value: needed at most ${MAX_SIZE} bytes or items, received ${size}`,
      { path: this.#path() },
    );
  }

  #refuse(value: unknown, needed = "a value that marshal has a form for"): never {
    const path = this.#path();
    throw new MarshallingError(
      `Cannot marshal ${path}: needed ${needed}, received ${describe(value)}`,
      { path },
    );
  }

  /** Where in the root the value being written is. */
  #path(): string {
    let path = "$";
    for (const { kind, items, at } of this.#frames.slice(1)) {
      const index = Math.max(0, at - 1);
      if (kind === OBJECT) {
        const name = items[index] as string;
        path += /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
          ? `.${name}`
          : `[${JSON.stringify(name)}]`;
      } else if (kind === MAP) {
        const key = items[index & ~1];
        path += (index & 1) === 0
          ? `<${index >> 1}>`
          : `[${typeof key === "string" ? JSON.stringify(key) : `<${index >> 1}>`}]`;
      } else {
        path += kind === SET ? `<${index}>` : `[${index}]`;
      }
    }
    return path;
  }
}

/** Whether the value after which `frame.at` stands has to be hashable. */
function mustHash({ kind, at, keys }: Frame): boolean {
  return keys || kind === SET || (kind === MAP && (at & 1) === 1);
}

function isConstantObject(value: object): boolean {
  if (value instanceof Float || value instanceof Complex) return true;
  return (ArrayBuffer.isView(value) && !(value instanceof ByteArray)) ||
    value instanceof ArrayBuffer;
}

/** What CPython's compiler interns: names, and single Latin-1 characters, which exist once. */
function isInterned(text: string): boolean {
  return (text.length === 1 && text.charCodeAt(0) < 0x100) || /^[0-9A-Z_a-z]*$/.test(text);
}

function describe(value: unknown): string {
  if (typeof value === "function") return `a function, which is code: ${value.name || "anonymous"}`;
  if (typeof value !== "object" || value === null) return String(value);
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? `an object of class ${name}` : "an object";
}
