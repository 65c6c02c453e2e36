import { baseBelow } from "./base.ts";
import { ATTR_COUNT, ATTR_ROW, ATTRS, PARENT, TEXT } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { bindingsAt, isDeclaration, XML_URI } from "../../tree/namespaces.ts";
import { isNcName } from "../../tree/tag.ts";
import { Bindings } from "../serialize/bindings.ts";
import type { C14nOptions } from "./options.ts";

/** An attribute on its way. */
interface Attribute {
  readonly uri: string;
  readonly local: string;
  readonly prefix: string;
  value: string;
}

/** Puts texts in the order of their characters' numbers. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  // UTF-16 puts what is beyond U+FFFF before U+E000: the platform's order is right without such signs.
  if (!/[\ud800-\uffff]/.test(a + b)) return a < b ? -1 : 1;
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

/** A text as canonical XML writes it. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (sign) => ESCAPES[sign]!);
}

/** The value of an attribute as canonical XML writes it. */
export function escapeValue(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, (sign) => ESCAPES[sign]!);
}

/** Writes start tags, and knows which namespaces were written around them. */
export class StartTags {
  readonly #options: C14nOptions;
  /** What is in force, and what of that was written. */
  readonly #inForce = new Bindings();
  readonly #written = new Bindings();
  readonly #rewritten = new Map<string, string>();
  readonly #tags: ReadonlySet<string>;
  readonly #attrs: ReadonlySet<string>;

  constructor(options: C14nOptions) {
    this.#options = options;
    this.#tags = new Set(options.qnameAwareTags ?? []);
    this.#attrs = new Set(options.qnameAwareAttrs ?? []);
  }

  /** Leaves an element. */
  close(): void {
    this.#inForce.close();
    this.#written.close();
  }

  /**
   * The start tag of an element.
   *
   * @param store The tree.
   * @param node The element.
   * @param apex Whether it is the topmost that is written.
   * @returns The tag, the name, and the text in it if that is a name that was written anew.
   */
  open(
    store: TreeStore,
    node: number,
    apex: boolean,
  ): { tag: string; name: string; text?: string } {
    const around = apex
      ? [...bindingsAt(store, node)].map(([prefix, uri]) => ({ prefix, uri }))
      : [];
    const { bindings, renamed = new Map<number, string>() } = this.#inForce.needed(store, node);
    this.#inForce.open([...around, ...bindings]);
    const { names } = store;
    const id = store.name(node);
    const prefixOf = (id: number) => renamed.get(id) ?? names.prefix(id);
    const attributes = this.#attributes(store, node, prefixOf, apex);
    const element = { uri: names.uri(id), local: names.local(id), prefix: prefixOf(id) };
    const qname = this.#tags.has(names.tag(id))
      ? this.#qname(store.textAt(node + TEXT) ?? "")
      : undefined;
    const values = attributes.map((attribute) =>
      this.#attrs.has(tagOf(attribute)) ? this.#qname(attribute.value) : undefined
    );
    const used = [element, ...attributes, qname, ...values].filter((one) => one !== undefined);
    const inclusive = this.#options.version === undefined || this.#options.version === "1.0" ||
      this.#options.version === "1.1";
    const rewrite = this.#options.version === "2.0" && this.#options.rewritePrefixes === true;
    const declared = new Map<string, string>();
    if (rewrite) this.#rewrite(used, declared);
    else if (inclusive) {
      for (const { prefix, uri } of [...around, ...bindings]) declared.set(prefix, uri);
    } else this.#visible(used, declared);
    const fresh = [...declared].filter(([prefix, uri]) =>
      prefix !== "xml" && this.#written.find(prefix) !== uri
    ).sort(([a], [b]) => compare(a, b));
    this.#written.open(fresh.map(([prefix, uri]) => ({ prefix, uri })));
    const write = ({ uri, local, prefix }: Omit<Attribute, "value">) => {
      const shown = rewrite && uri !== XML_URI ? this.#rewritten.get(uri) ?? "" : prefix;
      return shown === "" ? local : `${shown}:${local}`;
    };
    const name = write(element);
    let tag = `<${name}`;
    for (const [prefix, uri] of fresh) {
      tag += ` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${escapeValue(uri)}"`;
    }
    attributes.forEach((attribute, index) => {
      const value = values[index];
      if (value !== undefined) attribute.value = write(value);
    });
    attributes.sort((a, b) => compare(a.uri, b.uri) || compare(a.local, b.local));
    for (const attribute of attributes) {
      tag += ` ${write(attribute)}="${escapeValue(attribute.value)}"`;
    }
    return qname === undefined
      ? { tag: `${tag}>`, name }
      : { tag: `${tag}>`, name, text: write(qname) };
  }

