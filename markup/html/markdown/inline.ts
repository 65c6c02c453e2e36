import type { Element } from "../../tree/mod.ts";
import { textContent } from "../text/text_content.ts";

/** Deeper elements are written as their text. */
export const MOST_LEVELS = 500;

/** Elements that are not for reading. */
const HIDDEN = new Set(
  "head iframe noscript object script style svg math template title video audio".split(" "),
);
/** Signs around the text of elements. */
const SIGNS: Readonly<Record<string, string>> = {
  b: "**",
  strong: "**",
  em: "*",
  i: "*",
  cite: "*",
  dfn: "*",
  var: "*",
  del: "~~",
  s: "~~",
  strike: "~~",
};

/** A text whose signs are not Markdown's. */
function escape(text: string): string {
  return text.replace(/[\t\n\f\r ]{2,}|[\t\n\f\r]/g, " ").replace(/[\\`*_[\]<>~|]/g, "\\$&")
    .replace(/&(?=#?\w+;)/g, "\\&");
}

/** A run of signs that is longer than any in a text. */
export function fence(text: string, sign: string, least: number): string {
  let longest = 0;
  for (const [run] of text.matchAll(new RegExp(`${sign}+`, "g"))) {
    longest = Math.max(longest, run.length);
  }
  return sign.repeat(Math.max(least, longest + 1));
}

/** Code in a line. */
function codeSpan(text: string): string {
  const code = text.replace(/[\t\n\f\r ]{2,}|[\t\n\f\r]/g, " ");
  if (code.trim() === "") return "";
  const ticks = code.includes("`") ? fence(code, "`", 1) : "`";
  const pad = code.startsWith("`") || code.endsWith("`") ? " " : "";
  return ticks + pad + code + pad + ticks;
}

/** A text with signs around it; white space at its ends is left outside, for else they would not count. */
function wrap(text: string, sign: string): string {
  const [, before, inner, after] = /^(\s*)([^]*?)(\s*)$/.exec(text)!;
  return inner === "" ? text : `${before}${sign}${inner}${sign}${after}`;
}

/** An address between parentheses. */
function target(address: string, title: string | undefined): string {
  const url = /[\s()<>]/.test(address)
    ? `<${address.trim().replace(/[\n\r<>]/g, (sign) => encodeURIComponent(sign))}>`
    : address;
  const quoted = title === undefined
    ? ""
    : ` "${title.replace(/\s+/g, " ").replace(/["\\]/g, "\\$&")}"`;
  return `(${url}${quoted})`;
}

/** Markdown of an element in a line, without its tail. */
function inlineElement(element: Element, level: number): string {
  const { tag } = element;
  if (HIDDEN.has(tag) || tag.startsWith("#") || tag.startsWith("{")) return "";
  if (level > MOST_LEVELS) return escape(textContent(element));
  switch (tag) {
    case "br":
      return "\\\n";
    case "code":
    case "kbd":
    case "samp":
    case "tt":
      return codeSpan([...element.iterText({ withTail: false })].join(""));
    case "img": {
      const src = element.get("src");
      if (src === undefined) return "";
      return `![${escape(element.get("alt") ?? "")}]${target(src, element.get("title"))}`;
    }
    case "a": {
      const href = element.get("href");
      const text = inline(element, level + 1);
      return href === undefined || text.trim() === ""
        ? text
        : `[${text.trim()}]${target(href, element.get("title"))}`;
    }
  }
  const sign = Object.hasOwn(SIGNS, tag) ? SIGNS[tag] : undefined;
  const text = inline(element, level + 1);
  return sign === undefined ? text : wrap(text, sign);
}

/** A text and nodes in a line as Markdown. */
export function inlineOf(
  text: string | undefined,
  nodes: readonly Element[],
  level: number,
): string {
  let out = text === undefined ? "" : escape(text);
  for (const node of nodes) {
    out += inlineElement(node, level);
    if (node.tail !== undefined) out += escape(node.tail);
  }
  return out.replace(/ *\\\n */g, "\\\n").replace(/ {2,}/g, " ");
}

/** What is in an element, in a line. */
export function inline(element: Element, level: number): string {
  return inlineOf(element.text, [...element], level);
}

/** Whether an element is not for reading. */
export function isHidden(element: Element): boolean {
  return HIDDEN.has(element.tag);
}
