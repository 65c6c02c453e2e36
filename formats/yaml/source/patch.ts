// The three changes of a YAML text: another value in a place, one more entry, one less.

import type { CST } from "yaml";
import {
  column,
  type EntrySpan,
  itemSpans,
  lineEnd,
  lineStart,
  type Span,
  tokenSpan,
} from "./spans.ts";
import type { TextLayout } from "./layout.ts";
import type { Splice } from "./splice.ts";

/** A value's text: on one line, or a first line's part and lines below it. */
export interface Rendered {
  /** What stands behind the indicator; empty for a block collection. */
  inline: string;
  /** Lines below, not indented. */
  lines: readonly string[];
}

/** A collection as the parser saw it. */
export type CollectionToken = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

/** A place for a value: an item of a collection, or the root of a document. */
export interface Place {
  /** The collection, or undefined for the root. */
  parent: CollectionToken | undefined;
  /** The item's span. */
  span: EntrySpan;
  /** The value's token; undefined where nothing is written. */
  value: CST.Token | undefined;
}

/** Puts another value in a place. An anchor stays, and so does a tag if `keepTag` says so. */
export function replaceAt(
  text: string,
  place: Place,
  way: Rendered,
  layout: TextLayout,
  keepTag: boolean,
): Splice[] {
  const { span, value } = place;
  const splices: Splice[] = [];
  if (span.tag !== undefined && !keepTag) {
    splices.push({ ...span.tag, end: skipBlanks(text, span.tag.end), text: "" });
  }
  const props = span.anchor !== undefined || (span.tag !== undefined && keepTag);
  const gap = span.value === undefined ? "" : text.slice(span.props, span.value.start);
  const below = gap.includes("\n");
  const lines = indented(way.lines, linesColumn(text, place, way, layout), layout.eol);
  if (way.lines.length === 0 || way.inline !== "") {
    // On the line, perhaps with the lines of a block scalar below.
    const note = comment(text, value);
    const block = value?.type.startsWith("block");
    if (span.value !== undefined && below && !block && lines === "") {
      splices.push({ ...span.value, text: way.inline });
    } else if (span.value === undefined || below) {
      const inline = `${span.bare ? ":" : ""} ${way.inline}`;
      splices.push({ start: span.props, end: span.props, text: inline });
      if (span.value !== undefined) splices.push(cutLines(text, span.value));
      if (lines !== "") splices.push(insertBelow(text, span.props, lines, layout));
    } else {
      const end = lines === "" ? span.value.end : lineEnd(text, span.value.end);
      const rest = note + text.slice(span.value.end, end);
      const tail = lines === "" ? "" : layout.eol + lines;
      splices.push({ start: span.value.start, end, text: way.inline + rest + tail });
    }
    return splices;
  }
  if (span.value !== undefined && below) {
    splices.push({ start: lineStart(text, span.value.start), end: span.value.end, text: lines });
    return splices;
  }
  const compact = place.parent?.type === "block-seq" || place.parent === undefined;
  if (compact && !props && isFree(text, span, place)) {
    // The first line stands behind the dash, or at the root's own line.
    const first = lines.trimStart();
    if (span.value === undefined) {
      const space = place.parent === undefined ? "" : " ";
      splices.push({ start: span.props, end: span.props, text: space + first });
    } else splices.push({ ...span.value, text: first + comment(text, value) });
    return splices;
  }
  const end = span.value?.end ?? span.props;
  splices.push({ start: span.props, end, text: comment(text, value) });
  splices.push(insertBelow(text, end, lines, layout));
  return splices;
}

