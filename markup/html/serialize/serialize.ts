import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  COMMENT,
  type Doctype,
  ELEMENT,
  FIRST,
  INSTRUCTION,
  NEXT,
  nodeOf,
  PARENT,
  storeOf,
  TAIL,
  TEXT,
  type TreeStore,
} from "../../store/mod.ts";
import { BOOLEAN, checkOptions, type OptionRules } from "../../options.ts";
import type { Element } from "../../tree/element.ts";
import { ElementTree } from "../../tree/element_tree.ts";
import { FLAGS, VOID } from "../names/flags.ts";
import { tagOfName } from "../names/html_names.ts";
import * as tag from "../names/tags.ts";
import { escapeText, escapeValue } from "./escape.ts";
import { attributeName, tagName } from "./names.ts";

/** How HTML is written. */
export interface HtmlSerializeOptions {
  /**
   * Whether the element itself is written; otherwise what is in it.
   *
   * @default {true}
   */
  outer?: boolean;
  /**
   * Whether the text behind the element is written, too.
   *
   * @default {false}
   */
  withTail?: boolean;
  /**
   * Whether the text of `noscript` is written as it is, as it was read if scripts are on.
   *
   * @default {false}
   */
  scripting?: boolean;
}

const RULES: OptionRules<HtmlSerializeOptions> = {
  outer: BOOLEAN,
  withTail: BOOLEAN,
  scripting: BOOLEAN,
};

/** The element of HTML that a node is; 0 for all others. */
function elementOf(store: TreeStore, node: number): number {
  return store.kind(node) === ELEMENT ? tagOfName(store.name(node)) : 0;
}

function isRaw(id: number, scripting: boolean): boolean {
  switch (id) {
    case tag.STYLE:
    case tag.SCRIPT:
    case tag.XMP:
    case tag.IFRAME:
    case tag.NOEMBED:
    case tag.NOFRAMES:
    case tag.PLAINTEXT:
      return true;
    case tag.NOSCRIPT:
      return scripting;
    default:
      return false;
  }
}

/** A document type declaration as it is written. */
function doctypeText({ name, publicId, systemId }: Doctype): string {
  const quote = (id: string) => id.includes('"') ? `'${id}'` : `"${id}"`;
  let text = `<!DOCTYPE ${name}`;
  if (publicId !== undefined) text += ` PUBLIC ${quote(publicId)}`;
  else if (systemId !== undefined) text += " SYSTEM";
  if (systemId !== undefined) text += ` ${quote(systemId)}`;
  return `${text}>`;
}

class HtmlWriter {
  readonly #store: TreeStore;
  readonly #scripting: boolean;
  #out = "";

  constructor(store: TreeStore, scripting: boolean) {
    this.#store = store;
    this.#scripting = scripting;
  }

  get text(): string {
    return this.#out;
  }

  add(text: string): void {
    this.#out += text;
  }

  /** The text at a place of a node, in a parent. */
  textAt(place: number, parent: number): void {
    const text = this.#store.textAt(place);
    if (text === undefined) return;
    this.#out += isRaw(elementOf(this.#store, parent), this.#scripting) ? text : escapeText(text);
  }

  /** A node with all that is in it. */
  node(top: number): void {
    const { words } = this.#store;
    let at = top;
    while (true) {
      if (this.#open(at)) {
        const first = words[at + FIRST]!;
        if (first !== 0) {
          at = first;
          continue;
        }
        this.#close(at);
      }
      while (true) {
        if (at === top) return;
        const parent = words[at + PARENT]!;
        this.textAt(at + TAIL, parent);
        const next = words[at + NEXT]!;
        if (next !== 0) {
          at = next;
          break;
        }
        this.#close(parent);
        at = parent;
      }
    }
  }

  /** What is in a node. */
  contents(node: number): void {
    const { words } = this.#store;
    if (this.#store.kind(node) === ELEMENT) this.textAt(node + TEXT, node);
    for (let at = words[node + FIRST]!; at !== 0; at = words[at + NEXT]!) {
      this.node(at);
      this.textAt(at + TAIL, node);
    }
  }

  /** The start of a node; returns whether it has an end. */
  #open(node: number): boolean {
    const store = this.#store;
    const kind = store.kind(node);
    if (kind === COMMENT) {
      this.#out += `<!--${store.textAt(node + TEXT) ?? ""}-->`;
      return false;
    }
    if (kind === INSTRUCTION) {
      this.#out += `<?${store.names.local(store.name(node))} ${store.textAt(node + TEXT) ?? ""}>`;
      return false;
    }
    const name = store.name(node);
    let out = `<${tagName(store.names, name)}`;
    const first = store.words[node + ATTRS]!;
    const end = first + (store.words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
    for (let row = first; row < end; row += ATTR_ROW) {
      const value = escapeValue(store.attributeText(row));
      out += ` ${attributeName(store.names, store.attrs[row]!)}="${value}"`;
    }
    this.#out += `${out}>`;
    const id = tagOfName(name);
    if ((FLAGS[id]! & VOID) !== 0) return false;
    // The first line feed in these is dropped when they are read.
    if (id === tag.PRE || id === tag.TEXTAREA || id === tag.LISTING) {
      if (store.textAt(node + TEXT)?.startsWith("\n")) this.#out += "\n";
    }
    this.textAt(node + TEXT, node);
    return true;
  }

  #close(node: number): void {
    const store = this.#store;
    const name = store.name(node);
    this.#out += `</${tagName(store.names, name)}>`;
  }
}

/**
 * Writes HTML by the standard's algorithm, so that browsers read the same tree again as far as that is possible.
 *
 * Other than there, what would be lost is written: the identifiers of the document type declaration, which decide on quirks
 * mode; a second line feed where one begins a `pre`, `textarea` or `listing`, as the first one is dropped when it is read;
 * and carriage returns, as references.
 *
 * @param node The element, or the document.
 * @param options How.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example What a browser would write
 * ```ts
 * import { parse, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<p title='a&b'>1 < 2<br>");
 * assertEquals(serialize(page.find("body")!), '<body><p title="a&amp;b">1 &lt; 2<br></p></body>');
 * assertEquals(serialize(page.find("body/p")!, { outer: false }), "1 &lt; 2<br>");
 * ```
 */
export function serialize(node: Element | ElementTree, options?: HtmlSerializeOptions): string {
  const { outer = true, withTail, scripting } = checkOptions("Cannot write HTML", options, RULES);
  const isTree = node instanceof ElementTree;
  const element = isTree ? node.root : node;
  const [store, handle] = [storeOf(element), nodeOf(element)];
  const writer = new HtmlWriter(store, scripting ?? false);
  if (isTree) {
    const { doctype, doctypeAfter = 0 } = node.info;
    if (doctype !== undefined && doctypeAfter === 0) writer.add(doctypeText(doctype));
    for (const top of node) {
      writer.node(nodeOf(top));
      if (doctype !== undefined && nodeOf(top) === doctypeAfter) writer.add(doctypeText(doctype));
    }
    return writer.text;
  }
  if (outer) writer.node(handle);
  else writer.contents(handle);
  if (withTail) writer.textAt(handle + TAIL, store.words[handle + PARENT]!);
  return writer.text;
}
