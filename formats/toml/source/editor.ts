/** Changes of a TOML text by source ranges: what is not named by a change is not touched. */

import { parse } from "../parse.ts";
import type { TomlValue } from "../types.ts";
import { keyText } from "../value_text.ts";
import { ArrayTail } from "./array_tail.ts";
import { addMembers, removeMember, removeMembers } from "./brackets.ts";
import { blockStart, cutTables, keyBelow, sectionAt, sectionsBehind } from "./places.ts";
import { applySplices, below, cut, type Eol, indentAt, type Splice } from "./lines.ts";
import { inlineText, replacement, sectionText } from "./texts.ts";
import { childOf, headerKeys, isTable, nest, type Path } from "./nodes.ts";
import {
  type Node,
  readTree,
  type Section,
  type TableNode,
  type TablesNode,
  type Tree,
  type ValueNode,
} from "./tree.ts";

/**
 * A text while it is edited. Changes that do not touch each other's places are collected and done at once, so that many
 * of them cost one pass over the text.
 */
export class TomlEditor {
  #text: string;
  #tree: Tree;
  readonly #eol: Eol;
  #pending: Splice[] = [];
  /** Paths that are changed, and all ways to them. */
  #changed = new Set<string>();
  #ways = new Set<string>();
  /** What is to come behind the last item of an array, while nothing else is pending. */
  #tail: ArrayTail | undefined;
  /** What is pending in a section: keys added, a section added behind it, or pairs cut. */
  #sections = new Map<Section, string>();

  constructor(text: string) {
    this.#text = text;
    this.#tree = readTree(text);
    this.#eol = /\r\n/.test(text) ? "\r\n" : "\n";
  }

  /** The text with all changes. */
  get text(): string {
    this.#flush();
    return this.#text;
  }

  /**
   * Puts a value at a path, or takes away what is there.
   *
   * @param path A way that fits the text's value.
   * @param value What the reader makes of the new value; undefined removes.
   */
  edit(path: Path, value: TomlValue | undefined): void {
    if (this.#tail?.take(path, value)) return;
    if (this.#tail !== undefined) this.#flush();
    if (this.#collides(path)) this.#flush();
    const depth = this.#existing(path);
    if (depth === path.length) {
      if (value === undefined) this.#remove(path);
      else this.#replace(path, value);
    } else if (value !== undefined) {
      this.#insert(path.slice(0, depth + 1), nest(path.slice(depth + 1), value) as TomlValue);
    }
  }

  #flush(): void {
    if (this.#tail !== undefined) {
      this.#pending.push(...this.#tail.splices(this.#text, this.#eol));
      this.#tail = undefined;
    }
    if (this.#pending.length === 0) return;
    this.#text = applySplices(this.#text, this.#pending);
    this.#tree = readTree(this.#text);
    this.#pending = [];
    this.#changed.clear();
    this.#ways.clear();
    this.#sections.clear();
  }

  #add(path: Path, splices: readonly Splice[]): void {
    this.#pending.push(...splices);
    let way = "";
    for (const step of path) this.#ways.add(way += `/${JSON.stringify(step)}`);
    this.#changed.add(way);
  }

  /** Whether a path leads to, through, or by a pending change. */
  #collides(path: Path): boolean {
    let way = "";
    for (const step of path) if (this.#changed.has(way += `/${JSON.stringify(step)}`)) return true;
    return this.#ways.has(way);
  }

  /** Changes at one section's end must be of one kind to stay in order. Says whether a flush was needed. */
  #claim(section: Section, kind: string): boolean {
    const other = this.#sections.get(section);
    if (other !== undefined && other !== kind) {
      this.#flush();
      return true;
    }
    this.#sections.set(section, kind);
    return false;
  }

  /** How many steps of a path exist. */
  #existing(path: Path): number {
    let node: Node | undefined = this.#tree.root;
    for (const [depth, step] of path.entries()) {
      node = childOf(node, step);
      if (node === undefined) return depth;
    }
    return path.length;
  }

