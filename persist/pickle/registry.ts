import { checkOptions, type OptionRule, type OptionRules } from "../options.ts";
import { PyObject, type PyObjectParts } from "../types/objects/py_object.ts";
import { NameTable } from "./name_table.ts";
import type { Reduction } from "./reduction.ts";

/**
 * What the reader and the writer know about one Python class or function.
 *
 * @typeParam T The JavaScript type of its objects.
 */
export interface Registration<T = unknown> {
  /**
   * The JavaScript class of the objects: its instances are written with this registration, and a mere reference to the
   * Python class is read as this class.
   *
   * @default {undefined}
   */
  // deno-lint-ignore no-explicit-any
  type?: abstract new (...args: any[]) => T;
  /**
   * Makes an object from the arguments that Python's class or function would get.
   * Without it, an instance of `type` is made without calling its constructor, and only where there are no arguments.
   *
   * @default {undefined}
   */
  load?: (args: unknown[], kwargs?: unknown) => T;
  /**
   * Takes the place of `load` when reading with the option `mode: "plain"`.
   *
   * @default {undefined}
   */
  loadPlain?: (args: unknown[], kwargs?: unknown) => unknown;
  /**
   * Keeps the objects as recipes of this class, usually `PyObject`: what the pickle says about them, as data, which is written
   * back as it was. Takes the place of `type` and `load`.
   *
   * @default {undefined}
   */
  recipe?: RecipeClass;
  /**
   * What a mere reference stands for, if not the class or its name: a constant.
   *
   * @default {undefined}
   */
  value?: unknown;
  /**
   * Gives an object its state; `protocol` is that of the pickle. Without it, the state's values become own properties.
   *
   * @default {undefined}
   */
  setState?: (object: T, state: unknown, protocol: number) => void;
  /**
   * Adds an item to an object that is like a list.
   *
   * @default {undefined}
   */
  append?: (object: T, item: unknown) => void;
  /**
   * Sets an item of an object that is like a dict.
   *
   * @default {undefined}
   */
  setItem?: (object: T, key: unknown, value: unknown) => void;
  /**
   * Takes an object apart. Without it, the own properties are the state.
   * `callable` is this class unless given.
   *
   * @default {undefined}
   */
  dump?: (object: T, protocol: number) => Partial<Reduction>;
}

/** A kind of recipe: {@linkcode PyObject}, or a class that extends it with ways to look into it. */
export type RecipeClass = new (parts: PyObjectParts) => PyObject;

/** A registration with the name under which it stands. */
export interface RegistryEntry extends Registration {
  /** The Python module. */
  readonly module: string;
  /** The qualified name in the module. */
  readonly name: string;
}

/** Lets a registry's types have no state but where they say how they take it; set by the class, which alone can see them. */
export let refuseStates: (registry: Registry) => void;

/** Has a registry filled when something is looked up in it for the first time; set by the class. */
export let fillLater: (registry: Registry, fill: () => void) => void;

const RULES: OptionRules = {
  type: "function",
  load: "function",
  loadPlain: "function",
  recipe: "function",
  value: "any",
  setState: "function",
  append: "function",
  setItem: "function",
  dump: "function",
} satisfies Record<keyof Registration, OptionRule>;

function checkRegistration(module: unknown, name: unknown, registration: object): void {
  if (typeof module !== "string" || typeof name !== "string") {
    throw new TypeError(
      `Cannot register a class or function: module and name must be strings, received a ${typeof module} and a ${typeof name}`,
    );
  }
  checkOptions(`Cannot register ${module}.${name}`, registration, RULES);
}

function refuseState(): never {
  throw new TypeError("it takes no state");
}

/**
 * The allow-list of a reader, and the writer's knowledge of classes. Only what stands here is ever made from a pickle.
 *
 * @example An allow-list of one's own
 * ```ts
 * import { dumps, loads, Registry } from "@ferry/std/persist/pickle";
 * import { assertEquals, assertInstanceOf } from "@std/assert";
 *
 * class Point {
 *   x = 0;
 *   y = 0;
 * }
 * const registry = new Registry();
 * registry.register("shapes", "Point", { type: Point });
 *
 * const bytes = dumps(Object.assign(new Point(), { x: 3 }), { registry });
 * const back = loads(bytes, { registry });
 * assertInstanceOf(back, Point);
 * assertEquals(back, Object.assign(new Point(), { x: 3 }));
 * ```
 */
