import { COMMENT, LAST, type NameTable, TEXT, TreeStore } from "../../store/mod.ts";
import type { Element } from "../../tree/mod.ts";
import "../../tree/mod.ts";
import { rootElement } from "../document.ts";
import {
  ATTRIBUTE_CASE,
  ELEMENT_CASE,
  FOREIGN_ATTRIBUTES,
  MATHML,
  SVG,
} from "../names/foreign_names.ts";
import type { DomDoctype, DomElement, DomNode } from "./dom_node.ts";

const XHTML = "http://www.w3.org/1999/xhtml";
const attributeCase = new Map(ATTRIBUTE_CASE.map((name) => [name.toLowerCase(), name]));
const foreignAttributes = new Map(FOREIGN_ATTRIBUTES);

/** The namespace of an element: what the DOM says, or what its place means if the DOM knows none. */
function namespaceOf(element: DomElement, local: string, above: string): string {
  const { namespaceURI } = element;
  if (typeof namespaceURI === "string") return namespaceURI === XHTML ? "" : namespaceURI;
  return local === "svg" ? SVG : local === "math" ? MATHML : above;
}

/** Elements of SVG whose contents are HTML. */
function namespaceInside(local: string, uri: string): string {
  return uri === SVG && ["foreignobject", "desc", "title"].includes(local) ? "" : uri;
}

function addAttributes(store: TreeStore, node: number, element: DomElement, uri: string): void {
  for (const { name, value } of element.attributes) {
    store.addAttribute(node, attributeNumber(store.names, name, uri), value);
  }
}

function attributeNumber(names: NameTable, name: string, uri: string): number {
  if (uri === "") return names.intern(name);
  const special = foreignAttributes.get(name);
  if (special !== undefined) return names.intern(special[2], special[0], special[1]);
  return names.intern(uri === SVG ? attributeCase.get(name.toLowerCase()) ?? name : name);
}

/**
 * Copies a node of a DOM, deno-dom's or another's, to an element here. Names of SVG that lost their capitals, as they do in
 * deno-dom, have them again.
 *
 * @param node A document or an element.
 * @returns The root of the document, or the element.
 * @throws {TypeError} If the node is neither, or a document without a root.
 *
 * @example A path on a document of deno-dom
 * ```ts
 * import { fromDom, parseDocument } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const document = await parseDocument("<ul><li>1<li>2</ul>");
 * assertEquals(fromDom(document).findText("body/ul/li[2]"), "2");
 * ```
 */
export function fromDom(node: DomNode): Element {
  if (node.nodeType !== 1 && node.nodeType !== 9) {
    throw new TypeError(`fromDom() needs a document or an element, received "${node.nodeName}"`);
  }
  const store = new TreeStore("html");
  let hasRoot = false;
  // What is left to do, the next one last: node, parent, and the namespace of elements there.
  const left: [DomNode, number, string][] = [];
  const enter = (children: Iterable<DomNode>, parent: number, uri: string) => {
    for (const child of [...children].reverse()) left.push([child, parent, uri]);
  };
  if (node.nodeType === 9) enter(node.childNodes, store.document, "");
  else left.push([node, store.document, ""]);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [from, parent, above] = next;
    switch (from.nodeType) {
      case 1: {
        const element = from as DomElement;
        const small = element.localName.toLowerCase();
        const uri = namespaceOf(element, small, above);
        const local = uri === SVG
          ? ELEMENT_CASE.get(small) ?? element.localName
          : element.localName;
        hasRoot = true;
        const made = store.appendElement(parent, store.names.intern(local, uri));
        addAttributes(store, made, element, uri);
        const inside = element.content ?? element;
        enter(inside.childNodes, made, namespaceInside(small, uri));
        break;
      }
      case 3:
      case 4:
        if (parent !== store.document) store.appendText(parent, from.nodeValue ?? "");
        break;
      case 8: {
        const comment = store.createNode(COMMENT);
        store.setTextAt(comment + TEXT, from.nodeValue ?? "");
        store.append(parent, comment);
        break;
      }
      case 10: {
        const { name, publicId, systemId } = from as DomDoctype;
        store.info.doctype = {
          name,
          publicId: publicId || undefined,
          systemId: systemId || undefined,
        };
        store.info.doctypeAfter = store.words[store.document + LAST]!;
      }
    }
  }
  if (!hasRoot) throw new TypeError("fromDom() needs a document with a root, received one without");
  return rootElement(store);
}