  #node(path: Path): Node {
    let node: Node = this.#tree.root;
    for (const step of path) node = childOf(node, step)!;
    return node;
  }

  #replace(path: Path, value: TomlValue): void {
    const node = this.#node(path);
    if (node.kind === "table" && isTable(value)) {
      for (const key of [...node.children.keys()]) {
        if (!Object.hasOwn(value, key)) this.edit([...path, key], undefined);
      }
      for (const [key, item] of Object.entries(value)) this.edit([...path, key], item);
      return;
    }
    if (
      node.kind === "tables" && Array.isArray(value) && value.length > 0 && value.every(isTable)
    ) {
      if (node.items.length > value.length) {
        this.#flush();
        const { items } = this.#node(path) as TablesNode;
        const surplus: TablesNode = { kind: "tables", items: items.slice(value.length) };
        this.#pending.push(...cutTables(this.#text, surplus));
        this.#flush();
      }
      for (const [i, item] of value.entries()) this.edit([...path, i], item);
      return;
    }
    if (node.kind === "table" && typeof path.at(-1) === "number") {
      this.#mix(path.slice(0, -1), path.at(-1) as number, value);
      return;
    }
    if (node.kind === "table" || node.kind === "tables") {
      this.#takeTables(path);
      this.edit(path, value);
      return;
    }
    this.#add(path, [{
      start: node.start,
      end: node.end,
      text: replacement(this.#text, this.#eol, node, value),
    }]);
  }

  #remove(path: Path): void {
    const parentPath = path.slice(0, -1);
    const stale = this.#node(parentPath);
    // Whether a table without a header keeps any key is asked of the text as it is now.
    if (stale.kind !== "table" || stale.own === undefined) this.#flush();
    const parent = this.#node(parentPath);
    const node = this.#node(path);
    if (parent.kind === "array" || parent.kind === "inline") {
      this.#flush();
      const fresh = this.#node(parentPath) as ValueNode;
      const child = this.#node(path) as ValueNode | TableNode;
      if (child.kind === "table") return this.#cutDotted(path);
      const member = parent.kind === "array" ? child : (child as ValueNode).pair!;
      this.#pending.push(...removeMember(this.#text, fresh, member as ValueNode));
      this.#flush();
      return;
    }
    const table = parent.kind === "table" ? parent : undefined;
    const isLast = parent.kind === "tables"
      ? parent.items.length === 1
      : table!.own === undefined && table!.children.size === 1;
    if (isLast && path.length > 1) {
      // The parent is only there because of this child: it is written anew, as empty.
      this.#flush();
      const fresh = this.#node(parentPath) as TableNode;
      this.#keepEmpty(parentPath, fresh);
      return;
    }
    if (node.kind !== "table" && node.kind !== "tables" && table !== undefined) {
      if (table.inline !== undefined) {
        this.#flush();
        const fresh = this.#node(parentPath) as TableNode;
        const child = this.#node(path) as ValueNode;
        this.#pending.push(...removeMember(this.#text, fresh.inline!, child.pair!));
        this.#flush();
        return;
      }
      const section = sectionAt(this.#tree, node.start);
      if (this.#claim(section, "cut")) return this.#remove(path);
      this.#add(path, [cut(this.#text, node.pair!.start, node.pair!.end)]);
      if (table.own === undefined) this.#flush();
      // The tree must know, should the others go too.
      else table.children.delete(path.at(-1) as string);
      return;
    }
    this.#takeTables(path);
  }

  /** Takes away a table, or an array of them. */
  #takeTables(path: Path): void {
    this.#flush();
    const fresh = this.#node(path);
    if (fresh.kind === "table" && fresh.inline !== undefined) return this.#cutDotted(path);
    this.#pending.push(...cutTables(this.#text, fresh));
    this.#flush();
  }

  /** Puts `{}` or `[]` in the place of a table or an array of tables, whose only member goes. */
  #keepEmpty(path: Path, node: Node): void {
    if (node.kind === "table" && node.pairs.length > 0) {
      if (node.inline !== undefined && node.pairs.length > 1) {
        this.#pending.push(...removeMembers(this.#text, node.inline, node.pairs.slice(1)));
        this.#flush();
        return this.#keepEmpty(path, this.#node(path));
      }
      const [first, ...others] = node.pairs;
      const text = `${node.prefix} = {}`;
      this.#pending.push({ start: first!.start, end: first!.end, text });
      for (const pair of others) this.#pending.push(cut(this.#text, pair.start, pair.end));
      this.#flush();
      return;
    }
    const start = (node as TableNode).sections?.[0]?.start;
    const splices = cutTables(this.#text, node as TableNode);
    if (node.kind === "table" && start !== undefined) {
      const header = `[${headerKeys(path)}]${this.#eol}`;
      const first = splices[0]!;
      this.#pending.push({ ...first, text: header + first.text }, ...splices.slice(1));
      this.#flush();
      return;
    }
    this.#pending.push(...splices);
    this.#flush();
    this.edit(path, node.kind === "tables" ? [] : {});
  }

  /** Takes away a table that dotted keys make within braces: all its pairs. */
  #cutDotted(path: Path): void {
    while (this.#existing(path) === path.length) {
      const { inline, pairs } = this.#node(path) as TableNode;
      if (pairs.length === inline!.pairs.length) {
        this.#pending.push({ start: inline!.start, end: inline!.end, text: "{}" });
      } else this.#pending.push(...removeMembers(this.#text, inline!, pairs));
      this.#flush();
    }
  }

  /** Adds what is missing at a path whose last step alone is. */
  #insert(path: Path, value: TomlValue): void {
    const parentPath = path.slice(0, -1);
    const parent = this.#node(parentPath);
    const key = path.at(-1)!;
    if (parent.kind === "array") {
      this.#flush();
      this.#tail = new ArrayTail(parentPath, this.#node(parentPath) as ValueNode);
      this.#tail.take(path, value);
      return;
    }
    if (parent.kind === "tables") {
      this.#flush();
      if (isTable(value)) {
        const sections = (this.#node(parentPath) as { items: TableNode[] }).items.at(-1)!.sections;
        this.#pending.push(
          this.#behind(sections.at(-1)!, sectionText(parentPath, [value], this.#eol)),
        );
        this.#flush();
        return;
      }
      this.#mix(parentPath, key as number, value);
      return;
    }
    if (parent.kind === "inline") {
      this.#flush();
      const fresh = this.#node(parentPath) as ValueNode;
      const member = `${keyText(String(key), path)} = ${inlineText(value)}`;
      this.#pending.push(...addMembers(this.#text, fresh, [member], this.#eol));
      this.#flush();
      return;
    }
    const table = parent as TableNode;
    const name = keyText(String(key), path);
    if (table.inline !== undefined) {
      this.#flush();
      const fresh = this.#node(parentPath) as TableNode;
      const member = `${fresh.prefix}.${name} = ${inlineText(value)}`;
      this.#pending.push(...addMembers(this.#text, fresh.inline!, [member], this.#eol));
      this.#flush();
      return;
    }
    if (table.own === undefined && table.pairs.length > 0) {
      const last = table.pairs.at(-1)!;
      const section = sectionAt(this.#tree, last.start);
      if (this.#claim(section, `dotted ${table.prefix}`)) return this.#insert(path, value);
      const line = `${indentAt(this.#text, last.start)}${table.prefix}.${name} = ${
        inlineText(value)
      }`;
      this.#add(path, [below(this.#text, last.end, line, this.#eol)]);
      return;
    }
    if (isTable(value) || (Array.isArray(value) && value.length > 0 && value.every(isTable))) {
      const section = table.sections.at(-1)!;
      if (this.#claim(section, "section")) return this.#insert(path, value);
      this.#add(path, [this.#behind(section, sectionText(path, value, this.#eol))]);
      return;
    }
    if (table.own === undefined) return this.#insertHeader(path, name, value);
    if (this.#claim(table.own, "key")) return this.#insert(path, value);
    this.#add(path, [keyBelow(this.#text, this.#tree, table.own, name, value, this.#eol)]);
  }

  /** Puts something else among the tables of an array: such a mixed array has no form but an inline one. */
  #mix(path: Path, index: number, value: TomlValue): void {
    this.#flush();
    const whole = this.#valueOf(path) as TomlValue[];
    whole[index] = value;
    this.#pending.push(...cutTables(this.#text, this.#node(path)));
    this.#flush();
    this.edit(path, whole);
  }

  /** Gives a table that deeper headers imply a header of its own, for a first key. */
  #insertHeader(path: Path, name: string, value: TomlValue): void {
    this.#flush();
    const fresh = this.#node(path.slice(0, -1)) as TableNode;
    const at = blockStart(this.#text, fresh.sections[0]!.start);
    const header = `[${headerKeys(path.slice(0, -1))}]`;
    const line = `${name} = ${inlineText(value)}`;
    this.#pending.push({
      start: at,
      end: at,
      text: header + this.#eol + line + this.#eol + this.#eol,
    });
    this.#flush();
  }

  #behind(section: Section, sections: string): Splice {
    return sectionsBehind(this.#text, section, sections, this.#eol);
  }

  /** What the reader makes of a place. */
  #valueOf(path: Path): TomlValue {
    let value: TomlValue = parse(this.#text, { bigint: "all" });
    for (const step of path) value = (value as Record<string | number, TomlValue>)[step]!;
    return value;
  }
}
