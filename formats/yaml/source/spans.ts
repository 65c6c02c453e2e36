// Where the parts of a document stand in its text, from the tokens of npm yaml's parser.

import type { CST } from "yaml";

/** From an offset up to another. */
export interface Span {
  start: number;
  end: number;
}

/** An entry of a mapping, or an item of a sequence. */
export interface EntrySpan extends Span {
  /** Behind the `:` or `-`, or where the value of a bare item begins. */
  indicator: number;
  /** Behind the value's anchor and tag, or the same as `indicator`. */
  props: number;
  /** The anchor and tag themselves. */
  anchor: Span | undefined;
  tag: Span | undefined;
  /** Whether a key has no `:`, as in `{ a }`. */
  bare: boolean;
  /** The value; undefined when nothing is written. */
  value: Span | undefined;
}

const TRIVIA: ReadonlySet<string> = new Set(["space", "newline", "comment", "comma"]);

/** Offset of the first character of a line. */
export function lineStart(text: string, offset: number): number {
  // A negative position would be taken for the first.
  return offset > 0 ? text.lastIndexOf("\n", offset - 1) + 1 : 0;
}

/** Offset of a line's break, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** Columns before an offset. */
export function column(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** The tokens that are content, neither white space nor comments. */
function significant(tokens: readonly CST.SourceToken[] | undefined): CST.SourceToken[] {
  return (tokens ?? []).filter(({ type }) => !TRIVIA.has(type));
}

/** From the first character of a token's content to behind its last; comments behind it are not content. */
export function tokenSpan(token: CST.Token): Span {
  const start = token.offset;
  switch (token.type) {
    case "block-scalar": {
      const last = token.props.at(-1)!;
      const from = last.offset + ("source" in last ? last.source.length : 0);
      let end = from + token.source.length;
      const header = token.props.find(({ type }) => type === "block-scalar-header");
      const keeps = header !== undefined && "source" in header && header.source.includes("+");
      const breaks = /(?:\r?\n[ \t]*)*$/.exec(token.source)!;
      // The last line's break belongs to the line, those behind it only to `|+`.
      if (!keeps) end -= breaks[0].length;
      else if (token.source.endsWith("\n")) end -= token.source.endsWith("\r\n") ? 2 : 1;
      return { start, end: Math.max(end, headerEnd(token)) };
    }
    case "flow-collection":
      return { start, end: (token.end[0]?.offset ?? start) + 1 };
    case "block-map":
    case "block-seq": {
      for (const item of token.items.toReversed()) {
        const span = itemSpan(item);
        if (span !== undefined) return { start, end: span.end };
      }
      return { start, end: start };
    }
    default:
      return { start, end: start + ("source" in token ? token.source.length : 0) };
  }
}

/** Behind a block scalar's header and the comment beside it. */
function headerEnd(token: CST.BlockScalar): number {
  const header = token.props.find(({ type }) => type === "block-scalar-header")!;
  return header.offset + (header as CST.SourceToken).source.length;
}

/** A collection's item; undefined for one that is only comments. */
export function itemSpan(item: CST.CollectionItem): EntrySpan | undefined {
  const before = significant(item.start);
  const between = significant(item.sep);
  const first = before[0]?.offset ?? item.key?.offset ?? between[0]?.offset ?? item.value?.offset;
  if (first === undefined) return undefined;
  const isEntry = item.key !== undefined || between.length > 0;
  const tokens = isEntry ? between : before;
  let indicator = first;
  let anchor: Span | undefined;
  let tag: Span | undefined;
  for (const { type, offset, source } of tokens) {
    const span = { start: offset, end: offset + source.length };
    if (type === "anchor") anchor = span;
    else if (type === "tag") tag = span;
    else {
      indicator = span.end;
      anchor = tag = undefined;
    }
  }
  const bare = isEntry && between.length === 0;
  if (bare && item.key) indicator = tokenSpan(item.key).end;
  const props = Math.max(indicator, anchor?.end ?? 0, tag?.end ?? 0);
  const value = item.value === undefined ? undefined : tokenSpan(item.value);
  return { start: first, end: value?.end ?? props, indicator, props, anchor, tag, bare, value };
}

/** The items of a collection that are more than comments, as the nodes have them. */
export function itemSpans(
  token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection,
): EntrySpan[] {
  return token.items.map(itemSpan).filter((span) => span !== undefined);
}
