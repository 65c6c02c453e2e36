/** Message bytes to values. Everything is checked: the bytes may come from anywhere. */
import type { Bytes, HandleHook } from "./bytes.ts";
import { ByteReader } from "./_byte_reader.ts";
import { registeredByName } from "./class_registry.ts";
import { reviveError, setErrorProperty } from "./_builtins.ts";
import { VIEW_CONSTRUCTORS, VIEW_ELEMENT_SIZES } from "./_kinds.ts";
import { readKey, readLatin1 } from "./text.ts";
import type { ShapeTrie } from "./shapes.ts";
import * as T from "./_tags.ts";
import { reviveTemporal, type TemporalPart, temporalPartCount } from "./_temporal.ts";

/** Options of a {@linkcode Decoder}. */
export interface DecoderOptions {
  /** Shapes known to the other side too. */
  shapes?: ShapeTrie | undefined;
  /** Objects that travel by handle. */
  handles?: HandleHook | undefined;
  /** Bounds on what is accepted. */
  limits?: {
    /** How deep values may be nested on the decoder's stack. */
    maxDepth?: number;
  } | undefined;
}

/** Stands in the list of objects for one that is not made yet. */
const UNBORN = Symbol("unborn");
/** Arrays up to this length are made with room for all elements. */
const PREALLOCATED = 1 << 16;

/** Reads messages. One instance per agent and configuration is enough. */
export class Decoder extends ByteReader {
  readonly #options: DecoderOptions;
  readonly #shapes: ShapeTrie | undefined;
  readonly #handles: HandleHook | undefined;
  readonly #maxDepth: number;
  #depth = 0;
  #tracked = false;
  #objects: unknown[] = [];
  #locals: (readonly string[])[] = [];
  /** Containers whose bodies follow the root, each followed by its kind. */
  #pending: unknown[] = [];
  /** Whether code of users runs: its errors are passed on. */
  #foreign = false;
  /** Serves calls made from inside a class's `decode`. */
  #busy = false;
  #nested: Decoder | undefined = undefined;

  constructor(options: DecoderOptions = {}) {
    super();
    this.#options = options;
    this.#shapes = options.shapes;
    this.#handles = options.handles;
    this.#maxDepth = options.limits?.maxDepth ?? T.MAX_DEPTH + 8;
  }

