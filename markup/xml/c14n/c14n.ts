import { checkOptions } from "../../options.ts";
import { COMMENT, ELEMENT, FIRST, NEXT, PARENT, TAIL, TEXT } from "../../store/layout.ts";
import { nodeOf, storeOf } from "../../store/node_view.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import type { Element } from "../../tree/element.ts";
import { ElementTree } from "../../tree/element_tree.ts";
import { getAttribute } from "../../tree/attributes.ts";
import { XML_URI } from "../../tree/namespaces.ts";
import { C14N_RULES, type C14nOptions } from "./options.ts";
import type { XPathNodeSet } from "../../xpath/node_set.ts";
import { escapeText, StartTags } from "./start_tag.ts";
import { SubsetTags } from "./subset_tags.ts";

class Canonical {
  readonly #options: C14nOptions;
  readonly #tags: StartTags;
  readonly #strip: boolean;
  readonly #subset: XPathNodeSet | undefined;
  readonly #parts: SubsetTags | undefined;
  /** Names of the open elements, and whether white space is kept in them. */
  readonly #names: string[] = [];
  readonly #kept: boolean[] = [];
  #out = "";

  constructor(options: C14nOptions) {
    this.#options = options;
    this.#tags = new StartTags(options);
    this.#strip = options.version === "2.0" && options.stripText === true;
    const { subset } = options;
    this.#subset = subset;
    this.#parts = subset === undefined ? undefined : new SubsetTags(subset, options);
  }

  /** What was written. */
  get text(): string {
    return this.#out;
  }

  /** Writes a text between two tags: that at a place, or what it was rewritten to. */
  #text(store: TreeStore, place: number, rewritten?: string): void {
    if (this.#subset?.hasPlace(place) === false) return;
    const text = rewritten ?? store.textAt(place);
    if (text === undefined) return;
    this.#out += escapeText(this.#strip && !this.#kept.at(-1) ? text.trim() : text);
  }

  /** Whether a node that is not an element is written. */
  isWritten(store: TreeStore, node: number): boolean {
    if (this.#subset?.hasPlace(node) === false) return false;
    return store.kind(node) !== COMMENT || this.#options.withComments === true;
  }

  /** Writes a line end beside the root. */
  line(): void {
    this.#out += "\n";
  }

  /** Writes a comment or processing instruction. */
  #aside(store: TreeStore, node: number): void {
    if (!this.isWritten(store, node)) return;
    const text = (store.textAt(node + TEXT) ?? "").replaceAll("\r", "&#xD;");
    if (store.kind(node) === COMMENT) this.#out += `<!--${text}-->`;
    else this.#out += `<?${store.names.local(store.name(node))}${text === "" ? "" : ` ${text}`}?>`;
  }

  #start(store: TreeStore, node: number, apex: boolean): void {
    if (this.#parts !== undefined) {
      this.#out += this.#parts.open(store, node);
      return this.#text(store, node + TEXT);
    }
    const { tag, name, text } = this.#tags.open(store, node, apex);
    this.#out += tag;
    const space = getAttribute(store, node, `{${XML_URI}}space`);
    this.#names.push(name);
    this.#kept.push(space === undefined ? this.#kept.at(-1) ?? false : space === "preserve");
    this.#text(store, node + TEXT, text);
  }

  #end(): void {
    if (this.#parts !== undefined) {
      this.#out += this.#parts.close();
      return;
    }
    this.#out += `</${this.#names.pop()}>`;
    this.#kept.pop();
    this.#tags.close();
  }

  /** Writes a node and all in it. */
  write(store: TreeStore, top: number): void {
    const { words } = store;
    let at = top;
    while (true) {
      if (store.kind(at) === ELEMENT) {
        this.#start(store, at, at === top);
        const first = words[at + FIRST]!;
        if (first !== 0) {
          at = first;
          continue;
        }
        this.#end();
      } else this.#aside(store, at);
      while (true) {
        if (at === top) return;
        this.#text(store, at + TAIL);
        if (words[at + NEXT] !== 0) {
          at = words[at + NEXT]!;
          break;
        }
        at = words[at + PARENT]!;
        this.#end();
      }
    }
  }
}

/**
 * Writes canonical XML: the same text for all documents that mean the same, as signatures need it.
 *
 * @example Attributes in order, nothing left to choose
 * ```ts
 * import { c14n, parse } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const note = parse("<note b='2'   a='1' xmlns:x='unused'/>");
 * assertEquals(c14n(note), '<note xmlns:x="unused" a="1" b="2"></note>');
 * assertEquals(c14n(note, { version: "exclusive" }), '<note a="1" b="2"></note>');
 * ```
 *
 * @param node An element with all in it, or a whole document; with a subset, the document that it is of.
 * @param options Which version, and how.
 * @returns The text; its bytes are its UTF-8.
 * @throws {TypeError} If a subset is of another document, or for `"2.0"`, or an option is unknown or of the wrong type.
 */
export function c14n(node: Element | ElementTree, options?: C14nOptions): string {
  const checked = checkOptions("Cannot write canonical XML", options, C14N_RULES);
  const { subset } = checked;
  if (subset !== undefined && checked.version === "2.0") {
    throw new TypeError('Canonical XML of a subset is "1.0", "1.1" or "exclusive", received "2.0"');
  }
  const canonical = new Canonical(checked);
  if (!(node instanceof ElementTree) && subset === undefined) {
    canonical.write(storeOf(node), nodeOf(node));
    return canonical.text;
  }
  const tree = node instanceof ElementTree ? node : ElementTree.of(node);
  const store = storeOf(tree.root);
  if (subset !== undefined && subset.store !== store) {
    throw new TypeError("A subset is of the document that is written, received one of another");
  }
  let behind = false;
  for (const view of tree) {
    const at = nodeOf(view);
    if (view === tree.root) {
      canonical.write(store, at);
      behind = true;
    } else if (canonical.isWritten(store, at)) {
      if (behind) canonical.line();
      canonical.write(store, at);
      if (!behind) canonical.line();
    }
  }
  return canonical.text;
}
