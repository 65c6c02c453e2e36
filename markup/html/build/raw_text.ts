import * as tag from "../names/tags.ts";
import { findEndTag, findScriptEnd } from "../scan/raw_text.ts";
import { readTag } from "../scan/tag.ts";
import type { Builder } from "./builder.ts";

/**
 * Inserts an element whose content is text up to its end tag, with that text, and closes it.
 *
 * @param builder The current tag is the element's.
 * @param references Whether references are replaced in the text.
 */
export function insertRawText(builder: Builder, references: boolean): void {
  const id = builder.tag;
  builder.insertHtml();
  let start = builder.pos;
  const source = builder.source;
  const end = id === tag.SCRIPT
    ? findScriptEnd(builder, start)
    : findEndTag(builder, start, tag.HTML_TAGS[id - 1]!);
  const fallsAway = id === tag.TEXTAREA;
  if (fallsAway && source.charCodeAt(start) === 10) start++;
  if (references) builder.takeText(start, end);
  else builder.takeRaw(start, end);
  if (fallsAway && !builder.plain && start === builder.pos && builder.text.startsWith("\n")) {
    builder.from++;
  }
  if (builder.nul) {
    if (builder.plain || builder.text.includes("\0")) builder.replaceNuls("\ufffd");
  }
  builder.insertText();
  builder.pop();
  if (end === source.length) {
    builder.error("eof-in-element-that-can-contain-only-text", end);
    builder.pos = end;
  } else if (readTag(builder, end, end + 2)) builder.store.attrEnd = builder.attrFirst;
  else endInTag(builder);
}

/** The source ends in a tag, of which nothing comes. */
export function endInTag(builder: Builder): void {
  builder.error("eof-in-tag", builder.source.length);
  builder.pos = builder.source.length;
}
