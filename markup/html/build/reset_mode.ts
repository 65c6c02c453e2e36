import * as tag from "../names/tags.ts";
import type { Builder } from "./builder.ts";
import {
  AFTER_HEAD,
  BEFORE_HEAD,
  IN_BODY,
  IN_CAPTION,
  IN_CELL,
  IN_COLUMN_GROUP,
  IN_FRAMESET,
  IN_HEAD,
  IN_ROW,
  IN_TABLE,
  IN_TABLE_BODY,
} from "./modes.ts";

/** Finds the mode that the open elements ask for: "reset the insertion mode appropriately". */
export function resetMode(builder: Builder): void {
  builder.mode = modeFor(builder);
}

function modeFor(builder: Builder): number {
  const { open, context } = builder;
  for (let at = open.top; at >= 0; at--) {
    const last = at === 0;
    const id = last && context !== -1 ? context : open.tags[at]!;
    switch (id) {
      case tag.TD:
      case tag.TH:
        if (!last) return IN_CELL;
        break;
      case tag.TR:
        return IN_ROW;
      case tag.TBODY:
      case tag.THEAD:
      case tag.TFOOT:
        return IN_TABLE_BODY;
      case tag.CAPTION:
        return IN_CAPTION;
      case tag.COLGROUP:
        return IN_COLUMN_GROUP;
      case tag.TABLE:
        return IN_TABLE;
      case tag.TEMPLATE:
        return builder.templateModes.at(-1)!;
      case tag.HEAD:
        if (!last) return IN_HEAD;
        break;
      case tag.BODY:
        return IN_BODY;
      case tag.FRAMESET:
        return IN_FRAMESET;
      case tag.HTML:
        return builder.head === 0 ? BEFORE_HEAD : AFTER_HEAD;
    }
  }
  return IN_BODY;
}
