import {
  Complex,
  Ellipsis,
  FrozenSet,
  type PyDict,
  PySet,
  Slice,
  StopIteration,
  tagTuple,
} from "../../types/mod.ts";
import { WideKeys } from "../../types/containers/wide_keys.ts";
import { isWide } from "../../types/numbers/number_key.ts";
import { WorkBudget } from "../../work.ts";
import * as code from "../codes.ts";
import { CheckedBytes } from "./_checked_bytes.ts";
import { IndexSet } from "./_index_set.ts";
import { fromDigits } from "../long.ts";
import {
  type Dict,
  exactFloat,
  isPropertyName,
  isSimple,
  keepNaN,
  keepZero,
  newDict,
} from "./_mapping.ts";
import { UnmarshallingError } from "../errors.ts";

/** Options of a load, all decided. */
export interface ReadSettings {
  /** Plain arrays, maps and sets instead of tagged tuples and Python's classes. */
  readonly plain: boolean;
  /** Integral floats as `Float`. */
  readonly floats: boolean;
  /** Every dict a map. */
  readonly maps: boolean;
  /** Bytes share memory with the input. */
  readonly views: boolean;
  readonly maxDepth: number;
  readonly maxWork: number;
}

/** What the container being filled is, and so what to do with the next value. */
const IN_ROOT = 0;
const IN_LIST = 1;
const IN_TUPLE = 2;
const IN_SET = 3;
const IN_FROZEN_SET = 4;
const AT_KEY = 5;
const AT_VALUE = 6;
const IN_SLICE = 7;

/** Stands in the table of references for an object that is not complete and must not be referred to yet. */
const HOLE = Symbol("hole");

type Properties = Record<string, unknown>;
type Container = unknown[] | Properties | Dict | Set<unknown>;

/** A container whose filling was interrupted by one inside it. */
interface Frame {
  kind: number;
  target: Container;
  /** Values to come. */
  left: number;
  /** Key that waits for its value. */
  key: unknown;
  /** Index of the container in the table of references, -1 without. */
  ref: number;
  /** Whether all values so far can be keys, which makes a tuple one. */
  hashable: boolean;
  /** Whether all keys so far are strings, numbers and None, which a `Map` compares as Python does. */
  simple: boolean;
}

/**
 * Reads one value, without recursion: data nested deeper than the call stack cost an error, not a crash.
 *
 * Every length is compared with the bytes that remain before anything is made of it, and arrays grow as values arrive,
 * so that the memory taken stays in proportion to the input.
 */
export class Reader extends CheckedBytes {
  /** Where the next value begins. */
  position: number;
  /** Pays for what the keys cost. */
  readonly work: WorkBudget;
  readonly #settings: ReadSettings;
  /** Objects by reference index. */
  readonly #refs: unknown[] = [];
  /** Indexes of lists, dicts and sets, and of tuples that hold one: they cannot be keys. */
  readonly #unhashable: IndexSet = new IndexSet();
  /** Indexes of dicts being filled; true once something refers to one, which then cannot change from object to map. */
  readonly #openDicts: Map<number, boolean> = new Map();

  /** Integer keys of maps and sets in mode plain. */
  #wideKeys: WeakMap<object, WideKeys> | undefined;

  constructor(bytes: Uint8Array<ArrayBuffer>, settings: ReadSettings, position = 0) {
    super(bytes);
    this.#settings = settings;
    this.position = position;
    this.work = new WorkBudget(settings.maxWork, (message) => {
      throw new UnmarshallingError(`Cannot load marshalled data: ${message}`, {
        position: this.position,
        expected: "less work",
      });
    });
    this.work.begin(bytes.length - position);
  }

