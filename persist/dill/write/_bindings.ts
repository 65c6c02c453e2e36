/**
 * Which variable each free name of a function is.
 *
 * A variable that never changes is as good as its value, so functions that see the same value under the same name share a
 * cell. One that changes is a cell for each scope it lives in; which functions share that scope is found out last, when it
 * is known who uses it.
 */
import { isGlobalName } from "../capture/globals.ts";
import { lookAround, type Surroundings } from "../capture/heap.ts";
import type { EngineScope } from "../capture/inspector.ts";
import type { ModuleIndex, ModuleReference } from "../capture/modules.ts";
import { CaptureError } from "../errors.ts";
import { isSloppy } from "../source/function_source.ts";
import type { Declaration } from "../source/scope.ts";
import type { Cell, FunctionItem } from "./_items.ts";

/** A use of a variable that changes. */
interface Use {
  /** Which of the function's scopes it is in. */
  readonly depth: number;
  readonly item: FunctionItem;
  readonly name: string;
  readonly value: unknown;
}

export class Bindings {
  readonly #capture: Readonly<Record<string, unknown>>;
  readonly #modules: ModuleIndex;
  readonly #given: Map<string, Cell> = new Map();
  readonly #constant: Map<string, Map<unknown, Cell>> = new Map();
  readonly #ofModules: Map<Declaration | string, Cell> = new Map();
  readonly #changing: Map<Declaration | string, Use[]> = new Map();

  constructor(capture: Readonly<Record<string, unknown>>, modules: ModuleIndex) {
    this.#capture = capture;
    this.#modules = modules;
  }

  /** Whether the option `capture` gives a value for a name. */
  isGiven(name: string): boolean {
    return Object.hasOwn(this.#capture, name);
  }

  /** Binds a name to a value that cannot change: `this`, or what the option gives. */
  bindValue(item: FunctionItem, name: string, value: unknown): Cell {
    const cell = this.#constantCell(name, value, undefined);
    item.captured.set(name, cell);
    return cell;
  }

  /** Binds what the option `capture` gives. */
  bindGiven(item: FunctionItem, name: string): Cell {
    let cell = this.#given.get(name);
    if (cell === undefined) {
      const value = this.#capture[name];
      const reference = this.#modules.find(value);
      this.#given.set(name, cell = { name, value, reference });
    }
    item.captured.set(name, cell);
    return cell;
  }

  /**
   * Binds a free name.
   *
   * @returns The value to dump with it, if it is a variable.
   */
  bind(item: FunctionItem, name: string): { readonly value: unknown } | undefined {
    if (this.isGiven(name)) return this.bindGiven(item, name);
    const { facts } = item;
    const scope = facts?.scopes.find(({ type, variables }) =>
      type !== "Global" && Object.hasOwn(variables, name)
    );
    if (scope !== undefined) return this.#bindVariable(item, name, scope);
    if (isGlobalName(name)) return undefined;
    if (Object.hasOwn(globalThis, name)) {
      const value: unknown = Reflect.get(globalThis, name);
      return this.#moduleCell(item, name, value, `global ${name}`);
    }
    // Neither typeof nor an assignment of sloppy code needs a variable.
    const sloppy = isSloppy(item.fn);
    const needs = item.source.free.get(name)!
      .some(({ inTypeof, writes }) => !inTypeof && !(sloppy && writes));
    if (!needs) return undefined;
    const reason = facts === undefined
      ? "a variable around it: that needs --allow-sys, or its value in the option capture"
      : "which is no variable around it and no global one; the option capture can give it a value";
    item.problem ??= (path) => new CaptureError(path, name, reason);
    return undefined;
  }

  #bindVariable(
    item: FunctionItem,
    name: string,
    { type, variables }: EngineScope,
  ): { readonly value: unknown } | undefined {
    const { script } = item.facts!;
    let value: unknown;
    try {
      value = variables[name];
    } catch (cause) {
      item.problem ??= (path) =>
        new CaptureError(path, name, "which is not initialised yet", { cause });
      return undefined;
    }
    const declaration = item.located?.parent?.lookup(name);
    if (type === "Module" || type === "Script") {
      const reference = type === "Module"
        ? this.#modules.ofVariable(script!, name, value)
        : undefined;
      const key = declaration ?? `${script?.id} ${name}`;
      return this.#moduleCell(item, name, value, key, reference);
    }
    if (declaration !== undefined && !declaration.assigned) {
      return this.bindValue(item, name, value);
    }
    const key = declaration ?? `${script?.id} ${type} ${name}`;
    const depth = item.facts!.scopes.findIndex((scope) => scope.variables === variables);
    const uses = this.#changing.get(key);
    if (uses === undefined) this.#changing.set(key, [{ item, name, value, depth }]);
    else uses.push({ item, name, value, depth });
    return { value };
  }

  #moduleCell(
    item: FunctionItem,
    name: string,
    value: unknown,
    key: Declaration | string,
    reference?: ModuleReference,
  ): { readonly value: unknown } | undefined {
    let cell = this.#ofModules.get(key);
    if (cell === undefined) this.#ofModules.set(key, cell = { name, value, reference });
    item.captured.set(name, cell);
    return cell.reference === undefined ? cell : undefined;
  }

  #constantCell(name: string, value: unknown, reference: ModuleReference | undefined): Cell {
    let cells = this.#constant.get(name);
    if (cells === undefined) this.#constant.set(name, cells = new Map());
    // A Map takes -0 for 0.
    const key = Object.is(value, -0) ? cells : value;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, cell = { name, value, reference });
    return cell;
  }

  /** Finds out which functions share a variable that changes. Everything has been bound. */
  async settle(): Promise<void> {
    const unclear: Use[][] = [];
    for (const uses of this.#changing.values()) {
      // Different values are different variables; the same values may be.
      const byValue = Map.groupBy(uses, ({ value }) => value);
      for (const group of byValue.values()) {
        if (group.length > 1) unclear.push(group);
        else this.#share(group);
      }
    }
    this.#changing.clear();
    if (unclear.length === 0) return;
    const functions = [...new Set(unclear.flat().map(({ item }) => item.fn))];
    const contexts = await lookAround(functions);
    for (const group of unclear) {
      const shared = Map.groupBy(group, (use) => contextOf(use, contexts.get(use.item.fn)!));
      for (const uses of shared.values()) this.#share(uses);
    }
  }

  #share(uses: readonly Use[]): void {
    const { name, value } = uses[0]!;
    const cell: Cell = { name, value, reference: undefined };
    for (const { item } of uses) item.captured.set(name, cell);
  }
}

/** The number of the context that a variable lives in. The scopes of a function and its contexts are the same, one by one. */
function contextOf({ item, name, depth }: Use, { contexts }: Surroundings): unknown {
  const scopes = item.facts!.scopes.filter(({ type }) => type !== "Global" && type !== "Script");
  if (scopes.length === contexts.length) return contexts[depth];
  item.problem ??= (path) =>
    new CaptureError(
      path,
      name,
      "of which cannot be told who shares it; this engine's scopes differ",
    );
  return item;
}
