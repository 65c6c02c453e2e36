import type { Element as DomElement, HTMLDocument } from "@b-fuze/deno-dom";
import { ElementTree } from "../../tree/mod.ts";
import type { Element } from "../../tree/mod.ts";
import { serialize } from "../serialize/serialize.ts";

/** deno-dom is loaded when it is first needed: to load it takes as long as to parse many pages. */
let loading: Promise<typeof import("@b-fuze/deno-dom")> | undefined;

/**
 * Parses a document with deno-dom.
 *
 * @param text The document.
 * @returns deno-dom's document.
 *
 * @example The DOM
 * ```ts
 * import { parseDocument } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const document = await parseDocument("<title>Ahoy</title>");
 * assertEquals(document.head?.textContent, "Ahoy");
 * ```
 */
export async function parseDocument(
  text: string,
): Promise<HTMLDocument> {
  const { DOMParser } = await (loading ??= import("@b-fuze/deno-dom"));
  return new DOMParser().parseFromString(text, "text/html");
}

/**
 * Copies an element to deno-dom.
 *
 * @param element The element. A `html`, `head` or `body` comes in a document, any other one is in no document.
 * @returns deno-dom's element.
 * @throws {SyntaxError} If what is written of the element is not read as one element, for instance of an element that is not
 * of HTML.
 *
 * @example There and back
 * ```ts
 * import { fromDom, parseFragment, toDom } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const cell = parseFragment("<td class=a>1", { context: "tr" });
 * const node = await toDom(cell);
 * assertEquals([node.tagName, node.getAttribute("class")], ["TD", "a"]);
 * assertEquals(fromDom(node).text, "1");
 * ```
 */
export async function toDom(element: Element): Promise<DomElement> {
  const { tag } = element;
  let found: DomElement | null | undefined;
  if (tag === "html") {
    found = (await parseDocument(serialize(ElementTree.of(element)))).documentElement;
  } else if (tag === "head") found = (await parseDocument(`<html>${serialize(element)}`)).head;
  else if (tag === "body") {
    found = (await parseDocument(`<html><head></head>${serialize(element)}`)).body;
  } else {
    // In a template, elements may be what they could not be in a body: cells, for instance.
    const document = await parseDocument(`<body><template>${serialize(element)}</template>`);
    const template = document.body?.children[0] as
      | { content?: { childNodes: Iterable<unknown> } }
      | undefined;
    const nodes = [...template?.content?.childNodes ?? []];
    if (nodes.length === 1) found = nodes[0] as NonNullable<typeof found>;
  }
  if (found === null || found === undefined) {
    throw new SyntaxError(`An element that HTML can hold is needed for toDom(), received "${tag}"`);
  }
  return found;
}
