/** Items that come behind those of an array, and entries behind those of an inline table. */

import type { TomlValue } from "../../types.ts";
import { keyText } from "../../value_text.ts";
import { addMembers } from "../brackets.ts";
import type { Eol, Splice } from "../lines.ts";
import type { Path } from "../nodes.ts";
import { inlineText } from "../texts.ts";
import type { TableNode, ValueNode } from "../tree.ts";
import { type Run, stepBelow } from "./run.ts";

/** What is added behind the items of one array. */
export class ItemsAdded implements Run {
  readonly #path: Path;
  readonly #array: ValueNode;
  readonly #items: string[] = [];

  constructor(path: Path, array: ValueNode) {
    this.#path = path;
    this.#array = array;
  }

  take(path: Path, value: TomlValue | undefined): boolean {
    const next = this.#array.items.length + this.#items.length;
    if (value === undefined || stepBelow(this.#path, path) !== next) return false;
    this.#items.push(inlineText(value));
    return true;
  }

  splices(text: string, eol: Eol): Splice[] {
    return addMembers(text, this.#array, this.#items, eol);
  }
}

/** What is added behind the entries of one inline table, or of a table that dotted keys make within one. */
export class EntriesAdded implements Run {
  readonly #path: Path;
  readonly #table: ValueNode | TableNode;
  readonly #entries = new Map<string, string>();

  constructor(path: Path, table: ValueNode | TableNode) {
    this.#path = path;
    this.#table = table;
  }

  take(path: Path, value: TomlValue | undefined): boolean {
    const key = stepBelow(this.#path, path);
    if (value === undefined || typeof key !== "string") return false;
    if (this.#table.children.has(key) || this.#entries.has(key)) return false;
    const prefix = this.#table.kind === "table" ? `${this.#table.prefix}.` : "";
    this.#entries.set(key, `${prefix}${keyText(key, path)} = ${inlineText(value)}`);
    return true;
  }

  splices(text: string, eol: Eol): Splice[] {
    const inline = this.#table.kind === "table" ? this.#table.inline! : this.#table;
    return addMembers(text, inline, [...this.#entries.values()], eol);
  }
}
