/**
 * The walk over a value that finds all that has to be dumped. No getter is called.
 *
 * Plain objects and arrays are most of what there is, so they are only counted: a bit each says whether they are met again,
 * and whether JSON says all of them. Everything else is described as a {@linkcode Special}.
 */
import { types } from "../capture/object_types.ts";
import { globalPath } from "../capture/globals.ts";
import type { ModuleIndex } from "../capture/modules.ts";
import { UndumpableError } from "../errors.ts";
import type { CaptureOptions } from "../options.ts";
import type { DataType } from "../format/kinds.ts";
import type { Extras, Property, Special } from "./_items.ts";
import { dataKind, opaqueClass, refusal } from "./_kinds.ts";
import { type Paths, propertyStep } from "./_path.ts";

/** JSON says all of it, as long as nothing in it is met again. */
export const CLEAN = 1;
/** It is met again, or lies too deep, and gets a number. */
export const NUMBERED = 2;

/** Of what is as its kind makes it. */
export const NO_EXTRAS: Extras = {
  properties: [],
  deleted: [],
  prototype: undefined,
  integrity: 0,
};

/** How deep objects are written inside each other; deeper ones get a number. */
const DEPTH = 64;

/** What to do about something that cannot be dumped: throw, or note it and go on. */
export type OnProblem = (error: UndumpableError) => void;

export class Walk {
  /** Plain objects and arrays, with what is known of them. */
  readonly plain: Map<object, number> = new Map();
  readonly specials: Map<object | symbol, Special> = new Map();
  /** Whether any plain object is met twice. */
  shares = false;
  /** Functions and namespaces of modules that were met and not looked at yet, with the object that has them as a method. */
  readonly functions: Map<object, object | undefined> = new Map();
  /** Objects whose class may have given them private fields. */
  readonly instances: Set<object> = new Set();
  readonly modules: ModuleIndex;
  readonly #onProblem: OnProblem;
  readonly #paths: Paths | undefined;
  /** What lies deep, for later: plain objects that have their number, and others. */
  readonly #deepPlain: object[] = [];
  readonly #deepOthers: object[] = [];
  #walking = false;
  readonly #refused: Set<unknown> = new Set();

  readonly #root: unknown;
  readonly #persistentId: CaptureOptions["persistentId"];

  constructor(
    root: unknown,
    modules: ModuleIndex,
    { persistentId }: CaptureOptions,
    onProblem: OnProblem,
    paths?: Paths,
  ) {
    this.#root = root;
    this.#persistentId = persistentId;
    this.modules = modules;
    this.#onProblem = onProblem;
    this.#paths = paths;
  }

