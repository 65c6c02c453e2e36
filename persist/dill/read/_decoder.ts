/**
 * Makes a dump's values. First the functions and classes, by evaluating their texts; then every object, empty; then what is
 * in them, so that cycles need no care; last what closes them to changes.
 */
import { LoadError } from "../errors.ts";
import {
  type Body,
  CONFIGURABLE,
  ENUMERABLE,
  type ExtrasEntry,
  type PropertyEntry,
  type Value,
  WRITABLE,
} from "../format/body.ts";
import type { LoadOptions } from "../options.ts";
import { rememberReference } from "../capture/modules.ts";
import { rememberText } from "../source/source_text.ts";
import { type Callbacks, factoryText } from "./_factory.ts";
import { makeShell, malformed, type ShellSource } from "./_shells.ts";

const SIMPLE: Readonly<Record<string, unknown>> = {
  undefined,
  NaN,
  Infinity,
  "-Infinity": -Infinity,
  "-0": -0,
};

type Setters = Record<string, (object: object, value: unknown) => void>;

export class Decoder implements ShellSource {
  readonly namespaces: readonly Record<string, unknown>[];
  readonly code: unknown[] = [];
  readonly persistentLoad: LoadOptions["persistentLoad"];
  readonly #body: Body;
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];
  readonly #made: unknown[] = [];
  readonly #isMade: boolean[] = [];
  #cells: readonly ((value: unknown) => void)[] = [];
  readonly #homes: (readonly [stub: object, home: Value])[] = [];
  readonly #statics:
    (readonly [index: number, setters: Record<string, (value: unknown) => void>])[] = [];
  readonly #fields: Map<unknown, Setters> = new Map();
  #callbacks: Callbacks | undefined;

  constructor(
    body: Body,
    data: Uint8Array<ArrayBuffer>,
    namespaces: readonly Record<string, unknown>[],
    persistentLoad: LoadOptions["persistentLoad"],
  ) {
    this.#body = body;
    this.persistentLoad = persistentLoad;
    this.namespaces = namespaces;
    let at = 0;
    for (const length of body.buffers) this.#buffers.push(data.subarray(at, at += length));
  }

  run(): unknown {
    const { code, cells, objects, root } = this.#body;
    if (code.length > 0) this.#evaluate();
    for (let number = 0; number < objects.length; number++) this.#shell(number);
    for (const [stub, home] of this.#homes) {
      Object.setPrototypeOf(stub, this.decode(home) as object | null);
    }
    for (const [i, [, value]] of cells.entries()) this.#cells[i]!(this.decode(value));
    for (let number = 0; number < objects.length; number++) this.#fill(number);
    for (const [index, setters] of this.#statics) {
      for (const [name, value] of code[index]!.class!.statics) setters[name]!(this.decode(value));
    }
    for (const [number, [, , extras]] of objects.entries()) {
      if (extras?.integrity) close(this.#made[number] as object, extras.integrity);
    }
    return this.decode(root);
  }

  buffer(index: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#buffers[index];
    if (buffer === undefined) throw malformed(`there is no buffer ${index}`);
    return buffer;
  }

  decode(value: Value): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return this.#items(value);
    const { $: mark, v } = value as { readonly $?: unknown; readonly v?: unknown };
    if (mark === undefined) return this.#record(value as Record<string, Value>);
    if (typeof mark === "number") return this.#shell(mark);
    if (mark === "json") return v;
    if (mark === "bigint") return BigInt(v as string);
    if (Object.hasOwn(SIMPLE, mark as string)) return SIMPLE[mark as string];
    throw malformed(`there is no mark ${mark}`);
  }

  revive(of: unknown, args: readonly unknown[]): object {
    if (!this.#fields.has(of)) throw malformed("a class was not made for such instances");
    this.#callbacks!.reviving = true;
    try {
      const object: object = Reflect.construct(of as () => void, args);
      for (const key of Reflect.ownKeys(object)) Reflect.deleteProperty(object, key);
      return object;
    } finally {
      this.#callbacks!.reviving = false;
    }
  }

  /** Decodes what is in a list that was parsed, in place: nobody else has it, and most of what is in it stays as it is. */
  #items(items: Value[]): unknown[] {
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (typeof item === "object" && item !== null) items[i] = this.decode(item) as Value;
    }
    return items;
  }

  /** The same for an object. JSON.parse has made `__proto__` a property like any other. */
  #record(record: Record<string, Value>): object {
    for (const key in record) {
      const value = record[key]!;
      if (typeof value !== "object" || value === null || !Object.hasOwn(record, key)) continue;
      const decoded = this.decode(value);
      if (decoded === value) continue;
      if (key === "__proto__") define(record, key, { value: decoded, ...ALL });
      else record[key] = decoded as Value;
    }
    return record;
  }

  /** The same for an object that was made already. */
  #assign(into: object, record: Readonly<Record<string, Value>>): void {
    for (const key of Object.keys(record)) {
      const value = this.decode(record[key]!);
      if (key === "__proto__") define(into, key, { value, ...ALL });
      else (into as Record<string, unknown>)[key] = value;
    }
  }

  #evaluate(): void {
    const { code } = this.#body;
    this.#callbacks = {
      reviving: false,
      cells: (setters) => void (this.#cells = setters),
      code: (index, fn) => this.#add(index, fn),
      method: (index, holder) => {
        const [key] = Reflect.ownKeys(holder);
        const { value, get, set } = Object.getOwnPropertyDescriptor(holder, key!)!;
        this.#add(index, value ?? get ?? set);
        const { home } = code[index]!;
        if (home !== undefined) this.#homes.push([holder, home]);
      },
      heritage: (index) => this.decode(code[index]!.class!.heritage!.value),
      key: (index, number) => this.decode(code[index]!.class!.keys[number]![1]),
      statics: (index, setters) => void this.#statics.push([index, setters]),
      // The class itself is known when its text has been evaluated.
      fields: (index, setters) => void this.#pendingFields.set(index, setters),
    };
    const { parameter, text } = factoryText(this.#body);
    let factory: (callbacks: Callbacks) => void;
    try {
      factory = new Function(parameter, text) as typeof factory;
    } catch (cause) {
      throw new LoadError("Cannot load the dump: the code in it does not compile", { cause });
    }
    factory(this.#callbacks);
  }

  readonly #pendingFields: Map<number, Setters> = new Map();

  #add(index: number, fn: unknown): void {
    if (typeof fn !== "function") {
      throw malformed(`the text of function ${index} gives no function`);
    }
    const { name, source, class: cls } = this.#body.code[index]!;
    this.code[index] = fn;
    if (cls !== undefined) rememberText(fn, source);
    const length = cls?.revive?.constructor?.length;
    if (length !== undefined) define(fn, "length", { value: length, configurable: true });
    const fields = this.#pendingFields.get(index);
    if (fields !== undefined) this.#fields.set(fn, fields);
    if (name === null) Reflect.deleteProperty(fn, "name");
    else if (Object.getOwnPropertyDescriptor(fn, "name")?.value !== name) {
      define(fn, "name", { value: name, configurable: true });
    }
  }

  #shell(number: number): unknown {
    if (this.#isMade[number]) return this.#made[number];
    const entry = this.#body.objects[number];
    if (entry === undefined) throw malformed(`there is no object ${number}`);
    const made = makeShell(entry, this);
    if (entry[0] === "module") {
      const [module, path] = entry[1] as [number, string[]];
      rememberReference(made, { specifier: this.#body.modules[module]!, path });
    }
    this.#isMade[number] = true;
    return this.#made[number] = made;
  }

  #fill(number: number): void {
    const [kind, payload, extras, privates] = this.#body.objects[number]!;
    const object = this.#made[number] as object;
    switch (kind) {
      case "object":
        if (object === payload) this.#record(payload as Record<string, Value>);
        else this.#assign(object, payload as Record<string, Value>);
        break;
      case "array":
        if (object === payload) this.#items(payload as Value[]);
        else for (const value of payload as Value[]) (object as unknown[]).push(this.decode(value));
        break;
      case "sparse": {
        const [length, items] = payload as [number, [number, Value][]];
        (object as unknown[]).length = length;
        for (const [index, value] of items) (object as unknown[])[index] = this.decode(value);
        break;
      }
      case "map":
        for (const [key, value] of payload as [Value, Value][]) {
          Map.prototype.set.call(object, this.decode(key), this.decode(value));
        }
        break;
      case "set":
        for (const value of payload as Value[]) Set.prototype.add.call(object, this.decode(value));
        break;
      case "buffer":
        new Uint8Array(object as ArrayBuffer).set(this.buffer((payload as [number])[0]));
        break;
      case "regexp":
        (object as RegExp).lastIndex = (payload as [string, string, number])[2];
        break;
      case "error":
        for (const key of Reflect.ownKeys(object)) Reflect.deleteProperty(object, key);
        if (payload !== null) {
          define(object, "stack", { value: payload, writable: true, configurable: true });
        }
        break;
    }
    if (privates !== undefined) {
      for (const [of, name, value] of privates.fields) {
        this.#fields.get(this.decode(of))![name]!(object, this.decode(value));
      }
    }
    if (extras) this.#addExtras(object, extras);
  }

  #addExtras(object: object, { deleted, prototype, properties }: ExtrasEntry): void {
    for (const key of deleted ?? []) {
      Reflect.deleteProperty(object, this.decode(key) as string | symbol);
    }
    if (prototype !== undefined) {
      Object.setPrototypeOf(object, this.decode(prototype) as object | null);
    }
    for (const property of properties ?? []) {
      define(object, this.decode(property[0]) as string | symbol, this.#descriptor(property));
    }
  }

  #descriptor(property: PropertyEntry): PropertyDescriptor {
    if (property.length === 2) return { value: this.decode(property[1]), ...ALL };
    const [, flags] = property;
    const enumerable = (flags & ENUMERABLE) !== 0;
    const configurable = (flags & CONFIGURABLE) !== 0;
    if (property.length === 3) {
      const writable = (flags & WRITABLE) !== 0;
      return { value: this.decode(property[2]), writable, enumerable, configurable };
    }
    const get = this.decode(property[2]) as () => unknown;
    const set = this.decode(property[3]) as (value: unknown) => void;
    return { get, set, enumerable, configurable };
  }
}

const ALL = { writable: true, enumerable: true, configurable: true };

function define(object: object, key: string | symbol, descriptor: PropertyDescriptor): void {
  Object.defineProperty(object, key, descriptor);
}

function close(object: object, integrity: 1 | 2 | 3): void {
  if (integrity === 3) Object.freeze(object);
  else if (integrity === 2) Object.seal(object);
  else Object.preventExtensions(object);
}