  /** The attributes that are written, those of ancestors that hold here included where the version says so. */
  #attributes(
    store: TreeStore,
    node: number,
    prefixOf: (id: number) => string,
    apex: boolean,
  ): Attribute[] {
    const found: Attribute[] = [];
    const { names, words, attrs } = store;
    const collect = (at: number, own: boolean): void => {
      const first = words[at + ATTRS]!;
      const end = first + (words[at + ATTR_COUNT]! >> 1) * ATTR_ROW;
      for (let row = first; row < end; row += ATTR_ROW) {
        const id = attrs[row]!;
        if (isDeclaration(store, id)) continue;
        const [uri, local] = [names.uri(id), names.local(id)];
        if (!own) {
          if (uri !== XML_URI || found.some((one) => one.uri === uri && one.local === local)) {
            continue;
          }
          // Version 1.1 does not hand identifiers down, and bases in its own way.
          if (this.#options.version === "1.1" && local !== "lang" && local !== "space") continue;
        }
        found.push({
          uri,
          local,
          prefix: own ? prefixOf(id) : "xml",
          value: store.attributeText(row),
        });
      }
    };
    collect(node, true);
    const { version = "1.0" } = this.#options;
    if (apex && (version === "1.0" || version === "1.1")) {
      for (let at = words[node + PARENT]!; at !== 0; at = words[at + PARENT]!) collect(at, false);
    }
    if (apex && version === "1.1") {
      const index = found.findIndex(({ uri, local }) => uri === XML_URI && local === "base");
      const value = baseBelow(store, node, found[index]?.value, () => true);
      if (index !== -1) found.splice(index, 1);
      if (value !== undefined) found.push({ uri: XML_URI, local: "base", prefix: "xml", value });
    }
    return found;
  }

  /** A text that is a name with a prefix in force. */
  #qname(text: string): Omit<Attribute, "value"> | undefined {
    const match = /^([^\s:]+):([^\s:]+)$/.exec(this.#options.stripText ? text.trim() : text);
    if (match === null || !isNcName(match[1]!) || !isNcName(match[2]!)) return undefined;
    const uri = this.#inForce.find(match[1]!);
    return uri === "" ? undefined : { uri, local: match[2]!, prefix: match[1]! };
  }

  /** Declares what is used, and the prefixes that are asked for. */
  #visible(used: readonly Omit<Attribute, "value">[], declared: Map<string, string>): void {
    used.forEach(({ uri, prefix }, index) => {
      if (index === 0 || prefix !== "") declared.set(prefix, uri);
    });
    for (const asked of this.#options.inclusivePrefixes ?? []) {
      const prefix = asked === "#default" ? "" : asked;
      if (!declared.has(prefix)) declared.set(prefix, this.#inForce.find(prefix));
    }
  }

  /** Gives each namespace that is used a number, in the order of their texts. */
  #rewrite(used: readonly Omit<Attribute, "value">[], declared: Map<string, string>): void {
    const uris = [...new Set(used.map(({ uri }) => uri))].sort(compare);
    for (const uri of uris) {
      if (uri === "" || uri === XML_URI) continue;
      let prefix = this.#rewritten.get(uri);
      if (prefix === undefined) {
        this.#rewritten.set(uri, prefix = `n${this.#rewritten.size}`);
      }
      declared.set(prefix, uri);
    }
  }
}

function tagOf({ uri, local }: { uri: string; local: string }): string {
  return uri === "" ? local : `{${uri}}${local}`;
}
