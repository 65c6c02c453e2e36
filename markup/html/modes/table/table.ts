import type { Builder } from "../../build/builder.ts";
import {
  IN_BODY,
  IN_CAPTION,
  IN_COLUMN_GROUP,
  IN_HEAD,
  IN_TABLE,
  IN_TABLE_BODY,
  IN_TABLE_TEXT,
} from "../../build/modes.ts";
import { resetMode } from "../../build/reset_mode.ts";
import { appendComment, current, defineMode, ignoreDoctype, rulesOf } from "../../build/rules.ts";
import { FLAGS, FOSTER, TABLE_SCOPE } from "../../names/flags.ts";
import * as tag from "../../names/tags.ts";
import { isHidden } from "../body/void.ts";
import { clearToTable } from "./context.ts";

/** Lets the rules of the body decide, with content going in front of the table. */
function fostered(builder: Builder, step: (builder: Builder) => void): void {
  const before = builder.fostering;
  builder.fostering = true;
  step(builder);
  builder.fostering = before;
}

/** A start tag that does not belong into a table. */
function startFostered(builder: Builder): void {
  fostered(builder, rulesOf(IN_BODY).start);
}

function startInTable(builder: Builder): void {
  switch (builder.tag) {
    case tag.CAPTION:
      clearToTable(builder);
      builder.formatting.mark();
      builder.insertHtml();
      builder.mode = IN_CAPTION;
      return;
    case tag.COLGROUP:
      clearToTable(builder);
      builder.insertHtml();
      builder.mode = IN_COLUMN_GROUP;
      return;
    case tag.COL:
      clearToTable(builder);
      builder.insertImplied(tag.COLGROUP);
      builder.mode = IN_COLUMN_GROUP;
      return current(builder).start(builder);
    case tag.TBODY:
    case tag.TFOOT:
    case tag.THEAD:
      clearToTable(builder);
      builder.insertHtml();
      builder.mode = IN_TABLE_BODY;
      return;
    case tag.TD:
    case tag.TH:
    case tag.TR:
      clearToTable(builder);
      builder.insertImplied(tag.TBODY);
      builder.mode = IN_TABLE_BODY;
      return current(builder).start(builder);
    case tag.TABLE:
      if (!builder.inScope(tag.TABLE, TABLE_SCOPE)) return;
      builder.popUntil(tag.TABLE);
      resetMode(builder);
      return current(builder).start(builder);
    case tag.STYLE:
    case tag.SCRIPT:
    case tag.TEMPLATE:
      return rulesOf(IN_HEAD).start(builder);
    case tag.INPUT:
      if (isHidden(builder)) return builder.insertVoid();
      break;
    case tag.FORM:
      if (builder.open.templates > 0 || builder.form !== 0) return;
      builder.form = builder.insertHtml();
      builder.open.pop();
      return;
  }
  startFostered(builder);
}

function endInTable(builder: Builder): void {
  switch (builder.tag) {
    case tag.TABLE:
      if (!builder.inScope(tag.TABLE, TABLE_SCOPE)) return;
      builder.popUntil(tag.TABLE);
      return resetMode(builder);
    case tag.BODY:
    case tag.CAPTION:
    case tag.COL:
    case tag.COLGROUP:
    case tag.HTML:
    case tag.TBODY:
    case tag.TD:
    case tag.TFOOT:
    case tag.TH:
    case tag.THEAD:
    case tag.TR:
      return;
    case tag.TEMPLATE:
      return rulesOf(IN_HEAD).end(builder);
  }
  fostered(builder, rulesOf(IN_BODY).end);
}

/** Text in a table: it is collected until something else comes, for all of it goes in front if one character has to. */
function textInTable(builder: Builder): void {
  const id = builder.open.tag;
  if ((FLAGS[id]! & FOSTER) === 0 && id !== tag.TEMPLATE) {
    return fostered(builder, rulesOf(IN_BODY).text);
  }
  if (builder.plain && !builder.nul && isBeforeTag(builder) && isSpaceOnly(builder)) {
    return builder.insertText();
  }
  builder.tableText = "";
  builder.tableFrom = -1;
  builder.originalMode = builder.mode;
  builder.mode = IN_TABLE_TEXT;
  collect(builder);
}

/** Whether a tag follows, so that no other text does. */
function isBeforeTag(builder: Builder): boolean {
  const { source, pos } = builder;
  const next = source.charCodeAt(pos + 1);
  const small = (next === 47 ? source.charCodeAt(pos + 2) : next) | 32;
  return small >= 97 && small <= 122;
}

function collect(builder: Builder): void {
  if (builder.nul) builder.replaceNuls("");
  const { from, to } = builder;
  if (from >= to) return;
  if (builder.plain && builder.tableText === "") {
    if (builder.tableFrom === -1) {
      builder.tableFrom = from;
      builder.tableTo = to;
      return;
    }
    if (builder.tableTo === from) {
      builder.tableTo = to;
      return;
    }
  }
  if (builder.tableFrom !== -1) {
    builder.tableText = builder.source.slice(builder.tableFrom, builder.tableTo);
    builder.tableFrom = -1;
  }
  builder.tableText += builder.text.slice(from, to);
}

/** Puts the collected text where it belongs, and goes back to the mode before. */
function flush(builder: Builder): void {
  builder.mode = builder.originalMode;
  if (builder.tableFrom === -1) builder.takeString(builder.tableText);
  else builder.takeKnown(builder.tableFrom, builder.tableTo);
  builder.tableText = "";
  builder.tableFrom = -1;
  if (isSpaceOnly(builder)) return builder.insertText();
  fostered(builder, rulesOf(IN_BODY).text);
}

function isSpaceOnly(builder: Builder): boolean {
  const { text, to } = builder;
  for (let at = builder.from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 32 || (unit !== 32 && unit !== 10 && unit !== 9 && unit !== 12 && unit !== 13)) {
      return false;
    }
  }
  return true;
}

defineMode(IN_TABLE, {
  start: startInTable,
  end: endInTable,
  text: textInTable,
  comment: appendComment,
  doctype: ignoreDoctype,
  eof: (builder) => rulesOf(IN_BODY).eof(builder),
});

defineMode(IN_TABLE_TEXT, {
  start(builder) {
    flush(builder);
    current(builder).start(builder);
  },
  end(builder) {
    flush(builder);
    current(builder).end(builder);
  },
  text: collect,
  comment(builder, position) {
    const { text, from, to, plain } = builder;
    flush(builder);
    builder.text = text;
    builder.from = from;
    builder.to = to;
    builder.plain = plain;
    current(builder).comment(builder, position);
  },
  doctype: flush,
  eof(builder) {
    flush(builder);
    return false;
  },
});
