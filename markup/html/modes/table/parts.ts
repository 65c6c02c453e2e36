import type { Builder } from "../../build/builder.ts";
import {
  IN_BODY,
  IN_CAPTION,
  IN_CELL,
  IN_COLUMN_GROUP,
  IN_HEAD,
  IN_ROW,
  IN_TABLE,
  IN_TABLE_BODY,
} from "../../build/modes.ts";
import { appendComment, current, defineMode, ignoreDoctype, rulesOf } from "../../build/rules.ts";
import { insertLeadingSpace, insertOnlySpace } from "../../build/space.ts";
import { TABLE_SCOPE } from "../../names/flags.ts";
import * as tag from "../../names/tags.ts";
import { anyInTableScope, clearToRow, clearToTableBody, isTableBody } from "./context.ts";

const inTable = {
  text: (builder: Builder) => rulesOf(IN_TABLE).text(builder),
  comment: appendComment,
  doctype: ignoreDoctype,
  eof: (builder: Builder) => rulesOf(IN_BODY).eof(builder),
};
const inBody = { ...inTable, text: (builder: Builder) => rulesOf(IN_BODY).text(builder) };

/** Closes the caption; returns whether there was one. */
function closeCaption(builder: Builder): boolean {
  if (!builder.inScope(tag.CAPTION, TABLE_SCOPE)) return false;
  builder.impliedEndTags(0);
  builder.popUntil(tag.CAPTION);
  builder.formatting.clearToMarker();
  builder.mode = IN_TABLE;
  return true;
}

/** Whether an element is a part of a table. */
function isTablePart(id: number): boolean {
  return id === tag.CAPTION || id === tag.COL || id === tag.COLGROUP || isTableBody(id) ||
    id === tag.TD || id === tag.TH || id === tag.TR;
}

/** End tags that are ignored in parts of a table. */
function isIgnoredEnd(id: number): boolean {
  return id === tag.BODY || id === tag.CAPTION || id === tag.COL || id === tag.COLGROUP ||
    id === tag.HTML;
}

defineMode(IN_CAPTION, {
  ...inBody,
  start(builder) {
    if (!isTablePart(builder.tag)) rulesOf(IN_BODY).start(builder);
    else if (closeCaption(builder)) current(builder).start(builder);
  },
  end(builder) {
    const id = builder.tag;
    if (id === tag.CAPTION) closeCaption(builder);
    else if (id === tag.TABLE) {
      if (closeCaption(builder)) current(builder).end(builder);
    } else if (id !== tag.BODY && id !== tag.HTML && !isTablePart(id)) {
      rulesOf(IN_BODY).end(builder);
    }
  },
});

/** Closes the group of columns; returns whether there was one. */
function closeColumnGroup(builder: Builder): boolean {
  if (builder.open.tag !== tag.COLGROUP) return false;
  builder.pop();
  builder.mode = IN_TABLE;
  return true;
}

defineMode(IN_COLUMN_GROUP, {
  ...inTable,
  start(builder) {
    const id = builder.tag;
    if (id === tag.HTML) rulesOf(IN_BODY).start(builder);
    else if (id === tag.COL) builder.insertVoid();
    else if (id === tag.TEMPLATE) rulesOf(IN_HEAD).start(builder);
    else if (closeColumnGroup(builder)) current(builder).start(builder);
  },
  end(builder) {
    const id = builder.tag;
    if (id === tag.COLGROUP) closeColumnGroup(builder);
    else if (id === tag.TEMPLATE) rulesOf(IN_HEAD).end(builder);
    else if (id !== tag.COL && closeColumnGroup(builder)) current(builder).end(builder);
  },
  text(builder) {
    if (!insertLeadingSpace(builder)) return;
    if (closeColumnGroup(builder)) current(builder).text(builder);
    else insertOnlySpace(builder);
  },
});

