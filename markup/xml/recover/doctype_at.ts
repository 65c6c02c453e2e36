import type { Doctype } from "../../store/document_info.ts";

const DOCTYPE =
  /<!DOCTYPE\s+([^\s>[]+)(?:\s+PUBLIC\s+(?:"([^"]*)"|'([^']*)'))?(?:\s+SYSTEM)?(?:\s+(?:"([^"]*)"|'([^']*)'))?\s*/iy;

/**
 * Reads a document type declaration that may be wrong.
 *
 * @param text The document.
 * @param start Where it begins.
 * @returns Where it ends, and what it says if that can be read.
 */
export function doctypeAt(text: string, start: number): { end: number; doctype?: Doctype } {
  DOCTYPE.lastIndex = start;
  const match = DOCTYPE.exec(text);
  const close = text.indexOf(">", start);
  const end = close === -1 ? text.length : close + 1;
  if (match === null) return { end };
  const [, name, public1, public2, system1, system2] = match;
  const doctype: Doctype = { name: name! };
  const publicId = public1 ?? public2;
  const systemId = system1 ?? system2;
  if (publicId !== undefined) doctype.publicId = publicId;
  if (systemId !== undefined) doctype.systemId = systemId;
  const at = start + match[0].length;
  if (text[at] !== "[") return { end, doctype };
  const subset = /\]\s*>/g;
  subset.lastIndex = at;
  const last = subset.exec(text);
  if (last === null) return { end };
  doctype.internalSubset = text.slice(at + 1, last.index);
  return { end: subset.lastIndex, doctype };
}