  /**
   * Decodes the message that fills `memory.bytes[start, end)`. Nothing in the result refers to the memory.
   *
   * @throws {Deno.errors.InvalidData} If it is not one whole message.
   */
  decodeFrom(memory: Bytes, start: number, end: number): unknown {
    if (this.#busy) return this.#inner().decodeFrom(memory, start, end);
    return this.#message(memory, start, end);
  }

  /**
   * Decodes the message that fills `bytes`.
   *
   * @throws {Deno.errors.InvalidData} If it is not one whole message.
   */
  decode(bytes: Uint8Array): unknown {
    if (this.#busy) return this.#inner().decode(bytes);
    const { buffer, byteOffset, byteLength } = bytes;
    const view = new DataView(buffer, byteOffset, byteLength);
    // Node's Buffer overrides slice: no subclasses from here on.
    const plain = bytes.constructor === Uint8Array
      ? bytes
      : new Uint8Array(buffer, byteOffset, byteLength);
    return this.#message({ bytes: plain, view }, 0, byteLength);
  }

  #inner(): Decoder {
    return this.#nested ??= new Decoder(this.#options);
  }

  #message(memory: Bytes, start: number, end: number): unknown {
    this.aim(memory, start, end);
    this.#depth = 0;
    this.#busy = true;
    try {
      const flags = this.byte();
      if ((flags & ~T.FLAG_TRACKED) !== T.FORMAT) this.fail("unknown format", start);
      this.#tracked = flags !== T.FORMAT;
      const value = this.#read();
      if (this.#pending.length > 0) this.#readPending();
      if (this.pos !== this.end) this.fail("bytes after its end", this.pos);
      return value;
    } catch (error) {
      if (this.#foreign || error instanceof Deno.errors.InvalidData) throw error;
      // An invalid URL or regular expression, malformed UTF-8, too little stack, a Map of more than 2^24 entries.
      this.fail(error instanceof Error ? error.message : String(error), this.pos, error);
    } finally {
      if (this.#tracked) this.#objects = [];
      if (this.#locals.length > 0) this.#locals = [];
      if (this.#pending.length > 0) this.#pending = [];
      this.#foreign = false;
      this.#busy = false;
      this.release();
    }
  }

  #read(): unknown {
    const pos = this.pos;
    if (pos >= this.end) this.fail("a value expected, message ends", pos);
    const tag = this.bytes[pos]!;
    this.pos = pos + 1;
    if (tag < T.STRING_BASE) return tag;
    if (tag < T.ARRAY_BASE) {
      const length = tag & T.STRING_INLINE_MAX;
      return readLatin1(this.bytes, this.take(length), length);
    }
    if (tag < T.LOCAL_BASE) return this.#readArray(tag & T.ARRAY_INLINE_MAX);
    if (tag < T.SHARED_BASE) return this.#readLocal(tag & T.LOCAL_INLINE_MAX);
    if (tag < T.UNDEFINED) return this.#readShared(tag & T.SHARED_INLINE_MAX);
    switch (tag) {
      case T.INT8:
        this.take(1);
        return this.view.getInt8(pos + 1);
      case T.INT16:
        this.take(2);
        return this.view.getInt16(pos + 1, true);
      case T.INT32:
        this.take(4);
        return this.view.getInt32(pos + 1, true);
      case T.FLOAT64:
        this.take(8);
        return this.view.getFloat64(pos + 1, true);
      case T.UNDEFINED:
        return undefined;
      case T.NULL:
        return null;
      case T.FALSE:
        return false;
      case T.TRUE:
        return true;
      case T.LATIN1: {
        const length = this.byte();
        return readLatin1(this.bytes, this.take(length), length);
      }
      case T.ASCII: {
        const length = this.view.getUint32(this.take(4), true);
        return readLatin1(this.bytes, this.take(length), length);
      }
      case T.UTF8:
        return this.readUtf8();
      case T.ARRAY:
        return this.#readArray(this.count(1));
      case T.INTS:
        return this.#readInts();
      case T.FLOATS:
        return this.#readFloats();
      case T.SHARED:
        return this.#readShared(this.varint());
      case T.LOCAL:
        return this.#readLocal(this.varint());
      case T.DEFINE:
        return this.#readRecord(this.#define());
      case T.VIEW:
        return this.#readView();
      default:
        return this.#readRare(tag, pos);
    }
  }

  #readRare(tag: number, pos: number): unknown {
    switch (tag) {
      case T.UTF16:
        return this.readUtf16();
      case T.BIGINT64:
        return this.view.getBigInt64(this.take(8), true);
      case T.BIGINT_POSITIVE:
        return this.readBigInt();
      case T.BIGINT_NEGATIVE:
        return -this.readBigInt();
      case T.SPARSE:
        return this.#within(this.#keep([]), T.DEFER_ARRAY);
      case T.OBJECT:
        return this.#within(this.#keep({}), T.DEFER_OBJECT);
      case T.NULL_OBJECT:
        return this.#within(this.#keep(Object.create(null)), T.DEFER_NULL_OBJECT);
      case T.MAP:
        return this.#within(this.#keep(new Map()), T.DEFER_MAP);
      case T.SET:
        return this.#within(this.#keep(new Set()), T.DEFER_SET);
      case T.DATE:
        return this.#keep(new Date(this.view.getFloat64(this.take(8), true)));
      case T.REGEXP:
        return this.#readRegExp(pos);
      case T.SEARCH_PARAMS:
        return this.#keep(new URLSearchParams(this.#text()));
      case T.TEMPORAL:
        return this.#readTemporal(pos);
      case T.URL_TAG:
        return this.#keep(new URL(this.#text()));
      case T.BUFFER:
        return this.#keep(this.bulk().buffer);
      case T.RESIZABLE:
        return this.#readResizable();
      case T.ERROR:
        return this.#readError();
      case T.BOXED:
        return this.#readBoxed(pos);
      case T.CLASS:
        return this.#readClass(pos);
      case T.HANDLE:
        return this.#readHandle(pos);
      case T.MOVED:
        return this.#readMoved(pos);
      case T.REF: {
        const object = this.#objects[this.varint()];
        if (object === undefined || object === UNBORN) this.fail("reference to nothing", pos);
        return object;
      }
      case T.DEFER:
        return this.#readDeferred(pos);
      default:
        return this.fail(`unknown tag 0x${tag.toString(16)}`, pos);
    }
  }

  /** Numbers an object for later references. */
  #keep<O extends object>(object: O): O {
    if (this.#tracked) this.#objects.push(object);
    return object;
  }

  #enter(): void {
    if (++this.#depth > this.#maxDepth) {
      this.fail(`nested more than ${this.#maxDepth} deep`, this.pos);
    }
  }

  #text(): string {
    const pos = this.pos;
    const text = this.#read();
    if (typeof text !== "string") this.fail("a string expected", pos);
    return text;
  }

  #key(): string {
    const pos = this.pos;
    if (pos < this.end) {
      const tag = this.bytes[pos]!;
      if (tag >= T.STRING_BASE && tag < T.ARRAY_BASE) {
        this.pos = pos + 1;
        const length = tag & T.STRING_INLINE_MAX;
        return readKey(this.bytes, this.take(length), length);
      }
    }
    return this.#text();
  }

