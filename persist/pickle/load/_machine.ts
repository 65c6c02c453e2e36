/**
 * The stack machine that reads a pickle.
 *
 * One loop, no recursion: nesting in the pickle is height of the stack. Opcodes that a protocol 2+ pickle is made of are in
 * the loop, where stack, position and memo are local variables; all others go through `slowOpcode`, which finds them in fields.
 *
 * Stack discipline (CPython's): marks are kept beside the stack, as the height at which they stand; `fence` is the topmost
 * one. Nothing below the fence can be popped. A mark is consumed by an opcode that takes "everything above it", or by POP.
 *
 * The case labels are literals, for V8 makes a jump table only of those.
 */
import { UnexpectedEof } from "../../runtime_errors.ts";
import { Float } from "../../types/numbers/float.ts";
import { keepFloats } from "../../types/containers/float_keys.ts";
import { FrozenSet } from "../../types/containers/frozen_set.ts";
import { withKeyScope } from "../../types/containers/key_index.ts";
import { PyDict } from "../../types/containers/py_dict.ts";
import { PySet } from "../../types/containers/py_set.ts";
import { WideKeys } from "../../types/containers/wide_keys.ts";
import { isWide } from "../../types/numbers/number_key.ts";
import { TUPLE } from "../../types/containers/tuple.ts";
import { isTooLarge } from "../../engine_limits.ts";
import { beginWork, endWork, WorkBudget } from "../../work.ts";
import { addItems, appendItems, describe, setItemsOf } from "./_items.ts";
import { LoadMemo } from "./_memo.ts";
import { beginMany, define, isPropertyName, readNumbers } from "./_fast_paths.ts";
import { TextReader } from "./_text.ts";
import { slowOpcode } from "./_slow_opcodes.ts";
import { Resolver } from "./_resolver.ts";
import type { RegistryEntry } from "../registry.ts";
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
  /** Whether this machine reads a pickle inside of another's. */
  readonly #inner: boolean;
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
  readonly #maxDepth: number;
  readonly #maxMemo: number;
  readonly #maxOps: number;
  readonly maxBytes: number;
  /** How many bytes compressed data may become, if the caller says so. */
  readonly maxInflated: number | undefined;
  /** Dicts that something other than the stack refers to: too late to turn them into maps. */
  #exposed: Set<unknown> | undefined;
  /** Dicts that have been given many items at once. */
  #many: WeakSet<object> = new WeakSet();
  /** Whether functions may stand on the stack. */
  #functions: boolean = false;
  /** Maps that stand for objects of classes in mode plain. */
  #plain: WeakMap<object, RegistryEntry> | undefined;
  /** Integer keys of the maps made in mode plain. */
  #wideKeys: WeakMap<object, WideKeys> | undefined;

  /** `work` is the budget of the machine that reads the pickle around this one's. */
  constructor(options: LoadOptions, work?: WorkBudget) {
    const settings = loadSettings(options);
    this.options = options;
    this.resolver = new Resolver(this);
    this.#inner = work !== undefined;
    this.work = work ?? new WorkBudget(settings.maxWork, (message) => this.fail(message));
    this.exact = settings.typed;
    this.wrapFloats = settings.wrapFloats;
    this.maps = settings.maps;
    this.copies = settings.copies;
    this.#maxDepth = settings.maxDepth;
    this.#maxMemo = settings.maxMemo;
    this.#maxOps = settings.maxOps;
    this.maxBytes = settings.maxBytes;
    this.maxInflated = options.maxInflated;
    if (options.buffers !== undefined) this.buffers = iteratorOf(options.buffers);
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
      throw new UnexpectedEof("Cannot read a pickle: there are no more bytes");
    }
    const outer = beginWork(this.work);
    try {
      return withKeyScope(() => this.#run());
    } catch (error) {
      // What the engine cannot hold, whichever opcode asks for it.
      if (!isTooLarge(error)) throw error;
      this.fail("it holds more than this runtime can", error);
    } finally {
      endWork(outer);
      this.stack = [];
    }
  }

  /** Reads the pickle that stands at `pos` between the opcodes of this one, with a memo of its own. */
  loadInner(): unknown {
    if (this.#inner) this.fail("a pickle stands in a pickle that itself stands in one");
    const inner = new Machine(this.options, this.work);
    const value = inner.loadNext(this.bytes, this.pos);
    this.pos = inner.pos;
    this.expose(value);
    return value;
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

  /** Notes what stands in mode plain for an object of a class. */
  notePlain(value: unknown, entry: RegistryEntry): void {
    if (value instanceof Map) (this.#plain ??= new WeakMap()).set(value, entry);
  }

  /** The class of the object that a map stands for in mode plain. */
  plainEntry(value: unknown): RegistryEntry | undefined {
    return value instanceof Map ? this.#plain?.get(value) : undefined;
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
    if (this.memo.size >= this.#maxMemo && index >= this.memo.list.length) this.#memoFull();
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
    this.fail(`the memo would exceed maxMemo ${this.#maxMemo}`);
  }

  #run(): unknown {
    const { bytes, view, text, stack, marks, wrapFloats, maps } = this;
    const memo = this.memo.list;
    const maxMemo = this.#maxMemo;
    const all = this.memo;
    const end = Math.min(bytes.length, this.start + this.maxBytes);
    // Every opcode takes a byte: counting is needed only where there are more bytes than opcodes allowed.
    let budget = end - this.start > this.#maxOps ? this.#maxOps : Infinity;
    let pos = this.start;
    let sp = 0;
    let fence = 0;

    for (;;) {
      if (pos >= end) {
        this.at = pos;
        if (end < bytes.length) this.fail(`it is longer than maxBytes ${this.maxBytes}`);
        this.truncated();
      }
      if (--budget < 0) {
        this.at = pos;
        this.fail(`it has more opcodes than maxOps ${this.#maxOps}`);
      }
      const at = pos++;
      const opcode = bytes[at]!;
      switch (opcode) {
        case 0x4b: // BININT1
          if (pos >= end) break;
          stack[sp++] = bytes[pos++];
          continue;
        case 0x4d: // BININT2
          if (pos + 2 > end) break;
          stack[sp++] = bytes[pos]! | bytes[pos + 1]! << 8;
          pos += 2;
          continue;
        case 0x4a: // BININT
          if (pos + 4 > end) break;
          stack[sp++] = bytes[pos]! | bytes[pos + 1]! << 8 | bytes[pos + 2]! << 16 |
            bytes[pos + 3]! << 24;
          pos += 4;
          continue;
        case 0x47: { // BINFLOAT
          if (pos + 8 > end) break;
          const value = view.getFloat64(pos);
          pos += 8;
          stack[sp++] = wrapFloats && Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0)
            ? new Float(value)
            : value;
          continue;
        }
        case 0x8c: { // SHORT_BINUNICODE
          if (pos >= end) break;
          const to = pos + 1 + bytes[pos]!;
          if (to > end) break;
          const value = text.read(pos + 1, to);
          if (value === undefined) {
            this.at = at;
            this.fail("a string is not UTF-8");
          }
          stack[sp++] = value;
          pos = to;
          continue;
        }
        case 0x58: { // BINUNICODE
          if (pos + 4 > end) break;
          const to = pos + 4 + view.getUint32(pos, true);
          if (to > end) break;
          const value = text.read(pos + 4, to);
          if (value === undefined) {
            this.at = at;
            this.fail("a string is not UTF-8");
          }
          stack[sp++] = value;
          pos = to;
          continue;
        }
        case 0x94: // MEMOIZE
          if (sp > fence && memo.length < maxMemo && all.sparse === undefined) {
            memo.push(stack[sp - 1]);
            continue;
          }
          this.at = at;
          if (sp <= fence) this.underflow();
          this.memoize(all.size, stack[sp - 1]);
          continue;
        case 0x71: { // BINPUT
          if (pos >= end) break;
          this.at = at;
          if (sp <= fence) this.underflow();
          this.memoize(bytes[pos++]!, stack[sp - 1]);
          continue;
        }
        case 0x72: { // LONG_BINPUT
          if (pos + 4 > end) break;
          this.at = at;
          if (sp <= fence) this.underflow();
          this.memoize(view.getUint32(pos, true), stack[sp - 1]);
          pos += 4;
          continue;
        }
        case 0x68: { // BINGET
          if (pos >= end) break;
          const value = memo[bytes[pos++]!];
          if (typeof value === "string") stack[sp++] = value;
          else {
            this.at = at;
            stack[sp++] = this.recall(bytes[pos - 1]!);
          }
          continue;
        }
        case 0x6a: { // LONG_BINGET
          if (pos + 4 > end) break;
          this.at = at;
          stack[sp++] = this.recall(view.getUint32(pos, true));
          pos += 4;
          continue;
        }
        case 0x28: // MARK
          if (marks.length >= this.#maxDepth) {
            this.at = at;
            this.fail(`it nests deeper than maxDepth ${this.#maxDepth}`);
          }
          if (sp > fence && (bytes[pos]! - 0x47) >>> 0 <= 6) {
            // Numbers that follow the mark of a list go straight into it.
            const list = stack[sp - 1];
            if (this.#isList(list)) {
              const before = list.length;
              const from = pos;
              pos = readNumbers(bytes, view, pos, end, wrapFloats, list);
              budget -= list.length - before;
              if (bytes[pos] === 0x65 && pos < end && budget > 0) { // APPENDS
                pos++;
                continue;
              }
              // Something else comes as well, or they are not for the list at all.
              list.length = before;
              budget += pos - from;
              pos = from;
            }
          }
          marks.push(sp);
          fence = sp;
          continue;
        case 0x5d: // EMPTY_LIST
          stack[sp++] = [];
          continue;
        case 0x7d: // EMPTY_DICT
          stack[sp++] = maps ? this.newMap() : {};
          continue;
        case 0x29: // EMPTY_TUPLE
          stack[sp++] = this.exact ? tagged([]) : [];
          continue;
        case 0x4e: // NONE
          stack[sp++] = null;
          continue;
        case 0x88: // NEWTRUE
          stack[sp++] = true;
          continue;
        case 0x89: // NEWFALSE
          stack[sp++] = false;
          continue;
        case 0x65: { // APPENDS
          this.at = at;
          const mark = this.popMark();
          fence = this.fence;
          if (mark <= fence) this.underflow();
          const list = stack[mark - 1];
          if (this.#isList(list)) {
            for (let i = mark; i < sp; i++) list.push(stack[i]);
          } else appendItems(this, list, stack.slice(mark, sp));
          sp = mark;
          continue;
        }
        case 0x61: { // APPEND
          this.at = at;
          if (sp - 2 < fence) {
            this.fence = fence;
            this.underflow();
          }
          sp--;
          const list = stack[sp - 1];
          if (this.#isList(list)) {
            list.push(stack[sp]);
          } else appendItems(this, list, [stack[sp]]);
          continue;
        }
        case 0x75: { // SETITEMS
          this.at = at;
          const mark = this.popMark();
          fence = this.fence;
          if (mark <= fence) this.underflow();
          if ((sp - mark) & 1) this.fail("a dict has a key without a value");
          stack[mark - 1] = this.setItems(stack[mark - 1], mark, sp);
          sp = mark;
          continue;
        }
        case 0x73: { // SETITEM
          this.at = at;
          if (sp - 3 < fence) this.underflow();
          stack[sp - 3] = this.setItems(stack[sp - 3], sp - 2, sp);
          sp -= 2;
          continue;
        }
        case 0x85: // TUPLE1
          if (sp - 1 < fence) break;
          stack[sp - 1] = this.exact ? tagged([stack[sp - 1]]) : [stack[sp - 1]];
          continue;
        case 0x86: // TUPLE2
          if (sp - 2 < fence) break;
          sp--;
          stack[sp - 1] = this.exact
            ? tagged([stack[sp - 1], stack[sp]])
            : [stack[sp - 1], stack[sp]];
          continue;
        case 0x87: // TUPLE3
          if (sp - 3 < fence) break;
          sp -= 2;
          stack[sp - 1] = this.exact
            ? tagged([stack[sp - 1], stack[sp], stack[sp + 1]])
            : [stack[sp - 1], stack[sp], stack[sp + 1]];
          continue;
        case 0x74: { // TUPLE
          this.at = at;
          const mark = this.popMark();
          fence = this.fence;
          const items = stack.slice(mark, sp);
          stack[mark] = this.exact ? tagged(items) : items;
          sp = mark + 1;
          continue;
        }
        case 0x8f: // EMPTY_SET
          stack[sp++] = this.exact ? new PySet() : new Set();
          continue;
        case 0x90: { // ADDITEMS
          this.at = at;
          const mark = this.popMark();
          fence = this.fence;
          if (mark <= fence) this.underflow();
          addItems(this, stack[mark - 1], stack.slice(mark, sp));
          sp = mark;
          continue;
        }
        case 0x91: { // FROZENSET
          this.at = at;
          const mark = this.popMark();
          fence = this.fence;
          stack[mark] = this.frozenSet(stack.slice(mark, sp));
          sp = mark + 1;
          continue;
        }
        case 0x95: // FRAME
          if (pos + 8 > end || this.length64(pos) > end - pos - 8) break;
          pos += 8;
          continue;
        case 0x2e: // STOP
          this.at = at;
          if (sp <= fence) this.underflow();
          this.pos = pos;
          return stack[sp - 1];
        default:
          this.at = at;
          this.pos = pos;
          this.height = sp;
          this.fence = fence;
          slowOpcode(this, opcode, end);
          pos = this.pos;
          sp = this.height;
          fence = this.fence;
          continue;
      }
      // An opcode left the switch: its argument goes past the end, or its items are not there.
      this.at = at;
      if (opcode >= 0x85 && opcode <= 0x87) this.underflow();
      if (end < bytes.length) this.fail(`it is longer than maxBytes ${this.maxBytes}`);
      this.truncated();
    }
  }

  /** Whether something is a list that the pickle may append to. */
  #isList(value: unknown): value is unknown[] {
    return Array.isArray(value) && (value as unknown as Tagged)[TUPLE] === undefined &&
      this.memo.foreign === undefined;
  }

  /** A frozenset of items. */
  frozenSet(items: unknown[]): unknown {
    if (!this.exact) {
      const set = new Set();
      addItems(this, set, items);
      return set;
    }
    try {
      return new FrozenSet(keepFloats(items));
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

function iteratorOf(buffers: Iterable<unknown>): Iterator<unknown> {
  if (typeof buffers?.[Symbol.iterator] === "function") return buffers[Symbol.iterator]();
  throw new TypeError(
    `Cannot read a pickle: buffers must be an array or another iterable, received ${
      describe(buffers)
    }`,
  );
}

type Tagged = Record<symbol, unknown>;

function tagged(items: unknown[]): unknown[] {
  (items as unknown as Tagged)[TUPLE] = true;
  return items;
}
