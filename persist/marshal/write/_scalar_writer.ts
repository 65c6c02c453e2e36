import type { Complex } from "../../types/mod.ts";
import { writeSurrogatepass } from "../../surrogatepass.ts";
import { bigintSize } from "../../work.ts";
import * as code from "../codes.ts";
import { ADDED, IntTable, MAX_REMEMBERED, RecordTable } from "./_constants.ts";
import { LateRefs } from "./_late_refs.ts";
import { toDigits } from "../long.ts";
import { MAX_SIZE, Output, ROOM } from "./_output.ts";
import { formatFloat } from "../text_float.ts";

/** Options of a dump, all decided. */
export interface WriteSettings {
  readonly version: number;
  readonly refs: "literal" | "shared-only" | "all";
  readonly maxDepth: number;
}

/** Stand-ins of objects without an index, in the signature of a tuple. */
export const NONE_ID = -1;
export const TRUE_ID = -2;
export const FALSE_ID = -3;
export const ELLIPSIS_ID = -4;
export const STOP_ITERATION_ID = -5;
/** What has no identity that a tuple could be told by. */
export const NO_ID = -6;

/**
 * Looking up constants is bounded: of each kind this many are remembered. Each kind also starts with as much credit, pays
 * 1 for a value not found and earns 8 for one found. Values that are not remembered, and all without credit, are written
 * as they are, without an index. So literals come out as CPython writes them, and a million different ints do not pay
 * for a table of a million entries.
 */
export const CREDIT: number = MAX_REMEMBERED;
const EARNED = 8;

/** The credit after a value was found. */
export function earn(credit: number): number {
  return Math.min(CREDIT, credit + EARNED);
}

/** Strings and bytes of this length and more are always looked up: written twice, they cost more than that. */
const ALWAYS_SHARED = 256;
/** The least that {@linkcode bigintSize} tells apart. */
const SMALL_INTEGER = 128;
/**
 * Large integers that are remembered by a map: the engine's hash is that of their last 64 bits, so that a look-up may have
 * to compare with all of them.
 */
export const MOST_INTEGERS = 64;
/** Shorter strings are not worth a reference of five bytes. */
const SHORTEST_SHARED = 4;
/** Longer strings go through the encoder, whose cost per call they outweigh. */
const LONGEST_BY_HAND = 64;

const encoder = new TextEncoder();

/** Which ASCII characters may occur in a name: CPython interns the strings of a program that look like one. */
const NAME = new Uint8Array(128);
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz") {
  NAME[char.charCodeAt(0)] = 1;
}

/** What CPython's compiler interns: names, and single Latin-1 characters, which exist once. */
function isInterned(text: string): boolean {
  return (text.length === 1 && text.charCodeAt(0) < 0x100) || /^[0-9A-Z_a-z]*$/.test(text);
}

/** Writes values that hold no others. The caller has reserved {@linkcode ROOM}. */
export class ScalarWriter extends Output {
  readonly version: number;
  /** Whether there are references at all. */
  readonly refs: boolean;
  /** Whether equal constants are one object. */
  readonly constants: boolean;
  /** Indexes given out for good. */
  count = 0;
  /** Index or stand-in of what was just written. */
  id: number = NO_ID;
  readonly late: LateRefs | undefined;
  /** Negative once ints, strings that are no keys, and other constants are written as they are. */
  intCredit: number;
  textCredit: number;
  #keyCredit: number;
  #recordCredit: number;
  #ints: IntTable | undefined;
  #records: RecordTable | undefined;
  /** Large bytes by the object they belong to, and large integers: their index. */
  #large: Map<object | bigint, number> | undefined;
  #largeIntegers = 0;
  /** Strings: their index, or `~number` of a late object. */
  #texts: Map<string, number> | undefined;

  constructor({ version, refs }: WriteSettings) {
    super();
    this.version = version;
    this.refs = version >= 3;
    this.constants = this.refs && refs !== "shared-only";
    this.late = this.refs && refs !== "all" ? new LateRefs() : undefined;
    const credit = this.constants ? CREDIT : -1;
    this.intCredit = credit;
    this.textCredit = credit;
    this.#keyCredit = credit;
    this.#recordCredit = credit;
  }

  /** Writes what is a type byte and nothing more. */
  single(type: number, id: number): void {
    this.out[this.at++] = type;
    this.id = id;
  }