  #readArray(length: number): unknown[] {
    this.#enter();
    // To store into room made before is much faster than to grow; `length` was checked against the message's own.
    const array: unknown[] = length <= PREALLOCATED ? new Array(length) : [];
    if (this.#tracked) this.#objects.push(array);
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.pos] !== T.HOLE) array[i] = this.#read();
      else if (length <= T.ARRAY_INLINE_MAX) this.take(1);
      else this.fail("an array without holes expected", this.pos);
    }
    this.#depth--;
    return array;
  }

  #readInts(): number[] {
    const length = this.count(4);
    let pos = this.take(4 * length);
    const array: number[] = this.#keep(length <= PREALLOCATED ? new Array(length) : []);
    const view = this.view;
    for (let i = 0; i < length; i++, pos += 4) array[i] = view.getInt32(pos, true);
    return array;
  }

  #readFloats(): number[] {
    const length = this.count(8);
    let pos = this.take(8 * length);
    const array: number[] = this.#keep(length <= PREALLOCATED ? new Array(length) : []);
    const view = this.view;
    for (let i = 0; i < length; i++, pos += 8) array[i] = view.getFloat64(pos, true);
    return array;
  }

  #readShared(id: number): unknown {
    const shape = this.#shapes?.at(id);
    if (shape === undefined) this.fail(`unknown shape ${id}`, this.pos);
    return this.#readRecord(shape.keys);
  }

  #readLocal(id: number): unknown {
    const keys = this.#locals[id];
    if (keys === undefined) this.fail(`unknown shape ${id} of this message`, this.pos);
    return this.#readRecord(keys);
  }

  #define(): readonly string[] {
    const keys: string[] = [];
    for (let left = this.count(1); left > 0; left--) keys.push(this.#key());
    this.#locals.push(keys);
    return keys;
  }

  #readRecord(keys: readonly string[]): unknown {
    this.#enter();
    const object: Record<string, unknown> = {};
    if (this.#tracked) this.#objects.push(object);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      if (key === "__proto__") setProto(object, this.#read());
      else object[key] = this.#read();
    }
    this.#depth--;
    return object;
  }

  /** Fills a container one level down. */
  #within<O extends object>(container: O, kind: number): O {
    this.#enter();
    this.#fill(container, kind);
    this.#depth--;
    return container;
  }

  #fill(container: object, kind: number): void {
    switch (kind) {
      case T.DEFER_ARRAY:
        return this.#fillSparse(container as unknown[]);
      case T.DEFER_MAP: {
        const map = container as Map<unknown, unknown>;
        while (!this.#atEnd()) {
          const key = this.#read();
          map.set(key, this.#read());
        }
        return;
      }
      case T.DEFER_SET: {
        const set = container as Set<unknown>;
        while (!this.#atEnd()) set.add(this.#read());
        return;
      }
      default: {
        const object = container as Record<string, unknown>;
        for (let left = this.count(2); left > 0; left--) {
          const key = this.#key();
          if (key === "__proto__") setProto(object, this.#read());
          else object[key] = this.#read();
        }
      }
    }
  }

  #atEnd(): boolean {
    if (this.bytes[this.pos] !== T.END || this.pos >= this.end) return false;
    this.pos++;
    return true;
  }

  #fillSparse(array: unknown[]): void {
    const at = this.pos;
    const length = this.varint();
    if (length > 0xffff_ffff) this.fail("array length too large", at);
    for (let i = 0; i < length;) {
      const tag = this.bytes[this.pos];
      if (tag === T.HOLE) {
        this.take(1);
        i++;
      } else if (tag === T.HOLES) {
        const pos = this.take(1);
        const count = this.varint();
        if (count === 0 || count > length - i) this.fail("wrong number of holes", pos);
        i += count;
      } else array[i++] = this.#read();
    }
    if (array.length === length) return;
    // A few bytes must not reserve a big array. V8 turns one of the greatest length into a dictionary, which it stays.
    if (length - array.length > 64) array.length = 0xffff_ffff;
    array.length = length;
  }

  #readDeferred(pos: number): unknown {
    if (!this.#tracked) this.fail("a deferred value in an untracked message", pos);
    const kind = this.byte();
    let container: object;
    switch (kind) {
      case T.DEFER_OBJECT:
        container = {};
        break;
      case T.DEFER_NULL_OBJECT:
        container = Object.create(null);
        break;
      case T.DEFER_ARRAY:
        container = [];
        break;
      case T.DEFER_MAP:
        container = new Map();
        break;
      case T.DEFER_SET:
        container = new Set();
        break;
      default:
        return this.fail("unknown kind of deferred value", pos);
    }
    this.#pending.push(container, kind);
    return this.#keep(container);
  }

  #readPending(): void {
    for (let i = 0; i < this.#pending.length; i += 2) {
      this.#fill(this.#pending[i] as object, this.#pending[i + 1] as number);
    }
  }

  #readRegExp(pos: number): RegExp {
    const source = this.#text();
    const flags = this.#text();
    const lastIndex = this.#read();
    if (typeof lastIndex !== "number") this.fail("a number expected", pos);
    const regExp = this.#keep(new RegExp(source, flags));
    regExp.lastIndex = lastIndex;
    return regExp;
  }

  #readTemporal(pos: number): object {
    const code = this.byte();
    const count = temporalPartCount(code);
    if (count === undefined) this.fail("an unknown class of Temporal", pos);
    const parts: TemporalPart[] = [];
    while (parts.length < count) {
      const part = this.#read();
      if (typeof part !== "string" && typeof part !== "number" && typeof part !== "bigint") {
        this.fail("a part of a Temporal value expected", pos);
      }
      parts.push(part);
    }
    return this.#keep(reviveTemporal(code, parts));
  }

  #readResizable(): ArrayBuffer {
    const maxByteLength = this.varint();
    const bytes = this.bulk();
    const buffer = this.#keep(new ArrayBuffer(bytes.length, { maxByteLength }));
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }

  #readView(): ArrayBufferView {
    const pos = this.pos;
    const code = this.byte();
    const size = VIEW_ELEMENT_SIZES[code];
    if (size === undefined) this.fail("unknown kind of view", pos);
    const bytes = this.bulk();
    if (code === 0) return this.#keep(bytes);
    if (bytes.length % size !== 0) this.fail("part of an element in a view", pos);
    return this.#keep(new VIEW_CONSTRUCTORS[code]!(bytes.buffer));
  }

  #readMoved(pos: number): object {
    const code = this.byte();
    const ref = this.varint();
    const offset = this.varint();
    const length = this.varint();
    const size = code === T.MOVED_BUFFER ? 1 : VIEW_ELEMENT_SIZES[code];
    if (size === undefined) this.fail("unknown kind of view", pos);
    if (this.#handles?.fromMoved === undefined) {
      this.fail("a moved buffer, which cannot be here,", pos);
    }
    const buffer = this.#handles.fromMoved(ref);
    if (code === T.MOVED_BUFFER) return this.#keep(buffer);
    if (length % size !== 0 || offset % size !== 0 || offset + length > buffer.byteLength) {
      this.fail("a view outside its buffer", pos);
    }
    return this.#keep(new VIEW_CONSTRUCTORS[code]!(buffer, offset, length / size));
  }

  #readError(): Error {
    this.#enter();
    const kind = this.#text();
    const name = this.#text();
    const message = this.#text();
    const at = this.pos;
    const stack = this.#read();
    if (stack !== undefined && typeof stack !== "string") this.fail("a stack expected", at);
    const error = this.#keep(reviveError(kind, name, message, stack));
    const count = this.count(2);
    const hidden = this.varint();
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      setErrorProperty(error, key, this.#read(), i >= hidden);
    }
    this.#depth--;
    return error;
  }

  #readBoxed(pos: number): unknown {
    // The box is numbered before what is in it, which has no identity.
    const value = this.#read();
    if (value === null || value === undefined || typeof value === "object") {
      this.fail("a primitive expected", pos);
    }
    return this.#keep(Object(value) as object);
  }

  #readClass(pos: number): unknown {
    this.#enter();
    const name = this.#key();
    const registered = registeredByName(name);
    if (registered === undefined) {
      this.fail(`the class ${JSON.stringify(name)}, which is not registered in this agent,`, pos);
    }
    const number = this.#tracked ? this.#objects.push(UNBORN) - 1 : -1;
    const payload = this.#read();
    this.#foreign = true;
    const object = registered.codec.decode(payload);
    this.#foreign = false;
    if (number >= 0) this.#objects[number] = object;
    this.#depth--;
    return object;
  }

  #readHandle(pos: number): object {
    const kind = this.varint();
    const ref = this.varint();
    if (this.#handles === undefined) this.fail("a shared object, which cannot be here,", pos);
    this.#foreign = true;
    const object = this.#handles.fromHandle(kind, ref);
    this.#foreign = false;
    return this.#keep(object);
  }
}

function setProto(object: object, value: unknown): void {
  Object.defineProperty(object, "__proto__", {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
