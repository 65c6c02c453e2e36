/**
 * A TOML text as a tree of source ranges: where every key, value and header stands. For texts that the reader has already
 * accepted; nothing is checked here.
 */

import { TomlError } from "../toml_error.ts";

/** `key = value`, in a section or an inline table. */
export interface Pair {
  /** Where the key begins. */
  start: number;
  /** Behind the value. */
  end: number;
}

/** A value on the right of `=`, or in an array. */
export interface ValueNode {
  kind: "scalar" | "array" | "inline";
  start: number;
  end: number;
  /** The pair it is the value of; undefined for an item. */
  pair: Pair | undefined;
  /** Items of an array. */
  items: ValueNode[];
  /** Entries of an inline table. */
  children: Map<string, Node>;
  /** The pairs of an inline table, in order. */
  pairs: Pair[];
  /** Offsets of the commas of an array or inline table. */
  commas: number[];
}

/** A header and the pairs below it; the root's has no header. */
export interface Section {
  /** Where the header begins, and behind it; 0 for the root's. */
  start: number;
  headerEnd: number;
  pairs: Pair[];
  /** Position among all sections. */
  index: number;
}

/** A table that headers or dotted keys make. */
export interface TableNode {
  kind: "table";
  children: Map<string, Node>;
  /** Its own header's section; undefined for one that only deeper headers or dotted keys imply. */
  own: Section | undefined;
  /** Its own section and those below it, in the order of the text. */
  sections: Section[];
  /** Pairs with dotted keys through this table. */
  pairs: Pair[];
  /** The keys up to this table, as the dotted pairs write them. */
  prefix: string;
  /** The inline table whose dotted keys make this one. */
  inline: ValueNode | undefined;
}

/** An array of tables. */
export interface TablesNode {
  kind: "tables";
  items: TableNode[];
}

/** Whatever a key or index leads to. */
export type Node = ValueNode | TableNode | TablesNode;

/** A text's tree. */
export interface Tree {
  root: TableNode;
  sections: Section[];
}

/** Reads the tree of a valid text. */
export function readTree(text: string): Tree {
  return new TreeReader(text).read();
}

interface KeyPart {
  name: string;
  end: number;
}

const BARE_END = /[\s,#=[\]{}]/g;
const DAY = /^\d{4}-\d\d-\d\d$/;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g;
const SHORT: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\x1b",
};

function tableNode(inline?: ValueNode): TableNode {
  return {
    kind: "table",
    children: new Map(),
    own: undefined,
    sections: [],
    pairs: [],
    prefix: "",
    inline,
  };
}

function valueNode(kind: ValueNode["kind"], start: number): ValueNode {
  const shared = { pair: undefined, items: [], children: new Map(), pairs: [], commas: [] };
  return { kind, start, end: start, ...shared };
}