  /** Writes a reference to an index, or provisionally to `~number` of a late object. */
  ref(index: number): void {
    const { late, at } = this;
    if (late !== undefined) {
      if (index < 0) late.share(~index);
      late.addField(at + 1);
    }
    this.out[at] = code.REF;
    this.view.setInt32(at + 1, index, true);
    this.at = at + 5;
    this.id = index < 0 ? NO_ID : index;
  }

  /** Writes an int of 32 bits. */
  int(value: number): void {
    let type: number = code.INT;
    this.id = NO_ID;
    if (this.intCredit >= 0) {
      const known = (this.#ints ??= new IntTable()).findOrAdd(value, this.count);
      if (known >= 0) {
        this.intCredit = earn(this.intCredit);
        return this.ref(known);
      }
      this.intCredit--;
      if (known === ADDED) {
        type |= code.REF_FLAG;
        this.id = this.count++;
      }
    }
    this.out[this.at] = type;
    this.view.setInt32(this.at + 1, value, true);
    this.at += 5;
  }

  bigint(value: bigint): void {
    if (value >= -0x80000000n && value <= 0x7fffffffn) return this.int(Number(value));
    const large = this.constants && bigintSize(value) > SMALL_INTEGER;
    if (large && this.#again(value)) return;
    const digits = toDigits(value);
    const start = this.at;
    this.reserve(ROOM + 2 * digits.length);
    this.out[start] = code.LONG;
    this.view.setInt32(start + 1, value < 0n ? -digits.length : digits.length, true);
    this.at += 5;
    for (let i = 0; i < digits.length; i++) {
      this.view.setUint16(this.at, digits[i]!, true);
      this.at += 2;
    }
    this.#endRecord(start);
    if (large && this.#largeIntegers++ < MOST_INTEGERS) this.#note(value);
  }

  number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) this.int(value);
    else if (Number.isSafeInteger(value) && value !== 0) this.bigint(BigInt(value));
    else this.float(value);
  }

  float(value: number): void {
    const start = this.at;
    if (this.version > 1) {
      this.out[start] = code.FLOAT;
      this.view.setFloat64(start + 1, value, true);
      this.at = start + 9;
    } else {
      this.out[this.at++] = code.TEXT_FLOAT;
      this.#textFloat(value);
    }
    this.#endRecord(start);
  }

  complex({ re, im }: Complex): void {
    const start = this.at;
    if (this.version > 1) {
      this.out[start] = code.COMPLEX;
      this.view.setFloat64(start + 1, re, true);
      this.view.setFloat64(start + 9, im, true);
      this.at = start + 17;
    } else {
      this.out[this.at++] = code.TEXT_COMPLEX;
      this.#textFloat(re);
      this.#textFloat(im);
    }
    this.#endRecord(start);
  }

  #textFloat(value: number): void {
    const text = formatFloat(value);
    this.out[this.at++] = text.length;
    this.at = writeSurrogatepass(text, this.out, this.at);
  }

  /** Writes the bytes of `owner`, which are told apart by value. Many of them are compared once for each owner. */
  constantBytes(bytes: Uint8Array, owner: object, last: boolean): void {
    if (this.#again(owner)) return;
    const start = this.at;
    this.bytes(bytes, 0, last);
    this.#endRecord(start);
    if (bytes.length >= ALWAYS_SHARED) this.#note(owner);
  }

  /** Refers to a large constant that was noted. */
  #again(large: object | bigint): boolean {
    const known = this.#large?.get(large);
    if (known === undefined) return false;
    this.#recordCredit = earn(this.#recordCredit);
    this.ref(known);
    return true;
  }

  /** Notes the large constant that was written last, if it has an index. */
  #note(large: object | bigint): void {
    if (this.id !== NO_ID) (this.#large ??= new Map()).set(large, this.id);
  }

  /** Writes bytes; `last` if nothing will follow. */
  bytes(bytes: Uint8Array, flag: number, last: boolean): void {
    const size = bytes.length;
    if (size > MAX_SIZE) this.tooLarge(size);
    this.reserve(5 + size, last);
    this.out[this.at] = code.BYTES | flag;
    this.view.setInt32(this.at + 1, size, true);
    this.out.set(bytes, this.at + 5);
    this.at += 5 + size;
    this.id = NO_ID;
  }

