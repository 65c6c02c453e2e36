import type { NameTable } from "../../store/mod.ts";
import { MATHML, SVG } from "../names/foreign_names.ts";

const XLINK = "http://www.w3.org/1999/xlink";
const XML = "http://www.w3.org/XML/1998/namespace";
const XMLNS = "http://www.w3.org/2000/xmlns/";
const XHTML = "http://www.w3.org/1999/xhtml";

/** The namespaces of elements that are written without a prefix. */
export function isHtmlNamespace(uri: string): boolean {
  return uri === "" || uri === XHTML || uri === SVG || uri === MATHML;
}

/** Name of an element as it is written in a tag. */
export function tagName(names: NameTable, name: number): string {
  return isHtmlNamespace(names.uri(name)) ? names.local(name) : names.qualified(name);
}

/** Name of an attribute as it is written. */
export function attributeName(names: NameTable, name: number): string {
  const local = names.local(name);
  switch (names.uri(name)) {
    case "":
      return local;
    case XML:
      return `xml:${local}`;
    case XMLNS:
      return names.prefix(name) === "" ? "xmlns" : `xmlns:${local}`;
    case XLINK:
      return `xlink:${local}`;
    default:
      return names.qualified(name);
  }
}
