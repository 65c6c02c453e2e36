/** Lines of a text, and changes to it. */

/** A line break. */
export type Eol = "\n" | "\r\n";

/** A piece of the text that goes, and what comes in its place. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Applies changes that do not overlap. Of two at one place, the first of the list comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const order = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: piece } of order) {
    parts.push(text.slice(at, start), piece);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

/** Offset of the first character of a line. */
export function lineStart(text: string, offset: number): number {
  // A negative position would be taken for the first.
  return offset > 0 ? text.lastIndexOf("\n", offset - 1) + 1 : 0;
}

/** Offset of a line's break, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** Offset behind a line's break. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** Offset of the first character that is no blank. */
export function skipBlanks(text: string, offset: number): number {
  while (text[offset] === " " || text[offset] === "\t") offset++;
  return offset;
}

/** Whether there is nothing but blanks from an offset up to another. */
export function isBlank(text: string, start: number, end: number): boolean {
  return skipBlanks(text, start) >= end;
}

/** What stands before an offset on its line, if that is only blanks. */
export function indentAt(text: string, offset: number): string {
  const start = lineLead(text, offset);
  return start === undefined ? "" : text.slice(start, offset);
}

/** Where the line of an offset begins, if nothing but blanks stands between. */
export function lineLead(text: string, offset: number): number | undefined {
  let at = offset;
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at === 0 || text[at - 1] === "\n" ? at : undefined;
}

/** Whether nothing but blanks stands between an offset and the end of its line. */
export function endsLine(text: string, offset: number): boolean {
  const at = skipBlanks(text, offset);
  return at >= text.length || text[at] === "\n" || text.startsWith("\r\n", at);
}

/**
 * Cuts whole lines where nothing else stands on them; a comment behind what is cut stays.
 *
 * @param text The text.
 * @param start Where what is cut begins.
 * @param end Behind it.
 */
export function cut(text: string, start: number, end: number): Splice {
  const from = lineLead(text, start);
  return from !== undefined && endsLine(text, end)
    ? { start: from, end: nextLine(text, end), text: "" }
    : { start, end: skipBlanks(text, end), text: "" };
}

/** Puts a line below that of an offset. */
export function below(text: string, offset: number, line: string, eol: string): Splice {
  const at = lineEnd(text, offset);
  return { start: at, end: at, text: eol + line };
}