  /** Walks over a value, held by `from`. */
  visit(value: unknown, from?: unknown, step?: string): void {
    // Not deeper into the stack from the middle of a walk: chains of objects may be long.
    if (this.#walking) return void this.#visit(value, from, step, DEPTH + 1, undefined);
    this.#walking = true;
    this.#visit(value, from, step, 0, undefined);
    while (true) {
      const plain = this.#deepPlain.pop();
      if (plain !== undefined) this.#plain(plain, 0);
      else {
        const other = this.#deepOthers.pop();
        if (other === undefined) break;
        this.#object(other, 0);
      }
    }
    this.#walking = false;
  }

  /** Something cannot be dumped. */
  refuse(value: unknown, reason: string, cause?: unknown): void {
    this.fail(
      value,
      (path) => new UndumpableError(path, reason, cause === undefined ? {} : { cause }),
    );
  }

  /** As {@linkcode refuse}, with an error of another class. */
  fail(value: unknown, make: (path: string) => UndumpableError): void {
    if (this.#refused.has(value)) return;
    this.#refused.add(value);
    this.#onProblem(make(this.#paths?.of(value) ?? "value"));
  }

  /** Whether JSON says all of it. */
  #visit(
    value: unknown,
    from: unknown,
    step: string | undefined,
    depth: number,
    home?: object,
  ): boolean {
    switch (typeof value) {
      case "string":
      case "boolean":
        return true;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0);
      case "object":
        if (value === null) return true;
        break;
      case "symbol":
        this.specials.set(value, { kind: "symbol", symbol: value });
        return false;
      case "function":
        break;
      default:
        return false;
    }
    if (this.#paths !== undefined && step !== undefined) this.#paths.note(value, from, step);
    if (typeof value === "function") this.#function(value, home);
    else return this.#object(value, depth);
    return false;
  }

  #object(object: object, depth: number): boolean {
    const known = this.plain.get(object);
    if (known !== undefined) {
      this.plain.set(object, known | NUMBERED);
      this.shares = true;
      return false;
    }
    if (this.specials.has(object)) return false;
    if (types.isProxy(object)) {
      this.refuse(object, refusal(object)!);
      return false;
    }
    if (this.#reference(object)) return false;
    const plain = looksPlain(object);
    const id = plain ? undefined : this.#persistentId?.(object);
    if (id !== undefined) {
      this.specials.set(object, { kind: "persistent", id });
      return false;
    }
    if (depth > DEPTH) {
      if (plain) this.plain.set(object, NUMBERED);
      this.shares ||= plain;
      (plain ? this.#deepPlain : this.#deepOthers).push(object);
      return false;
    }
    if (!plain) {
      this.#special(object);
      return false;
    }
    return this.#plain(object, depth);
  }

  /** Walks over an object that looks plain; it may turn out not to be. */
  #plain(object: object, depth: number): boolean {
    const before = this.plain.get(object) ?? 0;
    this.plain.set(object, before | CLEAN);
    const clean = Array.isArray(object) ? this.#array(object, depth) : this.#record(object, depth);
    if (clean === undefined) {
      this.plain.delete(object);
      this.#special(object);
      return false;
    }
    if (!clean) this.plain.set(object, this.plain.get(object)! & ~CLEAN);
    return clean;
  }

  /** `undefined` if it is not plain after all. */
  #record(object: object, depth: number): boolean | undefined {
    let clean = true;
    for (const key of Object.getOwnPropertyNames(object)) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key)!;
      if (!isDefault(descriptor)) return undefined;
      const step = this.#paths && propertyStep(key);
      if (!this.#visit(descriptor.value, object, step, depth + 1, object)) clean = false;
      if (key === "$") {
        // The key that marks what is not plain: only a numbered object may have it.
        this.plain.set(object, this.plain.get(object)! | NUMBERED);
        this.shares = true;
      }
    }
    return clean;
  }

  #array(array: readonly unknown[], depth: number): boolean | undefined {
    const { length } = array;
    if (Object.keys(array).length !== length) return undefined;
    let clean = true;
    for (let i = 0; i < length; i++) {
      if (Number.isSafeInteger(array[i]) && array[i] !== 0) continue;
      const step = this.#paths && `[${i}]`;
      if (!this.#visit(array[i], array, step, depth + 1, undefined)) clean = false;
    }
    return clean;
  }

  /** Whether something is saved by name: it is part of the runtime, or an export of a module. */
  #reference(value: object): boolean {
    const path = globalPath(value);
    // Whether the dumped value itself is saved by name is decided later.
    const reference = path === undefined && value !== this.#root
      ? this.modules.find(value)
      : undefined;
    if (path !== undefined) this.specials.set(value, { kind: "global", path });
    else if (reference !== undefined) this.specials.set(value, { kind: "module", reference });
    else return false;
    return true;
  }

  #function(fn: object, home: object | undefined): void {
    if (this.specials.has(fn)) return;
    if (types.isProxy(fn)) return this.refuse(fn, refusal(fn)!);
    if (this.#reference(fn)) return;
    const known = this.functions.get(fn);
    if (known === undefined) this.functions.set(fn, home);
  }

  /** Describes an object that is not plain. */
  #special(object: object): void {
    // Its module may become known when functions are looked at.
    if (types.isModuleNamespaceObject(object)) return void this.functions.set(object, undefined);
    const reason = refusal(object);
    if (reason !== undefined) return this.refuse(object, reason);
    const data = dataKind(object);
    if (data !== undefined) {
      const { type, payload, prototype, skip } = data;
      this.#describe(
        object,
        (extras) => ({ kind: "data", type, payload, extras }),
        skip,
        prototype,
      );
      this.#payload(data, object);
      return;
    }
    if (Array.isArray(object)) return this.#describeArray(object);
    const maker = makerOf(object);
    if (maker !== undefined) {
      // What it holds is found when its function is looked at; it may be one that is saved by name.
      this.specials.set(object, { kind: "prototype", of: maker, extras: NO_EXTRAS });
      return this.visit(maker, object, ".constructor");
    }
    const opaque = opaqueClass(object);
    if (opaque !== undefined) {
      return this.refuse(
        object,
        `it is a kind of ${opaque}, which holds what JavaScript does not show`,
      );
    }
    this.#describe(object, (extras) => ({ kind: "object", extras }), () => false, Object.prototype);
  }

  /** Walks over the values that an object of a type is made of. */
  #payload(
    { type, payload }: { readonly type: DataType; readonly payload: unknown },
    object: object,
  ): void {
    if (type === "map") {
      let n = 0;
      for (const [key, value] of payload as [unknown, unknown][]) {
        this.visit(key, object, this.#paths && ` {key ${n}}`);
        const byName = typeof key === "string";
        this.visit(
          value,
          object,
          this.#paths && (byName ? `.get(${JSON.stringify(key)})` : ` {value ${n}}`),
        );
        n++;
      }
    } else if (type === "set" || type === "arguments") {
      let n = 0;
      for (const value of payload as unknown[]) this.visit(value, object, ` {${n++}}`);
    } else if (type === "view") this.visit((payload as unknown[])[1], object, ".buffer");
    else if (type === "boxed") this.visit(payload);
  }

  /** The object that a function makes its instances inherit from. */
  describePrototype(
    object: object,
    of: object,
    prototype: object | null,
    skip: (key: string | symbol) => boolean = () => false,
    deleted: readonly (string | symbol)[] = [],
  ): void {
    const own = (key: string | symbol) => key === "constructor" && isPlainConstructor(object, of);
    this.#describe(
      object,
      (extras) => ({ kind: "prototype", of, extras }),
      (key) => own(key) || skip(key),
      prototype,
      deleted,
    );
    // It inherits from the prototype of another class, but that class has not made it.
    this.instances.delete(object);
  }

  #describeArray(array: readonly unknown[]): void {
    const { length } = array;
    const keys = Object.keys(array).filter((key) => isIndex(key, length));
    const sparse = keys.length !== length;
    const items = sparse ? keys.map((key) => [Number(key), array[Number(key)]] as const) : array;
    this.#describe(
      array,
      (extras) => ({ kind: "array", length, items, sparse, extras }),
      (key) => key === "length" || typeof key === "string" && isIndex(key, length),
      Array.prototype,
    );
    for (const key of keys) this.visit(array[Number(key)], array, `[${key}]`);
  }

  #describe(
    object: object,
    make: (extras: Extras) => Special,
    skip: (key: string | symbol) => boolean,
    prototype: object | null,
    deleted: readonly (string | symbol)[] = [],
  ): void {
    const properties: Property[] = [];
    // Known before its properties are walked over, which may lead back.
    const extras: Extras = {
      properties,
      deleted,
      prototype: prototypeOf(object, prototype),
      integrity: integrityOf(object),
    };
    this.specials.set(object, make(extras));
    if (extras.prototype !== undefined) {
      this.instances.add(object);
      this.visit(extras.prototype.value, object, " {prototype}");
    }
    // The elements of a view are properties too, millions perhaps.
    if (!ArrayBuffer.isView(object)) this.properties(object, skip, properties);
  }

  /** Walks over own properties, and collects them. */
  properties(object: object, skip: (key: string | symbol) => boolean, into: Property[]): void {
    for (const key of Reflect.ownKeys(object)) {
      if (skip(key)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(object, key)!;
      into.push({ key, descriptor });
      this.visit(key);
      const step = this.#paths && propertyStep(key);
      for (const part of ["value", "get", "set"] as const) {
        this.#visit(descriptor[part], object, step, DEPTH + 1, object);
      }
    }
  }
}

