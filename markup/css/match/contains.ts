import { textContent } from "../../tree/axes.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** Units that are read element by element, beside twice the source, before all texts are read at once. */
const UNITS = 65536;
/** What a node counts beside its text. */
const PER_NODE = 16;

/** `:contains()`: whether a text is in that of an element. */
export class ContainsTest implements Test {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  matches(query: Query, node: number): boolean {
    if (this.#text === "") return true;
    const read = query.kept(this, () => ({ units: UNITS + 2 * query.store.length }));
    for (let at = node; at !== 0; at = query.store.following(at, node)) {
      read.units -= PER_NODE;
      if (read.units < 0) return query.texts.contains(node, this.#text);
    }
    const text = textContent(query.store, node);
    read.units -= text.length;
    return text.includes(this.#text);
  }
}
