import { type Element, ElementTree } from "../../tree/mod.ts";
import { type HtmlLink, rewriteLinks } from "./links.ts";

/**
 * The address that others are relative to: of the first `base`, or of the document.
 *
 * @param root The root of the document.
 * @param url The address of the document, if it is known.
 */
export function documentBase(root: Element, url: string | undefined): string | undefined {
  for (const base of root.iter("base")) {
    const href = base.get("href");
    if (href === undefined) continue;
    return resolve(href, url) ?? url;
  }
  return url;
}

/** An absolute address; `undefined` if it is not one. */
function resolve(url: string, base: string | undefined): string | undefined {
  return URL.parse(url, base)?.href;
}

/**
 * Makes the addresses in a part of a document absolute. Those that cannot be are left as they are.
 *
 * @param top Where: in this element and below.
 * @param url Address of the document; a `base` in it counts, too.
 * @throws {TypeError} If no address of the document is known.
 *
 * @example A page from somewhere
 * ```ts
 * import { makeLinksAbsolute, parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<a href=../b>", { url: "https://example.com/x/y/" });
 * makeLinksAbsolute(page);
 * assertEquals(page.find(".//a")!.get("href"), "https://example.com/x/b");
 * ```
 */
export function makeLinksAbsolute(top: Element, url?: string): void {
  const { root, info } = ElementTree.of(top);
  const base = documentBase(root, url ?? info.url);
  if (base === undefined || !URL.canParse(base)) {
    throw new TypeError(`Absolute links need the address of the document, received ${base}`);
  }
  rewriteLinks(
    top,
    (link, { element }) => element.tag === "base" ? link : resolve(link, base) ?? link,
  );
}

/**
 * Takes the `base` of a document into its addresses, and takes it away.
 *
 * @param top Where: in this element and below.
 *
 * @example Relative to another folder
 * ```ts
 * import { parse, resolveBase } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<base href=https://example.com/x/><a href=y>");
 * resolveBase(page);
 * assertEquals(page.find(".//a")!.get("href"), "https://example.com/x/y");
 * assertEquals(page.find(".//base"), undefined);
 * ```
 */
export function resolveBase(top: Element): void {
  const bases = [...top.iter("base")];
  const base = documentBase(top, ElementTree.of(top).info.url);
  const change = (url: string, { element }: HtmlLink) =>
    element.tag === "base" || base === undefined ? url : resolve(url, base) ?? url;
  if (bases.some((element) => element.get("href") !== undefined)) rewriteLinks(top, change);
  for (const element of bases) element.getParent()?.remove(element);
}
