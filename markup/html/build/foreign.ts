import { ATTR_ROW, type NameTable } from "../../store/mod.ts";
import { reconstruct } from "./adoption.ts";
import type { Builder } from "./builder.ts";
import {
  ATTRIBUTE_CASE,
  ELEMENT_CASE,
  FOREIGN_ATTRIBUTES,
  MATHML,
  SVG,
} from "../names/foreign_names.ts";
import * as tag from "../names/tags.ts";

const MATH_TAGS: Readonly<Record<string, number>> = {
  math: tag.MATH_ROOT,
  mi: tag.MI,
  mo: tag.MO,
  mn: tag.MN,
  ms: tag.MS,
  mtext: tag.MTEXT,
  "annotation-xml": tag.ANNOTATION_XML,
};
const SVG_TAGS: Readonly<Record<string, number>> = {
  svg: tag.SVG_ROOT,
  foreignObject: tag.FOREIGN_OBJECT,
  desc: tag.DESC,
  title: tag.SVG_TITLE,
};

/** The element that a name of SVG or MathML is. */
export function foreignTag(uri: string, local: string): number {
  return uri === SVG
    ? Object.hasOwn(SVG_TAGS, local) ? SVG_TAGS[local]! : tag.OTHER_SVG
    : Object.hasOwn(MATH_TAGS, local)
    ? MATH_TAGS[local]!
    : tag.OTHER_MATH;
}

/** Names of attributes that foreign elements change, by their number; made when first needed. */
const changed = new Map<number, number>();
const changedInSvg = new Map<number, number>();
const changedInMath = new Map<number, number>();

function loadAttributes(names: NameTable): void {
  for (const [written, [uri, prefix, local]] of FOREIGN_ATTRIBUTES) {
    changed.set(names.intern(written), names.intern(local, uri, prefix));
  }
  for (const local of ATTRIBUTE_CASE) {
    changedInSvg.set(names.intern(local.toLowerCase()), names.intern(local));
  }
  changedInMath.set(names.intern("definitionurl"), names.intern("definitionURL"));
}

function adjustAttributes(builder: Builder, uri: string): void {
  const { store } = builder;
  if (changed.size === 0) loadAttributes(store.names);
  const special = uri === SVG ? changedInSvg : changedInMath;
  const end = builder.attrFirst + builder.attrCount * ATTR_ROW;
  for (let row = builder.attrFirst; row < end; row += ATTR_ROW) {
    const name = store.attrs[row]!;
    const other = special.get(name) ?? changed.get(name);
    if (other !== undefined) store.attrs[row] = other;
  }
}

/** Inserts an element of SVG or MathML for the current tag; its start tag may be its end. */
export function insertForeign(builder: Builder, uri: string): void {
  const { names } = builder;
  let local = names.local(builder.name);
  if (uri === SVG) local = ELEMENT_CASE.get(local) ?? local;
  if (builder.attrCount > 0) adjustAttributes(builder, uri);
  let id = foreignTag(uri, local);
  if (id === tag.ANNOTATION_XML && isHtmlEncoding(builder)) id = tag.ANNOTATION_HTML;
  builder.insertElement(id, names.intern(local, uri));
  if (builder.selfClosing) builder.open.pop();
}

function isHtmlEncoding(builder: Builder): boolean {
  const { store } = builder;
  const encoding = store.names.intern("encoding");
  for (let k = 0; k < builder.attrCount; k++) {
    const row = builder.attrFirst + k * ATTR_ROW;
    if (store.attrs[row] !== encoding) continue;
    return ["text/html", "application/xhtml+xml"].includes(store.attributeText(row).toLowerCase());
  }
  return false;
}

/** `<math>` in HTML. */
export function startMath(builder: Builder): void {
  reconstruct(builder);
  insertForeign(builder, MATHML);
}

/** `<svg>` in HTML. */
export function startSvg(builder: Builder): void {
  reconstruct(builder);
  insertForeign(builder, SVG);
}
