import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  COMMENT,
  ELEMENT,
  FIRST,
  HEAD,
  KIND_BITS,
  KIND_MASK,
  NEXT,
  PARENT,
  TAIL,
  TEXT,
} from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { isDeclaration } from "../../tree/namespaces.ts";
import { Bindings } from "./bindings.ts";
import { AS_IS, type ByteWriter, type Escapes, escapesOf } from "./byte_writer.ts";

const ascii = new TextEncoder();
const COMMENT_START = ascii.encode("<!--");
const COMMENT_END = ascii.encode("-->");
const PI_START = ascii.encode("<?");
const EMPTY_END = ascii.encode("/>");
const XMLNS = ascii.encode(" xmlns");
const GREATER = 62;
const QUOTE = 34;
const SPACE = 32;
const LF = 10;
const QUESTION = 63;

const IN_TEXT = escapesOf({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" });
const IN_ATTRIBUTE = escapesOf({
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
});
const HTML_TEXT = escapesOf({ "&": "&amp;", "<": "&lt;", ">": "&gt;" });
const HTML_ATTRIBUTE = escapesOf({ "&": "&amp;", '"': "&quot;" });

const VOID = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);
const RAW_TEXT = new Set(["script", "style"]);

/** How a tree is written. */
export interface WriteStyle {
  /** As XML, or as HTML: void elements without an end, scripts as they are. */
  readonly html: boolean;
  /** What each level is indented by; `undefined`: nothing is added. */
  readonly indent: string | undefined;
}

/** Writes trees, node by node and without a call for each level. */
export class TreeWriter {
  readonly #out: ByteWriter;
  readonly #text: Escapes;
  readonly #attribute: Escapes;
  readonly #html: boolean;
  readonly #pretty: boolean;
  readonly #indent: Uint8Array;
  readonly #bindings = new Bindings();
  /** Of the store whose names are remembered. */
  #store: TreeStore | undefined;
  /** Names as they begin start tags, are in end tags, and begin attributes. */
  #starts: (Uint8Array | undefined)[] = [];
  #ends: (Uint8Array | undefined)[] = [];
  #attributes: (Uint8Array | undefined)[] = [];
  /** Scope in which a name was seen to be right, as an element's and as an attribute's: those have no default namespace. */
  #right: (number | undefined)[] = [];
  #rightAttribute: (number | undefined)[] = [];
  /** Of each open element: its end tag; whether it opened a scope; whether its children are on lines of their own. */
  #open: Uint8Array[] = [];
  #scoped: boolean[] = [];
  #lines: boolean[] = [];

  /**
   * Begins.
   *
   * @param out Where to.
   * @param style How.
   */
  constructor(out: ByteWriter, style: WriteStyle) {
    this.#out = out;
    this.#text = style.html ? HTML_TEXT : IN_TEXT;
    this.#attribute = style.html ? HTML_ATTRIBUTE : IN_ATTRIBUTE;
    this.#html = style.html;
    this.#pretty = style.indent !== undefined;
    this.#indent = ascii.encode(style.indent ?? "");
  }

  /** Remembers nothing of the names of another store. */
  #use(store: TreeStore): void {
    if (store === this.#store) return;
    this.#store = store;
    this.#starts = [];
    this.#ends = [];
    this.#attributes = [];
    this.#right = [];
    this.#rightAttribute = [];
  }

  /** Writes the start tag of an element, which stays open. */
  open(store: TreeStore, node: number): void {
    this.#use(store);
    const { endTag, scoped } = this.#tag(store, node);
    this.#out.byte(GREATER);
    this.#open.push(endTag);
    this.#scoped.push(scoped);
    this.#lines.push(false);
  }

  /** Writes the end tag of the innermost element that is open. */
  close(): void {
    this.#end();
  }

  /** Writes text. */
  text(text: string): void {
    this.#out.text(text, this.#text);
  }

  /** Writes a node and all in it, without its tail. */
  write(store: TreeStore, top: number): void {
    this.#use(store);
    const { words } = store;
    let at = top;
    while (true) {
      if ((words[at + HEAD]! & KIND_MASK) === ELEMENT && this.#start(store, at)) {
        at = words[at + FIRST]!;
        if (this.#pretty && this.#lines.at(-1)) this.#line(this.#open.length);
        continue;
      }
      if ((words[at + HEAD]! & KIND_MASK) !== ELEMENT) this.#aside(store, at);
      while (at !== top) {
        this.#tail(store, at);
        const next = words[at + NEXT]!;
        if (next !== 0) {
          if (this.#pretty && this.#lines.at(-1)) this.#line(this.#open.length);
          at = next;
          break;
        }
        at = words[at + PARENT]!;
        if (this.#pretty && this.#lines.at(-1)) this.#line(this.#open.length - 1);
        this.#end();
      }
      if (at === top) return;
    }
  }

  /** Writes the text behind a node. */
  tail(store: TreeStore, node: number): void {
    this.#tail(store, node);
  }

  #tail(store: TreeStore, node: number): void {
    const ref = store.words[node + TAIL]!;
    const end = store.words[node + TAIL + 1]!;
    if (ref !== 0 || end !== 0) this.#out.stored(store, ref, end, this.#text, false);
  }

  #line(depth: number): void {
    this.#out.byte(LF);
    for (let i = 0; i < depth; i++) this.#out.copy(this.#indent);
  }

  #startOf(store: TreeStore, name: number): Uint8Array {
    return this.#starts[name] ??= ascii.encode(`<${store.names.qualified(name)}`);
  }

  #endOf(store: TreeStore, name: number): Uint8Array {
    return this.#ends[name] ??= ascii.encode(`</${store.names.qualified(name)}>`);
  }

  #attributeOf(store: TreeStore, name: number): Uint8Array {
    return this.#attributes[name] ??= ascii.encode(` ${store.names.qualified(name)}="`);
  }

  /** Writes a start tag and the text behind it, and the end if the element has no children; tells whether it has. */
  #start(store: TreeStore, node: number): boolean {
    const { endTag, scoped } = this.#tag(store, node);
    return this.#content(store, node, endTag, scoped);
  }

  /** Writes a start tag, but for its end; gives the end tag. */
  #tag(store: TreeStore, node: number): { endTag: Uint8Array; scoped: boolean } {
    const { words, attrs } = store;
    const name = words[node + HEAD]! >>> KIND_BITS;
    const first = words[node + ATTRS]!;
    const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
    if (!this.#isRight(store, name, first, end)) return this.#namespacedTag(store, node);
    this.#out.copy(this.#startOf(store, name));
    for (let at = first; at < end; at += ATTR_ROW) {
      this.#value(store, this.#attributeOf(store, attrs[at]!), at);
    }
    return { endTag: this.#endOf(store, name), scoped: false };
  }

  /** Writes a start tag that may need declarations, or other prefixes. */
  #namespacedTag(store: TreeStore, node: number): { endTag: Uint8Array; scoped: boolean } {
    const out = this.#out;
    const { words, names } = store;
    const name = words[node + HEAD]! >>> KIND_BITS;
    const first = words[node + ATTRS]!;
    const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
    const { bindings, renamed } = this.#bindings.needed(store, node);
    const nameOf = (id: number) => {
      const prefix = renamed?.get(id);
      return prefix === undefined ? names.qualified(id) : `${prefix}:${names.local(id)}`;
    };
    out.copy(ascii.encode(`<${nameOf(name)}`));
    const scoped = bindings.length > 0;
    if (scoped) this.#bindings.open(bindings);
    for (const { prefix, uri } of bindings) this.#declaration(prefix, uri);
    for (let at = first; at < end; at += ATTR_ROW) {
      const id = store.attrs[at]!;
      if (isDeclaration(store, id)) continue;
      this.#value(store, ascii.encode(` ${nameOf(id)}="`), at);
      if (renamed === undefined) this.#rightAttribute[id] = this.#bindings.scope;
    }
    if (renamed === undefined) this.#right[name] = this.#bindings.scope;
    return { endTag: ascii.encode(`</${nameOf(name)}>`), scoped };
  }

  /** Whether the names of an element and its attributes mean what they are to mean, without a further declaration. */
  #isRight(store: TreeStore, name: number, first: number, end: number): boolean {
    const { scope } = this.#bindings;
    if (this.#right[name] !== scope) return false;
    for (let at = first; at < end; at += ATTR_ROW) {
      const id = store.attrs[at]!;
      if (this.#rightAttribute[id] === scope) continue;
      if (store.names.uri(id) !== "") return false;
      this.#rightAttribute[id] = scope;
    }
    return true;
  }

  #declaration(prefix: string, uri: string): void {
    const out = this.#out;
    out.copy(XMLNS);
    if (prefix !== "") out.copy(ascii.encode(`:${prefix}`));
    out.text('="', AS_IS);
    out.text(uri, this.#attribute);
    out.byte(QUOTE);
  }

  #value(store: TreeStore, name: Uint8Array, at: number): void {
    const out = this.#out;
    out.copy(name);
    out.stored(store, store.attrs[at + 1]!, store.attrs[at + 2]!, this.#attribute, true);
    out.byte(QUOTE);
  }

  #content(store: TreeStore, node: number, endTag: Uint8Array, scoped: boolean): boolean {
    const out = this.#out;
    const { words } = store;
    const ref = words[node + TEXT]!;
    const end = words[node + TEXT + 1]!;
    const parent = words[node + FIRST] !== 0;
    const hasText = ref !== 0 || end !== 0;
    const html = this.#html;
    const local = html ? store.names.local(store.name(node)) : "";
    if (!parent && !hasText && (html ? VOID.has(local) : true)) {
      if (html) out.byte(GREATER);
      else out.copy(EMPTY_END);
      if (scoped) this.#bindings.close();
      return false;
    }
    out.byte(GREATER);
    if (hasText) {
      out.stored(store, ref, end, html && RAW_TEXT.has(local) ? AS_IS : this.#text, false);
    }
    if (!parent) {
      out.copy(endTag);
      if (scoped) this.#bindings.close();
      return false;
    }
    this.#open.push(endTag);
    this.#scoped.push(scoped);
    this.#lines.push(this.#pretty && !hasText && !this.#isMixed(store, node));
    return true;
  }

  /** Whether there is text between the children of a node. */
  #isMixed(store: TreeStore, node: number): boolean {
    // Below mixed content nothing is added either.
    if (this.#lines.length > 0 && this.#lines.at(-1) === false) return true;
    const { words } = store;
    for (let at = words[node + FIRST]!; at !== 0; at = words[at + NEXT]!) {
      if (words[at + TAIL] !== 0 || words[at + TAIL + 1] !== 0) return true;
    }
    return false;
  }

  #end(): void {
    const out = this.#out;
    out.copy(this.#open.pop()!);
    if (this.#scoped.pop()) this.#bindings.close();
    this.#lines.pop();
  }

  /** Writes a comment or a processing instruction. */
  #aside(store: TreeStore, node: number): void {
    const out = this.#out;
    const text = store.textAt(node + TEXT) ?? "";
    if (store.kind(node) === COMMENT) {
      if (text.includes("--") || text.endsWith("-")) {
        throw new RangeError('A comment that is written cannot have "--" in it or "-" at its end');
      }
      out.copy(COMMENT_START);
      out.text(text, AS_IS);
      out.copy(COMMENT_END);
      return;
    }
    if (text.includes("?>")) {
      throw new RangeError('A processing instruction that is written cannot have "?>" in it');
    }
    out.copy(PI_START);
    out.copy(ascii.encode(store.names.local(store.name(node))));
    if (text !== "") {
      out.byte(SPACE);
      out.text(text, AS_IS);
    }
    if (!this.#html) out.byte(QUESTION);
    out.byte(GREATER);
  }
}
