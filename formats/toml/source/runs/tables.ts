/** Tables that come behind those of an array, and tables that go. */

import type { TomlValue } from "../../types.ts";
import type { Eol, Splice } from "../lines.ts";
import { isTable, type Path } from "../nodes.ts";
import { cutTables, sectionsBehind } from "../places.ts";
import { sectionText } from "../texts.ts";
import type { Node, TableNode, TablesNode } from "../tree.ts";
import { type Run, stepBelow } from "./run.ts";

/** Tables that are added behind those of one array. */
export class TablesAdded implements Run {
  readonly #path: Path;
  readonly #tables: TablesNode;
  readonly #added: TomlValue[] = [];

  constructor(path: Path, tables: TablesNode) {
    this.#path = path;
    this.#tables = tables;
  }

  take(path: Path, value: TomlValue | undefined): boolean {
    const next = this.#tables.items.length + this.#added.length;
    if (value === undefined || !isTable(value) || stepBelow(this.#path, path) !== next) {
      return false;
    }
    this.#added.push(value);
    return true;
  }

  splices(text: string, eol: Eol): Splice[] {
    const last = this.#tables.items.at(-1)!.sections.at(-1)!;
    return [sectionsBehind(text, last, sectionText(this.#path, this.#added, eol), eol)];
  }
}

/** Tables, and arrays of them, that go from one table or array. One that has no header of its own keeps a child. */
export class TablesRemoved implements Run {
  readonly #path: Path;
  readonly #kept: { readonly children: Map<string | number, Node>; readonly items: Node[] };
  readonly #mayBeEmpty: boolean;
  readonly #removed: Node[] = [];

  constructor(path: Path, parent: TableNode | TablesNode) {
    this.#path = path;
    this.#mayBeEmpty = parent.kind === "table" && parent.own !== undefined;
    this.#kept = parent.kind === "table"
      ? { children: new Map<string | number, Node>(parent.children), items: [] }
      : { children: new Map(), items: [...parent.items] };
  }

  take(path: Path, value: TomlValue | undefined): boolean {
    const step = stepBelow(this.#path, path);
    if (value !== undefined || step === undefined) return false;
    const { children, items } = this.#kept;
    const node = typeof step === "number" ? items[step] : children.get(step);
    if (node?.kind !== "tables" && (node?.kind !== "table" || node.inline !== undefined)) {
      return false;
    }
    if (!this.#mayBeEmpty && children.size + items.length === 1) return false;
    if (typeof step === "number") items.splice(step, 1);
    else children.delete(step);
    this.#removed.push(node);
    return true;
  }

  splices(text: string): Splice[] {
    return cutTables(text, this.#removed);
  }
}