/** Adds an entry `key: value`, or an item, behind the others of a collection. */
export function insertInto(
  text: string,
  token: CollectionToken,
  key: string | undefined,
  way: Rendered,
  layout: TextLayout,
): Splice[] {
  if (token.type === "flow-collection") return insertInline(text, token, key, way, layout);
  const spans = itemSpans(token);
  const last = spans.at(-1)!;
  const indent = column(text, spans[0]!.start);
  const pad = " ".repeat(indent);
  const head = pad + (key === undefined ? "-" : `${key}:`);
  let body: string;
  if (way.inline !== "" || way.lines.length === 0) {
    const inner = key === undefined ? indent + 2 : indent + layout.indent;
    body = `${head} ${way.inline}`;
    if (way.lines.length > 0) body += layout.eol + indented(way.lines, inner, layout.eol);
  } else if (key === undefined) {
    body = `${head} ${indented(way.lines, indent + 2, layout.eol).trimStart()}`;
  } else {
    const inner = isSequence(way) && !layout.indentSequences ? indent : indent + layout.indent;
    body = head + layout.eol + indented(way.lines, inner, layout.eol);
  }
  return [insertBelow(text, last.end, body, layout)];
}

function insertInline(
  text: string,
  token: CST.FlowCollection,
  key: string | undefined,
  way: Rendered,
  layout: TextLayout,
): Splice[] {
  const entry = key === undefined ? way.inline : `${key}: ${way.inline}`;
  const spans = itemSpans(token);
  const open = token.offset + 1;
  const close = token.end[0]!.offset;
  const last = spans.at(-1);
  if (last === undefined) {
    const inner = text.slice(open, close);
    if (inner.trim() !== "") return [{ start: open, end: open, text: ` ${entry}` }];
    const space = layout.padding ? " " : "";
    return [{ start: open, end: close, text: space + entry + space }];
  }
  const before = text.slice(lineStart(text, last.start), last.start);
  const alone = before.trim() === "" && last.start > lineStart(text, last.start);
  const comma = commas(token).find((offset) => offset >= last.end);
  const end = comma === undefined ? last.end : comma + 1;
  const mark = comma === undefined ? [{ start: last.end, end: last.end, text: "," }] : [];
  const tail = comma === undefined ? "" : ",";
  if (!alone) return [...mark, { start: end, end, text: ` ${entry}${tail}` }];
  const rest = text.slice(end, lineEnd(text, end));
  const at = /^[ \t]*(?:#|$)/.test(rest) ? lineEnd(text, end) : end;
  return [...mark, { start: at, end: at, text: layout.eol + before + entry + tail }];
}

/** Takes an item out of a collection that has others. No comment goes but those within the item. */
export function removeFrom(text: string, token: CollectionToken, index: number): Splice[] {
  const spans = itemSpans(token);
  const { start, end } = spans[index]!;
  if (token.type === "flow-collection") return removeInline(text, token, spans, index);
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  const rest = text.slice(end, to);
  if (text.slice(from, start).trim() !== "") {
    // Behind a dash: the next entry takes its place, unless there is something between.
    const next = spans[index + 1];
    if (next !== undefined && text.slice(end, next.start).trim() === "") {
      return [{ start, end: next.start, text: "" }];
    }
    return [{ start, end: skipBlanks(text, end), text: "" }];
  }
  if (rest.trim() !== "") return [{ start, end: skipBlanks(text, end), text: "" }];
  if (to < text.length) return [{ start: from, end: text.indexOf("\n", to) + 1, text: "" }];
  // The last line, without a break: the one before it goes.
  const before = from > 1 && text[from - 2] === "\r" ? from - 2 : from - 1;
  return [{ start: Math.max(before, 0), end: to, text: "" }];
}

function removeInline(
  text: string,
  token: CST.FlowCollection,
  spans: readonly EntrySpan[],
  index: number,
): Splice[] {
  const { start, end } = spans[index]!;
  const all = commas(token);
  const after = all.find((offset) => offset >= end);
  const next = spans[index + 1];
  if (after !== undefined && (next === undefined || after < next.start)) {
    if (text.slice(end, after).trim() !== "") {
      return [{ start, end, text: "" }, { start: after, end: after + 1, text: "" }];
    }
    const from = lineStart(text, start);
    const to = lineEnd(text, after);
    const isLine = text.slice(from, start).trim() === "" && text.slice(after + 1, to).trim() === "";
    if (isLine && from > 0 && to < text.length) {
      return [{ start: from, end: text.indexOf("\n", to) + 1, text: "" }];
    }
    return [{ start, end: skipBlanks(text, after + 1), text: "" }];
  }
  const before = all.findLast((offset) => offset < start);
  if (before === undefined) return [{ start, end, text: "" }];
  if (text.slice(before + 1, start).trim() === "") return [{ start: before, end, text: "" }];
  return [{ start: before, end: before + 1, text: "" }, { start, end, text: "" }];
}

/** Offsets of the commas between the items of a flow collection. */
function commas(token: CST.FlowCollection): number[] {
  return token.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === "comma").map(({ offset }) => offset)
  );
}

