/** Changes of a TOML text by source ranges: what is not named by a change is not touched. */

import { parse } from "../parse.ts";
import type { TomlValue } from "../types.ts";
import { keyText } from "../value_text.ts";
import { removeMembers } from "./brackets.ts";
import { blockStart, cutTables, keyBelow, sectionAt, sectionsBehind } from "./places.ts";
import { applySplices, below, cut, type Eol, indentAt, type Splice } from "./lines.ts";
import { inlineText, replacement, sectionText } from "./texts.ts";
import { childOf, headerKeys, isTable, nest, type Path } from "./nodes.ts";
import { EntriesAdded, ItemsAdded } from "./runs/members_added.ts";
import { EntriesRemoved, ItemsRemoved } from "./runs/members_removed.ts";
import type { Run } from "./runs/run.ts";
import { TablesAdded, TablesRemoved } from "./runs/tables.ts";
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
  /** Changes of the children of one node, while nothing else is pending. */
  #run: Run | undefined;
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
    if (this.#run?.take(path, value)) return;
    if (this.#run !== undefined || this.#collides(path)) this.#flush();
    const depth = this.#existing(path);
    if (depth === path.length) {
      if (value === undefined) this.#remove(path);
      else this.#replace(path, value);
    } else if (value !== undefined) {
      this.#insert(path.slice(0, depth + 1), nest(path.slice(depth + 1), value) as TomlValue);
    }
  }

  #flush(): void {
    if (this.#run !== undefined) {
      this.#pending.push(...this.#run.splices(this.#text, this.#eol));
      this.#run = undefined;
    }
    if (this.#pending.length === 0) return;
    this.#text = applySplices(this.#text, this.#pending);
    this.#tree = readTree(this.#text);
    this.#pending = [];
    this.#changed.clear();
    this.#ways.clear();
    this.#sections.clear();
  }

  /** Begins a run of like changes with one, of children of the node that a path leads to. */
  #begin(run: Run, path: Path, value: TomlValue | undefined): void {
    run.take(path, value);
    this.#run = run;
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
        this.#pending.push(...cutTables(this.#text, [surplus]));
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
    const parent = this.#node(parentPath);
    const node = this.#node(path);
    const isInline = parent.kind === "inline" || (parent.kind === "table" && parent.inline);
    if (parent.kind === "array") {
      this.#flush();
      return this.#begin(
        new ItemsRemoved(parentPath, this.#node(parentPath) as ValueNode),
        path,
        undefined,
      );
    }
    const isLast = parent.kind === "tables"
      ? parent.items.length === 1
      : parent.kind === "table" && parent.own === undefined && parent.children.size === 1;
    if (isLast) {
      // The parent is only there because of this child: it is written anew, as empty. What is pending may be another child.
      if (this.#pending.length === 0) return this.#keepEmpty(parentPath, parent);
      this.#flush();
      return this.#remove(path);
    }
    if (node.kind === "table" || node.kind === "tables") {
      if (isInline) return this.#takeTables(path);
      this.#flush();
      const tables = this.#node(parentPath) as TableNode | TablesNode;
      return this.#begin(new TablesRemoved(parentPath, tables), path, undefined);
    }
    if (isInline) {
      this.#flush();
      const table = this.#node(parentPath) as ValueNode | TableNode;
      return this.#begin(new EntriesRemoved(parentPath, table), path, undefined);
    }
    const section = sectionAt(this.#tree, node.start);
    if (this.#claim(section, "cut")) return this.#remove(path);
    this.#add(path, [cut(this.#text, node.pair!.start, node.pair!.end)]);
    // The tree must know, should the others go too.
    (parent as TableNode).children.delete(path.at(-1) as string);
  }

  /** Takes away a table, or an array of them, at once. */
  #takeTables(path: Path): void {
    this.#flush();
    const node = this.#node(path);
    if (node.kind === "table" && node.inline !== undefined) return this.#cutDotted(node);
    this.#pending.push(...cutTables(this.#text, [node]));
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
    const splices = cutTables(this.#text, [node]);
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
  #cutDotted({ inline, pairs }: TableNode): void {
    if (pairs.length === inline!.pairs.length) {
      this.#pending.push({ start: inline!.start, end: inline!.end, text: "{}" });
    } else this.#pending.push(...removeMembers(this.#text, inline!, pairs));
    this.#flush();
  }

  /** Adds what is missing at a path whose last step alone is. */
  #insert(path: Path, value: TomlValue): void {
    const parentPath = path.slice(0, -1);
    const parent = this.#node(parentPath);
    const key = path.at(-1)!;
    if (parent.kind === "array") {
      this.#flush();
      const array = this.#node(parentPath) as ValueNode;
      return this.#begin(new ItemsAdded(parentPath, array), path, value);
    }
    if (parent.kind === "tables") {
      if (!isTable(value)) return this.#mix(parentPath, key as number, value);
      this.#flush();
      const tables = this.#node(parentPath) as TablesNode;
      return this.#begin(new TablesAdded(parentPath, tables), path, value);
    }
    if (parent.kind === "inline" || (parent.kind === "table" && parent.inline !== undefined)) {
      this.#flush();
      const inline = this.#node(parentPath) as ValueNode | TableNode;
      return this.#begin(new EntriesAdded(parentPath, inline), path, value);
    }
    const table = parent as TableNode;
    const name = keyText(String(key), path);
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
    // Others go below it, and not to the top of the text as the root's first key.
    if (table.own.headerEnd === 0 && table.own.pairs.length === 0) this.#flush();
  }

  /** Puts something else among the tables of an array: such a mixed array has no form but an inline one. */
  #mix(path: Path, index: number, value: TomlValue): void {
    this.#flush();
    const whole = this.#valueOf(path) as TomlValue[];
    whole[index] = value;
    this.#pending.push(...cutTables(this.#text, [this.#node(path)]));
    this.#flush();
    this.edit(path, whole);
  }

  /** Gives a table that deeper headers imply a header of its own, for a first key. */
  #insertHeader(path: Path, name: string, value: TomlValue): void {
    const parentPath = path.slice(0, -1);
    const { index, start } = (this.#node(parentPath) as TableNode).sections[0]!;
    // The root's first key would go to the same place, and has to come before.
    const isFirst = index === 1;
    if (isFirst && this.#pending.length > 0) {
      this.#flush();
      return this.#insertHeader(path, name, value);
    }
    const at = blockStart(this.#text, start);
    const lines = [`[${headerKeys(parentPath)}]`, `${name} = ${inlineText(value)}`, "", ""];
    this.#add(parentPath, [{ start: at, end: at, text: lines.join(this.#eol) }]);
    if (isFirst) this.#flush();
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
