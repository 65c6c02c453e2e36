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
} from "../../types/mod.ts";
import * as code from "../codes.ts";
import { Containers } from "./_containers.ts";
import {
  LARGEST_COPIED,
  NESTED,
  tupleConstancy,
  TupleTable,
  VARIABLE,
} from "./_constant_tuples.ts";
import { type Frame, mustHash, newFrame, NO_SOURCE, type Shape } from "./_frame.ts";
import { CONSTANT, describe, LIST, MAP, OBJECT, pathOf, SET } from "./_path.ts";
import { MAX_SIZE, ROOM } from "./_output.ts";
import {
  CREDIT,
  earn,
  ELLIPSIS_ID,
  FALSE_ID,
  NO_ID,
  NONE_ID,
  ScalarWriter,
  STOP_ITERATION_ID,
  TRUE_ID,
  type WriteSettings,
} from "./_scalar_writer.ts";
import { SetOrder } from "./_set_order.ts";
import { TextRun } from "./_text_run.ts";
import { MarshallingError } from "../errors.ts";

/** Stands for the type byte of a container that was written before. */
const WRITTEN = -1;

/**
 * Writes one value, without recursion.
 *
 * Three kinds of objects: constants (strings, numbers, bytes, tuples of such) are equal by value and, under `literal` and
 * `all`, take an index at first sight; containers are equal by identity and, except under `all`, take one only if they
 * come up again, see {@linkcode LateRefs}; None, the bools and such take none.
 */
export class Writer extends ScalarWriter {
  readonly #settings: WriteSettings;
  readonly #sets: SetOrder;
  readonly #containers: Containers = new Containers();
  readonly #runs: TextRun;
  /** Frames in use, and after them those that may be used again. */
  readonly #frames: Frame[] = [newFrame()];
  #depth = 1;
  /** Indexes of the items of the constants being written. */
  readonly #ids: number[] = [];
  #tupleCredit: number;
  #tuples: TupleTable | undefined;
  #constancies: Map<object, number> | undefined;
  readonly #shapes: (Shape | undefined)[] = [];

  constructor(settings: WriteSettings, sets?: SetOrder) {
    super(settings);
    this.#settings = settings;
    this.#sets = sets ??
      new SetOrder((value, order) => new Writer(settings, order).write(value));
    this.#runs = new TextRun(settings.version);
    this.#tupleCredit = this.constants ? CREDIT : -1;
  }

  /** Writes `value` and returns the bytes. To be called once. */
  write(value: unknown): Uint8Array<ArrayBuffer> {
    // The root stands alone in a frame of its own, which is not written.
    this.#frames[0]!.items = [value];
    while (true) {
      const frame = this.#frames[this.#depth - 1]!;
      const object = frame.kind === OBJECT ? this.#properties(frame) : this.#items(frame);
      if (object !== undefined) {
        this.#object(object, frame);
        continue;
      }
      if (--this.#depth === 0) break;
      this.#end(frame);
    }
    this.late?.resolve(this.out, this.view);
    return this.finish();
  }

  /** Writes items up to the next object, which is returned. */
  #items(frame: Frame): object | undefined {
    const { items, kind } = frame;
    const runs = kind !== MAP && kind !== CONSTANT;
    let { at } = frame;
    while (at < items.length) {
      const value = items[at++];
      if (this.out.length - this.at < ROOM) this.reserve(ROOM);
      if (typeof value === "number") {
        if ((value | 0) === value && (value !== 0 || 1 / value > 0)) this.int(value);
        else this.number(value);
      } else if (typeof value === "string") {
        if (this.textCredit < 0 && runs && (this.constants || !this.refs)) {
          const next = this.#runs.write(this, items, at - 1);
          if (next >= at) at = next;
          else this.text(value);
        } else if (kind === MAP && (at & 1) === 1) {
          this.key(value);
        } else {
          this.text(value);
        }
      } else if (typeof value === "object" && value !== null) {
        if (value instanceof Float) {
          this.float(value.value);
        } else {
          frame.at = at;
          return value;
        }
      } else {
        this.#other(value, frame, at);
      }
      if (kind === CONSTANT) this.#ids.push(this.id);
    }
    frame.at = at;
    return undefined;
  }