/** The column at which lines below go. */
function linesColumn(text: string, place: Place, way: Rendered, layout: TextLayout): number {
  const { parent, span, value } = place;
  const isSame = way.inline === "" &&
    value?.type === (isSequence(way) ? "block-seq" : "block-map");
  if (isSame) return column(text, value!.offset);
  if (parent === undefined) return way.inline === "" ? 0 : layout.indent;
  const indent = column(text, span.start);
  if (parent.type === "block-seq") return indent + Math.max(2, span.indicator - span.start + 1);
  if (way.inline === "" && isSequence(way) && !layout.indentSequences) return indent;
  return indent + layout.indent;
}

function isSequence(way: Rendered): boolean {
  return way.inline === "" && /^-(?: |$)/.test(way.lines[0] ?? "");
}

function indented(lines: readonly string[], indent: number, eol: string): string {
  const pad = " ".repeat(indent);
  return lines.map((line) => line === "" ? "" : pad + line).join(eol);
}

/** Whether a block may begin where the value stands, or would: behind a dash, or at the start of the root's line. */
function isFree(text: string, span: EntrySpan, place: Place): boolean {
  if (place.parent !== undefined) return true;
  return column(text, span.value?.start ?? span.props) === 0;
}

/** The comment beside a block scalar's header, which goes with it otherwise. */
function comment(text: string, value: CST.Token | undefined): string {
  if (value?.type !== "block-scalar") return "";
  const note = value.props.find(({ type }) => type === "comment");
  return note === undefined ? "" : ` ${text.slice(note.offset, lineEnd(text, note.offset))}`;
}

/** Cuts a value that stands on lines of its own; a comment behind it stays. */
function cutLines(text: string, { start, end }: Span): Splice {
  const to = lineEnd(text, end);
  if (text.slice(end, to).trim() !== "") return { start, end: skipBlanks(text, end), text: "" };
  const from = lineStart(text, start);
  if (to < text.length) return { start: from, end: text.indexOf("\n", to) + 1, text: "" };
  return { start: from, end: to, text: "" };
}

/** Puts lines below the line of an offset. */
function insertBelow(text: string, offset: number, lines: string, layout: TextLayout): Splice {
  const at = lineEnd(text, offset);
  return { start: at, end: at, text: layout.eol + lines };
}

function skipBlanks(text: string, offset: number): number {
  while (text[offset] === " " || text[offset] === "\t") offset++;
  return offset;
}

/** The root of a document as a place. */
export function rootPlace(document: CST.Document): Place {
  const { value, start } = document;
  const marker = start.findLast(({ type }) => type === "doc-start");
  const from = marker === undefined ? document.offset : marker.offset + marker.source.length;
  const find = (type: string): Span | undefined => {
    const token = start.find((token) => token.type === type);
    return token && { start: token.offset, end: token.offset + token.source.length };
  };
  const anchor = find("anchor");
  const tag = find("tag");
  const props = Math.max(from, anchor?.end ?? 0, tag?.end ?? 0);
  const span = value === undefined ? undefined : tokenSpan(value);
  return {
    parent: undefined,
    value,
    span: {
      start: from,
      end: span?.end ?? props,
      indicator: from,
      props,
      anchor,
      tag,
      bare: false,
      value: span,
    },
  };
}
