/**
 * A read-only stand-in for deno-dom over parse5, for clones that cannot reach JSR: `DOMParser.parseFromString` and what is
 * needed to read the nodes. As in deno-dom, names of elements and attributes are in small letters and have no namespace, and
 * there is always a document type.
 *
 * @module
 */
import { type DefaultTreeAdapterMap, parse } from "npm:parse5@8.1.1";

type Parsed = DefaultTreeAdapterMap["node"];

/** A node. */
export abstract class Node {
  /** Kind of the node. */
  abstract readonly nodeType: number;
  /** Name of the node. */
  abstract readonly nodeName: string;
  /** The parent. */
  parentNode: Node | null = null;
  /** What is in the node. */
  readonly childNodes: Node[] = [];

  /** Text of a text or a comment. */
  get nodeValue(): string | null {
    return null;
  }

  /** The first child. */
  get firstChild(): Node | null {
    return this.childNodes[0] ?? null;
  }

  /** The text in the node. */
  get textContent(): string {
    return this.childNodes.map((child) => child.nodeType === 8 ? "" : child.textContent).join("");
  }
}

/** A text. */
export class Text extends Node {
  /** Kind of the node. */
  readonly nodeType: number = 3;
  /** Name of the node. */
  readonly nodeName: string = "#text";
  /** The text. */
  readonly data: string;

  /** Made by the parser. */
  constructor(data: string) {
    super();
    this.data = data;
  }

  /** The text. */
  override get nodeValue(): string {
    return this.data;
  }

  /** The text. */
  override get textContent(): string {
    return this.data;
  }
}

/** A comment. */
export class Comment extends Node {
  /** Kind of the node. */
  readonly nodeType: number = 8;
  /** Name of the node. */
  readonly nodeName: string = "#comment";
  /** The text. */
  readonly data: string;

  /** Made by the parser. */
  constructor(data: string) {
    super();
    this.data = data;
  }

  /** The text. */
  override get nodeValue(): string {
    return this.data;
  }

  /** The text. */
  override get textContent(): string {
    return this.data;
  }
}

/** A document type declaration. */
export class DocumentType extends Node {
  /** Kind of the node. */
  readonly nodeType: number = 10;
  /** Name of the node. */
  readonly nodeName: string;
  /** Name. */
  readonly name: string;
  /** Public identifier. */
  readonly publicId: string;
  /** System identifier. */
  readonly systemId: string;

  /** Made by the parser. */
  constructor(name: string, publicId: string, systemId: string) {
    super();
    this.nodeName = this.name = name;
    this.publicId = publicId;
    this.systemId = systemId;
  }
}

/** An element. */
export class Element extends Node {
  /** Kind of the node. */
  readonly nodeType: number = 1;
  /** Name of the node. */
  readonly nodeName: string;
  /** Name in small letters. */
  readonly localName: string;
  /** The attributes. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];

  /** Made by the parser. */
  constructor(
    localName: string,
    attributes: readonly { readonly name: string; readonly value: string }[],
  ) {
    super();
    this.localName = localName;
    this.nodeName = localName.toUpperCase();
    this.attributes = attributes;
  }

  /** Name in capitals. */
  get tagName(): string {
    return this.nodeName;
  }

  /** The elements in this. */
  get children(): Element[] {
    return this.childNodes.filter((child) => child instanceof Element);
  }

  /** Value of an attribute. */
  getAttribute(name: string): string | null {
    return this.attributes.find((attribute) => attribute.name === name.toLowerCase())?.value ??
      null;
  }
}

/** A `template`. */
export class HTMLTemplateElement extends Element {
  /** What is in the template. */
  readonly content: DocumentFragment = new DocumentFragment();
}

/** Nodes without a parent. */
export class DocumentFragment extends Node {
  /** Kind of the node. */
  readonly nodeType: number = 11;
  /** Name of the node. */
  readonly nodeName: string = "#document-fragment";
}

/** A document of HTML. */
export class HTMLDocument extends Node {
  /** Kind of the node. */
  readonly nodeType: number = 9;
  /** Name of the node. */
  readonly nodeName: string = "#document";

  /** The document type. */
  get doctype(): DocumentType | null {
    return this.childNodes.find((child) => child instanceof DocumentType) ?? null;
  }

  /** The root. */
  get documentElement(): Element | null {
    return this.childNodes.find((child) => child instanceof Element) ?? null;
  }

  /** The head. */
  get head(): Element | null {
    return this.documentElement?.children.find(({ localName }) => localName === "head") ?? null;
  }

  /** The body. */
  get body(): Element | null {
    return this.documentElement?.children.find(({ localName }) => localName === "body") ?? null;
  }
}

/** Parses documents. */
export class DOMParser {
  /** Parses a document. */
  parseFromString(source: string, type: "text/html"): HTMLDocument {
    if (type !== "text/html") {
      throw new TypeError(`DOMParser needs "text/html", received "${type}"`);
    }
    const document = new HTMLDocument();
    const left: [Parsed, Node][] = [];
    const enter = (children: readonly Parsed[], parent: Node) => {
      for (let k = children.length - 1; k >= 0; k--) left.push([children[k]!, parent]);
    };
    enter(parse(source, { scriptingEnabled: false }).childNodes, document);
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [from, parent] = next;
      const node = convert(from);
      node.parentNode = parent;
      parent.childNodes.push(node);
      if (node instanceof HTMLTemplateElement && "content" in from) {
        enter(from.content.childNodes, node.content);
      } else if ("childNodes" in from) enter(from.childNodes, node);
    }
    if (document.doctype === null) {
      const doctype = new DocumentType("html", "", "");
      doctype.parentNode = document;
      document.childNodes.unshift(doctype);
    }
    return document;
  }
}

function convert(from: Parsed): Node {
  if ("value" in from) return new Text(from.value);
  if ("data" in from) return new Comment(from.data);
  if ("publicId" in from) return new DocumentType(from.name, from.publicId, from.systemId);
  if (!("tagName" in from)) return new DocumentFragment();
  const attributes = from.attrs.map(({ name, value }) => ({ name: name.toLowerCase(), value }));
  const local = from.tagName.toLowerCase();
  return "content" in from
    ? new HTMLTemplateElement(local, attributes)
    : new Element(local, attributes);
}