  /** Writes an object's keys and values up to the next object, which is returned. */
  #properties(frame: Frame): object | undefined {
    const { items, source, shape, known } = frame;
    let { at } = frame;
    while (at < items.length) {
      const name = items[at] as string;
      if (this.out.length - this.at < 2 * ROOM) this.reserve(2 * ROOM);
      if (known) {
        this.ref(shape!.ids[at]!);
      } else {
        const id = this.key(name);
        if (shape !== undefined) shape.ids[at] = id;
        if (this.out.length - this.at < ROOM) this.reserve(ROOM);
      }
      at++;
      const value = source[name];
      if (typeof value === "number") {
        if ((value | 0) === value && (value !== 0 || 1 / value > 0)) this.int(value);
        else this.number(value);
      } else if (typeof value === "string") {
        this.text(value);
      } else if (typeof value === "object" && value !== null) {
        if (value instanceof Float) {
          this.float(value.value);
        } else {
          frame.at = at;
          return value;
        }
      } else {
        this.#other(value, frame, at);
      }
    }
    frame.at = at;
    return undefined;
  }

  #other(value: unknown, frame: Frame, at: number): void {
    if (value === null || value === undefined) this.single(code.NONE, NONE_ID);
    else if (value === true) this.single(code.TRUE, TRUE_ID);
    else if (value === false) this.single(code.FALSE, FALSE_ID);
    else if (typeof value === "bigint") this.bigint(value);
    else if (value === Ellipsis) this.single(code.ELLIPSIS, ELLIPSIS_ID);
    else if (value === StopIteration) this.single(code.STOP_ITERATION, STOP_ITERATION_ID);
    else {
      frame.at = at;
      this.#refuse(value);
    }
  }

  /** Ends the container in `frame`, which the frames no longer hold. */
  #end(frame: Frame): void {
    this.id = NO_ID;
    if (frame.kind === OBJECT || frame.kind === MAP) {
      this.reserve(1);
      this.out[this.at++] = code.NULL;
    } else if (frame.kind === CONSTANT) {
      this.#endConstant(frame);
    }
    frame.items = [];
    frame.source = NO_SOURCE;
    if (this.#frames[this.#depth - 1]!.kind === CONSTANT) this.#ids.push(this.id);
  }

  /** Writes an object, or opens it for its items to be written. */
  #object(value: object, parent: Frame): void {
    if (this.#container(value, parent)) return;
    if (value instanceof Complex) {
      this.complex(value);
    } else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      this.#buffer(value, parent);
    } else {
      this.#refuse(value);
    }
    if (parent.kind === CONSTANT) this.#ids.push(this.id);
  }

  /** Opens a container; returns whether `value` is one. */
  #container(value: object, parent: Frame): boolean {
    if (Array.isArray(value)) {
      this.#array(value, parent);
      return true;
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const type = this.#enter(value, code.DICT, parent);
      if (type === WRITTEN) return true;
      const names = Object.keys(value);
      const frame = this.#fill(type, -1, OBJECT, names, parent);
      frame.source = value as Record<string, unknown>;
      this.#setShape(frame, names);
      return true;
    }
    switch (prototype) {
      case Map.prototype:
      case PyDict.prototype: {
        const type = this.#enter(value, code.DICT, parent);
        if (type === WRITTEN) return true;
        const items: unknown[] = [];
        (value as Map<unknown, unknown>).forEach((item, key) => items.push(key, item));
        this.#fill(type, -1, MAP, items, parent);
        return true;
      }
      case Set.prototype:
      case PySet.prototype:
      case FrozenSet.prototype: {
        const set = value as Set<unknown>;
        const frozen = prototype === FrozenSet.prototype;
        const type = this.#enter(value, frozen ? code.FROZEN_SET : code.SET, parent);
        if (type !== WRITTEN) this.#fill(type, set.size, SET, this.#elements(set), parent);
        return true;
      }
      case Slice.prototype: {
        if (this.version < 5) this.#refuse(value, "version 5, which has a form for slices");
        const type = this.#enter(value, code.SLICE, parent);
        const { start, stop, step } = value as Slice;
        if (type !== WRITTEN) this.#fill(type, -1, LIST, [start, stop, step], parent);
        return true;
      }
    }
    return false;
  }

  /** The elements of a set in order. Sorting writes each alone, so that an error knows only where in the element it is. */
  #elements(set: ReadonlySet<unknown>): readonly unknown[] {
    try {
      return this.#sets.order(set);
    } catch (cause) {
      if (!(cause instanceof MarshallingError)) throw cause;
      const path = this.#path();
      throw new MarshallingError(
        `Cannot marshal an element of the set at ${path}: ${cause.message}`,
        { path, cause },
      );
    }
  }

  #array(value: unknown[], parent: Frame): void {
    const size = value.length;
    if (!isTuple(value)) {
      const type = this.#enter(value, code.LIST, parent);
      if (type !== WRITTEN) this.#fill(type, size, LIST, value, parent);
      return;
    }
    const type = this.version >= 4 && size < 256 ? code.SMALL_TUPLE : code.TUPLE;
    const constancy = this.constants
      ? tupleConstancy(value, this.#constancies ??= new Map())
      : VARIABLE;
    // Two copies of a large tuple would cost more than its place among the containers.
    const byIdentity = constancy === NESTED || size > LARGEST_COPIED;
    if (constancy === VARIABLE || (byIdentity && this.#tupleCredit < 0)) {
      const entered = this.#enter(value, type, parent);
      if (entered !== WRITTEN) this.#fill(entered, size, LIST, value, parent);
      return;
    }
    if (byIdentity) {
      const known = this.#containers.enter(value);
      if (known !== undefined) return this.#again(known, parent);
      this.#containers.setLast(this.count);
    }
    const keys = mustHash(parent);
    const start = this.at;
    // A small flat tuple without credit is a value like a number, of which nobody can tell two copies from one.
    const shared = this.#tupleCredit >= 0;
    this.#head(shared ? type | code.REF_FLAG : type, size);
    const frame = this.#push(value, keys);
    if (!shared) {
      frame.kind = LIST;
      return;
    }
    frame.kind = CONSTANT;
    frame.start = start;
    frame.index = this.count++;
    frame.fields = this.late?.fieldCount ?? 0;
  }

  /** Drops a tuple of constants that was written before in favour of a reference to it. */
  #endConstant({ start, index, fields, items }: Frame): void {
    const ids = this.#ids;
    const from = ids.length - items.length;
    this.id = index;
    let known = -1;
    if (ids.indexOf(NO_ID, from) < 0) {
      known = (this.#tuples ??= new TupleTable()).findOrAdd(ids, from, ids.length, index);
    }
    ids.length = from;
    if (known < 0) {
      this.#tupleCredit--;
      return;
    }
    this.#tupleCredit = earn(this.#tupleCredit);
    // All of its items were written before too, so that no index was given out since its own.
    this.at = start;
    this.count = index;
    if (this.late !== undefined) this.late.fieldCount = fields;
    this.#containers.replace(items, known);
    this.reserve(ROOM);
    this.ref(known);
  }

  /**
   * Writes a reference to a container written before, which is {@linkcode WRITTEN}; else notes it, and returns its type
   * byte. What it holds is listed only then: a large one that comes up often is gone through once.
   */
  #enter(value: object, type: number, parent: Frame): number {
    if (
      (type === code.LIST || type === code.DICT || type === code.SET) && mustHash(parent)
    ) {
      this.#refuse(value, "a hashable value");
    }
    if (!this.refs) return type;
    const known = this.#containers.enter(value);
    if (known !== undefined) {
      this.#again(known, parent);
      return WRITTEN;
    }
    // The root is bound to a variable besides, and CPython's list to sort a set by holds its elements besides.
    const held = this.#depth === 1 || parent.kind === SET;
    if (this.late === undefined || (this.constants && held)) {
      this.#containers.setLast(this.count++);
      return type | code.REF_FLAG;
    }
    this.#containers.setLast(~this.late.add(this.at, this.count));
    return type;
  }

  /** Writes the head of a container, and opens it. */
  #fill(
    type: number,
    size: number,
    kind: number,
    items: readonly unknown[],
    parent: Frame,
  ): Frame {
    this.#head(type, size);
    const frame = this.#push(items, mustHash(parent));
    frame.kind = kind;
    return frame;
  }

  /** Writes a reference to a container written before. */
  #again(known: number, parent: Frame): void {
    this.ref(known);
    if (parent.kind === CONSTANT) this.#ids.push(this.id);
  }

  #push(items: readonly unknown[], keys: boolean): Frame {
    // What a container holds, be it only the end of a dict, is one level deeper.
    const { maxDepth } = this.#settings;
    // The byte before is all that an empty dict has yet; of other empty containers it is a count of 0.
    const last = this.out[this.at - 1]! & ~code.REF_FLAG;
    if (this.#depth + (items.length > 0 || last === code.DICT ? 1 : 0) > maxDepth) {
      const received = this.refs
        ? "a deeper one"
        : "a deeper one, or a cycle, which needs version 3";
      throw new MarshallingError(
        `Cannot marshal a value: needed at most ${maxDepth} levels, received ${received}`,
        { path: this.#path() },
      );
    }
    const frame = this.#frames[this.#depth++] ??= newFrame();
    frame.items = items;
    frame.at = 0;
    frame.keys = keys;
    return frame;
  }

  /** Notes the keys of an object, or takes the indexes of the object before it at the same depth. */
  #setShape(frame: Frame, names: readonly string[]): void {
    frame.known = false;
    frame.shape = undefined;
    if (!this.refs) return;
    const last = this.#shapes[this.#depth];
    if (last !== undefined && last.names.length === names.length) {
      let i = 0;
      while (i < names.length && names[i] === last.names[i] && last.ids[i] !== NO_ID) i++;
      frame.known = i === names.length;
    }
    frame.shape = frame.known
      ? last
      : this.#shapes[this.#depth] = { names, ids: new Array(names.length).fill(NO_ID) };
  }

  /** A type byte, and a size where there is one. */
  #head(type: number, size: number): void {
    const { at } = this;
    this.out[at] = type;
    if (size < 0) {
      this.at = at + 1;
    } else if ((type & ~code.REF_FLAG) === code.SMALL_TUPLE) {
      this.out[at + 1] = size;
      this.at = at + 2;
    } else {
      if (size > MAX_SIZE) this.tooLarge(size);
      this.view.setInt32(at + 1, size, true);
      this.at = at + 5;
    }
  }

  /** Immutable bytes are constants; under `shared-only` they, and a bytearray always, are told apart by identity. */
  #buffer(value: ArrayBufferView | ArrayBuffer, parent: Frame): void {
    const bytes = value instanceof ArrayBuffer
      ? new Uint8Array(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const mutable = value instanceof ByteArray;
    if (mutable && mustHash(parent)) this.#refuse(value, "a hashable value");
    const last = this.#depth === 1;
    if (this.constants && !mutable) return this.constantBytes(bytes, value, last);
    let flag = 0;
    if (this.refs) {
      const known = this.#containers.enter(value);
      if (known !== undefined) return this.ref(known);
      if (this.late === undefined || (this.constants && last)) {
        this.#containers.setLast(this.count++);
        flag = code.REF_FLAG;
      } else {
        this.#containers.setLast(~this.late.add(this.at, this.count));
      }
    }
    this.bytes(bytes, flag, last);
  }

  override tooLarge(size: number): never {
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

  #path(): string {
    return pathOf(this.#frames.slice(1, this.#depth));
  }
}
