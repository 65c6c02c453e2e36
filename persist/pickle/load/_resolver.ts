import { Global } from "../../types/objects/global.ts";
import type { Machine } from "./_machine.ts";
import { NameTable } from "../name_table.ts";
import { toPython3 } from "../python2_names.ts";
import {
  type Registration,
  type Registry,
  type RegistryEntry,
  sharedRegistry,
} from "../registry.ts";

/** Longest name of a module, and of a class or function in it. */
const LONGEST = 4096;

/**
 * Finds what a class or function of a pickle stands for. Only exact pairs of module and name are looked up; there is no way
 * from one object to another through an attribute.
 */
export class Resolver {
  readonly #machine: Machine;
  readonly #registry: Registry;
  /** The value pushed for each name, by module and name, so that a name is one object within a pickle. */
  readonly #values: NameTable<unknown> = new NameTable();
  /** The same by the names of Python 2. */
  readonly #values2: NameTable<unknown> = new NameTable();
  /** The registration behind each value pushed. */
  readonly #entries: Map<unknown, RegistryEntry> = new Map();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#registry = machine.options.registry ?? sharedRegistry();
  }

  /** Forgets what has been looked up: a class may be registered between two pickles. */
  clear(): void {
    if (this.#values.isEmpty) return;
    this.#values.clear();
    this.#values2.clear();
    this.#entries.clear();
  }

  /** What a name in a pickle stands for. */
  resolve(module: string, name: string): unknown {
    const machine = this.#machine;
    this.#checkLength(module, name);
    if (machine.protocol >= 3 || !(machine.options.fixImports ?? true)) {
      return this.resolveExact(module, name);
    }
    const known = this.#values2.get(module, name);
    if (known !== undefined) return known;
    machine.work.spend(module.length + name.length);
    const value = this.resolveExact(...toPython3(module, name));
    this.#values2.set(module, name, value);
    return value;
  }

  /** Whether a name of a module has been looked up, and this one has not. */
  isNewOf(module: string, name: string): boolean {
    return this.#values.hasModule(module) && this.#values.get(module, name) === undefined;
  }

  /** What a name of Python 3 stands for. */
  resolveExact(module: string, name: string): unknown {
    this.#checkLength(module, name);
    return this.#values.get(module, name) ?? this.#find(module, name);
  }

  /** Of long strings the engine sees only the length until it compares them. No class has such a name. */
  #checkLength(module: string, name: string): void {
    if (module === "" || name === "") {
      this.#machine.fail("a class or function has no name, or none of a module");
    }
    if (module.length <= LONGEST && name.length <= LONGEST) return;
    this.#machine.fail(`the name of a class or function is longer than ${LONGEST} characters`);
  }

  #find(module: string, name: string): unknown {
    const machine = this.#machine;
    // The engine must hash both, once for each registry.
    machine.work.spend(module.length + name.length);
    const found = machine.options.findClass?.(module, name, machine.at - machine.start);
    const entry = found === undefined
      ? this.#registry.find(module, name)
      : { ...found as Registration, module, name };
    if (entry === undefined && machine.options.unknown !== "opaque") {
      machine.fail(
        `the class or function ${module}.${name} is not registered; ` +
          `register it, or read with the option unknown: "opaque"`,
      );
    }
    const value = entry === undefined ? new Global(module, name) : valueOf(entry);
    this.#values.set(module, name, value);
    if (entry !== undefined) {
      this.#entries.set(value, entry);
      if (!(value instanceof Global)) machine.protect(value);
    }
    return value;
  }

  /** Whether a name is registered. */
  knows(module: string, name: string): boolean {
    return this.#registry.find(module, name) !== undefined;
  }

  /** What an extension code stands for. */
  extension(code: number): unknown {
    const name = this.#registry.findExtension(code);
    if (name === undefined) this.#machine.fail(`extension code ${code} is not registered`);
    return this.resolve(name![0], name![1]);
  }

  /** The registration behind a value that stands for a class or function. */
  entry(value: unknown): RegistryEntry | undefined {
    return this.#entries.get(value);
  }

  /** The registration of an object's class. */
  entryOf(object: unknown): RegistryEntry | undefined {
    return typeof object === "object" && object !== null
      ? this.#registry.findPrototype(Object.getPrototypeOf(object))
      : undefined;
  }
}

/** A mere reference to a class is the JavaScript class, if one is registered. */
function valueOf(entry: RegistryEntry): unknown {
  if (entry.value !== undefined) return entry.value;
  return entry.type ?? new Global(entry.module, entry.name);
}
