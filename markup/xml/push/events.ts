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

/** Sets a property, whatever its name is. */
function put(record: Record<string, string>, name: string, value: string): void {
  if (name !== "__proto__") record[name] = value;
  else {
    const more = { enumerable: true, configurable: true, writable: true };
    Object.defineProperty(record, name, { value, ...more });
  }
}

function startEvent(store: TreeStore, node: number): XmlStartEvent {
  const { names, words, attrs } = store;
  const attributes: Record<string, string> = {};
  const nsmap: Record<string, string> = {};
  const first = words[node + ATTRS]!;
  const end = first + store.attributeCount(node) * ATTR_ROW;
  for (let at = first; at < end; at += ATTR_ROW) {
    const name = attrs[at]!;
    const value = store.attributeText(at);
    if (isDeclaration(store, name)) put(nsmap, declaredPrefix(store, name), value);
    else put(attributes, names.tag(name), value);
  }
  const name = store.name(node);
  return { type: "start", tag: names.tag(name), prefix: names.prefix(name), attributes, nsmap };
}

/** Makes events of the pieces of a log. */
export class Events {
  #declared = false;
  #doctype = false;

  /**
   * Tells of the events that one piece of the log stands for, in order.
   *
   * @param store The tree.
   * @param entry The piece.
   * @param use Is given each event.
   */
  tell(store: TreeStore, entry: number, use: (event: XmlEvent) => void): void {
    const { info } = store;
    if (!this.#declared) {
      this.#declared = true;
      if (info.version !== undefined) {
        const { version, encoding, standalone } = info;
        use({ type: "declaration", version, encoding, standalone });
      }
    }
    const node = Math.abs(entry);
    if (
      !this.#doctype && info.doctype !== undefined && store.words[node + PREV] === info.doctypeAfter
    ) {
      this.#doctype = true;
      use({ type: "doctype", ...info.doctype });
    }
    const text = store.textAt(placeBefore(store, entry));
    if (text !== undefined) use({ type: "text", text });
    const { names } = store;
    if (entry < 0) use({ type: "end", tag: names.tag(store.name(node)) });
    else if (store.kind(node) === COMMENT) {
      use({ type: "comment", text: store.textAt(node + TEXT) ?? "" });
    } else if (store.kind(node) === INSTRUCTION) {
      const target = names.local(store.name(node));
      use({ type: "pi", target, text: store.textAt(node + TEXT) ?? "" });
    } else use(startEvent(store, node));
  }
}
