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

/** Cuts all that makes a table, or the tables of an array: headers with what is below them, and dotted pairs. */
export function cutTables(text: string, node: Node): Splice[] {
  const tables = node.kind === "tables" ? node.items : [node as TableNode];
  const splices: Splice[] = [];
  for (const { pairs } of tables) {
    for (const { start, end } of pairs) splices.push(cut(text, start, end));
  }
  const sections = tables.flatMap((table) => table.sections).toSorted((a, b) => a.index - b.index);
  for (let i = 0; i < sections.length;) {
    // Neighbours go in one piece, with the comments between them.
    let last = i;
    while (sections[last + 1]?.index === sections[last]!.index + 1) last++;
    const { start } = sections[i]!;
    const end = endOf(sections[last]!);
    const piece = cut(text, start, end);
    // Of the blank lines above and below one stays.
    if (isBlankLine(text, piece.start - 1) || piece.start === 0) {
      while (piece.end < text.length && isBlankLine(text, piece.end)) {
        piece.end = nextLine(text, piece.end);
      }
    }
    if (piece.end === text.length) {
      while (isBlankLine(text, piece.start - 1)) {
        piece.start = lineStart(text, piece.start - 1);
      }
    }
    splices.push(piece);
    i = last + 1;
  }
  return splices.toSorted((a, b) => a.start - b.start);
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
