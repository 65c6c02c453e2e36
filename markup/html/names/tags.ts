/**
 * Elements that the parser treats in a way of their own, as small numbers.
 *
 * ```text
 *   0          any other element of HTML
 *   1 … 149    elements of HTML
 *   150 … 159  elements of MathML
 *   160 … 169  elements of SVG
 * ```
 *
 * @module
 */

export const A = 1;
export const ADDRESS = 2;
export const APPLET = 3;
export const AREA = 4;
export const ARTICLE = 5;
export const ASIDE = 6;
export const B = 7;
export const BASE = 8;
export const BASEFONT = 9;
export const BGSOUND = 10;
export const BIG = 11;
export const BLOCKQUOTE = 12;
export const BODY = 13;
export const BR = 14;
export const BUTTON = 15;
export const CAPTION = 16;
export const CENTER = 17;
export const CODE = 18;
export const COL = 19;
export const COLGROUP = 20;
export const DD = 21;
export const DETAILS = 22;
export const DIALOG = 23;
export const DIR = 24;
export const DIV = 25;
export const DL = 26;
export const DT = 27;
export const EM = 28;
export const EMBED = 29;
export const FIELDSET = 30;
export const FIGCAPTION = 31;
export const FIGURE = 32;
export const FONT = 33;
export const FOOTER = 34;
export const FORM = 35;
export const FRAME = 36;
export const FRAMESET = 37;
export const H1 = 38;
export const H2 = 39;
export const H3 = 40;
export const H4 = 41;
export const H5 = 42;
export const H6 = 43;
export const HEAD = 44;
export const HEADER = 45;
export const HGROUP = 46;
export const HR = 47;
export const HTML = 48;
export const I = 49;
export const IFRAME = 50;
export const IMAGE = 51;
export const IMG = 52;
export const INPUT = 53;
export const KEYGEN = 54;
export const LI = 55;
export const LINK = 56;
export const LISTING = 57;
export const MAIN = 58;
export const MARQUEE = 59;
export const MATH = 60;
export const MENU = 61;
export const META = 62;
export const NAV = 63;
export const NOBR = 64;
export const NOEMBED = 65;
export const NOFRAMES = 66;
export const NOSCRIPT = 67;
export const OBJECT = 68;
export const OL = 69;
export const OPTGROUP = 70;
export const OPTION = 71;
export const P = 72;
export const PARAM = 73;
export const PLAINTEXT = 74;
export const PRE = 75;
export const RB = 76;
export const RP = 77;
export const RT = 78;
export const RTC = 79;
export const RUBY = 80;
export const S = 81;
export const SCRIPT = 82;
export const SEARCH = 83;
export const SECTION = 84;
export const SELECT = 85;
export const SELECTEDCONTENT = 86;
export const SMALL = 87;
export const SOURCE = 88;
export const SPAN = 89;
export const STRIKE = 90;
export const STRONG = 91;
export const STYLE = 92;
export const SUB = 93;
export const SUMMARY = 94;
export const SUP = 95;
export const SVG = 96;
export const TABLE = 97;
export const TBODY = 98;
export const TD = 99;
export const TEMPLATE = 100;
export const TEXTAREA = 101;
export const TFOOT = 102;
export const TH = 103;
export const THEAD = 104;
export const TITLE = 105;
export const TR = 106;
export const TRACK = 107;
export const TT = 108;
export const U = 109;
export const UL = 110;
export const VAR = 111;
export const WBR = 112;
export const XMP = 113;
export const MGLYPH = 114;
export const MALIGNMARK = 115;

/** From this number on, elements are not of HTML. */
export const FOREIGN = 150;
export const MATH_ROOT = 150;
export const MI = 151;
export const MO = 152;
export const MN = 153;
export const MS = 154;
export const MTEXT = 155;
export const ANNOTATION_XML = 156;
/** An `annotation-xml` whose encoding makes it an HTML integration point. */
export const ANNOTATION_HTML = 157;
export const OTHER_MATH = 159;
export const SVG_ROOT = 160;
export const FOREIGN_OBJECT = 161;
export const DESC = 162;
export const SVG_TITLE = 163;
export const OTHER_SVG = 169;

/** The names of the elements of HTML, from 1 on. */
export const HTML_TAGS: readonly string[] = (
  "a address applet area article aside b base basefont bgsound big blockquote body br button " +
  "caption center code col colgroup dd details dialog dir div dl dt em embed fieldset figcaption " +
  "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe " +
  "image img input keygen li link listing main marquee math menu meta nav nobr noembed noframes " +
  "noscript object ol optgroup option p param plaintext pre rb rp rt rtc ruby s script search " +
  "section select selectedcontent small source span strike strong style sub summary sup svg " +
  "table tbody td template textarea tfoot th thead title tr track tt u ul var wbr xmp mglyph " +
  "malignmark"
).split(" ");

const NUMBERS: ReadonlyMap<string, number> = new Map(HTML_TAGS.map((name, i) => [name, i + 1]));

/** The number of an element of HTML; 0 if its name is none of {@linkcode HTML_TAGS}. */
export function tagOf(name: string): number {
  return NUMBERS.get(name) ?? 0;
}
