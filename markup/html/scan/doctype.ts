import { lowerCase } from "../names/name_cache.ts";
import type { Scanner } from "./scanner.ts";
import { isSpace } from "./tag.ts";

/** A document type declaration, as it was read. */
export interface DoctypeToken {
  name: string;
  publicId: string | undefined;
  systemId: string | undefined;
  /** Whether it is so broken that the document is in quirks mode. */
  forceQuirks: boolean;
}

/**
 * Reads a document type declaration.
 *
 * @param scanner Who reads.
 * @param start Behind `<!DOCTYPE`.
 */
export function readDoctype(scanner: Scanner, start: number): DoctypeToken {
  const source = scanner.source;
  const token: DoctypeToken = {
    name: "",
    publicId: undefined,
    systemId: undefined,
    forceQuirks: false,
  };
  let at = skipSpace(source, start);
  const nameStart = at;
  while (at < source.length && source[at] !== ">" && !isSpace(source.charCodeAt(at))) at++;
  token.name = clean(lowerCase(source.slice(nameStart, at)));
  if (at === nameStart) {
    scanner.error("missing-doctype-name", at);
    token.forceQuirks = true;
  }
  at = skipSpace(source, at);
  if (source[at] !== ">" && at < source.length) {
    const keyword = source.slice(at, at + 6).toLowerCase();
    if (keyword === "public") at = readIds(scanner, token, at + 6, true);
    else if (keyword === "system") at = readIds(scanner, token, at + 6, false);
    else {
      scanner.error("invalid-character-sequence-after-doctype-name", at);
      token.forceQuirks = true;
    }
  }
  let end = source.indexOf(">", at);
  if (end === -1) {
    scanner.error("eof-in-doctype", source.length);
    scanner.unfinished = true;
    token.forceQuirks = true;
    end = source.length;
  }
  scanner.pos = Math.min(end + 1, source.length);
  return token;
}

/** Reads the identifiers behind `PUBLIC` or `SYSTEM`; returns where they end. */
function readIds(scanner: Scanner, token: DoctypeToken, start: number, isPublic: boolean): number {
  const source = scanner.source;
  let at = skipSpace(source, start);
  if (isPublic) {
    const quote = source[at];
    if (quote !== '"' && quote !== "'") {
      scanner.error("missing-doctype-public-identifier", at);
      token.forceQuirks = true;
      return at;
    }
    const end = idEnd(source, at + 1, quote);
    token.publicId = clean(source.slice(at + 1, end));
    if (source[end] !== quote) {
      if (end < source.length) scanner.error("abrupt-doctype-public-identifier", end);
      token.forceQuirks = true;
      return end;
    }
    at = skipSpace(source, end + 1);
    if (source[at] === ">") return at;
  }
  const quote = source[at];
  if (quote !== '"' && quote !== "'") {
    scanner.error("missing-doctype-system-identifier", at);
    token.forceQuirks = true;
    return at;
  }
  const end = idEnd(source, at + 1, quote);
  token.systemId = clean(source.slice(at + 1, end));
  if (source[end] !== quote) {
    if (end < source.length) scanner.error("abrupt-doctype-system-identifier", end);
    token.forceQuirks = true;
    return end;
  }
  return end + 1;
}

/** End of an identifier: its quote, a `>`, or the end of the source. */
function idEnd(source: string, start: number, quote: string): number {
  let at = start;
  while (at < source.length && source[at] !== quote && source[at] !== ">") at++;
  return at;
}

function skipSpace(source: string, start: number): number {
  let at = start;
  while (isSpace(source.charCodeAt(at))) at++;
  return at;
}

function clean(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
