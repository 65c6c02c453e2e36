import { ATTR_ROW } from "../../store/mod.ts";
import type { Builder } from "../build/builder.ts";
import { insertForeign } from "../build/foreign.ts";
import { current } from "../build/rules.ts";
import { isAllSpace } from "../build/space.ts";
import { BREAKOUT, FLAGS, INTEGRATION, TEXT_INTEGRATION } from "../names/flags.ts";
import { ELEMENT_CASE, MATHML, SVG } from "../names/foreign_names.ts";
import * as tag from "../names/tags.ts";

/** The adjusted current node: the context of a fragment stands for its root. */
export function adjustedTag(builder: Builder): number {
  const { open } = builder;
  return open.top === 0 && builder.context !== -1 ? builder.context : open.tags[open.top]!;
}

/** Whether a start tag is for the rules of foreign content. */
export function isForeignStart(builder: Builder, id: number): boolean {
  if (id < tag.FOREIGN) return false;
  const flags = FLAGS[id]!;
  if ((flags & TEXT_INTEGRATION) !== 0) {
    return builder.tag === tag.MGLYPH || builder.tag === tag.MALIGNMARK;
  }
  if ((flags & INTEGRATION) !== 0) return false;
  return !((id === tag.ANNOTATION_XML) && builder.tag === tag.SVG);
}

/** Whether text is for the rules of foreign content. */
export function isForeignText(id: number): boolean {
  return id >= tag.FOREIGN && (FLAGS[id]! & INTEGRATION) === 0;
}

/** Text in foreign content. */
export function textInForeign(builder: Builder): void {
  if (builder.nul) {
    const { from, to, text } = builder;
    if (builder.framesetOk && /[^\0\t\n\f\r ]/.test(text.slice(from, to))) {
      builder.framesetOk = false;
    }
    builder.replaceNuls("\ufffd");
    return builder.insertText();
  }
  builder.insertText();
  if (builder.framesetOk && !isAllSpace(builder)) builder.framesetOk = false;
}

/** A start tag in foreign content. */
export function startInForeign(builder: Builder): void {
  const id = builder.tag;
  if ((FLAGS[id]! & BREAKOUT) !== 0 || (id === tag.FONT && hasFontAttribute(builder))) {
    leaveForeign(builder);
    return current(builder).start(builder);
  }
  insertForeign(builder, adjustedTag(builder) >= tag.SVG_ROOT ? SVG : MATHML);
}

/** Closes foreign elements up to one in which HTML may be. */
function leaveForeign(builder: Builder): void {
  const { open } = builder;
  while (open.top > 0) {
    const id = open.tag;
    if (id < tag.FOREIGN || (FLAGS[id]! & INTEGRATION) !== 0) return;
    builder.pop();
  }
}

function hasFontAttribute(builder: Builder): boolean {
  const { store } = builder;
  for (let k = 0; k < builder.attrCount; k++) {
    const local = store.names.local(store.attrs[builder.attrFirst + k * ATTR_ROW]!);
    if (local === "color" || local === "face" || local === "size") return true;
  }
  return false;
}

/** An end tag in foreign content. */
export function endInForeign(builder: Builder): void {
  const { open, names } = builder;
  const id = builder.tag;
  if (id === tag.BR || id === tag.P) {
    leaveForeign(builder);
    return current(builder).end(builder);
  }
  if (open.top === 0) return;
  const local = names.local(builder.name);
  // The current node, most of the time.
  if (names.local(open.names[open.top]!).toLowerCase() === local) return builder.popTo(open.top);
  // What else it may close: numbers that are compared, and names of which none may be open.
  const svg = names.find(ELEMENT_CASE.get(local) ?? local, SVG);
  const math = names.find(local, MATHML);
  const isOpen = open.mayHave(builder.name) || open.mayHave(svg) || open.mayHave(math);
  for (let at = open.top - 1; isOpen && at > 0; at--) {
    if (open.tags[at]! < tag.FOREIGN) {
      open.searched(open.top - at);
      break;
    }
    const here = open.names[at]!;
    if (here === builder.name || here === svg || here === math) return builder.popTo(at);
  }
  current(builder).end(builder);
}
