import * as tag from "./tags.ts";

/** The standard's "special" category. */
export const SPECIAL = 1;
/** Ends the search for an element "in scope". */
export const SCOPE = 2;
/** Ends, beside those of `SCOPE`, the search for an element "in list item scope". */
export const LIST_SCOPE = 4;
/** Ends the search for an element "in table scope". */
export const TABLE_SCOPE = 8;
/** Closed by "generate implied end tags". */
export const IMPLIED = 16;
/** Closed by "generate all implied end tags thoroughly". */
export const IMPLIED_ALL = 32;
/** A formatting element. */
export const FORMATTING = 64;
/** Content that does not belong into it goes in front of the table. */
export const FOSTER = 128;
/** `h1` to `h6`. */
export const HEADING = 256;
/** An HTML integration point, or a MathML text integration point. */
export const INTEGRATION = 512;
/** A MathML text integration point. */
export const TEXT_INTEGRATION = 1024;
/** Its start tag ends foreign content. */
export const BREAKOUT = 2048;
/** Has no end tag. */
export const VOID = 4096;
/** Ends, beside those of `SCOPE`, the search for an element "in button scope". */
export const BUTTON_SCOPE = 8192;

const MEMBERS: readonly (readonly [number, string])[] = [
  [
    SPECIAL,
    "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details " +
    "dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html " +
    "iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext " +
    "pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul " +
    "wbr xmp",
  ],
  [SCOPE, "applet caption html table td th marquee object select template"],
  [LIST_SCOPE, "ol ul"],
  [BUTTON_SCOPE, "button"],
  [TABLE_SCOPE, "html table template"],
  [IMPLIED, "dd dt li optgroup option p rb rp rt rtc"],
  [
    IMPLIED_ALL,
    "caption colgroup dd dt li optgroup option p rb rp rt rtc tbody td tfoot th thead tr",
  ],
  [FORMATTING, "a b big code em font i nobr s small strike strong tt u"],
  [FOSTER, "table tbody tfoot thead tr"],
  [HEADING, "h1 h2 h3 h4 h5 h6"],
  [
    BREAKOUT,
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p " +
    "pre ruby s small span strong strike sub sup table tt u ul var",
  ],
  [
    VOID,
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr",
  ],
];

/** The properties of elements, by their number. */
export const FLAGS: Uint16Array = new Uint16Array(256);
for (const [flag, names] of MEMBERS) {
  for (const name of names.split(" ")) FLAGS[tag.tagOf(name)]! |= flag;
}
for (const id of [tag.MI, tag.MO, tag.MN, tag.MS, tag.MTEXT]) {
  FLAGS[id] = SPECIAL | SCOPE | INTEGRATION | TEXT_INTEGRATION;
}
FLAGS[tag.ANNOTATION_XML] = SPECIAL | SCOPE;
for (const id of [tag.ANNOTATION_HTML, tag.FOREIGN_OBJECT, tag.DESC, tag.SVG_TITLE]) {
  FLAGS[id] = SPECIAL | SCOPE | INTEGRATION;
}
