import type { Scanner } from "./scanner.ts";

/**
 * Reads a comment; its text is left in the scanner.
 *
 * @param scanner Who reads.
 * @param start Behind the `<!--`.
 */
export function readComment(scanner: Scanner, start: number): void {
  const source = scanner.source;
  let unit = source.charCodeAt(start);
  if (unit === 62 || (unit === 45 && source.charCodeAt(start + 1) === 62)) {
    scanner.error("abrupt-closing-of-empty-comment", start);
    return take(scanner, start, start, unit === 62 ? start + 1 : start + 2);
  }
  for (let at = source.indexOf("--", start); at !== -1; at = source.indexOf("--", at)) {
    const dashes = at;
    do unit = source.charCodeAt(++at); while (unit === 45);
    if (unit === 62) return take(scanner, start, at - 2, at + 1);
    if (unit === 33 && source.charCodeAt(at + 1) === 62) {
      scanner.error("incorrectly-closed-comment", at);
      return take(scanner, start, at - 2, at + 2);
    }
    if (unit !== unit) return takeOpen(scanner, start, Math.max(dashes, at - 2));
    if (unit === 33 && at + 1 === source.length) return takeOpen(scanner, start, at - 2);
  }
  const length = source.length;
  takeOpen(
    scanner,
    start,
    length > start && source.charCodeAt(length - 1) === 45 ? length - 1 : length,
  );
}

/** A comment at whose end the source ends. */
function takeOpen(scanner: Scanner, start: number, end: number): void {
  scanner.error("eof-in-comment", scanner.source.length);
  scanner.unfinished = true;
  take(scanner, start, Math.max(start, end), scanner.source.length);
}

function take(scanner: Scanner, start: number, end: number, next: number): void {
  scanner.takeRaw(start, end);
  if (scanner.nul) scanner.replaceNuls("\ufffd");
  scanner.pos = next;
}

/**
 * Reads what is treated as a comment: everything up to the next `>`.
 *
 * @param scanner Who reads.
 * @param start Where the text of the comment begins.
 */
export function readBogusComment(scanner: Scanner, start: number): void {
  const end = scanner.source.indexOf(">", start);
  scanner.unfinished = end === -1;
  if (end === -1) take(scanner, start, scanner.source.length, scanner.source.length);
  else take(scanner, start, end, end + 1);
}
