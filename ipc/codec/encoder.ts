/** Values to message bytes, in place. */
import type { Bytes, HandleHook, MovedPart } from "./bytes.ts";
import { ByteWriter, FULL } from "./_byte_writer.ts";
import { isSentAsArray, registeredByPrototype, type RegisteredClass } from "./class_registry.ts";
import { findPath, Refusal } from "./unsendable_path.ts";
import { UnsendableError } from "./unsendable_error.ts";
import { type ShapeNode, ShapeTrie } from "./shapes.ts";
import { describeError, isRevoked, whyUnsendable, whyUntouchable } from "./_builtins.ts";
import {
  KIND_BOXED,
  KIND_BUFFER,
  KIND_DATE,
  KIND_MAP,
  KIND_REGEXP,
  KIND_SEARCH_PARAMS,
  KIND_SET,
  KIND_TEMPORAL,
  KIND_URL,
  KIND_VIEW,
  kindOf,
  viewCode,
} from "./_kinds.ts";
import * as T from "./_tags.ts";
import { temporalCode, temporalParts } from "./_temporal.ts";
import { isOutOfBounds } from "./views.ts";

/** Options of an {@linkcode Encoder}. */
export interface EncoderOptions {
  /** Shapes known to the other side too. */
  shapes?: ShapeTrie | undefined;
  /** Objects that travel by handle. */
  handles?: HandleHook | undefined;
}

/** Objects found by linear search; a Map takes over beyond. */
const FEW = 16;
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;
const getPrototypeOf = Object.getPrototypeOf;
const EMPTY = {};
let epochs = 0;

/** True when someone has put enumerable properties on Object.prototype, which for-in would list. */
function isPolluted(): boolean {
  for (const _ in EMPTY) return true;
  return false;
}

/** Writes values as messages. One instance per agent and configuration is enough. */
export class Encoder extends ByteWriter {
  readonly #options: EncoderOptions;
  readonly #trie: ShapeTrie;
  readonly #handles: HandleHook | undefined;
  /** Objects met in this message, in order. */
  readonly #few: unknown[] = new Array(FEW).fill(undefined);
  #count = 0;
  #many: Map<unknown, number> | undefined = undefined;
  #tracked = false;
  /** Registered objects whose payload is being written. */
  #open: unknown[] = [];
  /** Deferred containers, each followed by its kind. */
  #pending: unknown[] = [];
  /** Handles in this message, kind and ref, to cancel them if it is not sent. */
  #issued: number[] = [];
  #depth = 0;
  #epoch = 0;
  #localShapes = 0;
  #polluted = false;
  /** Serves calls made from inside a getter or a class's `encode`. */
  #busy = false;
  #nested: Encoder | undefined = undefined;

  constructor(options: EncoderOptions = {}) {
    super();
    this.#options = options;
    this.#trie = options.shapes ?? new ShapeTrie();
    this.#handles = options.handles;
  }

