import { nodeOf, storeOf, TEXT } from "../../store/mod.ts";
import { find } from "../../tree/attributes.ts";
import type { Element } from "../../tree/mod.ts";
import { LINK_ATTRIBUTES } from "./attributes.ts";
import { linkSpans, type LinkSyntax } from "./spans.ts";

/** An address in a document. */
export interface HtmlLink {
  /** The element that it is in. */
  readonly element: Element;
  /** The attribute; `undefined` if the address is in the text of a `style`. */
  readonly attribute: string | undefined;
  /** The address, as it is written. */
  readonly url: string;
  /** Where it stands in the value or text. */
  readonly start: number;
}

/** A value with addresses in it. */
interface Place {
  readonly element: Element;
  readonly attribute: string | undefined;
  readonly value: string;
  readonly syntax: LinkSyntax;
}

/** The values in a part of a document in which there may be addresses. */
function* placesIn(top: Element): Generator<Place, undefined> {
  for (const element of top.iter("*")) {
    for (const [attribute, value] of [...element.attrib]) {
      const syntax = LINK_ATTRIBUTES.get(attribute);
      if (syntax !== undefined) yield { element, attribute, value, syntax };
    }
    const tag = element.localName;
    if (tag === "style") {
      if (element.text !== undefined) {
        yield { element, attribute: undefined, value: element.text, syntax: "css" };
      }
    } else if (tag === "meta" && element.get("http-equiv")?.toLowerCase() === "refresh") {
      const value = element.get("content");
      if (value !== undefined) yield { element, attribute: "content", value, syntax: "refresh" };
    }
  }
}

/**
 * The addresses in a part of a document: in `href`, `src` and the like, `xlink:href`, `srcset`, `style`, `meta` that refreshes,
 * and style sheets.
 *
 * @param top Where to look: in this element and below.
 *
 * @example All of a page
 * ```ts
 * import { iterLinks, parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse(`<a href=/a><img src=b srcset="c 1x, d 2x" style="background: url('e')">`);
 * assertEquals([...iterLinks(page)].map(({ url }) => url), ["/a", "b", "c", "d", "e"]);
 * ```
 */
export function* iterLinks(top: Element): Generator<HtmlLink, undefined> {
  for (const { element, attribute, value, syntax } of placesIn(top)) {
    for (const [start, end] of linkSpans(value, syntax)) {
      yield { element, attribute, url: value.slice(start, end), start };
    }
  }
}

/**
 * Changes the addresses in a part of a document.
 *
 * @param top Where: in this element and below.
 * @param change Gives the new address; `undefined` takes away the attribute, or the address if there are others beside it.
 *
 * @example Through a proxy
 * ```ts
 * import { parseFragment, rewriteLinks, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const link = parseFragment("<a href=/x>1</a>");
 * rewriteLinks(link, (url) => `/proxy?to=${encodeURIComponent(url)}`);
 * assertEquals(serialize(link), '<a href="/proxy?to=%2Fx">1</a>');
 * ```
 */
export function rewriteLinks(
  top: Element,
  change: (url: string, link: HtmlLink) => string | undefined,
): void {
  for (const { element, attribute, value, syntax } of [...placesIn(top)]) {
    let text = "";
    let copied = 0;
    let dropped = false;
    for (const [start, end] of linkSpans(value, syntax)) {
      const url = value.slice(start, end);
      const next = change(url, { element, attribute, url, start });
      dropped ||= next === undefined;
      text += value.slice(copied, start) + (next ?? "");
      copied = end;
    }
    if (copied === 0 && !dropped) continue;
    text += value.slice(copied);
    if (dropped && (syntax === "url" || syntax === "refresh")) element.attrib.delete(attribute!);
    else put(element, attribute, text);
  }
}

/** Sets a text or an attribute that is there. In HTML it may have had characters in it that XML has not. */
function put(element: Element, attribute: string | undefined, text: string): void {
  const store = storeOf(element);
  const node = nodeOf(element);
  if (store.language === "html") {
    if (attribute === undefined) store.setTextAt(node + TEXT, text);
    else store.setAttributeText(find(store, node, attribute), text);
  } else if (attribute === undefined) element.text = text;
  else element.set(attribute, text);
}
