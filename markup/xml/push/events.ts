import {
  ATTR_ROW,
  ATTRS,
  COMMENT,
  INSTRUCTION,
  LAST,
  PARENT,
  PREV,
  TAIL,
  TEXT,
} from "../../store/layout.ts";
import type { Doctype } from "../../store/document_info.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { declaredPrefix, isDeclaration } from "../../tree/namespaces.ts";

/** The start of an element. */
export interface XmlStartEvent {
  /** What it is. */
  readonly type: "start";
  /** The name as `{uri}local`. */
  readonly tag: string;
  /** The prefix, or "". */
  readonly prefix: string;
  /** Attributes by `{uri}local`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the start tag declares: prefixes to namespaces. */
  readonly nsmap: Readonly<Record<string, string>>;
}

/** One thing in a document. */
export type XmlEvent =
  | XmlStartEvent
  | { readonly type: "end"; readonly tag: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "comment"; readonly text: string }
  | { readonly type: "pi"; readonly target: string; readonly text: string }
  | ({ readonly type: "doctype" } & Doctype)
  | {
    readonly type: "declaration";
    readonly version: string;
    readonly encoding: string | undefined;
    readonly standalone: boolean | undefined;
  };

/** Where the text directly before a piece of the log is. */
function placeBefore(store: TreeStore, entry: number): number {
  const { words } = store;
  if (entry < 0) {
    const last = words[-entry + LAST]!;
    return last === 0 ? -entry + TEXT : last + TAIL;
  }
  const prev = words[entry + PREV]!;
  return prev === 0 ? words[entry + PARENT]! + TEXT : prev + TAIL;
}

function startEvent(store: TreeStore, node: number): XmlStartEvent {
  const { names } = store;
  const attributes: [string, string][] = [];
  const nsmap: [string, string][] = [];
  for (let i = 0; i < store.attributeCount(node); i++) {
    const at = store.words[node + ATTRS]! + i * ATTR_ROW;
    const name = store.attrs[at]!;
    const value = store.attributeText(at);
    if (isDeclaration(store, name)) nsmap.push([declaredPrefix(store, name), value]);
    else attributes.push([names.tag(name), value]);
  }
  const name = store.name(node);
  return {
    type: "start",
    tag: names.tag(name),
    prefix: names.prefix(name),
    attributes: Object.fromEntries(attributes),
    nsmap: Object.fromEntries(nsmap),
  };
}

/** Makes events of the pieces of a log. */
export class Events {
  #declared = false;
  #doctype = false;

  /**
   * The events that one piece of the log stands for, in order.
   *
   * @param store The tree.
   * @param entry The piece.
   */
  *of(store: TreeStore, entry: number): Generator<XmlEvent, undefined> {
    const { info } = store;
    if (!this.#declared) {
      this.#declared = true;
      if (info.version !== undefined) {
        const { version, encoding, standalone } = info;
        yield { type: "declaration", version, encoding, standalone };
      }
    }
    const node = Math.abs(entry);
    if (
      !this.#doctype && info.doctype !== undefined && store.words[node + PREV] === info.doctypeAfter
    ) {
      this.#doctype = true;
      yield { type: "doctype", ...info.doctype };
    }
    const text = store.textAt(placeBefore(store, entry));
    if (text !== undefined) yield { type: "text", text };
    const { names } = store;
    if (entry < 0) yield { type: "end", tag: names.tag(store.name(node)) };
    else if (store.kind(node) === COMMENT) {
      yield { type: "comment", text: store.textAt(node + TEXT) ?? "" };
    } else if (store.kind(node) === INSTRUCTION) {
      const target = names.local(store.name(node));
      yield { type: "pi", target, text: store.textAt(node + TEXT) ?? "" };
    } else yield startEvent(store, node);
  }
}
