/** What an evaluation gives, and what goes into one: nodes and values as users see them. */
import { ATTR_ROW } from "../store/layout.ts";
import { nodeOf, storeOf, viewOf } from "../store/node_view.ts";
import { Element } from "../tree/element.ts";
import { isAttribute, isRow, isTail, isText, NodeSet, rowOf } from "./nodes/node_set.ts";
import { sortNodes } from "./nodes/document_order.ts";
import type { Run, Value } from "./nodes/run.ts";

/** A namespace node: a prefix that is in force at an element. */
export interface XPathNamespace {
  /** The prefix, "" for the default namespace. */
  readonly prefix: string;
  /** The namespace. */
  readonly uri: string;
}

/**
 * A text or the value of an attribute that knows where it comes from: what an evaluation with `smartStrings` gives in the place of
 * a string.
 *
 * @example Whose text it is
 * ```ts
 * import { parse } from "@ferry/std/markup/xml";
 * import { xpath, type XPathText } from "@ferry/std/markup/xpath";
 * import { assertEquals } from "@std/assert";
 *
 * const root = parse("<p>One <b>two</b> three</p>");
 * const [text] = xpath(root, "b/following-sibling::text()", { smartStrings: true }) as XPathText[];
 * assertEquals([`${text}`, text?.isTail, text?.parent?.tag], [" three", true, "b"]);
 * ```
 */
export class XPathText {
  /** The text. */
  readonly value: string;
  /** The element whose text, tail or attribute it is; `undefined` if a function has made it. */
  readonly parent: Element | undefined;
  /** What it is of its parent. */
  readonly kind: "text" | "tail" | "attribute";
  /** Name of the attribute as `local` or `{uri}local`. */
  readonly attributeName: string | undefined;

  /** Made by evaluations. */
  constructor(
    value: string,
    parent: Element | undefined,
    kind: "text" | "tail" | "attribute",
    attributeName: string | undefined,
  ) {
    this.value = value;
    this.parent = parent;
    this.kind = kind;
    this.attributeName = attributeName;
  }

  /** Whether it is the text of its parent. */
  get isText(): boolean {
    return this.kind === "text";
  }

  /** Whether it is the text behind its parent. */
  get isTail(): boolean {
    return this.kind === "tail";
  }

  /** Whether it is an attribute of its parent. */
  get isAttribute(): boolean {
    return this.kind === "attribute";
  }

  /** The text. */
  toString(): string {
    return this.value;
  }

  /** The text. */
  toJSON(): string {
    return this.value;
  }
}

/** A node of a result: an element (comments and processing instructions are such), a text, a namespace. */
export type XPathNode = Element | string | XPathText | XPathNamespace;

/** What an evaluation gives. */
export type XPathResult = XPathNode[] | string | number | boolean;

/** What can be a variable, or the result of a function of one's own. */
export type XPathInput =
  | string
  | number
  | boolean
  | Element
  | XPathText
  | readonly (Element | string | XPathText)[];

function nodeOut(id: number, run: Run, smart: boolean): XPathNode | undefined {
  const { store } = run;
  if (isRow(id)) return run.isDocument(id) ? undefined : viewOf(store, id) as Element;
  const text = run.stringOf(id);
  if (isText(id) || isAttribute(id)) {
    if (!smart) return text;
    if (isText(id)) {
      const kind = isTail(id) ? "tail" : "text";
      return new XPathText(text, viewOf(store, rowOf(id)) as Element, kind, undefined);
    }
    const parent = viewOf(store, run.ownerOf(id)) as Element;
    const name = store.names.tag(store.attrs[~id * ATTR_ROW]!);
    return new XPathText(text, parent, "attribute", name);
  }
  const made = run.madeAt(id);
  if (made.kind === "namespace") return { prefix: made.name, uri: made.text };
  if (made.kind === "element") return new Element(made.name, { text });
  return smart ? new XPathText(text, undefined, "text", undefined) : text;
}

/** A value as users see it. The document itself is not among the nodes. */
export function valueOut(value: Value, run: Run, smart: boolean): XPathResult {
  if (!(value instanceof NodeSet)) return value;
  const nodes: XPathNode[] = [];
  for (let i = 0; i < value.length; i++) {
    const node = nodeOut(value.ids[i]!, run, smart);
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

function nodeIn(value: unknown, run: Run, what: string): number {
  if (value instanceof Element) {
    if (storeOf(value) !== run.store) {
      throw new TypeError(`${what} needs elements of the document that is searched`);
    }
    return nodeOf(value);
  }
  if (typeof value === "string") {
    return run.make({ kind: "text", owner: -(2 ** 31), name: "", text: value });
  }
  if (value instanceof XPathText) return nodeIn(value.value, run, what);
  throw new TypeError(`${what} needs elements and strings, received ${typeof value}`);
}

/** A value of a user as one of a run. */
export function valueIn(value: unknown, run: Run, what: string): Value {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (value instanceof XPathText) return value.value;
  if (value instanceof Element) return NodeSet.of(nodeIn(value, run, what));
  if (!Array.isArray(value)) {
    throw new TypeError(
      `${what} needs a string, number, boolean, element or array, received ${
        value === null ? "null" : typeof value
      }`,
    );
  }
  const set = new NodeSet(value.length);
  for (const node of value) set.push(nodeIn(node, run, what));
  return sortNodes(set, run);
}
