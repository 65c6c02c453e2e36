import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  DOCUMENT,
  ELEMENT,
  FIRST,
  HEAD,
  KIND_MASK,
  NEXT,
  PARENT,
  ROW,
  TABLE,
  TEXT,
  TEXT_BITS,
  TEXT_MASK,
} from "../../store/layout.ts";
import type { NameTable } from "../../store/name_table.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { textContent } from "../../tree/axes.ts";
import { declarationsOf } from "../../tree/namespaces.ts";
import { TextIndex } from "../../tree/text_index.ts";
import { XPathLimitError } from "./limits.ts";
import {
  isAttribute,
  isRow,
  isTail,
  isText,
  LAST_ATTRIBUTE,
  type NodeSet,
  rowOf,
} from "./node_set.ts";
import { type Scratch, scratchOf } from "./scratch.ts";

/** A node that is not in the store. */
export type MadeNode =
  | {
    readonly kind: "namespace";
    readonly owner: number;
    readonly name: string;
    readonly text: string;
  }
  /** An element with nothing but a text, as functions for strings give: its text is the next made node. */
  | { readonly kind: "element"; readonly name: string; readonly text: string }
  /** A text; of an element that was made, or of nothing. */
  | { readonly kind: "text"; readonly owner: number; readonly name: ""; readonly text: string };

/** A value. */
export type Value = number | string | boolean | NodeSet;

/** What is bound to the names of a store. */
export interface Bindable {
  /** Binds it. */
  bind(names: NameTable): void;
}

/** No node. */
export const NONE: number = -(2 ** 31);

/** What one evaluation knows: the tree, the nodes that it has made, and what it may still do. */
export class Run {
  readonly store: TreeStore;
  /** The store's words; see {@linkcode Run.refresh}. */
  words: Int32Array;
  /** The document: a row of the store, or row 0 for a tree outside of one. */
  readonly top: number;
  readonly scratch: Scratch;
  readonly made: MadeNode[] = [];
  /** Results of parts of the expression that do not depend on the node they are asked for. */
  readonly known: (Value | undefined)[] = [];
  /** What steps have found out, by their ordinals. */
  // deno-lint-ignore no-explicit-any
  readonly indexes: any[] = [];
  /** Elements by their identifiers, once they were asked for. */
  ids: Map<string, number> | undefined;
  /** Longest string that a function may make. */
  readonly maxStringLength: number;
  /** Values of variables, by their names as the expression has them. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly #tests: readonly Bindable[];
  /** What has been done. */
  work = 0;
  readonly #maxWork: number;
  #namespaces: Map<string, number> | undefined;
  /** How many nodes may be looked at for texts of elements before all texts are read at once. */
  readonly #steps: { left: number };
  #texts: TextIndex | undefined;
  /** Namespaces in force, by the elements that they were asked for at. */
  readonly #bindings = new Map<number, ReadonlyMap<string, string>>();

  /**
   * Begins.
   *
   * @param store The tree.
   * @param top The document.
   * @param tests The tests of the expression, which are bound to the names of the store.
   * @param variables Values of variables.
   * @param maxWork What may be done.
   * @param maxStringLength Longest string.
   */
  constructor(
    store: TreeStore,
    top: number,
    tests: readonly Bindable[],
    variables: ReadonlyMap<string, Value>,
    maxWork: number,
    maxStringLength: number,
  ) {
    this.store = store;
    this.words = store.words;
    this.top = top;
    this.scratch = scratchOf(store);
    this.variables = variables;
    this.#tests = tests;
    this.#steps = { left: 1024 + 4 * store.end / ROW };
    for (let i = 0; i < tests.length; i++) tests[i]!.bind(store.names);
    this.#maxWork = maxWork;
    this.maxStringLength = maxStringLength;
  }

  /** Pays for work. */
  spend(work: number): void {
    if ((this.work += work) > this.#maxWork) {
      throw new XPathLimitError(
        `An evaluation may do work of ${this.#maxWork} (maxWork), needs more`,
      );
    }
  }

