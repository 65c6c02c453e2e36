/** Items that are to come behind those that an array has: collected, so that many of them cost one pass over the text. */

import type { TomlValue } from "../types.ts";
import { addMembers } from "./brackets.ts";
import type { Eol, Splice } from "./lines.ts";
import type { Path } from "./nodes.ts";
import { inlineText } from "./texts.ts";
import type { ValueNode } from "./tree.ts";

/** What is added to one array. */
export class ArrayTail {
  readonly #path: Path;
  readonly #array: ValueNode;
  readonly #items: string[] = [];

  constructor(path: Path, array: ValueNode) {
    this.#path = path;
    this.#array = array;
  }

  /** Takes a change that adds the next item, and says whether it does. */
  take(path: Path, value: TomlValue | undefined): boolean {
    const isNext = path.length === this.#path.length + 1 &&
      path.at(-1) === this.#array.items.length + this.#items.length &&
      this.#path.every((step, i) => step === path[i]);
    if (!isNext || value === undefined) return false;
    this.#items.push(inlineText(value));
    return true;
  }

  /** The change of the text. */
  splices(text: string, eol: Eol): Splice[] {
    return addMembers(text, this.#array, this.#items, eol);
  }
}