defineMode(IN_TABLE_BODY, {
  ...inTable,
  start(builder) {
    const id = builder.tag;
    if (id === tag.TR) {
      clearToTableBody(builder);
      builder.insertHtml();
      builder.mode = IN_ROW;
    } else if (id === tag.TD || id === tag.TH) {
      clearToTableBody(builder);
      builder.insertImplied(tag.TR);
      builder.mode = IN_ROW;
      current(builder).start(builder);
    } else if (isTablePart(id)) {
      if (closeTableBody(builder)) current(builder).start(builder);
    } else rulesOf(IN_TABLE).start(builder);
  },
  end(builder) {
    const id = builder.tag;
    if (isTableBody(id)) {
      if (!builder.inScope(id, TABLE_SCOPE)) return;
      clearToTableBody(builder);
      builder.pop();
      builder.mode = IN_TABLE;
    } else if (id === tag.TABLE) {
      if (closeTableBody(builder)) current(builder).end(builder);
    } else if (!isIgnoredEnd(id) && !isTablePart(id)) rulesOf(IN_TABLE).end(builder);
  },
});

/** Closes the body of a table; returns whether there was one. */
function closeTableBody(builder: Builder): boolean {
  if (!anyInTableScope(builder, tag.TBODY, tag.THEAD, tag.TFOOT)) return false;
  clearToTableBody(builder);
  builder.pop();
  builder.mode = IN_TABLE;
  return true;
}

/** Closes the row; returns whether there was one. */
function closeRow(builder: Builder): boolean {
  if (!builder.inScope(tag.TR, TABLE_SCOPE)) return false;
  clearToRow(builder);
  builder.pop();
  builder.mode = IN_TABLE_BODY;
  return true;
}

defineMode(IN_ROW, {
  ...inTable,
  start(builder) {
    const id = builder.tag;
    if (id === tag.TD || id === tag.TH) {
      clearToRow(builder);
      builder.insertHtml();
      builder.mode = IN_CELL;
      builder.formatting.mark();
    } else if (isTablePart(id)) {
      if (closeRow(builder)) current(builder).start(builder);
    } else rulesOf(IN_TABLE).start(builder);
  },
  end(builder) {
    const id = builder.tag;
    if (id === tag.TR) closeRow(builder);
    else if (id === tag.TABLE) {
      if (closeRow(builder)) current(builder).end(builder);
    } else if (isTableBody(id)) {
      if (builder.inScope(id, TABLE_SCOPE) && closeRow(builder)) current(builder).end(builder);
    } else if (!isIgnoredEnd(id) && id !== tag.TD && id !== tag.TH) rulesOf(IN_TABLE).end(builder);
  },
});

/** Closes the cell. */
function closeCell(builder: Builder): void {
  builder.impliedEndTags(0);
  const { open } = builder;
  while (open.top > 0) {
    const id = open.tag;
    builder.pop();
    if (id === tag.TD || id === tag.TH) break;
  }
  builder.formatting.clearToMarker();
  builder.mode = IN_ROW;
}

defineMode(IN_CELL, {
  ...inBody,
  start(builder) {
    if (!isTablePart(builder.tag)) return rulesOf(IN_BODY).start(builder);
    if (!anyInTableScope(builder, tag.TD, tag.TH)) return;
    closeCell(builder);
    current(builder).start(builder);
  },
  end(builder) {
    const id = builder.tag;
    if (id === tag.TD || id === tag.TH) {
      if (!builder.inScope(id, TABLE_SCOPE)) return;
      builder.impliedEndTags(0);
      builder.popUntil(id);
      builder.formatting.clearToMarker();
      builder.mode = IN_ROW;
    } else if (id === tag.TABLE || id === tag.TR || isTableBody(id)) {
      if (!builder.inScope(id, TABLE_SCOPE)) return;
      closeCell(builder);
      current(builder).end(builder);
    } else if (!isIgnoredEnd(id)) rulesOf(IN_BODY).end(builder);
  },
});