  /** Looks at the store again, after code that may have made nodes in it, and bound the tests to another one. */
  refresh(): void {
    this.words = this.store.words;
    this.#texts = undefined;
    for (const test of this.#tests) test.bind(this.store.names);
  }

  /** Whether there is a text at a place. */
  hasText(place: number): boolean {
    const ref = this.words[place]!;
    if ((ref & TEXT_MASK) === TABLE) return this.store.entry(ref >>> TEXT_BITS) !== "";
    return ref !== 0 || this.words[place + 1] !== 0;
  }

  /** Whether a row is an element. */
  isElement(row: number): boolean {
    return (this.words[row + HEAD]! & KIND_MASK) === ELEMENT;
  }

  /** Whether a row is the document. */
  isDocument(row: number): boolean {
    return (this.words[row + HEAD]! & KIND_MASK) === DOCUMENT;
  }

  /** The number of an attribute of a row. */
  attribute(owner: number, at: number): number {
    const index = at / ATTR_ROW;
    this.scratch.own(index, owner, this.store);
    return ~index;
  }

  /** The row that has an attribute. */
  ownerOf(attribute: number): number {
    return this.scratch.owners[~attribute]!;
  }

  /** The number of a node that is made now. */
  make(node: MadeNode): number {
    return LAST_ATTRIBUTE - this.made.push(node);
  }

  /** What a number that is below those of attributes stands for. */
  madeAt(id: number): MadeNode {
    return this.made[LAST_ATTRIBUTE - 1 - id]!;
  }

  /** Makes an element with a text. */
  makeElement(name: string, text: string): number {
    const element = this.make({ kind: "element", name, text });
    if (text !== "") this.make({ kind: "text", owner: element, name: "", text });
    return element;
  }

  /** The namespace node of an element for a prefix. */
  namespaceNode(owner: number, prefix: string, uri: string): number {
    const known = this.#namespaces ??= new Map();
    const key = `${owner} ${prefix}`;
    let id = known.get(key);
    if (id === undefined) {
      known.set(key, id = this.make({ kind: "namespace", owner, name: prefix, text: uri }));
    }
    return id;
  }

  /** The parent of a node, or `NONE`. */
  parentOf(id: number): number {
    if (id >= 0) {
      if (isText(id)) return isTail(id) ? this.words[rowOf(id) + PARENT]! : rowOf(id);
      return this.isDocument(id) ? NONE : this.words[id + PARENT]!;
    }
    if (isAttribute(id)) return this.ownerOf(id);
    const made = this.madeAt(id);
    return made.kind === "element" ? NONE : made.owner;
  }

  /** The string-value of a node. */
  stringOf(id: number): string {
    const { store } = this;
    if (id >= 0) {
      if (!isRow(id)) return store.textAt(id) ?? "";
      // Most elements have a text and nothing else.
      if (this.words[id + FIRST] === 0) return store.textAt(id + TEXT) ?? "";
      return this.isDocument(id) ? this.#textOfDocument(id) : this.#textOfElement(id);
    }
    return isAttribute(id) ? store.attributeText(~id * ATTR_ROW) : this.madeAt(id).text;
  }

  /** Texts of elements inside one another are read one by one, until that has taken long: then, all at once. */
  #textOfElement(element: number): string {
    const steps = this.#steps;
    if (steps.left >= 0) {
      const before = steps.left;
      const text = textContent(this.store, element, steps);
      this.spend(text.length + before - steps.left);
      if (steps.left >= 0) return text;
    }
    if (this.#texts === undefined) {
      this.#texts = new TextIndex(this.store, element);
      this.spend(this.store.end / ROW);
    }
    this.spend(1);
    return this.#texts.textOf(element);
  }

  /** What is beside the root is no text. */
  #textOfDocument(document: number): string {
    let text = "";
    for (let at = this.words[document + FIRST]!; at !== 0; at = this.words[at + NEXT]!) {
      if (this.isElement(at)) text += this.#textOfElement(at);
    }
    return text;
  }

  /** The namespaces in force at an element, by their prefixes; those of its parent are known if they were asked for. */
  bindingsOf(element: number): ReadonlyMap<string, string> {
    const known = this.#bindings;
    const path: number[] = [];
    let at = element;
    for (; at !== NONE && this.isElement(at) && !known.has(at); at = this.parentOf(at)) {
      path.push(at);
    }
    this.spend(path.length);
    let bindings: ReadonlyMap<string, string> = known.get(at) ?? new Map<string, string>();
    for (let i = path.length - 1; i >= 0; i--) {
      const own = declarationsOf(this.store, path[i]!);
      if (own.size > 0) {
        const merged = new Map<string, string>(bindings);
        for (const [prefix, uri] of own) {
          if (uri === "") merged.delete(prefix);
          else merged.set(prefix, uri);
        }
        this.spend(merged.size);
        bindings = merged;
      }
      known.set(path[i]!, bindings);
    }
    return bindings;
  }

  /** Where the attributes of a row begin. */
  firstAttribute(row: number): number {
    return this.words[row + ATTRS]!;
  }

  /** Behind the last attribute of a row. */
  endOfAttributes(row: number): number {
    return this.words[row + ATTRS]! + (this.words[row + ATTR_COUNT]! >> 1) * ATTR_ROW;
  }
}
