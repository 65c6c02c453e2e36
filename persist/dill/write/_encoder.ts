/** Turns what a walk has found into the text of a dump. Runs in one go, so that nothing changes meanwhile. */
import { IntegerTexts } from "../../integer_texts.ts";
import { UndumpableError } from "../errors.ts";
import type {
  Body,
  ClassEntry,
  CodeEntry,
  ExtrasEntry,
  ObjectEntry,
  PrivateEntry,
  PropertyEntry,
  Value,
} from "../format/body.ts";
import { CONFIGURABLE, ENUMERABLE, WRITABLE } from "../format/body.ts";
import { WELL_KNOWN_SYMBOLS } from "../format/kinds.ts";
import { isSloppy, lengthOf } from "../source/function_source.ts";
import { writeCode, type WrittenCode } from "./_code.ts";
import type { Functions } from "./_functions.ts";
import type { Cell, Extras, FunctionItem, PrivateState, Property, Special } from "./_items.ts";
import { nameCells } from "./_names.ts";
import { CLEAN, NUMBERED, type Walk } from "./_walk.ts";

/** The text of a dump, and the buffers that follow it. */
export interface Encoded {
  readonly body: Body;
  readonly buffers: readonly Uint8Array[];
}

const UNDEFINED: Value = { $: "undefined" };

export class Encoder {
  readonly #walk: Walk;
  readonly #functions: Functions;
  readonly #numbers: Map<object | symbol, number> = new Map();
  readonly #queue: (object | symbol)[] = [];
  readonly #modules: Map<string, number> = new Map();
  readonly #buffers: Uint8Array[] = [];
  readonly #code: Map<object, number> = new Map();
  readonly #cells: Map<Cell, number> = new Map();
  readonly #texts: IntegerTexts = new IntegerTexts();

  constructor(walk: Walk, functions: Functions) {
    this.#walk = walk;
    this.#functions = functions;
  }

