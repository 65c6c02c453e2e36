/**
 * Exports of modules, by value: what a dump saves as specifier and name.
 *
 * An export becomes known when a function is dumped whose module imports it, when a function of the module itself is dumped,
 * or when `modules` names the module.
 */
import { isByValue, isExportByValue, packageOf } from "../by_value.ts";
import type { Script } from "../source/script.ts";

/** Where an export is found: the module, the export, and properties of it. `[]` is the namespace itself. */
export interface ModuleReference {
  readonly specifier: string;
  readonly path: readonly string[];
}

/** Exports that dumps were loaded with: what refers to them is saved by name again. */
const loaded: WeakMap<object, ModuleReference> = new WeakMap();

/** Remembers the name of an export that a dump was loaded with. */
export function rememberReference(value: unknown, reference: ModuleReference): void {
  if (isComplex(value) && !loaded.has(value)) loaded.set(value, reference);
}

/** The exports known while one value is dumped. */
export class ModuleIndex {
  readonly #found: Map<unknown, ModuleReference> = new Map();
  readonly #scripts: Set<Script> = new Set();
  #builtin: typeof import("node:process").getBuiltinModule | undefined;

  /** The export that a function or object is, if it is one. */
  find(value: unknown): ModuleReference | undefined {
    const found = this.#found.get(value) ?? (isComplex(value) ? loaded.get(value) : undefined);
    return found !== undefined && !isByValue(found.specifier) && !isExportByValue(value)
      ? found
      : undefined;
  }

  /** Imports modules by name and notes all they export. */
  async addModules(specifiers: readonly string[]): Promise<void> {
    for (const specifier of specifiers) {
      const resolved = resolve(specifier, undefined);
      this.#add(resolved, [], await import(resolved));
    }
  }

  /** Notes what a script imports and exports, with the variables of its module scope. */
  addScript(script: Script, variables: Record<string, unknown>): void {
    if (this.#scripts.has(script) || script.analysis === undefined) return;
    this.#scripts.add(script);
    for (const { name, imported } of script.analysis.root.declarations.values()) {
      if (imported === undefined) continue;
      const { specifier, name: exported } = imported;
      const value = valueOf(variables, name);
      this.#add(resolve(specifier, script.url), exported === "*" ? [] : [exported], value);
    }
    if (!isReferable(script.url)) return;
    for (const [local, exported] of script.analysis.exported) {
      this.#add(script.url, [exported], valueOf(variables, local));
    }
  }

  /** The export that a variable of a module's top level stands for, whatever its value. */
  ofVariable(script: Script, name: string, value: unknown): ModuleReference | undefined {
    if (isExportByValue(value)) return undefined;
    const declaration = script.analysis?.root.declarations.get(name);
    if (declaration?.imported !== undefined) {
      const specifier = resolve(declaration.imported.specifier, script.url);
      if (isByValue(specifier)) return undefined;
      const exported = declaration.imported.name;
      return { specifier, path: exported === "*" ? [] : [exported] };
    }
    const exported = script.analysis?.exported.get(name);
    // A variable that changes is captured as it is.
    if (exported === undefined || declaration?.assigned || !isReferable(script.url)) {
      return undefined;
    }
    return { specifier: script.url, path: [exported] };
  }

  /** Makes {@linkcode findBuiltin} usable. */
  async loadBuiltins(): Promise<void> {
    this.#builtin ??= (await import("node:process")).getBuiltinModule;
  }

  /** Looks for a function among the exports of the modules built into the runtime. */
  findBuiltin(value: unknown): ModuleReference | undefined {
    const getBuiltinModule = this.#builtin!;
    const builtins = getBuiltinModule("node:module").builtinModules;
    for (const name of builtins) {
      if (name.startsWith("_")) continue;
      const exports: unknown = getBuiltinModule(name);
      if (typeof exports === "object" && exports !== null) {
        this.#add(`node:${name.replace(/^node:/, "")}`, ["default"], exports);
      }
      const found = this.#found.get(value);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Looks for a namespace among those of the modules built into the runtime. */
  findBuiltinNamespace(namespace: object): ModuleReference | undefined {
    const found = this.findBuiltin((namespace as { readonly default?: unknown }).default);
    return found?.path.join() === "default" && found.specifier.startsWith("node:")
      ? { specifier: found.specifier, path: [] }
      : undefined;
  }

  /** Notes a value, and the functions and objects that are its properties. */
  #add(specifier: string, path: readonly string[], value: unknown): void {
    if (!isComplex(value) || isByValue(specifier) || this.#found.has(value)) return;
    this.#found.set(value, { specifier, path });
    if (path.length > 0 && path[0] !== "default") return;
    for (const [name, { value: inner }] of Object.entries(dataProperties(value))) {
      if (isComplex(inner) && !this.#found.has(inner)) {
        this.#found.set(inner, { specifier, path: [...path, name] });
      }
    }
  }
}

/** Whether code of a script is saved by name: it can be imported by its URL, and is not the program itself. */
function isReferable(url: string): boolean {
  return /^(?:file|https?):/.test(url) && url !== Deno.mainModule && !isByValue(url) &&
    packageOf(url) === undefined;
}

/** A specifier as it can be imported from anywhere. */
export function resolve(specifier: string, from: string | undefined): string {
  if (/^(?:\.{0,2}\/)/.test(specifier)) return new URL(specifier, from).href;
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return specifier;
  let resolved: string;
  try {
    resolved = import.meta.resolve(specifier);
  } catch (error) {
    // Not a dependency of this program, but of the package that the script belongs to.
    if (from === undefined || packageOf(from) === undefined) throw error;
    return `npm:${specifier}`;
  }
  if (!resolved.startsWith("file:")) return resolved;
  // A package in a folder of this machine: elsewhere it is found by its name.
  const version = /\/npm\/[^/]+\/(?:@[^/]+\/)?[^/]+\/(\d[^/]*)\//.exec(resolved)?.[1] ??
    /\/\.deno\/[^/]+@(\d[^/_]*)[^/]*\/node_modules\//.exec(resolved)?.[1];
  const name = packageOf(resolved);
  if (name === undefined) return resolved;
  if (version === undefined) return specifier;
  const path = /^(?:@[^/]+\/)?[^/]+(.*)$/.exec(specifier)![1];
  return `npm:${name}@${version}${path}`;
}

function isComplex(value: unknown): value is object {
  return typeof value === "function" || typeof value === "object" && value !== null;
}

function dataProperties(value: object): Record<string, PropertyDescriptor> {
  if (Object.prototype.toString.call(value) === "[object Module]") {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, { value: inner }]),
    );
  }
  return Object.getOwnPropertyDescriptors(value);
}

/** The value of a variable; `undefined` if it is not initialised yet. */
function valueOf(variables: Record<string, unknown>, name: string): unknown {
  try {
    return variables[name];
  } catch {
    return undefined;
  }
}
