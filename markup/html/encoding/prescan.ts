import { asciiText } from "../../store/ascii_text.ts";
import { isSpace } from "../scan/tag.ts";
import { extractCharset } from "./extract_charset.ts";
import { resolveLabel } from "./resolve_label.ts";

/** How many bytes are looked at for a `meta`. */
const PRESCAN = 1024;

/** Where the attribute that was read last ends. */
let next = 0;

/**
 * Looks for the encoding that the document itself tells: "prescan a byte stream to determine its encoding".
 *
 * @param bytes The document.
 * @returns The encoding, `undefined` if there is none.
 */
export function prescan(bytes: Uint8Array): string | undefined {
  const text = asciiText(bytes, Math.min(PRESCAN, bytes.length));
  if (text.startsWith("<\0?\0x\0")) return "utf-16le";
  if (text.startsWith("\0<\0?\0x")) return "utf-16be";
  for (let at = text.indexOf("<"); at !== -1 && at < text.length; at = text.indexOf("<", at)) {
    const unit = text.charCodeAt(at + 1);
    if (text.startsWith("<!--", at)) {
      // The dashes of `<!-->` are both the start and the end.
      const end = text.indexOf("-->", at + 2);
      if (end === -1) return undefined;
      at = end + 3;
    } else if ((unit | 32) === 109 && /^<meta[\t\n\f\r /]/i.test(text.slice(at, at + 6))) {
      const found = readMeta(text, at + 5);
      if (found !== undefined) return found;
      at = next;
    } else if (isLetter(unit === 47 ? text.charCodeAt(at + 2) : unit)) {
      while (at < text.length && text[at] !== ">" && !isSpace(text.charCodeAt(at))) at++;
      next = at;
      while (readAttribute(text, next) !== undefined);
      at = next;
    } else if (unit === 33 || unit === 47 || unit === 63) {
      const end = text.indexOf(">", at);
      if (end === -1) return undefined;
      at = end + 1;
    } else at++;
  }
  return undefined;
}

/** The encoding that a `meta` tells. */
function readMeta(text: string, start: number): string | undefined {
  const seen = new Set<string>();
  let isPragma = false;
  let needsPragma: boolean | undefined;
  let encoding: string | undefined;
  next = start;
  for (let pair = readAttribute(text, next); pair !== undefined; pair = readAttribute(text, next)) {
    const [name, value] = pair;
    if (seen.has(name)) continue;
    seen.add(name);
    if (name === "http-equiv") isPragma ||= value === "content-type";
    else if (name === "content") {
      const found = extractCharset(value);
      if (found !== undefined && encoding === undefined) {
        encoding = found;
        needsPragma = true;
      }
    } else if (name === "charset") {
      encoding = resolveLabel(value);
      needsPragma = false;
    }
  }
  if (needsPragma === undefined || (needsPragma && !isPragma)) return undefined;
  if (encoding === "utf-16le" || encoding === "utf-16be") return "utf-8";
  return encoding === "x-user-defined" ? "windows-1252" : encoding;
}

/** Reads an attribute; name and value in small letters. `undefined` at the end of the tag. */
function readAttribute(text: string, start: number): [string, string] | undefined {
  let at = start;
  while (isSpace(text.charCodeAt(at)) || text[at] === "/") at++;
  next = at;
  if (at >= text.length || text[at] === ">") {
    if (text[at] === ">") next++;
    return undefined;
  }
  const nameStart = at;
  while (
    at < text.length && !(text[at] === "=" && at > nameStart) && !isSpace(text.charCodeAt(at)) &&
    text[at] !== "/" && text[at] !== ">"
  ) at++;
  const name = text.slice(nameStart, at).toLowerCase();
  while (isSpace(text.charCodeAt(at))) at++;
  next = at;
  if (text[at] !== "=") return [name, ""];
  at++;
  while (isSpace(text.charCodeAt(at))) at++;
  const quote = text[at];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, at + 1);
    next = end === -1 ? text.length : end + 1;
    return end === -1 ? undefined : [name, text.slice(at + 1, end).toLowerCase()];
  }
  const valueStart = at;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && text[at] !== ">") at++;
  next = at;
  // A value that is cut off is none.
  return at >= text.length ? undefined : [name, text.slice(valueStart, at).toLowerCase()];
}

function isLetter(unit: number): boolean {
  const small = unit | 32;
  return small >= 97 && small <= 122;
}
