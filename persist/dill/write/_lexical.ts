/** What functions take from around them without a name for it: `this`, `arguments`, private names, and what cannot be had. */
import { lookAround } from "../capture/heap.ts";
import type { Inspector } from "../capture/inspector.ts";
import { CaptureError } from "../errors.ts";
import type { Scope } from "../source/scope.ts";
import type { Bindings } from "./_bindings.ts";
import type { FunctionItem } from "./_items.ts";
import { isReplaced } from "./_replaced.ts";
import type { Walk } from "./_walk.ts";

/** What cannot be captured, and what to do about it. */
const HOPELESS: Readonly<Record<string, string>> = {
  super: "which is known only for a method that is dumped with its object or class",
  "new.target": "which is known only while a constructor runs",
  eval: "which may use any variable around it, so that there is no telling which",
  "import.meta":
    "which belongs to the module it was written in; the option capture can give it a value",
};

/** The `this` and `arguments` of functions that were looked for before: they stay what they are. */
const remembered: WeakMap<object, Map<string, unknown>> = new WeakMap();

export class LexicalCapture {
  readonly #walk: Walk;
  readonly #bindings: Bindings;
  readonly #inspector: () => Promise<Inspector | undefined>;
  readonly #privates: FunctionItem[] = [];

  constructor(walk: Walk, bindings: Bindings, inspector: () => Promise<Inspector | undefined>) {
    this.#walk = walk;
    this.#bindings = bindings;
    this.#inspector = inspector;
  }

  /** Finds what the functions of a round use, and walks over it. */
  async ofFunctions(items: readonly FunctionItem[]): Promise<void> {
    const unclear: (readonly [item: FunctionItem, kind: string])[] = [];
    for (const item of items) {
      const { source } = item;
      if (source.usesSuper && item.home === undefined) this.#refuse(item, "super");
      const kinds = new Set<string>();
      for (const use of source.lexical) {
        if (!isReplaced(item, use.start - source.offset)) kinds.add(use.kind);
      }
      for (const kind of kinds) {
        if (kind === "private") this.#privates.push(item);
        else if (this.#bindings.isGiven(kind)) {
          const { value } = this.#bindings.bindGiven(item, kind);
          this.#walk.visit(value, item.fn, ` <${kind}>`);
        } else if (kind in HOPELESS) this.#refuse(item, kind);
        else if (kind === "this" && isTopLevel(item.located)) {
          this.#bindings.bindValue(item, kind, undefined);
        } else if (!this.#bindRemembered(item, kind)) unclear.push([item, kind]);
      }
    }
    if (unclear.length === 0) return;
    const inspector = await this.#inspector();
    const fns = (of: readonly FunctionItem[]) => of.map(({ fn }) => fn);
    const asking = fns(unclear.map(([item]) => item));
    const around = inspector && await lookAround(asking, fns(items), true);
    for (const [item, kind] of unclear) {
      const holds = around?.get(item.fn)?.lexical.get(kind);
      let value: unknown;
      if (holds !== undefined && "value" in holds) value = holds.value;
      else if (holds !== undefined) value = await inspector!.heapObject(holds.id);
      if (value === undefined && (holds === undefined || "id" in holds)) {
        item.problem ??= (path) =>
          new CaptureError(
            path,
            kind,
            inspector === undefined
              ? "the one around it: that needs --allow-sys, or its value in the option capture"
              : "the one around it, which cannot be found; the option capture can give it a value",
          );
        continue;
      }
      let known = remembered.get(item.fn);
      if (known === undefined) remembered.set(item.fn, known = new Map());
      known.set(kind, value);
      this.#bindRemembered(item, kind);
    }
  }

  #bindRemembered(item: FunctionItem, kind: string): boolean {
    const known = remembered.get(item.fn);
    if (known === undefined || !known.has(kind)) return false;
    const value = known.get(kind);
    this.#bindings.bindValue(item, kind, value);
    this.#walk.visit(value, item.fn, ` <${kind}>`);
    return true;
  }

  /** Finds the classes whose private names functions use. All classes are known. */
  findClasses(items: ReadonlyMap<object, FunctionItem>): void {
    for (const item of this.#privates) {
      const names = item.source.lexical.filter(({ kind }) => kind === "private");
      const name = names[0]!.name;
      let scope: Scope | undefined = item.located;
      while (scope !== undefined && !scope.privateNames.has(name)) scope = scope.parent;
      let classes = [...items.values()].filter(({ parts, located }) =>
        parts !== undefined && located !== undefined && located === scope
      );
      // Of several that one text has made, the one whose instance its `this` is.
      const self = item.captured.get("this")?.value;
      if (classes.length > 1 && typeof self === "object" && self !== null) {
        classes = classes.filter(({ fn }) => inheritsFrom(self, fn));
      }
      const inside = names.every((use) => scope?.privateNames.has(use.name));
      if (classes.length === 1 && inside) item.within = classes[0]!.fn;
      else {
        item.problem ??= (path) =>
          new CaptureError(
            path,
            name,
            "a private name of a class, which has to be dumped together with it",
          );
      }
    }
  }

  #refuse(item: FunctionItem, kind: string): void {
    item.problem ??= (path) => new CaptureError(path, kind, HOPELESS[kind]!);
  }
}

function inheritsFrom(object: object, cls: object): boolean {
  return Object.prototype.isPrototypeOf.call((cls as { prototype: object }).prototype, object);
}

/** Whether the `this` around a function is that of a module, `undefined`. */
function isTopLevel(located: Scope | undefined): boolean {
  const around = located?.parent?.thisScope;
  return around?.kind === "program" &&
    (around.node as { sourceType?: string }).sourceType === "module";
}
