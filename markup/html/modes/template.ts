import type { Builder } from "../build/builder.ts";
import {
  IN_BODY,
  IN_COLUMN_GROUP,
  IN_HEAD,
  IN_ROW,
  IN_TABLE,
  IN_TABLE_BODY,
  IN_TEMPLATE,
} from "../build/modes.ts";
import { resetMode } from "../build/reset_mode.ts";
import { appendComment, current, defineMode, ignoreDoctype, rulesOf } from "../build/rules.ts";
import * as tag from "../names/tags.ts";

/** The mode that a start tag in a template asks for. */
function modeOf(id: number): number {
  switch (id) {
    case tag.CAPTION:
    case tag.COLGROUP:
    case tag.TBODY:
    case tag.TFOOT:
    case tag.THEAD:
      return IN_TABLE;
    case tag.COL:
      return IN_COLUMN_GROUP;
    case tag.TR:
      return IN_TABLE_BODY;
    case tag.TD:
    case tag.TH:
      return IN_ROW;
    default:
      return IN_BODY;
  }
}

function isForHead(id: number): boolean {
  return id === tag.BASE || id === tag.BASEFONT || id === tag.BGSOUND || id === tag.LINK ||
    id === tag.META || id === tag.NOFRAMES || id === tag.SCRIPT || id === tag.STYLE ||
    id === tag.TEMPLATE || id === tag.TITLE;
}

defineMode(IN_TEMPLATE, {
  start(builder: Builder) {
    const id = builder.tag;
    if (isForHead(id)) return rulesOf(IN_HEAD).start(builder);
    const mode = modeOf(id);
    builder.templateModes.pop();
    builder.templateModes.push(mode);
    builder.mode = mode;
    current(builder).start(builder);
  },
  end(builder) {
    if (builder.tag === tag.TEMPLATE) rulesOf(IN_HEAD).end(builder);
  },
  text: (builder) => rulesOf(IN_BODY).text(builder),
  comment: appendComment,
  doctype: ignoreDoctype,
  eof(builder) {
    if (builder.open.templates === 0) return true;
    builder.popUntil(tag.TEMPLATE);
    builder.formatting.clearToMarker();
    builder.templateModes.pop();
    resetMode(builder);
    return false;
  },
});