  /**
   * Encodes into `memory.bytes[start, end)`.
   *
   * @returns The offset after the message, or -1 when it does not fit.
   * @throws {UnsendableError} If a part cannot be sent. Bytes of the range may have been written.
   */
  encodeInto(value: unknown, memory: Bytes, start: number, end: number): number {
    if (this.#busy) return this.#inner().encodeInto(value, memory, start, end);
    this.aim(memory, end);
    this.#busy = true;
    try {
      return this.#message(value, start);
    } catch (error) {
      this.#cancel();
      if (error === FULL) return -1;
      throw this.#explain(error, value);
    } finally {
      this.#reset();
    }
  }

  /**
   * Encodes into a buffer of the encoder's own.
   *
   * @returns The message, good until the next call.
   * @throws {UnsendableError} If a part cannot be sent.
   */
  encode(value: unknown): Uint8Array<ArrayBuffer> {
    if (this.#busy) return this.#inner().encode(value);
    this.aimAtOwn();
    this.#busy = true;
    try {
      return this.written(this.#message(value, 0));
    } catch (error) {
      this.#cancel();
      throw this.#explain(error, value);
    } finally {
      this.#reset();
    }
  }

  #inner(): Encoder {
    return this.#nested ??= new Encoder({ ...this.#options, shapes: this.#trie });
  }

  #explain(error: unknown, root: unknown): unknown {
    if (error instanceof TypeError) {
      // An object that is not what it looks like throws at the first touch, before anything of it is written.
      const touched = this.#lastMet();
      const why = touched === undefined ? undefined : whyUntouchable(touched);
      if (why !== undefined) error = new Refusal(touched, why);
    }
    if (error instanceof Refusal) {
      return new UnsendableError(error.reason, {
        // A part of a registered object's payload has no path: the object has.
        path: findPath(root, error.value) ?? findPath(root, this.#open[0]) ?? "value",
        // A revoked Proxy in the error would make the error one that cannot be printed.
        value: isRevoked(error.value) ? undefined : error.value,
      });
    }
    if (error instanceof RangeError && error.message === "Maximum call stack size exceeded") {
      return new UnsendableError("nested too deeply for the stack that is left", {
        path: "value",
        value: root,
        cause: error,
      });
    }
    return error;
  }

  /** The object that was numbered last. */
  #lastMet(): object | undefined {
    let last = this.#few[this.#count - 1];
    if (this.#many !== undefined) { for (const met of this.#many.keys()) last = met; }
    return last as object | undefined;
  }

  #cancel(): void {
    for (let i = 0; i < this.#issued.length; i += 2) {
      this.#handles?.cancel?.(this.#issued[i]!, this.#issued[i + 1]!);
    }
  }

  /** Drops every reference to what was sent. */
  #reset(): void {
    const few = this.#count < FEW ? this.#count : FEW;
    for (let i = 0; i < few; i++) this.#few[i] = undefined;
    this.#count = 0;
    this.#depth = 0;
    this.#many = undefined;
    this.#tracked = false;
    if (this.#open.length > 0) this.#open = [];
    if (this.#issued.length > 0) this.#issued = [];
    if (this.#pending.length > 0) this.#pending = [];
    this.#busy = false;
    this.release();
  }

  #message(value: unknown, start: number): number {
    let pos = this.room(start, 1) + 1;
    this.#localShapes = 0;
    this.#epoch = ++epochs;
    if (typeof value === "object") {
      this.#polluted = isPolluted();
      if (this.#trie.full) this.#trie.forget();
    }
    pos = this.#write(value, pos);
    if (this.#pending.length > 0) pos = this.#writePending(pos);
    this.bytes[start] = this.#tracked ? T.FORMAT | T.FLAG_TRACKED : T.FORMAT;
    return pos;
  }

  #write(value: unknown, pos: number): number {
    switch (typeof value) {
      case "number":
        return this.writeNumber(value, pos);
      case "string":
        return this.writeString(value, pos);
      case "object":
        return value === null ? this.writeTag(T.NULL, pos) : this.#writeObject(value, pos);
      case "boolean":
        return this.writeTag(value ? T.TRUE : T.FALSE, pos);
      case "undefined":
        return this.writeTag(T.UNDEFINED, pos);
      case "bigint":
        return this.writeBigInt(value, pos);
      default:
        throw new Refusal(value, whyUnsendable(value));
    }
  }

  /** The number of an object that was met before; -1 for a new one, which gets the next number. */
  #number(object: object): number {
    const count = this.#count;
    const few = this.#few;
    if (count < FEW) {
      for (let i = 0; i < count; i++) if (few[i] === object) return i;
      few[count] = object;
      this.#count = count + 1;
      return -1;
    }
    const many = this.#many ??= new Map(few.map((met, i) => [met, i]));
    const found = many.getOrInsert(object, count);
    if (found !== count) return found;
    this.#count = count + 1;
    return -1;
  }

  #writeObject(object: object, pos: number): number {
    const number = this.#number(object);
    if (number >= 0) return this.#writeReference(object, number, pos);
    if (this.#depth >= T.INLINE_DEPTH) {
      const deferred = this.#defer(object, pos);
      if (deferred >= 0) return deferred;
      if (this.#depth >= T.MAX_DEPTH) {
        throw new Refusal(
          object,
          `nested more than ${T.MAX_DEPTH} deep in errors or in payloads of registered classes`,
        );
      }
    }
    this.#depth++;
    if (Array.isArray(object)) {
      pos = isPlain(object) ? this.#writeArray(object, pos) : this.#writeOtherArray(object, pos);
    } else {
      const prototype: object | null = getPrototypeOf(object);
      pos = prototype === objectPrototype
        ? this.#writeRecord(object as Record<string, unknown>, pos)
        : this.#writeOther(object, prototype, pos);
    }
    this.#depth--;
    return pos;
  }

  #writeReference(object: object, number: number, pos: number): number {
    if (this.#open.includes(object)) {
      throw new Refusal(
        object,
        "an instance of a registered class that is part of its own payload",
      );
    }
    this.#tracked = true;
    return this.writeVarint(number, this.writeTag(T.REF, pos));
  }

