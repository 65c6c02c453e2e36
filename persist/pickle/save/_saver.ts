/**
 * The walk over a value, in the order and with the opcodes of CPython's C pickler.
 *
 * One call of `save` writes one object. The rules that decide the bytes: atoms are never memoized; a list or dict is
 * memoized before its items, a tuple, a frozenset and a reduced object after them (so that a tuple that contains itself is
 * found in the memo, thrown away and fetched); batches hold 1000 items; a list or dict of exactly one item has no mark.
 */
import { ByteArray } from "../../types/arrays/byte_array.ts";
import { Float } from "../../types/numbers/float.ts";
import { FrozenSet } from "../../types/containers/frozen_set.ts";
import { Global } from "../../types/objects/global.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { Ellipsis, NotImplemented, StopIteration } from "../../types/objects/singletons.ts";
import { TUPLE } from "../../types/containers/tuple.ts";
import { FreshText } from "../fresh_text.ts";
import { Memo } from "./_memo.ts";
import * as op from "../opcodes.ts";
import { saveByteArray, saveBytes } from "./_bytes.ts";
import { saveDict, saveFrozenSet, saveList, saveMap, saveSet, saveTuple } from "./_containers.ts";
import { saveGlobal } from "./_global.ts";
import { saveBigint, saveFloat, saveInteger } from "./_number.ts";
import { reduceInstance } from "./_instance.ts";
import { savePersistent } from "./_persistent.ts";
import { savePickleBuffer } from "./_buffer.ts";
import { saveReduction } from "./_reduction.ts";
import { saveShortText, saveText, SHORT } from "./_text.ts";
import type { DumpOptions } from "./options.ts";
import { PicklingError } from "../errors.ts";
import { PickleBuffer } from "../pickle_buffer.ts";
import type { Reduction } from "../reduction.ts";
import type { Registry } from "../registry.ts";
import { Output } from "./_output.ts";

const ELLIPSIS = new Global("builtins", "Ellipsis");
const NOT_IMPLEMENTED = new Global("builtins", "NotImplemented");
const STOP_ITERATION = new Global("builtins", "StopIteration");

/** Past this depth a walk without a memo looks for cycles. */
const FAST_DEPTH = 50;

/** Settings with their defaults filled in. */
export interface SaverSettings extends DumpOptions {
  protocol: number;
  registry: Registry;
}

export class Saver {
  out: Output = new Output();
  memo: Memo = new Memo();
  readonly protocol: number;
  readonly settings: SaverSettings;
  fast: boolean;
  readonly #maxDepth: number;
  readonly #keysOnly: boolean;
  /** Whether every object is first offered to `persistentId`. */
  readonly hooked: boolean;
  /** How often code of the caller has run, which may have changed what is being written. */
  calls: number = 0;
  /** Recipes whose arguments are being written. */
  readonly open: Set<PyObject> = new Set();
  /** Tuples that are known to have a hash. */
  readonly keys: Set<object> = new Set();
  #depth: number = 0;
  #path: Set<object> | undefined;

  constructor(settings: SaverSettings) {
    this.settings = settings;
    this.protocol = settings.protocol;
    this.fast = settings.fast ?? false;
    this.#maxDepth = settings.maxDepth ?? 1000;
    this.hooked = settings.persistentId !== undefined;
    this.#keysOnly = settings.strings === "keys";
  }

  /** Writes a whole pickle and returns its bytes. */
  pickle(value: unknown): Uint8Array<ArrayBuffer> {
    const out = this.out = new Output();
    this.#depth = 0;
    this.#path = undefined;
    this.open.clear();
    this.keys.clear();
    if (this.protocol >= 2) out.byte2(op.PROTO, this.protocol);
    if (this.protocol >= 4) out.startFraming();
    const { size } = this.memo;
    try {
      this.save(value);
    } catch (error) {
      this.memo.cutTo(size);
      if (!isStackOverflow(error)) throw error;
      throw new PicklingError(
        "Cannot pickle a value nested so deep that the stack overflows: lower maxDepth, or nest less",
        { cause: error },
      );
    }
    out.byte(op.STOP);
    return out.finish();
  }

