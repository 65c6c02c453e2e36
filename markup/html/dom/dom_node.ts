/** What is read of the nodes of a DOM: of deno-dom's and of any other's. */
export interface DomNode {
  /** 1 element, 3 text, 8 comment, 9 document, 10 document type, 11 fragment. */
  readonly nodeType: number;
  /** Name of the node. */
  readonly nodeName: string;
  /** Text of a text or a comment. */
  readonly nodeValue?: string | null;
  /** What is in the node. */
  readonly childNodes: Iterable<DomNode>;
}

/** What is read of an element beside. */
export interface DomElement extends DomNode {
  /** Name without a prefix. */
  readonly localName: string;
  /** Namespace; deno-dom has none. */
  readonly namespaceURI?: string | null;
  /** The attributes. */
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  /** Contents of a template. */
  readonly content?: DomNode;
}

/** What is read of a document type beside. */
export interface DomDoctype extends DomNode {
  /** Name of the root element. */
  readonly name: string;
  /** Public identifier. */
  readonly publicId?: string;
  /** System identifier. */
  readonly systemId?: string;
}
