import { reconstruct } from "../../build/adoption.ts";
import type { Builder } from "../../build/builder.ts";
import { SCOPE } from "../../names/flags.ts";
import * as tag from "../../names/tags.ts";

/*
 * The standard's rules since selects may hold more than options: there are no modes of their own any more.
 */

/** A select in a select closes it. */
export function startSelect(builder: Builder): void {
  if (builder.context === tag.SELECT) return;
  if (builder.inScope(tag.SELECT, SCOPE)) return builder.popUntil(tag.SELECT);
  reconstruct(builder);
  builder.insertHtml();
  builder.framesetOk = false;
}

/** Opens an option. */
export function startOption(builder: Builder): void {
  if (builder.inScope(tag.SELECT, SCOPE)) builder.impliedEndTags(tag.OPTGROUP);
  else if (builder.open.tag === tag.OPTION) builder.pop();
  reconstruct(builder);
  builder.insertHtml();
}

/** Opens a group of options. */
export function startOptgroup(builder: Builder): void {
  if (builder.inScope(tag.SELECT, SCOPE)) builder.impliedEndTags(0);
  else if (builder.open.tag === tag.OPTION) builder.pop();
  reconstruct(builder);
  builder.insertHtml();
}
