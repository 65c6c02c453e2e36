import { checkOptions, OBJECT, type OptionRules, STRING } from "../options.ts";
import { Element } from "./element.ts";
import { type ElementOptions, makeRow } from "./make_row.ts";
import type { NamespaceMap } from "./namespaces.ts";
import { nodeOf, storeOf, viewOf } from "../store/node_view.ts";

/**
 * Makes an element at the end of a parent, in the document of the parent.
 *
 * @example A list
 * ```ts
 * import { Element, subElement } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const list = new Element("list");
 * const item = subElement(list, "item", { attrib: { id: "1" }, text: "One" });
 * assertEquals([item.getParent(), list.length], [list, 1]);
 * ```
 *
 * @param parent The parent.
 * @param tag `local` or `{uri}local`; a namespace with a prefix in force uses that.
 * @param options Attributes, prefixes, text.
 * @throws {TypeError} If the parent is a comment or a processing instruction, or an option is unknown or of the wrong type.
 * @throws {RangeError} If a name is none, or a text has characters that XML cannot hold.
 */
export function subElement(parent: Element, tag: string, options?: ElementOptions): Element {
  if (parent.tag.startsWith("#")) {
    throw new TypeError("Comments and processing instructions have no children");
  }
  const store = storeOf(parent);
  return viewOf(store, makeRow(store, nodeOf(parent), tag, options)) as Element;
}

/** What an {@linkcode ElementFactory} makes elements of: text, children, attributes, and lists of such. */
export type Content =
  | string
  | number
  | Element
  | undefined
  | Readonly<Record<string, string>>
  | readonly Content[];

/** Names of HTML's elements. */
export type HtmlTag =
  | "a"
  | "abbr"
  | "address"
  | "area"
  | "article"
  | "aside"
  | "audio"
  | "b"
  | "base"
  | "bdi"
  | "bdo"
  | "blockquote"
  | "body"
  | "br"
  | "button"
  | "canvas"
  | "caption"
  | "cite"
  | "code"
  | "col"
  | "colgroup"
  | "data"
  | "datalist"
  | "dd"
  | "del"
  | "details"
  | "dfn"
  | "dialog"
  | "div"
  | "dl"
  | "dt"
  | "em"
  | "embed"
  | "fieldset"
  | "figcaption"
  | "figure"
  | "footer"
  | "form"
  | "h1"
  | "h2"
  | "h3"
  | "h4"
  | "h5"
  | "h6"
  | "head"
  | "header"
  | "hgroup"
  | "hr"
  | "html"
  | "i"
  | "iframe"
  | "img"
  | "input"
  | "ins"
  | "kbd"
  | "label"
  | "legend"
  | "li"
  | "link"
  | "main"
  | "map"
  | "mark"
  | "menu"
  | "meta"
  | "meter"
  | "nav"
  | "noscript"
  | "object"
  | "ol"
  | "optgroup"
  | "option"
  | "output"
  | "p"
  | "picture"
  | "pre"
  | "progress"
  | "q"
  | "rp"
  | "rt"
  | "ruby"
  | "s"
  | "samp"
  | "script"
  | "search"
  | "section"
  | "select"
  | "slot"
  | "small"
  | "source"
  | "span"
  | "strong"
  | "style"
  | "sub"
  | "summary"
  | "sup"
  | "svg"
  | "table"
  | "tbody"
  | "td"
  | "template"
  | "textarea"
  | "tfoot"
  | "th"
  | "thead"
  | "time"
  | "title"
  | "tr"
  | "track"
  | "u"
  | "ul"
  | "var"
  | "video"
  | "wbr";

/** Makes one kind of element out of its content. */
export type ElementMaker = (...content: Content[]) => Element;

/**
 * Makes elements by their names: `E.p("text")`, or `E("p", "text")` for any tag.
 *
 * It has no property `then` and none `toJSON`, so that it can be awaited, returned from an `async` function, and part of
 * what is written as JSON: elements of these names are made by `E("then")`.
 */
export type ElementFactory =
  & ((tag: string, ...content: Content[]) => Element)
  & { readonly then?: undefined; readonly toJSON?: undefined }
  & Readonly<Record<HtmlTag, ElementMaker>>
  & Readonly<Record<string, ElementMaker>>;

/** What all elements of a factory have. */
export interface ElementFactoryOptions {
  /**
   * Namespace of tags without one.
   *
   * @default {""}
   */
  namespace?: string;
  /**
   * Prefixes that each element declares.
   *
   * @default {{}}
   */
  nsmap?: NamespaceMap;
}

const RULES: OptionRules<ElementFactoryOptions> = { namespace: STRING, nsmap: OBJECT };

/** What the language itself asks any object for, and would call. */
const PROTOCOLS: ReadonlySet<unknown> = new Set(["then", "toJSON"]);

function fill(element: Element, content: readonly Content[]): void {
  for (const part of content) {
    if (part === undefined) continue;
    if (part instanceof Element) element.append(part);
    else if (Array.isArray(part)) fill(element, part);
    else if (typeof part === "object") {
      for (const [name, value] of Object.entries(part as Record<string, string>)) {
        element.set(name, value);
      }
    } else {
      const last = element.at(-1);
      if (last === undefined) element.text = `${element.text ?? ""}${part}`;
      else last.tail = `${last.tail ?? ""}${part}`;
    }
  }
}

/**
 * Makes a factory like {@linkcode E} for elements of a namespace.
 *
 * @example A picture
 * ```ts
 * import { elementFactory } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const svg = "http://www.w3.org/2000/svg";
 * const S = elementFactory({ namespace: svg, nsmap: { "": svg } });
 * const picture = S.svg({ viewBox: "0 0 10 10" }, S("circle", { r: "5" }));
 * assertEquals([picture.at(0)?.tag, picture.prefix], [`{${svg}}circle`, ""]);
 * ```
 *
 * @param options Namespace and prefixes.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function elementFactory(options?: ElementFactoryOptions): ElementFactory {
  const { namespace = "", nsmap = {} } = checkOptions("Cannot make elements", options, RULES);
  const make = (tag: string, ...content: Content[]) => {
    const full = namespace === "" || tag.startsWith("{") ? tag : `{${namespace}}${tag}`;
    const element = new Element(full, { nsmap });
    fill(element, content);
    return element;
  };
  return new Proxy(make, {
    get: (_, tag) =>
      typeof tag === "string" && !PROTOCOLS.has(tag)
        ? (...content: Content[]) => make(tag, ...content)
        : undefined,
  }) as unknown as ElementFactory;
}

/**
 * Makes elements out of their content.
 *
 * @example A page
 * ```ts
 * import { E } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const page = E.html(E.body(E.p({ class: "first" }, "One ", E.b("two"), " three")));
 * assertEquals(page.findText("body/p/b"), "two");
 * assertEquals([...page.iterText()].join(""), "One two three");
 * ```
 */
export const E: ElementFactory = elementFactory();