  /** Gives the record written since `start` an index, or replaces it by a reference to an equal one. */
  #endRecord(start: number): void {
    this.id = NO_ID;
    const large = this.at - start >= ALWAYS_SHARED && this.constants;
    if (this.#recordCredit < 0 && !large) return;
    this.out[start] = this.out[start]! | code.REF_FLAG;
    const records = this.#records ??= new RecordTable();
    const known = records.findOrAdd(this.out, start, this.at, this.count, large);
    if (known < 0) {
      this.#recordCredit--;
      if (known === ADDED) this.id = this.count++;
      else this.out[start] = this.out[start]! & ~code.REF_FLAG;
    } else {
      this.#recordCredit = earn(this.#recordCredit);
      this.at = start;
      this.reserve(ROOM);
      this.ref(known);
    }
  }

  text(text: string): void {
    this.textCredit = this.#shared(text, this.textCredit);
  }

  /** Writes the key of a dict, and returns its index, `~number` of a late object, or {@linkcode NO_ID}. */
  key(name: string): number {
    this.#keyCredit = this.#shared(name, this.#keyCredit);
    return this.id !== NO_ID || this.constants ? this.id : this.#texts?.get(name) ?? NO_ID;
  }

  /** Writes a string, or a reference to it; takes and returns the credit of its kind. */
  #shared(text: string, credit: number): number {
    this.id = NO_ID;
    const large = text.length >= ALWAYS_SHARED;
    if (
      credit < 0 &&
      ((this.constants && !large) || !this.refs || text.length < SHORTEST_SHARED)
    ) {
      this.string(text, 0, this.refs && !this.constants);
      return credit;
    }
    const texts = this.#texts ??= new Map();
    const known = texts.get(text);
    if (known !== undefined) {
      this.ref(known);
      return earn(credit);
    }
    if (this.constants) {
      if (texts.size < CREDIT || large) {
        this.string(text, code.REF_FLAG, true);
        texts.set(text, this.id = this.count++);
      } else {
        this.string(text, 0, false);
      }
    } else {
      texts.set(text, ~this.late!.add(this.at, 0));
      this.string(text, 0, true);
    }
    return Math.max(-1, credit - 1);
  }

  /** Writes a string; `intern` if it may be marked as interned. */
  string(text: string, flag: number, intern: boolean): void {
    const size = text.length;
    if (size > LONGEST_BY_HAND) return this.#longString(text, flag, intern);
    this.reserve(5 + 3 * size);
    const { out, at } = this;
    if (this.version >= 4) {
      // ASCII has forms of its own. It is taken for granted until another character comes up.
      const body = at + 2;
      let name = 1;
      let i = 0;
      for (; i < size; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7f) break;
        name &= NAME[unit]!;
        out[body + i] = unit;
      }
      if (i === size) {
        const interned = intern && (name === 1 || size === 1);
        out[at] = (interned ? code.SHORT_ASCII_INTERNED : code.SHORT_ASCII) | flag;
        out[at + 1] = size;
        this.at = body + size;
        return;
      }
    }
    const end = writeSurrogatepass(text, out, at + 5);
    out[at] = (intern && isInterned(text) ? code.INTERNED : code.UNICODE) | flag;
    this.view.setInt32(at + 1, end - at - 5, true);
    this.at = end;
  }

  #longString(text: string, flag: number, intern: boolean): void {
    const size = text.length;
    // ASCII takes one byte per character, so that the encoder fills exactly as much; other text is tried again.
    this.reserve(5 + size);
    const interned = intern && isInterned(text);
    const short = this.version >= 4 && size < 256;
    let body = this.at + (short ? 2 : 5);
    let { read, written } = encoder.encodeInto(text, this.out.subarray(body, body + size));
    let type: number;
    if (this.version >= 4 && read === size && written === size) {
      if (short) type = interned ? code.SHORT_ASCII_INTERNED : code.SHORT_ASCII;
      else type = interned ? code.ASCII_INTERNED : code.ASCII;
    } else {
      type = interned ? code.INTERNED : code.UNICODE;
      body = this.at + 5;
      this.reserve(5 + 3 * size);
      written = writeSurrogatepass(text, this.out, body) - body;
    }
    this.out[this.at] = type | flag;
    if (body - this.at === 2) this.out[this.at + 1] = written;
    else this.view.setInt32(this.at + 1, written, true);
    this.at = body + written;
  }
}
