// How a text is laid out: what is added should look like what is there.

import { type CST, isMap, isPair, isSeq } from "yaml";
import { column, lineStart } from "./spans.ts";

/** What the writer of values has to know. */
export interface Layout {
  /** Whether sequences are indented below their key. */
  indentSequences: boolean;
  /** Whether there are spaces within the brackets of flow collections. */
  padding: boolean;
}

/** A text's layout. */
export interface TextLayout extends Layout {
  /** Spaces per level. */
  indent: number;
  /** Line break. */
  eol: "\n" | "\r\n";
}

/** Looks for the first nested mapping, the first sequence below a key, and the first flow collection. */
export function layoutOf(text: string, contents: unknown): TextLayout {
  let indent: number | undefined;
  let sequences: number | undefined;
  const pending: unknown[] = [contents];
  while (pending.length > 0 && (indent === undefined || sequences === undefined)) {
    const node = pending.pop();
    if (!isMap(node) && !isSeq(node)) continue;
    if (node.flow) continue;
    for (const item of node.items.toReversed()) {
      const value = isPair(item) ? item.value : item;
      pending.push(value);
      if (!isPair(item)) continue;
      const token = (item as { srcToken?: CST.CollectionItem }).srcToken;
      const below = token?.value;
      const key = token?.key;
      if (!key || (below?.type !== "block-map" && below?.type !== "block-seq")) continue;
      if (lineStart(text, below.offset) === lineStart(text, key.offset)) continue;
      const deeper = column(text, below.offset) - column(text, key.offset);
      if (below.type === "block-seq") sequences = deeper;
      else if (deeper > 0) indent = deeper;
    }
  }
  const found = indent ?? (sequences === undefined || sequences === 0 ? 2 : sequences);
  return {
    indent: Math.min(Math.max(found, 1), 10),
    indentSequences: sequences !== 0,
    padding: !/[[{][^\s\]}]/.test(text.slice(0, 100_000)) || /[[{] /.test(text.slice(0, 100_000)),
    eol: /\r\n/.test(text) && !/[^\r]\n/.test(text) ? "\r\n" : "\n",
  };
}
