import type { Builder } from "./build/builder.ts";
import { endInTag } from "./build/raw_text.ts";
import { current, END, START, TEXTS } from "./build/rules.ts";
import { fillSelectedContents } from "./build/selected_content.ts";
import {
  adjustedTag,
  endInForeign,
  isForeignStart,
  isForeignText,
  startInForeign,
  textInForeign,
} from "./modes/foreign.ts";
import "./modes/mod.ts";
import { FOREIGN } from "./names/tags.ts";
import { readBogusComment, readComment } from "./scan/comment.ts";
import { readDoctype } from "./scan/doctype.ts";
import { readTag } from "./scan/tag.ts";
import { readText, reportOpen } from "./scan/text.ts";

/** Reads the source of a builder to its end and builds the tree. */
export function buildTree(builder: Builder): void {
  try {
    while (builder.pos < builder.source.length) {
      const { source, pos: at } = builder;
      if (source.charCodeAt(at) !== 60) {
        text(builder, at);
        continue;
      }
      const next = source.charCodeAt(at + 1);
      const small = next | 32;
      if (small >= 97 && small <= 122) {
        if (readTag(builder, at, at + 1)) startTag(builder);
        else endInTag(builder);
      } else if (next === 47) endTag(builder, at);
      else otherMarkup(builder, at, next);
    }
    while (!current(builder).eof(builder));
    if (builder.selectedContents.length > 0) fillSelectedContents(builder);
  } finally {
    builder.open.close();
  }
}

/** What begins with `<`, and is neither a start tag nor an end tag. */
function otherMarkup(builder: Builder, at: number, next: number): void {
  if (next === 33) declaration(builder, at);
  else if (next === 63) {
    builder.error("unexpected-question-mark-instead-of-tag-name", at + 1);
    readBogusComment(builder, at + 1);
    comment(builder, at);
  } else {
    reportOpen(builder, at);
    text(builder, at);
  }
}

function text(builder: Builder, start: number): void {
  readText(builder, start);
  if (builder.skipLineFeed) {
    builder.skipLineFeed = false;
    if (builder.text.charCodeAt(builder.from) === 10 && ++builder.from === builder.to) return;
  }
  process(builder);
}

function process(builder: Builder): void {
  if (builder.open.top >= 0 && isForeignText(adjustedTag(builder))) textInForeign(builder);
  else TEXTS[builder.mode]!(builder);
}

function startTag(builder: Builder): void {
  builder.skipLineFeed = false;
  if (builder.open.top >= 0) {
    const id = adjustedTag(builder);
    if (id >= FOREIGN && isForeignStart(builder, id)) return startInForeign(builder);
  }
  START[builder.mode]!(builder);
}

/** What begins with `</`. */
function endTag(builder: Builder, at: number): void {
  const small = builder.source.charCodeAt(at + 2) | 32;
  if (!(small >= 97 && small <= 122)) return otherEndTag(builder, at);
  builder.skipLineFeed = false;
  if (!readTag(builder, at, at + 2)) return endInTag(builder);
  if (builder.attrCount > 0 || builder.selfClosing) dropAttributes(builder, at);
  if (builder.open.top >= 0 && adjustedTag(builder) >= FOREIGN) endInForeign(builder);
  else END[builder.mode]!(builder);
}

/** An end tag has no attributes. */
function dropAttributes(builder: Builder, at: number): void {
  if (builder.attrCount > 0) {
    builder.error("end-tag-with-attributes", at);
    builder.store.attrEnd = builder.attrFirst;
    builder.attrCount = 0;
  }
  if (builder.selfClosing) builder.error("end-tag-with-trailing-solidus", at);
}

/** What begins with `</` and has no name. */
function otherEndTag(builder: Builder, at: number): void {
  const next = builder.source.charCodeAt(at + 2);
  if (next === 62) {
    builder.error("missing-end-tag-name", at + 2);
    builder.pos = at + 3;
  } else if (next !== next) {
    builder.error("eof-before-tag-name", at + 2);
    text(builder, at);
  } else {
    builder.error("invalid-first-character-of-tag-name", at + 2);
    readBogusComment(builder, at + 2);
    comment(builder, at);
  }
}

function comment(builder: Builder, at: number): void {
  builder.skipLineFeed = false;
  if (builder.open.top >= 0 && adjustedTag(builder) >= FOREIGN) builder.insertComment(at, 0);
  else current(builder).comment(builder, at);
}

/** What begins with `<!`. */
function declaration(builder: Builder, at: number): void {
  const { source } = builder;
  if (source.startsWith("--", at + 2)) {
    readComment(builder, at + 4);
    return comment(builder, at);
  }
  if (source.slice(at + 2, at + 9).toLowerCase() === "doctype") {
    builder.skipLineFeed = false;
    const token = readDoctype(builder, at + 9);
    return current(builder).doctype(builder, token);
  }
  if (source.startsWith("[CDATA[", at + 2)) {
    if (builder.open.top >= 0 && adjustedTag(builder) >= FOREIGN) return cdata(builder, at + 9);
    builder.error("cdata-in-html-content", at);
  } else builder.error("incorrectly-opened-comment", at);
  readBogusComment(builder, at + 2);
  comment(builder, at);
}

function cdata(builder: Builder, start: number): void {
  const { source } = builder;
  let end = source.indexOf("]]>", start);
  if (end === -1) {
    builder.error("eof-in-cdata", source.length);
    end = source.length;
  }
  builder.takeRaw(start, end);
  builder.pos = Math.min(end + 3, source.length);
  if (start < end) process(builder);
}