/** Whether an object may be a plain one, as far as can be told without looking at its properties. */
function looksPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return (prototype === Object.prototype ? !Array.isArray(object) : prototype === Array.prototype &&
    Array.isArray(object)) &&
    Object.isExtensible(object) && Object.getOwnPropertySymbols(object).length === 0 &&
    !types.isNativeError(object);
}

function isDefault({ get, set, writable, enumerable, configurable }: PropertyDescriptor): boolean {
  return get === undefined && set === undefined && writable === true && enumerable === true &&
    configurable === true;
}

function isIndex(key: string, length: number): boolean {
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && index < length && String(index) === key;
}

/** The function whose `prototype` an object is. */
export function makerOf(object: object): object | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(object, "constructor")?.value;
  if (typeof maker !== "function") return undefined;
  return Object.getOwnPropertyDescriptor(maker, "prototype")?.value === object ? maker : undefined;
}

function isPlainConstructor(object: object, of: object): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(object, "constructor");
  return descriptor?.value === of && descriptor.enumerable === false &&
    descriptor.writable === true && descriptor.configurable === true;
}

/** The prototype of an object, unless it is the one expected. */
export function prototypeOf(object: object, expected: object | null): Extras["prototype"] {
  const value = Object.getPrototypeOf(object) as object | null;
  return value === expected ? undefined : { value };
}

/** How far an object is closed to changes. */
export function integrityOf(object: object): Extras["integrity"] {
  // Of a view, whose elements always change, only whether properties can be added.
  if (ArrayBuffer.isView(object)) return 0;
  if (Object.isExtensible(object)) return 0;
  return Object.isFrozen(object) ? 3 : Object.isSealed(object) ? 2 : 1;
}
