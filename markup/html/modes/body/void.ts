import { ATTR_ROW } from "../../../store/mod.ts";
import { reconstruct } from "../../build/adoption.ts";
import type { Builder } from "../../build/builder.ts";
import { SCOPE } from "../../names/flags.ts";
import { NAME_OF_TAG } from "../../names/html_names.ts";
import * as tag from "../../names/tags.ts";

/** A field of a form; it closes a select. */
export function startInput(builder: Builder): void {
  if (builder.context === tag.SELECT) return;
  if (builder.inScope(tag.SELECT, SCOPE)) builder.popUntil(tag.SELECT);
  reconstruct(builder);
  builder.insertVoid();
  if (!isHidden(builder)) builder.framesetOk = false;
}

/** Whether the current tag has `type=hidden`. */
export function isHidden(builder: Builder): boolean {
  const { store } = builder;
  const type = store.names.find("type");
  for (let k = 0; k < builder.attrCount; k++) {
    const row = builder.attrFirst + k * ATTR_ROW;
    if (store.attrs[row] === type) return store.attributeText(row).toLowerCase() === "hidden";
  }
  return false;
}

/** A rule. */
export function startHr(builder: Builder): void {
  builder.closeP();
  if (builder.inScope(tag.SELECT, SCOPE)) builder.impliedEndTags(0);
  builder.insertVoid();
  builder.framesetOk = false;
}

/** An `image` is an `img`. */
export function startImage(builder: Builder): void {
  builder.tag = tag.IMG;
  builder.name = NAME_OF_TAG[tag.IMG]!;
  reconstruct(builder);
  builder.insertVoid();
  builder.framesetOk = false;
}
