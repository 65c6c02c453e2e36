/** Items of arrays and entries of inline tables: adding and removing them, and their commas. */

import {
  cut,
  endsLine,
  indentAt,
  isBlank,
  lineEnd,
  lineLead,
  nextLine,
  skipBlanks,
  type Splice,
} from "./lines.ts";
import type { ValueNode } from "./tree.ts";

interface Range {
  start: number;
  end: number;
}

/** What stands between the commas. */
function membersOf(node: ValueNode): readonly Range[] {
  return node.kind === "array" ? node.items : node.pairs;
}

/** Adds items or entries behind the others. */
export function addMembers(
  text: string,
  node: ValueNode,
  added: readonly string[],
  eol: string,
): Splice[] {
  const last = membersOf(node).at(-1);
  if (last === undefined) {
    const inner = text.slice(node.start + 1, node.end - 1);
    if (inner.trim() !== "") {
      return [{ start: node.start + 1, end: node.start + 1, text: ` ${added.join(", ")}` }];
    }
    const space = node.kind === "inline" ? " " : "";
    return [{ start: node.start + 1, end: node.end - 1, text: space + added.join(", ") + space }];
  }
  const comma = node.commas[membersOf(node).length - 1];
  const end = comma === undefined ? last.end : comma + 1;
  const mark = comma === undefined ? [{ start: last.end, end: last.end, text: "," }] : [];
  const tail = comma === undefined ? "" : ",";
  const line = lineLead(text, last.start);
  if (line === undefined || line <= node.start) {
    return [...mark, { start: end, end, text: ` ${added.join(", ")}${tail}` }];
  }
  // One member a line: the new ones below, and below a comment beside the last.
  const rest = skipBlanks(text, end);
  const at = text[rest] === "#" || rest === lineEnd(text, end) ? lineEnd(text, end) : end;
  const lead = eol + indentAt(text, last.start);
  return [...mark, { start: at, end: at, text: lead + added.join(`,${lead}`) + tail }];
}

/** Removes items or entries with their commas, and no comment. */
export function removeMembers(text: string, node: ValueNode, removed: readonly Range[]): Splice[] {
  const members = membersOf(node);
  const gone = new Set(removed);
  const splices: Splice[] = [];
  let kept = -1;
  for (let i = 0; i < members.length; i++) {
    if (!gone.has(members[i]!)) {
      kept = i;
      continue;
    }
    const { start } = members[i]!;
    // Neighbours on one line go in one piece.
    while (gone.has(members[i + 1]!)) {
      if (text.slice(members[i]!.end, members[i + 1]!.start).includes("\n")) break;
      i++;
    }
    const { end } = members[i]!;
    const after = node.commas[i];
    const before = kept < 0 ? undefined : node.commas[kept];
    splices.push(
      ...(after !== undefined
        ? cutBeforeComma(text, node, { start, end }, after)
        : before !== undefined
        ? cutBehindComma(text, { start, end }, before)
        : [cutAlone(text, node, { start, end })]),
    );
  }
  return splices;
}

/** Cuts members and the comma of the last of them: whole lines, where nothing else stands on them. */
function cutBeforeComma(text: string, node: ValueNode, members: Range, comma: number): Splice[] {
  const { start, end } = members;
  if (!isBlank(text, end, comma)) {
    return [{ start, end, text: "" }, { start: comma, end: comma + 1, text: "" }];
  }
  const from = lineLead(text, start);
  if (from !== undefined && from > node.start && endsLine(text, comma + 1)) {
    return [{ start: from, end: nextLine(text, comma), text: "" }];
  }
  return [{ start, end: skipBlanks(text, comma + 1), text: "" }];
}

/** Cuts the last members, and the comma before them. */
function cutBehindComma(text: string, { start, end }: Range, comma: number): Splice[] {
  if (isBlank(text, comma + 1, start)) return [{ start: comma, end, text: "" }];
  return [{ start: comma, end: comma + 1, text: "" }, cut(text, start, end)];
}

/** Cuts the only ones there are: `{ a = 1 }` becomes `{}`. */
function cutAlone(text: string, node: ValueNode, { start, end }: Range): Splice {
  const isInner = isBlank(text, node.start + 1, start) && isBlank(text, end, node.end - 1);
  return isInner
    ? { start: node.start + 1, end: node.end - 1, text: "" }
    : { start, end, text: "" };
}