  read(): unknown {
    const { bytes, view, text } = this;
    const refs = this.#refs;
    const { plain, floats, maps, maxDepth } = this.#settings;
    const end = bytes.length;
    let at = this.position;
    // Frames are used again: a value of many small containers would make garbage of as many.
    const frames: Frame[] = [];
    let depth = 0;
    let kind = IN_ROOT;
    let target: Container = [];
    let left = 1;
    let key: unknown;
    let ref = -1;
    let hashable = true;
    let simple = true;

    while (true) {
      // 1. Read a scalar, or enter a container.
      if (at >= end) this.short(at, 1, "an object");
      const type = bytes[at++]!;
      let flagged = type >= code.REF_FLAG;
      let value: unknown;
      let canBeKey = true;
      let enter = -1;
      let opened: Container = refs;
      let count = 0;
      switch (type & ~code.REF_FLAG) {
        case code.INT:
          if (end - at < 4) this.short(at, 4, "an int");
          value = view.getInt32(at, true);
          at += 4;
          break;
        case code.REF: {
          if (end - at < 4) this.short(at, 4, "a reference");
          const index = view.getUint32(at, true);
          value = index < refs.length ? refs[index] : HOLE;
          if (value === HOLE) {
            this.fail(at, "the index of an object read before", `${index} of ${refs.length}`);
          }
          if (typeof value === "object") {
            canBeKey = !this.#unhashable.has(index);
            if (this.#openDicts.has(index)) this.#openDicts.set(index, true);
          }
          at += 4;
          flagged = false;
          break;
        }
        case code.SHORT_ASCII:
        case code.SHORT_ASCII_INTERNED: {
          const size = at < end ? bytes[at]! : 0;
          if (end - at < size + 1) this.short(at, size + 1, "a str");
          value = text.latin1(at + 1, size);
          at += size + 1;
          break;
        }
        case code.ASCII:
        case code.ASCII_INTERNED: {
          const size = this.size(at, "characters of a str");
          value = text.latin1(at + 4, size);
          at += size + 4;
          break;
        }
        case code.UNICODE:
        case code.INTERNED: {
          const size = this.size(at, "bytes of a str");
          value = text.utf8(at + 4, size);
          if (value === undefined) this.fail(at + 4, "UTF-8 text", `${size} bytes that are not`);
          at += size + 4;
          break;
        }
        case code.FLOAT: {
          if (end - at < 8) this.short(at, 8, "a float");
          const number = view.getFloat64(at, true);
          value = floats ? exactFloat(number) : number;
          at += 8;
          break;
        }
        case code.NONE:
          value = null;
          flagged = false;
          break;
        case code.TRUE:
          value = true;
          flagged = false;
          break;
        case code.FALSE:
          value = false;
          flagged = false;
          break;
        case code.STOP_ITERATION:
          value = StopIteration;
          flagged = false;
          break;
        case code.ELLIPSIS:
          value = Ellipsis;
          flagged = false;
          break;
        case code.BYTES: {
          const size = this.size(at, "bytes");
          value = this.#settings.views
            ? bytes.subarray(at + 4, at + 4 + size)
            : bytes.slice(at + 4, at + 4 + size);
          at += size + 4;
          break;
        }
        case code.LONG: {
          const count = this.digits(at);
          value = fromDigits(bytes, at + 4, Math.abs(count), count < 0);
          at += 4 + 2 * Math.abs(count);
          break;
        }
        case code.INT64: {
          if (end - at < 8) this.short(at, 8, "an int");
          const wide = view.getBigInt64(at, true);
          const number = Number(wide);
          value = Number.isSafeInteger(number) ? number : wide;
          at += 8;
          break;
        }
        case code.TEXT_FLOAT: {
          const number = this.textFloat(at);
          value = floats ? exactFloat(number) : number;
          at += 1 + bytes[at]!;
          break;
        }
        case code.COMPLEX:
          if (end - at < 16) this.short(at, 16, "a complex");
          value = new Complex(view.getFloat64(at, true), view.getFloat64(at + 8, true));
          at += 16;
          break;
        case code.TEXT_COMPLEX: {
          const re = this.textFloat(at);
          at += 1 + bytes[at]!;
          value = new Complex(re, this.textFloat(at));
          at += 1 + bytes[at]!;
          break;
        }
        case code.LIST:
          count = this.count(at, "a list");
          at += 4;
          enter = IN_LIST;
          opened = [];
          canBeKey = false;
          break;
        case code.SMALL_TUPLE:
          if (at >= end) this.short(at, 1, "a tuple's length");
          count = bytes[at++]!;
          if (count > end - at) this.fail(at - 1, `at most ${end - at} items`, `${count}`);
          enter = IN_TUPLE;
          opened = plain ? [] : tagTuple([]);
          break;
        case code.TUPLE:
          count = this.count(at, "a tuple");
          at += 4;
          enter = IN_TUPLE;
          opened = plain ? [] : tagTuple([]);
          break;
        case code.DICT:
          enter = AT_KEY;
          opened = maps ? newDict(plain) : {};
          canBeKey = false;
          break;
        case code.SET:
          count = this.count(at, "a set");
          at += 4;
          enter = IN_SET;
          opened = plain ? new Set() : new PySet();
          canBeKey = false;
          break;
        case code.FROZEN_SET:
          count = this.count(at, "a frozenset");
          at += 4;
          enter = IN_FROZEN_SET;
          opened = plain ? new Set() : new FrozenSet();
          break;
        case code.SLICE:
          count = 3;
          enter = IN_SLICE;
          opened = [];
          break;
        case code.NULL:
          if (kind !== AT_KEY) this.fail(at - 1, "an object", "the end of a dict");
          value = target;
          canBeKey = false;
          flagged = false;
          break;
        case code.CODE:
          return this.fail(at - 1, "an object other than code", "a code object");
        default:
          return this.fail(at - 1, "a type byte", `0x${type.toString(16).padStart(2, "0")}`);
      }

      if (enter >= 0) {
        let index = -1;
        if (flagged) {
          index = refs.length;
          // CPython refuses references to a frozenset or slice inside itself, and so do we.
          const early = enter !== IN_SLICE && (enter !== IN_FROZEN_SET || count === 0);
          refs.push(early ? opened : HOLE);
          // A tuple is taken off again when it turns out that all of its items can be keys.
          if (enter !== IN_FROZEN_SET) this.#unhashable.add(index);
          if (enter === AT_KEY && !maps) this.#openDicts.set(index, false);
        }
        if (count === 0 && enter !== AT_KEY) {
          if (enter === IN_TUPLE) this.#unhashable.delete(index);
          value = opened;
        } else {
          if (depth + 2 > maxDepth) {
            this.fail(at - 1, `at most ${maxDepth} levels`, "a deeper one");
          }
          const frame = frames[depth];
          if (frame === undefined) {
            frames.push({ kind, target, left, key, ref, hashable, simple });
          } else {
            frame.kind = kind;
            frame.target = target;
            frame.left = left;
            frame.key = key;
            frame.ref = ref;
            frame.hashable = hashable;
            frame.simple = simple;
          }
          depth++;
          kind = enter;
          target = opened;
          left = count;
          key = undefined;
          ref = index;
          hashable = true;
          simple = true;
          continue;
        }
      } else if (flagged) {
        refs.push(value);
      }

      // 2. Hand the value to its container, and each container that is complete to the one around it.
      let ended = (type & ~code.REF_FLAG) === code.NULL;
      while (true) {
        if (!ended) {
          switch (kind) {
            case IN_LIST:
              (target as unknown[]).push(value);
              ended = --left === 0;
              break;
            case IN_TUPLE:
            case IN_SLICE:
              (target as unknown[]).push(value);
              hashable &&= canBeKey;
              ended = --left === 0;
              break;
            case AT_KEY:
              if (!canBeKey) this.#unusable(at, "a key");
              key = plain ? value : keepZero(value);
              kind = AT_VALUE;
              if (maps || target instanceof Map) break;
              if (typeof value === "string" && isPropertyName(value)) break;
              target = this.#toDict(target as Properties, ref, at);
              break;
            case AT_VALUE:
              kind = AT_KEY;
              if (target instanceof Map) {
                if (typeof key === "bigint" && plain) this.#payKey(target, key, at);
                if (key !== key && !plain) key = keepNaN(target, key);
                if (!plain && !isSimple(key)) simple = false;
                if (simple) Map.prototype.set.call(target, key, value);
                else this.#setItem(target as PyDict, key, value, at);
              } else {
                (target as Properties)[key as string] = value;
              }
              break;
            case IN_SET:
            case IN_FROZEN_SET:
              if (!canBeKey) this.#unusable(at, "an element");
              if (!plain) value = keepZero(value);
              else if (typeof value === "bigint") this.#payKey(target as Set<unknown>, value, at);
              if (value !== value && !plain) value = keepNaN(target as Set<unknown>, value);
              if (!plain && !isSimple(value)) simple = false;
              if (simple) Set.prototype.add.call(target, value);
              else this.#addItem(target as PySet, value, at);
              ended = --left === 0;
              break;
            default:
              this.position = at;
              return value;
          }
          if (!ended) break;
        }
        ended = false;
        value = target;
        canBeKey = kind === IN_FROZEN_SET || ((kind === IN_TUPLE || kind === IN_SLICE) && hashable);
        if (kind === IN_SLICE) {
          const [start, stop, step] = target as unknown[];
          value = new Slice(start, stop, step);
        }
        if (ref >= 0) {
          refs[ref] = value;
          if (canBeKey) this.#unhashable.delete(ref);
          if (kind === AT_KEY) this.#openDicts.delete(ref);
        }
        const frame = frames[--depth]!;
        kind = frame.kind;
        target = frame.target;
        left = frame.left;
        key = frame.key;
        ref = frame.ref;
        hashable = frame.hashable;
        simple = frame.simple;
      }
    }
  }

  #unusable(position: number, role: string): never {
    return this.fail(position, `${role} that is hashable before it`, "a list, dict or set");
  }

