/**
 * The stack machine that reads a pickle: its state, and what opcodes do to it. Its loop is in `_loop.ts`.
 *
 * There is no recursion: nesting in the pickle is height of the stack.
 *
 * Stack discipline (CPython's): marks are kept beside the stack, as the height at which they stand; `fence` is the topmost
 * one. Nothing below the fence can be popped. A mark is consumed by an opcode that takes "everything above it", or by POP.
 */
import { Float } from "../../types/numbers/float.ts";
import { FrozenSet } from "../../types/containers/frozen_set.ts";
import { withKeyScope } from "../../types/containers/key_index.ts";
import { PyDict } from "../../types/containers/py_dict.ts";
import { WideKeys } from "../../types/containers/wide_keys.ts";
import { isWide } from "../../types/numbers/number_key.ts";
import { isTooLarge } from "../../engine_limits.ts";
import { beginWork, endWork, WorkBudget } from "../../work.ts";
import { isPropertyName } from "./_dict_keys.ts";
import { addItems, describe, setItemsOf } from "./_items.ts";
import { run } from "./_loop.ts";
import { LoadMemo } from "./_memo.ts";
import { beginMany, define } from "./_fast_paths.ts";
import { TextReader } from "./_text.ts";
import { Resolver } from "./_resolver.ts";
import { UnpicklingError } from "../errors.ts";
import type { LoadOptions } from "./options.ts";
import { loadSettings } from "./_settings.ts";

const NOTHING = new Uint8Array(0);
const NO_VIEW = new DataView(NOTHING.buffer);
const NO_TEXT = new TextReader(NOTHING);

/** Keys and values that make a dict large. */
const MANY = 512;
const TWO_32 = 0x1_0000_0000;

export class Machine {
  /** Options as given. */
  readonly options: LoadOptions;
  /** What classes and functions stand for. */
  readonly resolver: Resolver;
  /** The memo, kept between pickles. */
  memo: LoadMemo = new LoadMemo();
  /** Pays for what the pickle has copied. */
  readonly work: WorkBudget;
  /** Whether Python's types are kept apart. */
  readonly exact: boolean;
  /** Whether an integral float is wrapped. */
  readonly wrapFloats: boolean;
  /** Whether every dict is a map. */
  readonly maps: boolean;
  /** Whether bytes are copied. */
  readonly copies: boolean;

  bytes: Uint8Array = NOTHING;
  view: DataView = NO_VIEW;
  text: TextReader = NO_TEXT;
  /** Where the next opcode stands, outside the loop. */
  pos: number = 0;
  /** Where the pickle began. */
  start: number = 0;
  /** Where the opcode being executed stands. */
  at: number = 0;
  /** Protocol named by the PROTO opcode. */
  protocol: number = 0;
  stack: unknown[] = [];
  /** Height of the stack, outside the loop. */
  height: number = 0;
  marks: number[] = [];
  /** The topmost mark, 0 if there is none. */
  fence: number = 0;
  /** Buffers that travel beside the pickle. */
  buffers: Iterator<unknown> | undefined;
  readonly maxDepth: number;
  readonly maxMemo: number;
  readonly maxOps: number;
  readonly maxBytes: number;
  /** Dicts that something other than the stack refers to: too late to turn them into maps. */
  #exposed: Set<unknown> | undefined;
  /** Dicts that have been given many items at once. */
  #many: WeakSet<object> = new WeakSet();
  /** Whether functions may stand on the stack. */
  #functions: boolean = false;
  /** Integer keys of the maps made in mode plain. */
  #wideKeys: WeakMap<object, WideKeys> | undefined;

  constructor(options: LoadOptions) {
    const settings = loadSettings(options);
    this.options = options;
    this.resolver = new Resolver(this);
    this.work = new WorkBudget(settings.maxWork, (message) => this.fail(message));
    this.exact = settings.typed;
    this.wrapFloats = settings.wrapFloats;
    this.maps = settings.maps;
    this.copies = settings.copies;
    this.maxDepth = settings.maxDepth;
    this.maxMemo = settings.maxMemo;
    this.maxOps = settings.maxOps;
    this.maxBytes = settings.maxBytes;
    if (options.buffers !== undefined) this.buffers = options.buffers[Symbol.iterator]();
  }

