import { ATTR_COUNT, ATTR_ROW, ATTRS } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { declaredPrefix, isDeclaration, XML_URI } from "../../tree/namespaces.ts";

/** A namespace that is declared. */
export interface Binding {
  readonly prefix: string;
  readonly uri: string;
}

/** Scopes of all writers count on, so that what one remembers is not taken for another's. */
let scopes = 0;

/**
 * Which prefixes are in force while a tree is written. An element that was moved may use prefixes that nobody declares where
 * it is now: {@linkcode Bindings.enter} finds out what must be declared beside what the element declares itself.
 */
export class Bindings {
  /** Number of the scope in force: equal numbers mean equal bindings. */
  scope = 0;
  readonly #bound = new Map<string, string[]>();
  readonly #undo: string[] = [];
  /** For each element that changed something: how long `#undo` was, and the scope before. */
  readonly #marks: number[] = [];

  constructor() {
    this.scope = ++scopes;
  }

  /** What a prefix stands for, "" if it is not in force. */
  find(prefix: string): string {
    if (prefix === "xml") return XML_URI;
    return this.#bound.get(prefix)?.at(-1) ?? "";
  }

  /** A prefix that stands for a namespace; the default one does not count. */
  prefixOf(uri: string): string | undefined {
    for (const [prefix, stack] of this.#bound) {
      if (prefix !== "" && stack.at(-1) === uri) return prefix;
    }
    return undefined;
  }

  #bind(prefix: string, uri: string): void {
    let stack = this.#bound.get(prefix);
    if (stack === undefined) this.#bound.set(prefix, stack = []);
    stack.push(uri);
    this.#undo.push(prefix);
  }

  /** Begins a scope in which bindings hold. */
  open(bindings: readonly Binding[]): void {
    this.#marks.push(this.#undo.length, this.scope);
    this.scope = ++scopes;
    for (const { prefix, uri } of bindings) this.#bind(prefix, uri);
  }

  /** Ends the innermost scope. */
  close(): void {
    this.scope = this.#marks.pop()!;
    const length = this.#marks.pop()!;
    while (this.#undo.length > length) this.#bound.get(this.#undo.pop()!)!.pop();
  }

  /**
   * What an element declares, and must declare.
   *
   * @param store The tree.
   * @param node The element.
   * @returns Its own declarations, then those that are missing; and prefixes of names for which another one must be used.
   */
  needed(store: TreeStore, node: number): { bindings: Binding[]; renamed?: Map<number, string> } {
    const { words, attrs, names } = store;
    const first = words[node + ATTRS]!;
    const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
    const bindings: Binding[] = [];
    const own = new Map<string, string>();
    for (let at = first; at < end; at += ATTR_ROW) {
      if (!isDeclaration(store, attrs[at]!)) continue;
      const prefix = declaredPrefix(store, attrs[at]!);
      if (prefix === "xml") continue;
      own.set(prefix, store.attributeText(at));
      bindings.push({ prefix, uri: store.attributeText(at) });
    }
    let renamed: Map<number, string> | undefined;
    const use = (name: number, attribute: boolean): void => {
      const uri = names.uri(name);
      const prefix = names.prefix(name);
      if (uri === XML_URI || (attribute && uri === "")) return;
      const inForce = own.get(prefix) ?? this.find(prefix);
      if (inForce === uri && !(attribute && prefix === "")) return;
      if (uri === "") {
        // A name without a namespace cannot have a prefix: no default namespace may be in force.
        const at = bindings.findIndex((binding) => binding.prefix === "");
        if (at !== -1) bindings.splice(at, 1);
        own.set("", "");
        bindings.push({ prefix: "", uri: "" });
        return;
      }
      const free = (prefix !== "" || !attribute) && !own.has(prefix);
      let wanted = prefix;
      if (!free) {
        // The prefix means something else right here: take another one.
        let number = 0;
        while (own.has(`ns${number}`) || this.find(`ns${number}`) !== "") number++;
        wanted = this.#ownPrefix(own, uri) ?? `ns${number}`;
        renamed ??= new Map();
        renamed.set(name, wanted);
        if (own.has(wanted) || this.find(wanted) === uri) return;
      }
      own.set(wanted, uri);
      bindings.push({ prefix: wanted, uri });
    };
    use(store.name(node), false);
    for (let at = first; at < end; at += ATTR_ROW) {
      if (!isDeclaration(store, attrs[at]!)) use(attrs[at]!, true);
    }
    return renamed === undefined ? { bindings } : { bindings, renamed };
  }

  #ownPrefix(own: ReadonlyMap<string, string>, uri: string): string | undefined {
    for (const [prefix, bound] of own) if (prefix !== "" && bound === uri) return prefix;
    const outer = this.prefixOf(uri);
    return outer !== undefined && !own.has(outer) ? outer : undefined;
  }
}
