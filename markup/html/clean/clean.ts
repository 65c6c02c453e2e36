import { ELEMENT, nodeOf, storeOf, type TreeStore } from "../../store/mod.ts";
import type { Element } from "../../tree/mod.ts";
import { ATTR_ROW, ATTRS } from "../../store/mod.ts";
import { unwrapNode } from "../edit/drop.ts";
import { parseFragment } from "../fragment.ts";
import { LINK_ATTRIBUTES } from "../links/attributes.ts";
import { linkSpans } from "../links/spans.ts";
import { serialize } from "../serialize/serialize.ts";
import { AddressRules } from "./address.ts";
import {
  checkClean,
  DEFAULT_ATTRIBUTES,
  DEFAULT_TAGS,
  DROPPED,
  type HtmlCleanOptions,
} from "./options.ts";
import { cleanStyle } from "./style.ts";

/** Names as HTML has them. */
function lower(names: Iterable<string>): string[] {
  return Array.from(names, (name) => name.toLowerCase());
}

/** What may stay. */
class Rules {
  readonly tags: Set<string>;
  readonly addresses: AddressRules;
  readonly #properties: ReadonlySet<string> | undefined;
  readonly #attributes = new Map<string, Set<string>>();

  constructor(options: HtmlCleanOptions) {
    this.tags = new Set(lower(options.tags ?? DEFAULT_TAGS).filter((tag) => !DROPPED.has(tag)));
    this.addresses = new AddressRules(options);
    this.#properties = options.properties === undefined
      ? undefined
      : new Set(lower(options.properties));
    for (const [tag, names] of Object.entries(options.attributes ?? DEFAULT_ATTRIBUTES)) {
      this.#attributes.set(tag.toLowerCase(), new Set(lower(names)));
    }
  }

  /** What is left of the value of an attribute; `undefined` if the attribute goes. */
  valueOf(tag: string, name: string, value: string): string | undefined {
    if (/^on/i.test(name) || name === "srcdoc" || name === "xmlns") return undefined;
    if (!this.#attributes.get("*")?.has(name) && !this.#attributes.get(tag)?.has(name)) {
      return undefined;
    }
    if (name === "style") return cleanStyle(value, this.#properties) || undefined;
    const syntax = LINK_ATTRIBUTES.get(name);
    if (syntax === undefined) return value;
    const spans = linkSpans(value, syntax);
    return spans.every(([start, end]) => this.addresses.allows(value.slice(start, end), name))
      ? value
      : undefined;
  }
}

function cleanAttributes(store: TreeStore, node: number, tag: string, rules: Rules): void {
  for (let k = store.attributeCount(node) - 1; k >= 0; k--) {
    const row = store.words[node + ATTRS]! + k * ATTR_ROW;
    const name = store.attrs[row]!;
    const value = store.attributeText(row);
    const left = store.names.uri(name) === ""
      ? rules.valueOf(tag, store.names.local(name), value)
      : undefined;
    if (left === undefined) store.removeAttribute(node, row);
    else if (left !== value) store.setAttributeText(row, left);
  }
}

/**
 * Takes everything out of a part of a document that is not known to be harmless. The element itself stays; its attributes are
 * looked at, too.
 *
 * @param top The element.
 * @param options What may stay.
 * @throws {TypeError} If an option is unknown or of the wrong type, or a host is more than a name.
 *
 * @example In place
 * ```ts
 * import { cleanTree, parseFragment, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const div = parseFragment("<div onclick=x>1<script>2</script><b>3</b></div>");
 * cleanTree(div);
 * assertEquals(serialize(div), "<div>1<b>3</b></div>");
 * ```
 */
export function cleanTree(top: Element, options?: HtmlCleanOptions): void {
  cleanBy(top, new Rules(checkClean(options)));
}

function cleanBy(top: Element, rules: Rules): void {
  const store = storeOf(top);
  const root = nodeOf(top);
  cleanAttributes(store, root, top.tag, rules);
  for (let at = store.following(root, root); at !== 0;) {
    const name = store.name(at);
    const tag = store.names.local(name);
    // Comments, elements of SVG and MathML, and those that are not for reading.
    if (store.kind(at) !== ELEMENT || store.names.uri(name) !== "" || DROPPED.has(tag)) {
      const next = store.followingBeyond(at, root);
      store.extract(at);
      at = next;
      continue;
    }
    const next = store.following(at, root);
    if (rules.tags.has(tag)) cleanAttributes(store, at, tag, rules);
    else unwrapNode(store, at);
    at = next;
  }
}

/**
 * HTML that somebody else wrote, without what is not known to be harmless: scripts, style sheets, attributes with scripts,
 * forms, embedded documents, addresses of odd schemes, SVG, MathML, comments and all elements and attributes that are not
 * on the lists of the options.
 *
 * @param html What is to be put into the `body` of a page.
 * @param options What may stay.
 * @returns HTML that browsers read as the tree that was left.
 * @throws {HtmlLimitError} If the text is larger than the limits of `parse` allow.
 * @throws {TypeError} If an option is unknown or of the wrong type, or a host is more than a name.
 *
 * @example A comment of a reader
 * ```ts
 * import { clean } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   clean(`<p onclick="steal()">Ahoy <a href="javascript:x">there</a><img src=x onerror=x></p><script>x</script>`),
 *   '<p>Ahoy <a>there</a><img src="x"></p>',
 * );
 * ```
 */
export function clean(html: string, options?: HtmlCleanOptions): string {
  const rules = new Rules(checkClean(options));
  let text = html;
  // Elements that were taken away may have kept others from being read otherwise: until nothing changes any more.
  for (let round = 0; round < 8; round++) {
    const holder = parseFragment(text, { createParent: true });
    cleanBy(holder, rules);
    const next = serialize(holder, { outer: false });
    if (next === text) return next;
    text = next;
  }
  // Never seen; what cannot be made stable is written as text.
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
