import { checkOptions, OBJECT, type OptionRules } from "../../options.ts";

/** What is left of HTML that somebody else wrote. All lists name what may stay, in capitals or not. */
export interface HtmlCleanOptions {
  /**
   * Elements that stay. Others go, and what is in them stays, but for those whose contents are not for reading (`script`,
   * `style`, `svg` …): they go as a whole. Elements of the latter kind are never kept.
   *
   * @default {those of text, lists, tables and pictures}
   */
  tags?: Iterable<string>;
  /**
   * Attributes that stay, by element; `"*"` is for all. Attributes that hold scripts are never kept.
   *
   * @default {class, dir, id, lang, style, title; a[href], img[src] and the like}
   */
  attributes?: Readonly<Record<string, Iterable<string>>>;
  /**
   * Schemes of addresses that stay; relative addresses always do. `javascript`, `vbscript` and `data` never stay.
   *
   * @default {["http", "https", "mailto", "tel", "ftp"]}
   */
  schemes?: Iterable<string>;
  /**
   * Hosts from which pictures and the like may be loaded, such as `"example.com"`, subdomains included; an empty list means that
   * only relative addresses stay.
   *
   * @default {undefined, which is all}
   */
  hosts?: Iterable<string>;
  /**
   * Properties of `style` attributes that stay. Values that load something never do.
   *
   * @default {all but those that load something, or put an element in front of others}
   */
  properties?: Iterable<string>;
}

const RULES: OptionRules<HtmlCleanOptions> = {
  tags: OBJECT,
  attributes: OBJECT,
  schemes: OBJECT,
  hosts: OBJECT,
  properties: OBJECT,
};

/** Checks what may stay. A text in the place of a list would be the list of its letters. */
export function checkClean(options: HtmlCleanOptions | undefined): HtmlCleanOptions {
  const checked = checkOptions("Cannot clean HTML", options, RULES);
  for (const [tag, names] of Object.entries(checked.attributes ?? {})) {
    if (typeof names === "object") continue;
    throw new TypeError(
      `Cannot clean HTML: attributes of "${tag}" must be a list, received ${JSON.stringify(names)}`,
    );
  }
  return checked;
}

/** Elements that stay by default. */
export const DEFAULT_TAGS: readonly string[] =
  ("a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt " +
    "em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp " +
    "section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr")
    .split(" ");

/** Attributes that stay by default. */
export const DEFAULT_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  "*": ["class", "dir", "id", "lang", "style", "title"],
  a: ["href", "hreflang", "name", "rel"],
  blockquote: ["cite"],
  col: ["align", "span", "valign", "width"],
  colgroup: ["align", "span", "valign", "width"],
  del: ["cite", "datetime"],
  details: ["open"],
  font: ["color", "face", "size"],
  img: ["align", "alt", "border", "height", "src", "width"],
  ins: ["cite", "datetime"],
  li: ["value"],
  ol: ["reversed", "start", "type"],
  q: ["cite"],
  table: ["align", "border", "cellpadding", "cellspacing", "summary", "width"],
  td: ["abbr", "align", "colspan", "headers", "rowspan", "scope", "valign", "width"],
  th: ["abbr", "align", "colspan", "headers", "rowspan", "scope", "valign", "width"],
  time: ["datetime"],
  tr: ["align", "valign"],
  ul: ["type"],
};

/** Elements that go with all that is in them, whatever the options say. */
export const DROPPED: ReadonlySet<string> = new Set(
  ("applet audio base basefont bgsound canvas embed frame frameset head iframe link listing math meta noembed noframes noscript " +
    "object param plaintext script select source style svg template textarea title track video xmp")
    .split(" "),
);

/** Schemes that stay by default. */
export const DEFAULT_SCHEMES: readonly string[] = ["http", "https", "mailto", "tel", "ftp"];
/** Schemes that never stay. */
export const REFUSED_SCHEMES: ReadonlySet<string> = new Set([
  "javascript",
  "vbscript",
  "data",
  "livescript",
  "mocha",
  "view-source",
  "blob",
  "filesystem",
]);
