// Comments that npm yaml keeps with a node although they stand below it, where they belong to what follows.

import { type CST, isNode, isPair, isScalar, visit } from "yaml";
import { itemSpan, lineEnd, tokenSpan } from "./spans.ts";

/**
 * The comment lines below a node that are kept in it, and would go with it.
 *
 * @param text The text that was read.
 * @param removed An entry or item.
 * @returns The lines without `#`.
 */
export function ownedByOthers(text: string, removed: unknown): string[] {
  const end = endOf(removed);
  if (end === undefined) return [];
  const kept = new Set<string>();
  const take = (comment: unknown) => {
    if (typeof comment === "string") { for (const line of comment.split("\n")) kept.add(line); }
  };
  visit(removed as never, (_, node) => {
    if (!isNode(node)) return;
    take(node.comment);
    take(node.commentBefore);
  });
  const found: string[] = [];
  for (let at = lineEnd(text, end); at < text.length;) {
    const start = text.indexOf("\n", at) + 1;
    if (start === 0) break;
    at = lineEnd(text, start);
    const line = text.slice(start, at).trimStart();
    if (line !== "" && !line.startsWith("#")) break;
    if (line !== "" && kept.has(line.slice(1))) found.push(line.slice(1));
    if (at === start && text[at] === undefined) break;
  }
  return found;
}

/** Where the content of an entry or item ends in the text; undefined for one that was not read. */
function endOf(node: unknown): number | undefined {
  const token = (node as { srcToken?: CST.Token | CST.CollectionItem } | null)?.srcToken;
  // A bare dash has no token of its own.
  if (token === undefined) return isScalar(node) ? node.range?.[0] : undefined;
  if (isPair(node)) return itemSpan(token as CST.CollectionItem)?.end;
  return tokenSpan(token as CST.Token).end;
}
