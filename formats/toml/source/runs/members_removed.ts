/** Items of an array, and entries of an inline table, that go. */

import type { TomlValue } from "../../types.ts";
import { removeMembers } from "../brackets.ts";
import type { Splice } from "../lines.ts";
import type { Path } from "../nodes.ts";
import type { TableNode, ValueNode } from "../tree.ts";
import { type Run, stepBelow } from "./run.ts";

/** What goes from one array. */
export class ItemsRemoved implements Run {
  readonly #path: Path;
  readonly #array: ValueNode;
  /** Those that are left, where the next index counts. */
  readonly #kept: ValueNode[];
  readonly #removed: ValueNode[] = [];

  constructor(path: Path, array: ValueNode) {
    this.#path = path;
    this.#array = array;
    this.#kept = [...array.items];
  }

  take(path: Path, value: TomlValue | undefined): boolean {
    const index = stepBelow(this.#path, path);
    if (value !== undefined || typeof index !== "number" || index >= this.#kept.length) {
      return false;
    }
    this.#removed.push(...this.#kept.splice(index, 1));
    return true;
  }

  splices(text: string): Splice[] {
    return removeMembers(text, this.#array, this.#removed);
  }
}

/** What goes from one inline table, or from a table that dotted keys make within one; such a table keeps a key. */
export class EntriesRemoved implements Run {
  readonly #path: Path;
  readonly #table: ValueNode | TableNode;
  readonly #removed = new Map<string, ValueNode>();

  constructor(path: Path, table: ValueNode | TableNode) {
    this.#path = path;
    this.#table = table;
  }

  take(path: Path, value: TomlValue | undefined): boolean {
    const key = stepBelow(this.#path, path);
    if (value !== undefined || typeof key !== "string" || this.#removed.has(key)) return false;
    const node = this.#table.children.get(key);
    if (node === undefined || node.kind === "table" || node.kind === "tables") return false;
    const isLast = this.#table.children.size - this.#removed.size === 1;
    if (this.#table.kind === "table" && isLast) return false;
    this.#removed.set(key, node);
    return true;
  }

  splices(text: string): Splice[] {
    const inline = this.#table.kind === "table" ? this.#table.inline! : this.#table;
    return removeMembers(text, inline, Array.from(this.#removed.values(), (node) => node.pair!));
  }
}