  /** Reads one pickle that begins at `start`, with a budget of its own; `pos` is then behind its STOP. */
  load(bytes: Uint8Array, start: number): unknown {
    this.work.begin(bytes.length - start);
    return this.loadNext(bytes, start);
  }

  /** Reads one pickle that begins at `start` on what is left of the budget. */
  loadNext(bytes: Uint8Array, start: number): unknown {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.text = new TextReader(bytes);
    }
    this.start = this.at = this.pos = start;
    this.protocol = 0;
    this.height = this.fence = 0;
    this.marks.length = 0;
    this.#exposed = undefined;
    if (start >= bytes.length) {
      throw new Deno.errors.UnexpectedEof("Cannot read a pickle: there are no more bytes");
    }
    const outer = beginWork(this.work);
    try {
      return withKeyScope(() => run(this));
    } catch (error) {
      // What the engine cannot hold, whichever opcode asks for it.
      if (!isTooLarge(error)) throw error;
      this.fail("it holds more than this runtime can", error);
    } finally {
      endWork(outer);
      this.stack = [];
    }
  }

  /** Forgets the memo and what names stood for, so that the next pickle stands alone. */
  clear(): void {
    this.memo.clear();
    this.memo.foreign = undefined;
    this.resolver.clear();
    this.#functions = false;
    this.#wideKeys = undefined;
  }

  /** Forgets also the pickle that was read. */
  forget(): void {
    this.bytes = NOTHING;
    this.view = NO_VIEW;
    this.text = NO_TEXT;
    this.clear();
  }

  /** Throws the error of the opcode at hand. */
  fail(message: string, cause?: unknown): never {
    throw new UnpicklingError(
      `Cannot read the pickle: ${message} (at byte ${this.at - this.start})`,
      {
        position: this.at - this.start,
        opcode: this.bytes[this.at],
        ...(cause === undefined ? {} : { cause }),
      },
    );
  }

  /** The error of an opcode whose argument goes past the end. */
  truncated(): never {
    this.fail("its data was truncated");
  }

  /** The error of an opcode that finds too little on the stack. */
  underflow(): never {
    this.fail(this.marks.length > 0 ? "an unexpected mark stands on the stack" : "stack underflow");
  }

  /** Consumes the topmost mark and returns its height. */
  popMark(): number {
    const { marks } = this;
    const mark = marks.pop();
    if (mark === undefined) this.fail("it needs a mark, and the stack has none");
    this.fence = marks.length > 0 ? marks[marks.length - 1]! : 0;
    return mark!;
  }

  /** Runs a hook of a registration; what it throws becomes the cause of an error that says where. */
  guard<T>(what: string, hook: () => T): T {
    try {
      return hook();
    } catch (error) {
      if (error instanceof UnpicklingError) throw error;
      this.fail(`cannot ${what}: ${error instanceof Error ? error.message : error}`, error);
    }
  }

  /** Pushes a value, outside the loop. */
  push(value: unknown): void {
    this.stack[this.height++] = value;
  }

  /** Pops a value, outside the loop. */
  pop(): unknown {
    if (this.height <= this.fence) this.underflow();
    return this.stack[--this.height];
  }

  /** Takes over another memo. What must not be changed stays so. */
  takeMemo(memo: LoadMemo): void {
    const { foreign } = this.memo;
    this.memo = memo;
    for (const value of foreign ?? []) this.protect(value);
  }

  /** Notes a value that the pickle must not change. */
  protect(value: unknown): void {
    if (typeof value === "function") this.#functions = true;
    if (typeof value === "object" && value !== null) (this.memo.foreign ??= new Set()).add(value);
  }

  /** Refuses to change a value that was not made by this pickle. */
  checkOwn(value: unknown): void {
    if (this.memo.foreign?.has(value)) {
      this.fail(`${describe(value)} that is registered, or kept elsewhere, must not be changed`);
    }
  }

  /** Whether a property of this name and value would make a promise of its object: nothing that is read is awaited. */
  isThenable(key: unknown, value: unknown): boolean {
    return this.#functions && key === "then" && typeof value === "function";
  }

  /**
   * A value that an asynchronous function may return: one with a method `then` would be called by the platform, which
   * takes it for a promise.
   */
  awaitable(value: unknown): unknown {
    if (
      (typeof value === "object" || typeof value === "function") &&
      typeof (value as { then?: unknown } | null)?.then === "function"
    ) {
      this.fail("its value would be awaited, for it has a method then; read it with loads");
    }
    return value;
  }

  /** Pays for a large integer as a key of a plain map or set. */
  payKey(container: object, key: bigint): void {
    if (!isWide(key)) return;
    const wide = this.#wideKeys ??= new WeakMap();
    let keys = wide.get(container);
    if (keys === undefined) wide.set(container, keys = new WideKeys());
    keys.add(key);
  }

  /** Puts a value into the memo, at any number. */
  memoize(index: number, value: unknown): void {
    if (this.memo.size >= this.maxMemo && index >= this.memo.list.length) this.#memoFull();
    this.memo.put(index, value);
  }

  /** Gets a value from the memo. */
  recall(index: number): unknown {
    const value = this.memo.get(index);
    if (value === undefined) this.fail(`the memo has no entry ${index}`);
    if (typeof value === "object") this.expose(value);
    return value;
  }

  /** Notes that a dict is referred to from elsewhere than the stack. */
  expose(value: unknown): void {
    if (value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      (this.#exposed ??= new Set()).add(value);
    }
  }

  /** Turns a dict that began as an object into a map, wherever it is known. */
  toMap(dict: object): Map<unknown, unknown> {
    if (this.#exposed?.has(dict)) {
      this.fail(
        "a dict that refers to itself has a key that cannot be a property name; " +
          'read it with the option dicts: "map"',
      );
    }
    const map: Map<unknown, unknown> = this.newMap();
    for (const key of Object.keys(dict)) map.set(key, (dict as Record<string, unknown>)[key]);
    this.memo.replace(dict, map);
    return map;
  }

  /** A map for a dict. */
  newMap(): Map<unknown, unknown> {
    return this.exact ? new PyDict() : new Map();
  }

  /** A float as a value. */
  float(value: number): unknown {
    return this.wrapFloats && Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0)
      ? new Float(value)
      : value;
  }

  /** An unsigned 64-bit length; what cannot be a length of anything here is past the end. */
  length64(at: number): number {
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * TWO_32;
  }

  #memoFull(): never {
    this.fail(`the memo would exceed maxMemo ${this.maxMemo}`);
  }

  /** A frozenset of items. */
  frozenSet(items: unknown[]): unknown {
    if (!this.exact) {
      const set = new Set();
      addItems(this, set, items);
      return set;
    }
    try {
      return new FrozenSet(items);
    } catch (error) {
      if (error instanceof UnpicklingError || isTooLarge(error)) throw error;
      this.fail("an element of a frozenset cannot be one", error);
    }
  }

  /** Sets the items `[from, to)` of the stack, and returns the dict, which may have become another object. */
  setItems(dict: unknown, from: number, to: number): unknown {
    const { stack } = this;
    if (
      typeof dict !== "object" || dict === null || Object.getPrototypeOf(dict) !== Object.prototype
    ) {
      return setItemsOf(this, dict, stack, from, to);
    }
    const record = dict as Record<string, unknown>;
    if (this.memo.foreign !== undefined) this.checkOwn(record);
    if (to - from >= MANY && !this.#many.has(record)) {
      beginMany(record);
      this.#many.add(record);
    }
    for (let i = from; i < to; i += 2) {
      const key = stack[i];
      if (this.#functions && this.isThenable(key, stack[i + 1])) {
        return setItemsOf(this, this.toMap(dict), stack, i, to);
      }
      if (isPropertyName(key)) record[key] = stack[i + 1];
      else if (!this.exact && typeof key === "string") define(record, key, stack[i + 1]);
      else return setItemsOf(this, this.toMap(dict), stack, i, to);
    }
    return dict;
  }
}