export class Registry {
  #parent: Registry | undefined;
  #byName: NameTable<RegistryEntry> = new NameTable();
  #byPrototype: Map<object, RegistryEntry> = new Map();
  #byClass: Map<unknown, RegistryEntry> = new Map();
  #packages: Set<string> = new Set();
  #byCode: Map<number, [string, string]> = new Map();
  #codes: NameTable<number> = new NameTable();
  #fill: (() => void) | undefined;

  static {
    fillLater = (registry, fill) => registry.#fill = fill;
    refuseStates = (registry) => {
      for (const entry of registry.#byPrototype.values()) entry.setState ??= refuseState;
    };
  }

  /**
   * Makes a registry that knows the standard library's types besides what is registered.
   *
   * @example Make one
   * ```ts
   * import { Registry } from "@ferry/std/persist/pickle";
   *
   * class Point {
   *   x = 0;
   *   y = 0;
   * }
   * const registry = new Registry();
   * ```
   *
   * @param parent The registry asked for what this one does not know; `null` for none. The default is the one that
   * {@linkcode register} fills.
   */
  constructor(parent: Registry | null = shared) {
    this.#parent = parent ?? undefined;
  }

  /**
   * Registers a Python class or function.
   *
   * @typeParam T The JavaScript type of its objects.
   * @param module The Python module.
   * @param name The qualified name in the module.
   * @param registration How its objects are made and taken apart.
   * @returns This registry.
   * @throws {TypeError} If a name is no string, or the registration has something else than what there is.
   */
  register<T>(module: string, name: string, registration: Registration<T>): this {
    checkRegistration(module, name, registration);
    const entry = { ...registration, module, name } as RegistryEntry;
    this.#byName.set(module, name, entry);
    if (registration.type !== undefined) {
      this.#byPrototype.set(registration.type.prototype as object, entry);
      this.#byClass.set(registration.type, entry);
    }
    return this;
  }

  /**
   * Tells how the instances of a JavaScript class are written, without changing what a name is read as.
   *
   * @typeParam T The type of the instances.
   * @param type The JavaScript class.
   * @param module The Python module.
   * @param name The qualified name in the module, unless `dump` gives another callable.
   * @param dump Takes an object apart.
   * @param setState Gives an object that was read its state.
   * @returns This registry.
   */
  registerWriter<T>(
    // deno-lint-ignore no-explicit-any
    type: abstract new (...args: any[]) => T,
    module: string,
    name: string,
    dump: (object: T, protocol: number) => Partial<Reduction>,
    setState?: (object: T, state: unknown, protocol: number) => void,
  ): this {
    const entry: Registration<T> = setState === undefined ? { dump } : { dump, setState };
    this.#byPrototype.set(
      type.prototype as object,
      { ...entry, module, name } as RegistryEntry,
    );
    return this;
  }

  /**
   * Registers a whole Python package: whatever it and its modules hold, and is not registered itself, is read as a name
   * (`Global`), and its objects as recipes (`PyObject`). Nothing of it is imported or called.
   *
   * @param name The name of the package at the top, for example `"sklearn"`.
   * @returns This registry.
   * @throws {TypeError} If the name is empty or has a dot.
   */
  registerPackage(name: string): this {
    if (name === "" || name.includes(".")) {
      const shown = JSON.stringify(name.slice(0, 50));
      throw new TypeError(
        `Cannot register a package: needed the name of one at the top, received ${shown}`,
      );
    }
    this.#packages.add(name);
    return this;
  }

  /**
   * Gives a name a number of one to four bytes that stands for it in pickles of protocol 2 on (`copyreg.add_extension`).
   *
   * @param module The Python module.
   * @param name The qualified name in the module.
   * @param code The number, 1 to 2147483647.
   * @returns This registry.
   * @throws {RangeError} If the number is out of range, or stands for another name.
   */
  addExtension(module: string, name: string, code: number): this {
    if (!Number.isInteger(code) || code < 1 || code > 0x7fff_ffff) {
      throw new RangeError(
        `Cannot add extension code ${code}: it must be an integer of 1 to 2147483647`,
      );
    }
    const taken = this.#byCode.get(code);
    if (taken !== undefined && (taken[0] !== module || taken[1] !== name)) {
      throw new RangeError(
        `Cannot add extension code ${code} for ${module}.${name}: it stands for ${taken.join(".")}`,
      );
    }
    this.#byCode.set(code, [module, name]);
    this.#codes.set(module, name, code);
    return this;
  }

