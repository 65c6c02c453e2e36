import { FIRST_OWN } from "../../store/mod.ts";
import { BUTTON_SCOPE, FLAGS, SCOPE } from "../names/flags.ts";
import * as tag from "../names/tags.ts";

/** Open elements that one search may look at without being counted: documents of people have fewer. */
const SHORT_SEARCH = 256;

/** A table of counts, all 0, of a parser that has ended. */
let spare: Int32Array | undefined;

/**
 * The stack of open elements.
 *
 * Each entry knows the node, its name, its element as a number of `tags.ts`, whether a `p` is in button scope there, and where
 * the scope begins: that is asked for again and again, and an answer by searching would make deep documents quadratic. For the same
 * reason, how many elements of a name are open is counted: an end tag whose element is not open is found out at once.
 */
export class OpenElements {
  nodes: Int32Array = new Int32Array(64);
  names: Int32Array = new Int32Array(64);
  tags: Uint8Array = new Uint8Array(64);
  #pInScope: Uint8Array = new Uint8Array(64);
  /** Index of the uppermost bound of a scope at or below each entry. */
  #bounds: Int32Array = new Int32Array(64);
  /** Index of the current node, -1 if there is none. */
  top = -1;
  /** How many templates are open. */
  templates = 0;
  readonly #counts: Int32Array;
  readonly #ownCounts = new Map<number, number>();
  readonly #maxSearch: number;
  readonly #refuse: () => never;
  #searched = 0;

  /**
   * @param maxSearch How many elements long searches may look at, in all.
   * @param refuse Called when they have looked at more.
   */
  constructor(maxSearch: number, refuse: () => never) {
    this.#maxSearch = maxSearch;
    this.#refuse = refuse;
    this.#counts = spare ?? new Int32Array(FIRST_OWN);
    spare = undefined;
  }

  /** The current node. */
  get node(): number {
    return this.nodes[this.top]!;
  }

  /** The current node's element. */
  get tag(): number {
    return this.tags[this.top]!;
  }

  push(node: number, id: number, name: number): void {
    const at = ++this.top;
    if (at === this.nodes.length) this.#grow();
    this.nodes[at] = node;
    this.names[at] = name;
    this.tags[at] = id;
    if (name < FIRST_OWN) this.#counts[name]!++;
    else this.#ownCounts.set(name, (this.#ownCounts.get(name) ?? 0) + 1);
    this.#bounds[at] = at === 0 || (FLAGS[id]! & SCOPE) !== 0 ? at : this.#bounds[at - 1]!;
    if (id === tag.P) this.#pInScope[at] = 1;
    else if ((FLAGS[id]! & (SCOPE | BUTTON_SCOPE)) !== 0) {
      this.#pInScope[at] = 0;
      if (id === tag.TEMPLATE) this.templates++;
    } else this.#pInScope[at] = at === 0 ? 0 : this.#pInScope[at - 1]!;
  }

  pop(): void {
    const at = this.top--;
    if (this.tags[at] === tag.TEMPLATE) this.templates--;
    this.#uncount(this.names[at]!);
  }

  #uncount(name: number): void {
    if (name < FIRST_OWN) this.#counts[name]!--;
    else this.#ownCounts.set(name, this.#ownCounts.get(name)! - 1);
  }

  #grow(): void {
    const room = this.nodes.length * 2;
    const wider = <T extends Int32Array | Uint8Array>(next: T, last: T): T => {
      next.set(last);
      return next;
    };
    this.nodes = wider(new Int32Array(room), this.nodes);
    this.names = wider(new Int32Array(room), this.names);
    this.tags = wider(new Uint8Array(room), this.tags);
    this.#bounds = wider(new Int32Array(room), this.#bounds);
    this.#pInScope = wider(new Uint8Array(room), this.#pInScope);
  }

  /** Whether an element of a name may be open, HTML or not. */
  mayHave(name: number): boolean {
    return name < FIRST_OWN ? this.#counts[name]! > 0 : (this.#ownCounts.get(name) ?? 0) > 0;
  }

  /** Counts the elements that a search has looked at, if they are many. */
  searched(elements: number): void {
    if (elements > SHORT_SEARCH && (this.#searched += elements) > this.#maxSearch) this.#refuse();
  }

  /** Whether a `p` is in button scope. */
  get hasP(): boolean {
    return this.#pInScope[this.top]! !== 0;
  }

  /**
   * Index of the entry of a node, -1 if it is not open.
   *
   * @param node The node.
   * @param guess Where it may well be.
   */
  indexOf(node: number, guess = 0): number {
    const nodes = this.nodes;
    if (guess <= this.top && nodes[guess] === node) return guess;
    let at = this.top;
    while (at >= 0 && nodes[at] !== node) at--;
    this.searched(this.top - at);
    return at;
  }

  /** Whether no bound of a scope is above an entry. */
  isInScope(at: number): boolean {
    return this.#bounds[this.top]! <= at;
  }

  /**
   * Takes an entry out and puts another one of the same name in behind the entry `to`. There are no bounds of scopes in
   * between.
   */
  moveUp(at: number, to: number, node: number): void {
    const { nodes, names, tags } = this;
    const name = names[at]!;
    const id = tags[at]!;
    nodes.copyWithin(at, at + 1, to + 1);
    names.copyWithin(at, at + 1, to + 1);
    tags.copyWithin(at, at + 1, to + 1);
    this.#pInScope.copyWithin(at, at + 1, to + 1);
    nodes[to] = node;
    names[to] = name;
    tags[to] = id;
    this.#pInScope[to] = this.#pInScope[to - 1]!;
  }

  /** Takes an entry out that is neither a `p` nor the bound of a scope. */
  removeAt(at: number): void {
    const { nodes, names, tags, top } = this;
    this.#uncount(names[at]!);
    nodes.copyWithin(at, at + 1, top + 1);
    names.copyWithin(at, at + 1, top + 1);
    tags.copyWithin(at, at + 1, top + 1);
    this.#pInScope.copyWithin(at, at + 1, top + 1);
    this.#bounds.copyWithin(at, at + 1, top + 1);
    this.top--;
    for (let k = at; k <= this.top; k++) if (this.#bounds[k]! > at) this.#bounds[k]!--;
  }

  /** Whether an element is in a scope whose bounds have one of some flags. */
  inScope(id: number, name: number, bounds: number): boolean {
    if (!this.mayHave(name)) return false;
    const tags = this.tags;
    let at = this.top;
    while (at >= 0 && tags[at] !== id && (FLAGS[tags[at]!]! & bounds) === 0) at--;
    this.searched(this.top - at);
    return at >= 0 && tags[at] === id;
  }

  /** Empties the stack, and gives the table of counts to the next parser. */
  close(): void {
    while (this.top >= 0) this.pop();
    spare = this.#counts;
  }
}