class TreeReader {
  readonly #text: string;
  readonly #root = tableNode();
  readonly #sections: Section[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Tree {
    let section = this.#section(0, 0, [this.#root]);
    let table = this.#root;
    for (;;) {
      this.#skip();
      if (this.#at >= this.#text.length) return { root: this.#root, sections: this.#sections };
      if (this.#text[this.#at] === "[") [section, table] = this.#header();
      else section.pairs.push(this.#pair(table, undefined));
    }
  }

  /** A section of the last of the tables, which the others hold. */
  #section(start: number, headerEnd: number, tables: readonly TableNode[]): Section {
    const section = { start, headerEnd, pairs: [], index: this.#sections.length };
    this.#sections.push(section);
    for (const table of tables) table.sections.push(section);
    tables.at(-1)!.own = section;
    return section;
  }

  #header(): [Section, TableNode] {
    const start = this.#at;
    const isItem = this.#text[start + 1] === "[";
    this.#at += isItem ? 2 : 1;
    const keys = this.#key();
    const last = keys.pop()!.name;
    if (this.#text[this.#at] !== "]") throw this.#lost();
    this.#at += isItem ? 2 : 1;
    const way = [this.#root];
    let table = this.#root;
    for (const { name } of keys) {
      const next = table.children.get(name);
      if (next === undefined) {
        const made = tableNode();
        table.children.set(name, made);
        table = made;
      } else table = next.kind === "tables" ? next.items.at(-1)! : next as TableNode;
      way.push(table);
    }
    let found = table.children.get(last);
    if (isItem) {
      if (found === undefined) table.children.set(last, found = { kind: "tables", items: [] });
      const item = tableNode();
      (found as TablesNode).items.push(item);
      found = item;
    } else if (found === undefined) table.children.set(last, found = tableNode());
    way.push(found as TableNode);
    return [this.#section(start, this.#at, way), found as TableNode];
  }

  /** A key and its value, put into a table or an inline table. */
  #pair(into: TableNode | ValueNode, inline: ValueNode | undefined): Pair {
    const start = this.#at;
    const keys = this.#key();
    const last = keys.pop()!.name;
    if (this.#text[this.#at] !== "=") throw this.#lost();
    this.#at++;
    this.#skip();
    const value = this.#value();
    const pair = { start, end: value.end };
    value.pair = pair;
    let table = into;
    for (const { name, end } of keys) {
      let next = table.children.get(name);
      if (next === undefined) table.children.set(name, next = tableNode(inline));
      table = next as TableNode;
      table.prefix = this.#text.slice(start, end);
      table.pairs.push(pair);
    }
    table.children.set(last, value);
    return pair;
  }

  #value(): ValueNode {
    const start = this.#at;
    switch (this.#text[start]) {
      case '"':
      case "'": {
        const node = valueNode("scalar", start);
        this.#string();
        node.end = this.#at;
        return node;
      }
      case "[":
        return this.#list(valueNode("array", start), "]");
      case "{":
        return this.#list(valueNode("inline", start), "}");
    }
    const node = valueNode("scalar", start);
    this.#at = this.#bareEnd(start);
    if (this.#at === start) throw this.#lost();
    // A date and a time may stand apart.
    if (
      DAY.test(this.#text.slice(start, this.#at)) &&
      / \d\d:/.test(this.#text.slice(this.#at, this.#at + 4))
    ) this.#at = this.#bareEnd(this.#at + 1);
    node.end = this.#at;
    return node;
  }

  #list(node: ValueNode, close: string): ValueNode {
    this.#at++;
    for (;;) {
      this.#skip();
      const c = this.#text[this.#at];
      if (c === undefined) throw this.#lost();
      if (c === close) {
        node.end = ++this.#at;
        return node;
      }
      if (c === ",") node.commas.push(this.#at++);
      else if (node.kind === "array") node.items.push(this.#value());
      else node.pairs.push(this.#pair(node, node));
    }
  }

  #key(): KeyPart[] {
    const parts: KeyPart[] = [];
    for (;;) {
      this.#blanks();
      const start = this.#at;
      const c = this.#text[start];
      let name: string;
      if (c === '"' || c === "'") {
        this.#string();
        const inner = this.#text.slice(start + 1, this.#at - 1);
        name = c === "'" ? inner : unescape(inner);
      } else {
        const word = this.#text.slice(start, this.#bareEnd(start));
        const dot = word.indexOf(".");
        name = dot < 0 ? word : word.slice(0, dot);
        this.#at = start + name.length;
      }
      parts.push({ name, end: this.#at });
      this.#blanks();
      if (this.#text[this.#at] !== ".") return parts;
      this.#at++;
    }
  }

  #string(): void {
    const text = this.#text;
    const quote = text[this.#at]!;
    const mark = text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    let i = this.#at + mark.length;
    if (quote === "'") i = text.indexOf(mark, i);
    else {
      // The quote that no backslash stands before.
      while (i < text.length && !text.startsWith(mark, i)) i += text[i] === "\\" ? 2 : 1;
    }
    if (i < 0 || i >= text.length) throw this.#lost();
    i += mark.length;
    // Up to two quotes before the closing three belong to the text.
    if (mark.length === 3) { for (let n = 0; n < 2 && text[i] === quote; n++) i++; }
    this.#at = i;
  }

  /** Only a text that the reader would have refused leads here. */
  #lost(): TomlError {
    return new TomlError("Cannot edit this TOML text", { source: this.#text, offset: this.#at });
  }

  #bareEnd(start: number): number {
    BARE_END.lastIndex = start;
    return BARE_END.exec(this.#text)?.index ?? this.#text.length;
  }

  #blanks(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  /** Over white space, line breaks and comments. */
  #skip(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === "#") {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (c === " " || c === "\t" || c === "\n" || c === "\r") this.#at++;
      else return;
    }
  }
}

function unescape(text: string): string {
  return text.replaceAll(ESCAPE, (_, u, U, x, c) => {
    const code = u ?? U ?? x;
    return code === undefined ? SHORT[c] ?? c : String.fromCodePoint(parseInt(code, 16));
  });
}