  #writeRecord(object: Record<string, unknown>, pos: number): number {
    if (this.#polluted) return this.#writeDictionary(object, this.writeTag(T.OBJECT, pos));
    const trie = this.#trie;
    let node = trie.root;
    for (const key in object) {
      if (node.lastKey === key && node.lastChild !== undefined) node = node.lastChild;
      else if ((node = trie.step(node, key)) === trie.none) break;
    }
    if (node === trie.none) return this.#writeDictionary(object, this.writeTag(T.OBJECT, pos));
    const id = node.sharedId >= 0 ? node.sharedId : trie.share(node);
    if (id < 0) pos = this.#writeLocalShape(node, pos);
    else if (id <= T.SHARED_INLINE_MAX) pos = this.writeTag(T.SHARED_BASE | id, pos);
    else pos = this.writeVarint(id, this.writeTag(T.SHARED, pos));
    // A getter may add and remove keys while the values are written: exactly the shape's keys are written.
    const keys = node.keys;
    let done = 0;
    for (const key in object) {
      if (key !== keys[done]) break;
      pos = this.#write(object[key], pos);
      done++;
    }
    for (; done < keys.length; done++) pos = this.#write(object[keys[done]!], pos);
    return pos;
  }

  #writeLocalShape(node: ShapeNode, pos: number): number {
    if (node.epoch === this.#epoch) {
      const id = node.localId;
      return id <= T.LOCAL_INLINE_MAX
        ? this.writeTag(T.LOCAL_BASE | id, pos)
        : this.writeVarint(id, this.writeTag(T.LOCAL, pos));
    }
    node.epoch = this.#epoch;
    node.localId = this.#localShapes++;
    const keys = node.keys;
    pos = this.writeVarint(keys.length, this.writeTag(T.DEFINE, pos));
    for (let i = 0; i < keys.length; i++) pos = this.writeString(keys[i]!, pos);
    return pos;
  }

  /** Count and pairs of a plain object. */
  #writeDictionary(object: Record<string, unknown>, pos: number): number {
    const keys = Object.keys(object);
    pos = this.writeVarint(keys.length, pos);
    for (let i = 0; i < keys.length; i++) {
      pos = this.writeString(keys[i]!, pos);
      pos = this.#write(object[keys[i]!], pos);
    }
    return pos;
  }

  #writeArray(array: readonly unknown[], pos: number): number {
    const length = array.length;
    const short = length <= T.ARRAY_INLINE_MAX;
    if (!short) {
      const kind = numericKind(array, length);
      if (kind !== 0) return this.#writeNumbers(array, length, kind, pos);
    }
    const at = pos;
    pos = short
      ? this.writeTag(T.ARRAY_BASE | length, pos)
      : this.writeVarint(length, this.writeTag(T.ARRAY, pos));
    for (let i = 0; i < length; i++) {
      const element = array[i];
      if (element === undefined && !(i in array)) {
        if (short) {
          pos = this.writeTag(T.HOLE, pos);
          continue;
        }
        this.bytes[at] = T.SPARSE;
        return this.#writeSparse(array, i, length, pos);
      }
      pos = this.#write(element, pos);
    }
    return pos;
  }

  #writeNumbers(array: readonly unknown[], length: number, kind: number, pos: number): number {
    pos = this.writeVarint(length, this.writeTag(kind, pos));
    this.room(pos, length * (kind === T.INTS ? 4 : 8));
    const view = this.view;
    if (kind === T.INTS) {
      for (let i = 0; i < length; i++, pos += 4) view.setInt32(pos, array[i] as number, true);
    } else {
      for (let i = 0; i < length; i++, pos += 8) view.setFloat64(pos, array[i] as number, true);
    }
    return pos;
  }

  /** Elements from the first hole on. */
  #writeSparse(array: readonly unknown[], from: number, length: number, pos: number): number {
    let next = from;
    // Index keys come first and in ascending order; what follows them is not sent.
    for (const key of Object.keys(array)) {
      const index = Number(key);
      if (index < next) continue;
      if (!Number.isInteger(index) || index >= length) break;
      pos = this.#writeHoles(index - next, pos);
      pos = this.#write(array[index], pos);
      next = index + 1;
    }
    return this.#writeHoles(length - next, pos);
  }

  #writeHoles(count: number, pos: number): number {
    if (count === 0) return pos;
    if (count === 1) return this.writeTag(T.HOLE, pos);
    return this.writeVarint(count, this.writeTag(T.HOLES, pos));
  }

  #writeOther(object: object, prototype: object | null, pos: number): number {
    if (prototype === null) {
      return this.#writeDictionary(
        object as Record<string, unknown>,
        this.writeTag(T.NULL_OBJECT, pos),
      );
    }
    const kind = kindOf(prototype);
    if (kind !== undefined) return this.#writeBuiltIn(object, kind, pos);
    const registered = registeredByPrototype(prototype);
    if (registered !== undefined) return this.#writeRegistered(object, registered, pos);
    const handle = this.#handles?.toHandle(object);
    if (handle !== undefined) {
      this.#issued.push(handle.kind, handle.ref);
      pos = this.writeVarint(handle.kind, this.writeTag(T.HANDLE, pos));
      return this.writeVarint(handle.ref, pos);
    }
    const other = this.#handles?.asClass?.(object);
    if (other !== undefined) return this.#writeRegistered(object, other, pos);
    if (ArrayBuffer.isView(object)) return this.#writeView(object, pos);
    if (Error.isError(object)) return this.#writeError(object as Error, pos);
    throw new Refusal(object, whyUnsendable(object));
  }

  /** An instance of a subclass of Array. */
  #writeOtherArray(array: readonly unknown[], pos: number): number {
    const registered = registeredByPrototype(getPrototypeOf(array));
    if (registered !== undefined) return this.#writeRegistered(array, registered, pos);
    throw new Refusal(array, whyUnsendable(array));
  }

  #writeRegistered(object: object, { name, codec }: RegisteredClass, pos: number): number {
    pos = this.writeString(name, this.writeTag(T.CLASS, pos));
    this.#open.push(object);
    pos = this.#write(codec.encode(object), pos);
    this.#open.pop();
    return pos;
  }

  #writeBuiltIn(object: object, kind: number, pos: number): number {
    switch (kind) {
      case KIND_VIEW:
        return this.#writeView(object as ArrayBufferView, pos);
      case KIND_MAP:
        return this.#writeMap(object as Map<unknown, unknown>, this.writeTag(T.MAP, pos));
      case KIND_SET:
        return this.#writeSet(object as Set<unknown>, this.writeTag(T.SET, pos));
      case KIND_DATE: {
        this.room(pos, 9);
        this.view.setFloat64(pos + 1, Date.prototype.getTime.call(object), true);
        this.bytes[pos] = T.DATE;
        return pos + 9;
      }
      case KIND_REGEXP: {
        const { source, flags, lastIndex } = object as RegExp;
        pos = this.writeString(source, this.writeTag(T.REGEXP, pos));
        return this.writeNumber(Number(lastIndex), this.writeString(flags, pos));
      }
      case KIND_BUFFER:
        return this.#writeBuffer(object as ArrayBuffer, pos);
      case KIND_URL:
        return this.writeString((object as URL).href, this.writeTag(T.URL_TAG, pos));
      case KIND_SEARCH_PARAMS:
        return this.writeString(
          URLSearchParams.prototype.toString.call(object),
          this.writeTag(T.SEARCH_PARAMS, pos),
        );
      case KIND_TEMPORAL: {
        pos = this.writeTag(temporalCode(object), this.writeTag(T.TEMPORAL, pos));
        for (const part of temporalParts(object)) pos = this.#write(part, pos);
        return pos;
      }
      case KIND_BOXED:
      default:
        return this.#write(
          (object as { valueOf(): unknown }).valueOf(),
          this.writeTag(T.BOXED, pos),
        );
    }
  }

  #writeMap(map: ReadonlyMap<unknown, unknown>, pos: number): number {
    // A getter may go on adding entries: those that were not there at the start are left out.
    let left = map.size;
    for (const [key, value] of map) {
      if (left-- === 0) break;
      pos = this.#write(value, this.#write(key, pos));
    }
    return this.writeTag(T.END, pos);
  }

  #writeSet(set: ReadonlySet<unknown>, pos: number): number {
    let left = set.size;
    for (const value of set) {
      if (left-- === 0) break;
      pos = this.#write(value, pos);
    }
    return this.writeTag(T.END, pos);
  }

  #writeBuffer(buffer: ArrayBuffer, pos: number): number {
    const moved = this.#handles?.toMoved?.(buffer);
    if (moved !== undefined) return this.#writeMoved(T.MOVED_BUFFER, moved, pos);
    if (buffer.detached) throw new Refusal(buffer, "a detached ArrayBuffer");
    const bytes = new Uint8Array(buffer, 0, buffer.byteLength);
    if (!buffer.resizable) return this.writeBulk(bytes, this.writeTag(T.BUFFER, pos));
    pos = this.writeVarint(buffer.maxByteLength, this.writeTag(T.RESIZABLE, pos));
    return this.writeBulk(bytes, pos);
  }

  #writeView(view: ArrayBufferView, pos: number): number {
    const buffer = view.buffer;
    if (buffer instanceof SharedArrayBuffer) {
      throw new Refusal(
        view,
        "a view of shared memory; send the shared object itself, or a copy made by slice()",
      );
    }
    const moved = this.#handles?.toMoved?.(view);
    if (moved !== undefined) return this.#writeMoved(viewCode(view), moved, pos);
    if (buffer.detached) throw new Refusal(view, "a view of a detached ArrayBuffer");
    if (buffer.resizable && isOutOfBounds(view)) {
      throw new Refusal(view, "a view outside its ArrayBuffer, which was resized");
    }
    const code = viewCode(view);
    pos = this.writeTag(code, this.writeTag(T.VIEW, pos));
    return this.writeBulk(
      code === 0 ? view as Uint8Array : new Uint8Array(buffer, view.byteOffset, view.byteLength),
      pos,
    );
  }

  #writeMoved(code: number, { ref, offset, length }: MovedPart, pos: number): number {
    pos = this.writeTag(code, this.writeTag(T.MOVED, pos));
    return this.writeVarint(length, this.writeVarint(offset, this.writeVarint(ref, pos)));
  }

  #writeError(error: Error, pos: number): number {
    const { kind, name, message, stack, keys, hidden } = describeError(error);
    pos = this.writeString(kind, this.writeTag(T.ERROR, pos));
    pos = this.writeString(name, pos);
    pos = this.writeString(message, pos);
    pos = this.#write(stack, pos);
    pos = this.writeVarint(keys.length, pos);
    pos = this.writeVarint(hidden, pos);
    for (let i = 0; i < keys.length; i++) {
      pos = this.writeString(keys[i]!, pos);
      pos = this.#write((error as unknown as Record<string, unknown>)[keys[i]!], pos);
    }
    return pos;
  }

  /** Defers a container until after the root; -1 if it cannot be deferred. */
  #defer(object: object, pos: number): number {
    // A class's `decode` must get a complete payload.
    if (this.#open.length > 0) return -1;
    const kind = deferKind(object);
    if (kind < 0) return -1;
    this.#tracked = true;
    this.#pending.push(object, kind);
    return this.writeTag(kind, this.writeTag(T.DEFER, pos));
  }

  #writePending(pos: number): number {
    for (let i = 0; i < this.#pending.length; i += 2) {
      const object = this.#pending[i]!;
      switch (this.#pending[i + 1]) {
        case T.DEFER_ARRAY: {
          const length = (object as unknown[]).length;
          pos = this.writeVarint(length, pos);
          pos = this.#writeSparse(object as unknown[], 0, length, pos);
          break;
        }
        case T.DEFER_MAP:
          pos = this.#writeMap(object as Map<unknown, unknown>, pos);
          break;
        case T.DEFER_SET:
          pos = this.#writeSet(object as Set<unknown>, pos);
          break;
        default:
          pos = this.#writeDictionary(object as Record<string, unknown>, pos);
      }
      // Cleared early: this may be a very long list.
      this.#pending[i] = undefined;
    }
    return pos;
  }
}

/**
 * Whether an array is sent as one, and not as an instance of a class. A class has a `constructor` of its own; to compare
 * that first costs nothing, while to ask each array for its prototype makes lists of short arrays a sixth slower.
 */
function isPlain(array: readonly unknown[]): boolean {
  if (array.constructor === Array) return true;
  const prototype: object | null = getPrototypeOf(array);
  return prototype === arrayPrototype || isSentAsArray(prototype);
}

function deferKind(object: object): number {
  if (Array.isArray(object)) return isPlain(object) ? T.DEFER_ARRAY : -1;
  switch (getPrototypeOf(object)) {
    case objectPrototype:
      return T.DEFER_OBJECT;
    case null:
      return T.DEFER_NULL_OBJECT;
    case Map.prototype:
      return T.DEFER_MAP;
    case Set.prototype:
      return T.DEFER_SET;
    default:
      return -1;
  }
}

/** `INTS` or `FLOATS` when an array holds nothing else, else 0. */
function numericKind(array: readonly unknown[], length: number): number {
  let kind = T.INTS;
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (typeof element !== "number") return 0;
    if ((element | 0) !== element || element === 0 && 1 / element < 0) kind = T.FLOATS;
  }
  return kind;
}
