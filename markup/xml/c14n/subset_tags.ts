/** Start tags of document subsets: section 2.3 and 2.4 of Canonical XML, section 3 of Exclusive XML Canonicalization. */
import { ATTR_COUNT, ATTR_ROW, ATTRS, PARENT } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { isDeclaration, XML_URI } from "../../tree/namespaces.ts";
import type { XPathNodeSet } from "../../xpath/node_set.ts";
import { baseBelow } from "./base.ts";
import type { C14nOptions } from "./options.ts";
import { compare, escapeValue } from "./start_tag.ts";

type Namespaces = ReadonlyMap<string, string>;

interface Attribute {
  readonly uri: string;
  readonly local: string;
  readonly name: string;
  readonly value: string;
}

const NONE: Namespaces = new Map();

/** Writes start tags of which parts may be left out. */
export class SubsetTags {
  readonly #subset: XPathNodeSet;
  readonly #exclusive: boolean;
  readonly #version: string;
  /** Prefixes that are treated as in versions that are not exclusive. */
  readonly #inclusive: ReadonlySet<string>;
  /**
   * For each open element: its name, `undefined` if it is left out; the namespaces that those around it have in the subset, or
   * have written, if exclusive.
   */
  readonly #open: { readonly name: string | undefined; readonly around: Namespaces }[] = [];

  constructor(subset: XPathNodeSet, options: C14nOptions) {
    this.#subset = subset;
    this.#version = options.version ?? "1.0";
    this.#exclusive = this.#version === "exclusive";
    const prefixes = options.inclusivePrefixes ?? [];
    this.#inclusive = new Set(prefixes.map((prefix) => prefix === "#default" ? "" : prefix));
  }

  /** The end tag of the innermost element; nothing if that is left out. */
  close(): string {
    const { name } = this.#open.pop()!;
    return name === undefined ? "" : `</${name}>`;
  }

  /** The start tag of an element. Of one that is left out, the attributes and namespaces are written that are not. */
  open(store: TreeStore, node: number): string {
    const shown = this.#subset.hasPlace(node);
    const around = this.#open.at(-1)?.around ?? NONE;
    const parent = store.words[node + PARENT]!;
    const orphan = shown && this.#open.length > 0 && !this.#subset.hasPlace(parent);
    const attributes = this.#attributes(store, node, orphan);
    const name = shown ? store.names.qualified(store.name(node)) : undefined;
    const own = this.#subset.namespacesOf(node);
    const { fresh, within } = this.#namespaces(own, around, name, attributes);
    this.#open.push({ name, around: within });
    let tag = shown ? `<${name}` : "";
    for (const [prefix, uri] of fresh.sort(([a], [b]) => compare(a, b))) {
      tag += ` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${escapeValue(uri)}"`;
    }
    attributes.sort((a, b) => compare(a.uri, b.uri) || compare(a.local, b.local));
    for (const { name, value } of attributes) tag += ` ${name}="${escapeValue(value)}"`;
    return shown ? `${tag}>` : tag;
  }

  /** The namespaces that are written, and what those inside have around them. */
  #namespaces(
    own: Namespaces,
    around: Namespaces,
    name: string | undefined,
    attributes: readonly Attribute[],
  ): { fresh: [string, string][]; within: Namespaces } {
    const fresh: [string, string][] = [];
    const used = this.#exclusive ? usedPrefixes(name, attributes) : undefined;
    if (used !== undefined && name === undefined) return { fresh, within: around };
    const counts = (prefix: string) =>
      used === undefined || used.has(prefix) || this.#inclusive.has(prefix);
    for (const [prefix, uri] of own) {
      if (prefix === "xml" || uri === "" || !counts(prefix)) continue;
      if (around.get(prefix) !== uri) fresh.push([prefix, uri]);
    }
    // A default namespace that is written around the element must not hold in it.
    const bare = name !== undefined && (own.get("") ?? "") === "" && counts("");
    if (bare && (around.get("") ?? "") !== "") fresh.push(["", ""]);
    if (name === undefined) return { fresh, within: around };
    if (used === undefined) return { fresh, within: own };
    return { fresh, within: fresh.length === 0 ? around : new Map([...around, ...fresh]) };
  }

  /** The attributes of the subset, and those of `xml:` that the elements hand down that are left out. */
  #attributes(store: TreeStore, node: number, orphan: boolean): Attribute[] {
    const { words, attrs, names } = store;
    const found: Attribute[] = [];
    /** Local names of the attributes of `xml:` that were met. */
    const met = new Set<string>();
    const collect = (at: number, own: boolean): void => {
      const first = words[at + ATTRS]!;
      const end = first + (words[at + ATTR_COUNT]! >> 1) * ATTR_ROW;
      for (let row = first; row < end; row += ATTR_ROW) {
        const id = attrs[row]!;
        if (isDeclaration(store, id)) continue;
        const [uri, local] = [names.uri(id), names.local(id)];
        const special = uri === XML_URI;
        if (own ? !this.#subset.hasAttribute(row) : !special || !this.#handsDown(local)) {
          if (own && special) met.add(local);
          continue;
        }
        if (special && met.has(local)) continue;
        if (special) met.add(local);
        const name = names.qualified(id);
        found.push({ uri, local, name, value: store.attributeText(row) });
      }
    };
    collect(node, true);
    if (orphan && !this.#exclusive) {
      for (let at = words[node + PARENT]!; at !== 0; at = words[at + PARENT]!) collect(at, false);
      if (this.#version === "1.1") this.#joinBase(store, node, found, met);
    }
    return found;
  }

  /** Version 1.1: a base is seen from those of the elements above that are left out. */
  #joinBase(store: TreeStore, node: number, found: Attribute[], met: ReadonlySet<string>): void {
    const index = found.findIndex(({ uri, local }) => uri === XML_URI && local === "base");
    // One that is left out itself has no successor.
    if (index === -1 && met.has("base")) return;
    const isLeftOut = (at: number) => !this.#subset.hasPlace(at);
    const value = baseBelow(store, node, found[index]?.value, isLeftOut);
    if (index !== -1) found.splice(index, 1);
    if (value === undefined) return;
    found.push({ uri: XML_URI, local: "base", name: "xml:base", value });
  }

  /** Version 1.1 does not hand identifiers down, and bases in its own way. */
  #handsDown(local: string): boolean {
    return this.#version === "1.0" || local === "lang" || local === "space";
  }
}

function prefixOf(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? "" : name.slice(0, colon);
}

/** The prefixes that an element and its attributes use; that of an attribute without one is none. */
function usedPrefixes(name: string | undefined, attributes: readonly Attribute[]): Set<string> {
  const used = new Set<string>();
  if (name !== undefined) used.add(prefixOf(name));
  for (const { name } of attributes) if (name.includes(":")) used.add(prefixOf(name));
  return used;
}
