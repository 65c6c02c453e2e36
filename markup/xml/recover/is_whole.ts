import type { TagReader } from "./tag_reader.ts";

/** A document type without its subset: up to what ends it, begins the subset, or is a quote without its twin. */
const DOCTYPE = /<!DOCTYPE(?:"[^"]*"|'[^']*'|[^"'>[])*/iy;
const SUBSET_END = /\]\s*>/g;
const TAG_END = /\s*/y;
/** Length of the longest mark that begins a piece. */
const MARK = 9;

function has(text: string, mark: string, from: number): boolean {
  return text.indexOf(mark, from) !== -1;
}

/**
 * Whether what begins at an offset has its end in the text that is there: what is read of it then does not depend on what
 * follows, and so not on where a document was cut.
 *
 * @param text The document, as far as it is there.
 * @param at Where the piece begins.
 * @param rooted Whether the root has begun.
 * @param tags Reads tags.
 */
export function isWhole(text: string, at: number, rooted: boolean, tags: TagReader): boolean {
  if (text[at] !== "<") return has(text, "<", at);
  const sign = text[at + 1];
  if (sign === undefined) return false;
  if (sign === "?") return has(text, "?>", at + 2);
  if (sign === "!") {
    if (text.startsWith("<!--", at)) return has(text, "-->", at + 4);
    if (text.startsWith("<![CDATA[", at)) return has(text, "]]>", at + MARK);
    if (text.length < at + MARK) return false;
    return rooted || !/^<!DOCTYPE/i.test(text.slice(at, at + MARK)) || isWholeType(text, at);
  }
  if (sign === "/") {
    TAG_END.lastIndex = at + 2 + tags.nameAt(at + 2).length;
    TAG_END.test(text);
    return TAG_END.lastIndex < text.length;
  }
  return !tags.startsName(at + 1) || tags.isWhole(at);
}

function isWholeType(text: string, at: number): boolean {
  DOCTYPE.lastIndex = at;
  DOCTYPE.test(text);
  const end = DOCTYPE.lastIndex;
  if (text[end] !== "[") return text[end] === ">";
  SUBSET_END.lastIndex = end;
  return SUBSET_END.test(text);
}
