import { ELEMENT, HEAD, KIND_MASK, ROW, type TreeStore } from "../../store/mod.ts";
import { TextIndex } from "../../tree/text_index.ts";
import { Memo } from "./memo.ts";

/** Namespace of HTML's elements in documents of XML. */
export const XHTML = "http://www.w3.org/1999/xhtml";

/** Steps that are made per row of the store before answers are kept. */
const STEPS_PER_ROW = 1;

let serials = 0;

/**
 * One run of a selector over a tree: what matching needs to know beside the selector, and the answers that are kept so that
 * none is looked for twice. The tree must not change meanwhile.
 */
export class Query {
  /** The tree. */
  readonly store: TreeStore;
  /** The rows. */
  readonly words: Int32Array;
  /** The attributes. */
  readonly attrs: Int32Array;
  /** The node that `:scope` is. */
  readonly scope: number;
  /** Whether it is a document of HTML. */
  readonly html: boolean;
  /** Number of this run: names that a document does not know are looked up anew in each. */
  readonly serial: number = ++serials;
  /** Number of the name `class`, 0 if no attribute has it. */
  readonly className: number;
  /** Number of the name `id`, 0 if no attribute has it. */
  readonly idName: number;
  /** Steps to be made before answers are kept. */
  steps: number;
  readonly #memos: (Memo | undefined)[] = [];
  #source: string | undefined;
  #texts: TextIndex | undefined;
  /** What tests keep of their own, by the test. */
  readonly #kept = new Map<object, unknown>();

  constructor(store: TreeStore, scope: number) {
    this.store = store;
    this.words = store.words;
    this.attrs = store.attrs;
    this.scope = scope;
    this.html = store.language === "html";
    this.className = store.names.find("class");
    this.idName = store.names.find("id");
    this.steps = 1024 + STEPS_PER_ROW * (store.end / ROW);
  }

  /** The source of the store as a string. */
  get source(): string {
    return this.#source ??= this.store.source;
  }

  /** Answers to one question. */
  memo(slot: number): Memo | undefined {
    return this.#memos[slot];
  }

  /** Answers to one question; they are kept from now on. */
  keepMemo(slot: number): Memo {
    return this.#memos[slot] ??= new Memo(this.store.end);
  }

  /** What a test keeps during the run. */
  kept<T>(test: object, make: () => T): T {
    let found = this.#kept.get(test) as T | undefined;
    if (found === undefined) this.#kept.set(test, found = make());
    return found;
  }

  /** The texts of elements. */
  get texts(): TextIndex {
    return this.#texts ??= new TextIndex(this.store, this.scope);
  }

  /** Whether a node is an element. */
  isElement(node: number): boolean {
    return (this.words[node + HEAD]! & KIND_MASK) === ELEMENT;
  }

  /** The next element that a link leads to, or 0. */
  linked(node: number, link: number): number {
    const { words } = this;
    let at = words[node + link]!;
    while (at !== 0 && (words[at + HEAD]! & KIND_MASK) !== ELEMENT) at = words[at + link]!;
    return at;
  }

  /** Whether an element is one of HTML. */
  isHtml(node: number): boolean {
    const { names } = this.store;
    const uri = names.uri(this.store.name(node));
    return this.html ? uri === "" : uri === XHTML;
  }

  /** Local name of an element. */
  local(node: number): string {
    return this.store.names.local(this.store.name(node));
  }

  /** Value of an attribute without a namespace. */
  attribute(node: number, local: string): string | undefined {
    const name = this.store.names.find(local);
    const at = name === 0 ? -1 : this.store.findAttribute(node, name);
    return at === -1 ? undefined : this.store.attributeText(at);
  }

  /** Whether there is an attribute without a namespace. */
  hasAttribute(node: number, local: string): boolean {
    const name = this.store.names.find(local);
    return name !== 0 && this.store.findAttribute(node, name) !== -1;
  }
}
