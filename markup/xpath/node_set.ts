import { ATTR_ROW } from "../store/layout.ts";
import { nodeOf, storeOf } from "../store/node_view.ts";
import type { TreeStore } from "../store/tree_store.ts";
import type { Element } from "../tree/element.ts";
import { isAttribute, type NodeSet } from "./nodes/node_set.ts";
import type { Run } from "./nodes/run.ts";

/**
 * The nodes that an expression takes, texts, attributes and namespaces among them: to be asked whether a node is one of them. It
 * holds until the tree changes.
 *
 * @example Canonical XML of a part of a document
 * ```ts
 * import { c14n, parse } from "@ferry/std/markup/xml";
 * import { XPath } from "@ferry/std/markup/xpath";
 * import { assertEquals } from "@std/assert";
 *
 * const note = parse("<note><to>Ada</to><secret>1</secret></note>");
 * const open = new XPath("(//. | //@* | //namespace::*)[not(ancestor-or-self::secret)]");
 * assertEquals(c14n(note, { subset: open.nodeSet(note) }), "<note><to>Ada</to></note>");
 * ```
 */
export class XPathNodeSet {
  /** The tree that they are in. */
  readonly store: TreeStore;
  readonly #ids: ReadonlySet<number>;
  readonly #namespaces: ReadonlyMap<number, ReadonlyMap<string, string>>;

  /** Made by `nodeSet` of {@linkcode XPath}. */
  constructor(
    store: TreeStore,
    ids: ReadonlySet<number>,
    namespaces: ReadonlyMap<number, ReadonlyMap<string, string>>,
  ) {
    this.store = store;
    this.#ids = ids;
    this.#namespaces = namespaces;
  }

  /** Whether an element, comment or processing instruction is one of them. */
  has(element: Element): boolean {
    return storeOf(element) === this.store && this.#ids.has(nodeOf(element));
  }

  /** Whether a row is one of them, or, by its place, a text. */
  hasPlace(place: number): boolean {
    return this.#ids.has(place);
  }

  /** Whether an attribute is one of them, by its offset. */
  hasAttribute(at: number): boolean {
    return this.#ids.has(~(at / ATTR_ROW));
  }

  /** The namespaces of a row that are among them, by their prefixes. */
  namespacesOf(row: number): ReadonlyMap<string, string> {
    return this.#namespaces.get(row) ?? NO_NAMESPACES;
  }
}

const NO_NAMESPACES: ReadonlyMap<string, string> = new Map();

/** The nodes of a set, to be asked for without the run that made them. */
export function nodeSetOf(set: NodeSet, run: Run): XPathNodeSet {
  const ids = new Set<number>();
  const namespaces = new Map<number, Map<string, string>>();
  for (let i = 0; i < set.length; i++) {
    const id = set.ids[i]!;
    if (id >= 0 || isAttribute(id)) {
      ids.add(id);
      continue;
    }
    const made = run.madeAt(id);
    if (made.kind !== "namespace") continue;
    let known = namespaces.get(made.owner);
    if (known === undefined) namespaces.set(made.owner, known = new Map());
    known.set(made.name, made.text);
  }
  return new XPathNodeSet(run.store, ids, namespaces);
}
