import { isSpace } from "../scan/tag.ts";
import { resolveLabel } from "./resolve_label.ts";

/**
 * The encoding that the `content` of a `meta` tells: "extracting a character encoding from a meta element".
 *
 * @param content For instance `text/html; charset=utf-8`.
 */
export function extractCharset(content: string): string | undefined {
  const text = content.toLowerCase();
  for (let at = text.indexOf("charset"); at !== -1; at = text.indexOf("charset", at)) {
    at = skip(text, at + 7);
    if (text[at] !== "=") continue;
    at = skip(text, at + 1);
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1);
      return end === -1 ? undefined : resolveLabel(text.slice(at + 1, end));
    }
    let end = at;
    while (end < text.length && text[end] !== ";" && !isSpace(text.charCodeAt(end))) end++;
    return resolveLabel(text.slice(at, end));
  }
  return undefined;
}

function skip(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}