  encode(root: unknown): Encoded {
    const items = sorted(
      [...this.#functions.items.values()].filter(({ fn }) => !this.#functions.members.has(fn)),
    );
    for (const [i, { fn }] of items.entries()) this.#code.set(fn, i);
    const names = nameCells(items);
    for (const cell of names.keys()) this.#cells.set(cell, this.#cells.size);
    const encodedRoot = this.#value(root);
    const cells = [...names].map(([cell, name]) => [name, this.#cell(cell)] as const);
    const code = items.map((item) => this.#codeEntry(item, names));
    const objects: ObjectEntry[] = [];
    for (let next; (next = this.#queue[objects.length]) !== undefined;) {
      objects.push(this.#entry(next));
    }
    const body: Body = {
      modules: [...this.#modules.keys()],
      cells,
      code,
      objects,
      buffers: this.#buffers.map(({ length }) => length),
      root: encodedRoot,
    };
    return { body, buffers: this.#buffers };
  }

  #number(object: object | symbol): Value {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      this.#numbers.set(object, number = this.#queue.length);
      this.#queue.push(object);
    }
    return { $: number };
  }

  #value(value: unknown): Value {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        return { $: Object.is(value, -0) ? "-0" : String(value) as "NaN" };
      case "undefined":
        return UNDEFINED;
      case "bigint":
        return { $: "bigint", v: this.#texts.of(value) };
      case "symbol":
        return this.#number(value);
      default:
        return value === null ? null : this.#object(value as object);
    }
  }

  #object(object: object): Value {
    const plain = this.#walk.plain.get(object);
    if (plain === undefined) {
      if (this.#walk.specials.has(object) || this.#functions.members.has(object)) {
        return this.#number(object);
      }
      throw new UndumpableError("value", "it was changed while it was being dumped");
    }
    if (plain & NUMBERED) return this.#number(object);
    if (plain & CLEAN && !this.#walk.shares) return { $: "json", v: object };
    return Array.isArray(object) ? this.#items(object) : this.#record(object);
  }

  #items(values: readonly unknown[]): Value[] {
    const items: Value[] = [];
    for (let i = 0; i < values.length; i++) items.push(this.#value(values[i]));
    return items;
  }

  #record(object: object): { [key: string]: Value } {
    const record: { [key: string]: Value } = {};
    for (const key of Object.keys(object)) {
      const value = this.#value((object as Record<string, unknown>)[key]);
      if (key === "__proto__") {
        Object.defineProperty(record, key, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      } else record[key] = value;
    }
    return record;
  }

  #cell({ value, reference }: Cell): Value {
    return reference === undefined
      ? this.#value(value)
      : this.#number(this.#referenceObject(reference));
  }

  /** One object for each export that a variable stands for: the value itself may be a number. */
  readonly #references: Map<string, object> = new Map();

  #referenceObject(reference: Extract<Special, { kind: "module" }>["reference"]): object {
    const key = JSON.stringify([reference.specifier, ...reference.path]);
    let object = this.#references.get(key);
    if (object === undefined) {
      this.#references.set(key, object = {});
      this.#walk.specials.set(object, { kind: "module", reference });
    }
    return object;
  }

  #entry(object: object | symbol): ObjectEntry {
    const member = typeof object === "object" || typeof object === "function"
      ? this.#functions.members.get(object)
      : undefined;
    if (member !== undefined) {
      const { of, isStatic, key, part } = member;
      return ["member", [this.#value(of), isStatic, this.#value(key), part]];
    }
    const special = this.#walk.specials.get(object);
    if (special === undefined) {
      const isArray = Array.isArray(object);
      return isArray ? ["array", this.#items(object)] : ["object", this.#record(object as object)];
    }
    switch (special.kind) {
      case "global":
        return ["global", special.path];
      case "module": {
        const { specifier, path } = special.reference;
        let module = this.#modules.get(specifier);
        if (module === undefined) this.#modules.set(specifier, module = this.#modules.size);
        return ["module", [module, path]];
      }
      case "persistent":
        return ["persistent", special.id];
      case "symbol":
        return ["symbol", symbolPayload(special.symbol)];
      case "function":
        this.#prototypeOf(special.item.fn);
        return this.#with("code", this.#code.get(special.item.fn), special.extras);
      case "prototype":
        return this.#with("prototype", this.#value(special.of), special.extras);
      case "object":
        return this.#with("object", {}, special.extras, special.private);
      case "array":
        return special.sparse
          ? this.#with(
            "sparse",
            [
              special.length,
              (special.items as readonly (readonly [number, unknown])[])
                .map(([index, value]) => [index, this.#value(value)]),
            ],
            special.extras,
            special.private,
          )
          : this.#with("array", this.#items(special.items), special.extras, special.private);
      case "data":
        return this.#with(
          special.type,
          this.#payload(special.type, special.payload, object as object),
          special.extras,
          special.private,
        );
    }
  }

  /** Sees to it that what was changed in a function's prototype is written, though nothing else may refer to that. */
  #prototypeOf(fn: object): void {
    const made: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
    const special = typeof made === "object" && made !== null
      ? this.#walk.specials.get(made)
      : undefined;
    if (special?.kind === "prototype" && this.#extras(special.extras) !== null) this.#number(made!);
  }

  #with(kind: string, payload: unknown, extras: Extras, privates?: PrivateState): ObjectEntry {
    const written = this.#extras(extras);
    if (privates !== undefined) return [kind, payload, written, this.#private(privates)];
    return written === null ? [kind, payload] : [kind, payload, written];
  }

  #extras({ properties, deleted, prototype, integrity }: Extras): ExtrasEntry | null {
    const entry: ExtrasEntry = {
      ...(properties.length > 0 && { properties: properties.map((item) => this.#property(item)) }),
      ...(deleted.length > 0 && { deleted: deleted.map((key) => this.#value(key)) }),
      ...(prototype !== undefined && { prototype: this.#value(prototype.value) }),
      ...(integrity !== 0 && { integrity }),
    };
    return Object.keys(entry).length > 0 ? entry : null;
  }

  #property({ key, descriptor }: Property): PropertyEntry {
    const { value, writable, enumerable, configurable, get, set } = descriptor;
    const flags = (writable ? WRITABLE : 0) | (enumerable ? ENUMERABLE : 0) |
      (configurable ? CONFIGURABLE : 0);
    const name = this.#value(key);
    if (get !== undefined || set !== undefined) {
      return [name, flags, this.#value(get), this.#value(set)];
    }
    return flags === 7 ? [name, this.#value(value)] : [name, flags, this.#value(value)];
  }

  #private({ of, fields }: PrivateState): PrivateEntry {
    return {
      of: this.#value(of),
      fields: fields.map(({ of, name, value }) => [this.#value(of), name, this.#value(value)]),
    };
  }

  #payload(type: string, payload: unknown, object: object): unknown {
    switch (type) {
      case "map":
        return (payload as [unknown, unknown][]).map((pair) => this.#items(pair));
      case "set":
      case "arguments":
        return this.#items(payload as unknown[]);
      case "date":
        return Number.isNaN(payload) ? null : payload;
      case "boxed":
        return this.#value(payload);
      case "view": {
        const [name, buffer, offset, length] = payload as [string, object, number, number];
        return [name, this.#value(buffer), offset, length];
      }
      case "buffer": {
        const bytes = new Uint8Array(object as ArrayBuffer);
        this.#buffers.push(bytes);
        return [this.#buffers.length - 1, payload];
      }
      default:
        return payload;
    }
  }

  #codeEntry(item: FunctionItem, names: ReadonlyMap<Cell, string>): CodeEntry {
    const { source, captured, home, within, fn, parts } = item;
    const written = writeCode(item, names);
    const { name } = fn as { readonly name?: unknown };
    return {
      form: source.form,
      name: typeof name === "string" && Object.hasOwn(fn, "name") ? name : null,
      source: written.edited.text,
      strict: source.goal === "module" && !isSloppy(fn),
      captures: [...new Set([...captured.values()].map((cell) => this.#cells.get(cell)!))],
      ...(home !== undefined && { home: this.#value(Object.getPrototypeOf(home)) }),
      ...(within !== undefined && { within: this.#code.get(within)! }),
      ...(parts !== undefined && { class: this.#classEntry(item, written, names) }),
    };
  }

  #classEntry(
    item: FunctionItem,
    { edited, symbolKeys }: WrittenCode,
    names: ReadonlyMap<Cell, string>,
  ): ClassEntry {
    const { fn, parts, captured, source } = item;
    const { heritage, body, fields, constructorParts } = parts!.source;
    const parent: unknown = Object.getPrototypeOf(fn);
    const inherits = heritage !== undefined && parent !== Function.prototype;
    const length = lengthOf(source.node);
    const name = heritage?.name;
    const seen = name === undefined ? undefined : captured.get(name);
    // A variable of that name that has got another value since is not what the class extends.
    const keptName = seen === undefined
      ? name
      : seen.value === parent
      ? names.get(seen)
      : undefined;
    return {
      ...(inherits && {
        heritage: {
          span: edited.movedSpan(heritage.span),
          value: this.#value(parent),
          ...(keptName !== undefined && { name: keptName }),
        },
      }),
      body: edited.moved(body),
      keys: symbolKeys.map(({ span, symbol }) => [edited.movedSpan(span), this.#value(symbol)]),
      statics: parts!.statics.map(({ name, value }) => [name, this.#value(value)]),
      ...(parts!.revived && {
        revive: {
          fields: fields
            .filter(({ isStatic, value, namesValue }) => !isStatic && value && !namesValue)
            .map(({ value }) => edited.movedSpan(value!)),
          privateFields: fields
            .filter(({ isStatic, privateName }) => !isStatic && privateName !== undefined)
            .map(({ privateName }) => privateName!),
          constructor: constructorParts === undefined ? null : {
            params: edited.movedSpan(constructorParts.params),
            body: edited.movedSpan(constructorParts.body),
            ...(length > 0 && { length }),
          },
          derived: inherits,
        },
      }),
    };
  }
}

function symbolPayload(symbol: symbol): readonly [how: string, text: string | null] {
  const known = WELL_KNOWN_SYMBOLS.get(symbol);
  if (known !== undefined) return ["known", known];
  const key = Symbol.keyFor(symbol);
  return key !== undefined ? ["for", key] : ["new", symbol.description ?? null];
}

/** Functions before classes, and a class after the one it extends. */
function sorted(items: readonly FunctionItem[]): FunctionItem[] {
  const classes = new Map(items.filter(({ parts }) => parts).map((item) => [item.fn, item]));
  const out = items.filter(({ parts, within }) => parts === undefined && within === undefined);
  const done = new Set<object>();
  const add = (item: FunctionItem) => {
    const line: FunctionItem[] = [];
    // Up to the base, then down again.
    for (let at: FunctionItem | undefined = item; at !== undefined && !done.has(at.fn);) {
      line.push(at);
      done.add(at.fn);
      at = classes.get(Object.getPrototypeOf(at.fn));
    }
    out.push(...line.reverse());
  };
  for (const item of classes.values()) add(item);
  out.push(...items.filter(({ within }) => within !== undefined));
  return out;
}
