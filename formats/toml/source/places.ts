/** Where lines go and come from: whole sections, and keys below others. */

import type { TomlValue } from "../types.ts";
import {
  below,
  cut,
  type Eol,
  indentAt,
  isBlank,
  lineEnd,
  lineStart,
  nextLine,
  type Splice,
} from "./lines.ts";
import { endOf } from "./nodes.ts";
import { blockText } from "./texts.ts";
import type { Node, Section, TableNode, Tree } from "./tree.ts";

/** Cuts all that makes tables, or arrays of them: headers with what is below them, and dotted pairs. */
export function cutTables(text: string, nodes: readonly Node[]): Splice[] {
  const pairs: Splice[] = [];
  const pieces: Splice[] = [];
  for (const node of nodes) {
    const tables = node.kind === "tables" ? node.items : [node as TableNode];
    for (const table of tables) {
      for (const { start, end } of table.pairs) pairs.push(cut(text, start, end));
    }
    pieces.push(...sectionPieces(text, tables));
  }
  return [...pairs, ...withoutBlankLines(text, pieces)].toSorted((a, b) => a.start - b.start);
}

/** The sections of the tables of one node; neighbours in one piece, with the comments between them. */
function sectionPieces(text: string, tables: readonly TableNode[]): Splice[] {
  const pieces: Splice[] = [];
  const sections = tables.flatMap((table) => table.sections).toSorted((a, b) => a.index - b.index);
  for (let i = 0; i < sections.length; i++) {
    const { start } = sections[i]!;
    while (sections[i + 1]?.index === sections[i]!.index + 1) i++;
    pieces.push(cut(text, start, endOf(sections[i]!)));
  }
  return pieces;
}

/** Pieces with blank lines around them: of those above and below a piece one stays. */
function withoutBlankLines(text: string, pieces: readonly Splice[]): Splice[] {
  const joined: Splice[] = [];
  for (const piece of pieces.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && blankLinesEnd(text, last.end) >= piece.start) last.end = piece.end;
    else joined.push(piece);
  }
  for (const piece of joined) {
    const end = blankLinesEnd(text, piece.end);
    if (isBlankLine(text, piece.start - 1) || piece.start === 0 || end === text.length) {
      piece.end = end;
    }
    if (piece.end === text.length) {
      while (isBlankLine(text, piece.start - 1)) {
        piece.start = lineStart(text, piece.start - 1);
      }
    }
  }
  return joined;
}

/** Behind the blank lines that begin at an offset. */
function blankLinesEnd(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && isBlankLine(text, end)) end = nextLine(text, end);
  return end;
}

/** A line `key = value` below the last of a section. */
export function keyBelow(
  text: string,
  tree: Tree,
  section: Section,
  name: string,
  value: TomlValue,
  eol: Eol,
): Splice {
  const last = section.pairs.at(-1);
  const line = `${name} = ${blockText(value, name.length + 3, eol)}`;
  if (last !== undefined) {
    return below(text, last.end, indentAt(text, last.start) + line, eol);
  }
  if (section.headerEnd > 0) return below(text, section.headerEnd, line, eol);
  // The root's first key goes before the first header and the comments above that.
  const header = tree.sections[1];
  if (header !== undefined) {
    const at = blockStart(text, header.start);
    return { start: at, end: at, text: line + eol + eol };
  }
  const end = text.length;
  const lead = end === 0 || text.endsWith("\n") ? "" : eol;
  return { start: end, end, text: lead + line + eol };
}

/** Sections behind another, with a blank line between. */
export function sectionsBehind(
  text: string,
  section: Section,
  sections: string,
  eol: Eol,
): Splice {
  const end = endOf(section);
  const added = sections.trimEnd().replaceAll("\n", eol);
  if (section.headerEnd === 0 && section.pairs.length === 0) {
    const at = text.length;
    const lead = at === 0 ? "" : text.endsWith("\n") ? eol : eol + eol;
    return { start: at, end: at, text: lead + added + eol };
  }
  return below(text, end, eol + added, eol);
}

/** Where the comments right above a header begin. */
export function blockStart(text: string, header: number): number {
  let at = lineStart(text, header);
  while (at > 0) {
    const before = lineStart(text, at - 1);
    if (!/^[ \t]*#/.test(text.slice(before, at))) break;
    at = before;
  }
  return at;
}

/** Whether the line of an offset has nothing on it. */
function isBlankLine(text: string, offset: number): boolean {
  return offset >= 0 &&
    isBlank(text, lineStart(text, offset), lineEnd(text, lineStart(text, offset)));
}

/** The section an offset is in. */
export function sectionAt({ sections }: Tree, offset: number): Section {
  let low = 0;
  let high = sections.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sections[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return sections[low]!;
}