  /** Writes one object. */
  save(value: unknown): void {
    const { out } = this;
    if (out.pos >= out.full) out.commit();
    if (this.hooked && savePersistent(this, value)) return;
    this.saveValue(value);
  }

  /** Writes one object that has no persistent id. */
  saveValue(value: unknown): void {
    switch (typeof value) {
      case "number":
        if (Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0)) {
          return saveInteger(this.out, value, this.protocol);
        }
        return saveFloat(this.out, value, this.protocol);
      case "string":
        return this.saveString(value, false);
      case "boolean":
        if (this.protocol >= 2) this.out.byte(value ? op.NEWTRUE : op.NEWFALSE);
        else this.out.ascii(value ? "I01\n" : "I00\n");
        return;
      case "undefined":
        return this.out.byte(op.NONE);
      case "bigint":
        return saveBigint(this.out, value, this.protocol);
      case "object":
        if (value === null) return this.out.byte(op.NONE);
        return this.#saveObject(value);
      case "symbol":
        return this.#saveSymbol(value);
      default:
        return this.#saveFunction(value as object);
    }
  }

  /** Writes a string; `key` tells that CPython has such a string once (names, keys). */
  saveString(text: string, key: boolean): void {
    const { memo } = this;
    if (this.fast) return saveText(this.out, text, this.protocol);
    if (
      this.#keysOnly && !key && text.length > 0 && (text.length > 1 || text.charCodeAt(0) > 0xff)
    ) {
      saveText(this.out, text, this.protocol);
      return this.memoizeTemporary();
    }
    const index = memo.strings.get(text);
    if (index !== undefined) return this.fetch(index);
    memo.strings.set(text, memo.size);
    if (this.protocol >= 4 && text.length < SHORT) {
      saveShortText(this.out, text);
      memo.size++;
      return;
    }
    saveText(this.out, text, this.protocol);
    this.memoizeTemporary();
  }

  /** Writes a string that Python has just made, so that no equal one in the memo is the same object. */
  saveFresh(text: string): void {
    // Of the characters of Latin-1, and of nothing, CPython has one string each.
    if (text.length === 0 || text.length === 1 && text.charCodeAt(0) <= 0xff) {
      return this.saveString(text, true);
    }
    saveText(this.out, text, this.protocol);
    this.memoizeTemporary();
  }

  /** Writes a tuple of items that nothing else refers to. */
  saveArguments(items: readonly unknown[]): void {
    saveTuple(this, items);
  }

  /** Numbers the object just written. */
  memoize(value: object): void {
    if (this.fast) return;
    this.memo.objects.set(value, this.memo.size);
    this.memoizeTemporary();
  }

  /** Numbers the object just written, which nothing can refer to again. */
  memoizeTemporary(): void {
    if (this.fast) return;
    const index = this.memo.size++;
    const { out, protocol } = this;
    if (protocol >= 4) out.byte(op.MEMOIZE);
    else if (protocol === 0) out.ascii(`p${index}\n`);
    else if (index < 256) out.byte2(op.BINPUT, index);
    else out.int32(op.LONG_BINPUT, index);
  }

  /** Writes the opcode that fetches an object by its number. */
  fetch(index: number): void {
    if (this.protocol === 0) this.out.ascii(`g${index}\n`);
    else if (index < 256) this.out.byte2(op.BINGET, index);
    else this.out.int32(op.LONG_BINGET, index);
  }

  /** Writes an object as its reduction says. */
  saveReduced(reduction: Reduction, object: object | undefined): void {
    saveReduction(this, reduction, object);
  }

  #saveObject(value: object): void {
    const index = this.memo.objects.get(value);
    if (index !== undefined) return this.fetch(index);
    if (++this.#depth > this.#maxDepth) this.#tooDeep();
    if (this.fast && this.#depth > FAST_DEPTH) this.#enterFast(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) saveDict(this, value);
    else if (prototype === Array.prototype) {
      if ((value as Record<symbol, unknown>)[TUPLE] === true) saveTuple(this, value as unknown[]);
      else saveList(this, value as unknown[]);
    } else this.#saveOther(value, prototype);
    this.#depth--;
    this.#path?.delete(value);
  }

  #saveOther(value: object, prototype: object): void {
    if (value instanceof Float) return saveFloat(this.out, value.value, this.protocol);
    if (value instanceof FreshText) return this.saveFresh(value.text);
    if (value instanceof Global) return saveGlobal(this, value);
    if (value instanceof Uint8Array) {
      if (value instanceof ByteArray) return saveByteArray(this, value);
      if (this.settings.registry.findPrototype(prototype) === undefined) {
        return saveBytes(this, value, value);
      }
    }
    if (value instanceof PickleBuffer) return savePickleBuffer(this, value);
    const reduction = this.#reduce(value, prototype);
    if (reduction instanceof Global) return saveGlobal(this, reduction, value);
    if (reduction !== undefined) return this.saveReduced(reduction, value);
    if (value instanceof Map) return saveMap(this, value);
    if (value instanceof FrozenSet) return saveFrozenSet(this, value);
    if (value instanceof Set) return saveSet(this, value);
    if (value instanceof ArrayBuffer) return saveBytes(this, value, new Uint8Array(value));
    if (Array.isArray(value)) return saveList(this, value);
    throw new PicklingError(
      `Cannot pickle an object of class ${prototype.constructor?.name || "(anonymous)"}: ` +
        `register the class, or give a reducerOverride or dispatchTable`,
    );
  }

  #reduce(value: object, prototype: object): Reduction | Global | undefined {
    const { settings } = this;
    this.calls++;
    const override = settings.reducerOverride?.(value) ??
      settings.dispatchTable?.get(prototype.constructor as new () => unknown)?.(value);
    if (override !== undefined) return override;
    if (value instanceof PyObject) return value;
    for (let p: object | null = prototype; p !== null; p = Object.getPrototypeOf(p)) {
      const entry = settings.registry.findPrototype(p);
      if (entry === undefined) continue;
      // An instance of an unregistered subclass would come back as its base class: only errors may, whose classes are many.
      if (p !== prototype && !(value instanceof Error)) break;
      const callable = new Global(entry.module, entry.name);
      if (entry.dump !== undefined) {
        try {
          return { callable, ...entry.dump(value, this.protocol) };
        } catch (error) {
          if (error instanceof PicklingError || isStackOverflow(error)) throw error;
          throw new PicklingError(
            `Cannot pickle a ${callable}: ${error instanceof Error ? error.message : error}`,
            { cause: error },
          );
        }
      }
      return reduceInstance(value, callable, this.protocol);
    }
    return undefined;
  }

  #saveSymbol(value: symbol): void {
    if (value === Ellipsis) return saveGlobal(this, ELLIPSIS);
    if (value === NotImplemented) return saveGlobal(this, NOT_IMPLEMENTED);
    if (value === StopIteration) return saveGlobal(this, STOP_ITERATION);
    throw new PicklingError(`Cannot pickle ${String(value)}: a symbol has no Python value`);
  }

  #saveFunction(value: object): void {
    this.calls++;
    const override = this.settings.reducerOverride?.(value);
    if (override instanceof Global) return saveGlobal(this, override, value);
    if (override !== undefined) return this.saveReduced(override, value);
    const entry = this.settings.registry.findClass(value);
    if (entry !== undefined) return saveGlobal(this, new Global(entry.module, entry.name), value);
    const name = (value as { name?: string }).name || "(anonymous)";
    throw new PicklingError(
      `Cannot pickle function ${name}: only a class that is registered can be referred to`,
    );
  }

  #tooDeep(): never {
    throw new PicklingError(
      `Cannot pickle a value nested deeper than maxDepth ${this.#maxDepth}: raise maxDepth, or nest less`,
    );
  }

  #enterFast(value: object): void {
    this.#path ??= new Set();
    if (this.#path.has(value)) {
      throw new PicklingError("Cannot pickle a cyclic value in fast mode: it needs a memo");
    }
    this.#path.add(value);
  }
}

/** V8's own error; nothing else tells it from another RangeError. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError &&
    error.message.startsWith("Maximum call stack size exceeded");
}
