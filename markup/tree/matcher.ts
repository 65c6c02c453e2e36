import { COMMENT, ELEMENT, HEAD, INSTRUCTION, KIND_BITS, KIND_MASK } from "../store/layout.ts";
import { splitTag } from "./tag.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Tags of comments and of processing instructions: no name begins with `#`. */
export const COMMENT_TAG = "#comment";
/** Tag of processing instructions. */
export const INSTRUCTION_TAG = "#processing-instruction";

/** Tells whether nodes of one store have a tag: `local`, `{uri}local`, `{*}local`, `{uri}*`, `*`, `#comment` … */
export class Matcher {
  readonly #store: TreeStore;
  readonly #kind: number;
  /** Number of the name without a prefix, 0 if names are compared in parts. */
  readonly #expanded: number;
  /** `undefined`: any. */
  readonly #uri: string | undefined;
  readonly #local: string | undefined;
  /** Head that matched last, which is most likely to come again. */
  #known = 0;

  /**
   * Compiles a tag.
   *
   * @param store Whose nodes are looked at. A name that no node has yet is looked for in parts.
   * @param tag The tag.
   */
  constructor(store: TreeStore, tag: string) {
    this.#store = store;
    if (tag === COMMENT_TAG || tag === INSTRUCTION_TAG) {
      this.#kind = tag === COMMENT_TAG ? COMMENT : INSTRUCTION;
      this.#expanded = 0;
      return;
    }
    this.#kind = ELEMENT;
    const { uri, local } = splitTag(tag);
    this.#uri = uri === "*" || tag === "*" ? undefined : uri;
    this.#local = local === "*" ? undefined : local;
    this.#expanded = this.#uri === undefined || this.#local === undefined
      ? 0
      : store.names.find(local, uri);
  }

  /** Whether a node has the tag. */
  matches(node: number): boolean {
    const head = this.#store.words[node + HEAD]!;
    if (head === this.#known) return true;
    if ((head & KIND_MASK) !== this.#kind) return false;
    const names = this.#store.names;
    const name = head >>> KIND_BITS;
    const found = this.#expanded !== 0
      ? names.expanded(name) === this.#expanded
      : (this.#local === undefined || names.local(name) === this.#local) &&
        (this.#uri === undefined || names.uri(name) === this.#uri);
    if (found) this.#known = head;
    return found;
  }
}

/** Nodes that have one of several tags; without tags, all nodes. */
export class TagSet {
  readonly #matchers: readonly Matcher[];

  /**
   * Compiles tags.
   *
   * @param store Whose nodes are looked at.
   * @param tags The tags.
   */
  constructor(store: TreeStore, tags: readonly string[]) {
    this.#matchers = tags.map((tag) => new Matcher(store, tag));
  }

  /** Whether a node has one of the tags. */
  matches(node: number): boolean {
    const matchers = this.#matchers;
    if (matchers.length === 0) return true;
    for (let i = 0; i < matchers.length; i++) if (matchers[i]!.matches(node)) return true;
    return false;
  }
}