  /**
   * Lists the allow-list: what may be made from a pickle.
   *
   * @returns Module and qualified name of each class, function and constant, those of the parents first; of a whole package
   * its name and `"*"`.
   */
  *names(): Generator<readonly [module: string, name: string], void> {
    this.#complete();
    if (this.#parent !== undefined) yield* this.#parent.names();
    for (const { module, name } of this.#byName.values()) yield [module, name];
    for (const name of this.#packages) yield [name, "*"];
  }

  /**
   * The registration of a name.
   *
   * @param module The Python module.
   * @param name The qualified name in the module.
   * @returns The registration, or `undefined`.
   */
  find(module: string, name: string): RegistryEntry | undefined {
    const exact = this.#findExact(module, name);
    if (exact !== undefined || !this.#isInPackage(module)) return exact;
    return { module, name, recipe: PyObject };
  }

  /** Fills it, if that was left for later. */
  #complete(): void {
    if (this.#fill === undefined) return;
    const fill = this.#fill;
    this.#fill = undefined;
    fill();
  }

  #findExact(module: string, name: string): RegistryEntry | undefined {
    this.#complete();
    const entry = this.#byName.get(module, name);
    return entry ??
      (this.#parent === undefined ? undefined : this.#parent.#findExact(module, name));
  }

  #isInPackage(module: string): boolean {
    this.#complete();
    const dot = module.indexOf(".");
    const root = dot < 0 ? module : module.slice(0, dot);
    if (this.#packages.has(root)) return true;
    return this.#parent !== undefined && this.#parent.#isInPackage(module);
  }

  /**
   * The registration for writing objects with a prototype.
   *
   * @param prototype The prototype.
   * @returns The registration, or `undefined`.
   */
  findPrototype(prototype: object): RegistryEntry | undefined {
    this.#complete();
    return this.#byPrototype.get(prototype) ?? this.#parent?.findPrototype(prototype);
  }

  /**
   * The registration of a JavaScript class.
   *
   * @param type The class.
   * @returns The registration, or `undefined`.
   */
  findClass(type: unknown): RegistryEntry | undefined {
    this.#complete();
    return this.#byClass.get(type) ?? this.#parent?.findClass(type);
  }

  /**
   * The name that an extension code stands for.
   *
   * @param code The code.
   * @returns Module and name, or `undefined`.
   */
  findExtension(code: number): readonly [string, string] | undefined {
    return this.#byCode.get(code) ?? this.#parent?.findExtension(code);
  }

  /**
   * The extension code of a name.
   *
   * @param module The Python module.
   * @param name The qualified name in the module.
   * @returns The code, or `undefined`.
   */
  extensionCode(module: string, name: string): number | undefined {
    return this.#codes.get(module, name) ?? this.#parent?.extensionCode(module, name);
  }
}

/** The standard library's types. */
export const standard: Registry = new Registry(null);

/** What {@linkcode register} fills. */
const shared: Registry = new Registry(standard);

/**
 * The registry used where no other is given.
 *
 * @returns The shared registry.
 *
 * @example Ask what is known
 * ```ts
 * import { sharedRegistry } from "@ferry/std/persist/pickle";
 * import { assert } from "@std/assert";
 *
 * assert(sharedRegistry().find("decimal", "Decimal") !== undefined);
 * ```
 */
export function sharedRegistry(): Registry {
  return shared;
}

/**
 * Registers a Python class or function for all readers and writers that name no registry of their own.
 *
 * @typeParam T The JavaScript type of its objects.
 * @param module The Python module.
 * @param name The qualified name in the module.
 * @param registration How its objects are made and taken apart.
 *
 * @example An enum
 * ```ts
 * import { loads, register } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * register("paint", "Color", { load: ([value]) => value === 1 ? "red" : "other" });
 * const bytes = new TextEncoder().encode("cpaint\nColor\n(I1\ntR.");
 * assertEquals(loads(bytes), "red");
 * ```
 */
export function register<T>(module: string, name: string, registration: Registration<T>): void {
  shared.register(module, name, registration);
}