  /** Turns an object into a map, upon the first key that an object cannot hold in its place. */
  #toDict(target: Properties, ref: number, at: number): Dict {
    if (this.#openDicts.get(ref) === true) {
      this.fail(
        at,
        "a property name as key of a dict that refers to itself",
        'another key; load it with dicts: "map"',
      );
    }
    const dict = newDict(this.#settings.plain);
    for (const name of Object.keys(target)) dict.set(name, target[name]);
    if (ref >= 0) this.#refs[ref] = dict;
    return dict;
  }

  /** Pays for a large integer as a key of a plain map or set. */
  #payKey(container: object, key: bigint, at: number): void {
    if (!isWide(key)) return;
    this.position = at;
    const wide = this.#wideKeys ??= new WeakMap();
    let keys = wide.get(container);
    if (keys === undefined) wide.set(container, keys = new WideKeys());
    keys.add(key);
  }

  #setItem(dict: PyDict, key: unknown, value: unknown, at: number): void {
    this.position = at;
    try {
      dict.set(key, value);
    } catch (cause) {
      this.#tooComplex(at, cause);
    }
  }

  #addItem(set: PySet, item: unknown, at: number): void {
    this.position = at;
    try {
      // Not set.add, which a FrozenSet refuses.
      PySet.prototype.add.call(set, item);
    } catch (cause) {
      this.#tooComplex(at, cause);
    }
  }

  #tooComplex(position: number, cause: unknown): never {
    if (cause instanceof UnmarshallingError) throw cause;
    const expected = "a key of moderate depth";
    throw new UnmarshallingError(
      `Cannot load marshalled data: needed ${expected} before byte ${position}, received a deeper one`,
      { position, expected, cause },
    );
  }
}
