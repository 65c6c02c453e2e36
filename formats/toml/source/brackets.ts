/** Items of arrays and entries of inline tables: adding and removing them, and their commas. */

import {
  cut,
  indentAt,
  isBlank,
  lineEnd,
  lineStart,
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
  const comma = node.commas.find((offset) => offset >= last.end);
  const end = comma === undefined ? last.end : comma + 1;
  const mark = comma === undefined ? [{ start: last.end, end: last.end, text: "," }] : [];
  const tail = comma === undefined ? "" : ",";
  const line = lineStart(text, last.start);
  if (line <= node.start || !isBlank(text, line, last.start)) {
    return [...mark, { start: end, end, text: ` ${added.join(", ")}${tail}` }];
  }
  // One member a line: the new ones below, and below a comment beside the last.
  const rest = skipBlanks(text, end);
  const at = text[rest] === "#" || rest === lineEnd(text, end) ? lineEnd(text, end) : end;
  const lead = eol + indentAt(text, last.start);
  return [...mark, { start: at, end: at, text: lead + added.join(`,${lead}`) + tail }];
}

/** Removes an item or entry, its comma, and no comment. */
export function removeMember(text: string, node: ValueNode, member: Range): Splice[] {
  const members = membersOf(node);
  const index = members.indexOf(member);
  const { start, end } = member;
  const next = members[index + 1];
  const after = node.commas.find((offset) => offset >= end);
  if (after !== undefined && (next === undefined || after < next.start)) {
    if (!isBlank(text, end, after)) {
      return [{ start, end, text: "" }, { start: after, end: after + 1, text: "" }];
    }
    const from = lineStart(text, start);
    const isLine = isBlank(text, from, start) && isBlank(text, after + 1, lineEnd(text, after));
    if (isLine && from > node.start) return [{ start: from, end: nextLine(text, after), text: "" }];
    return [{ start, end: skipBlanks(text, after + 1), text: "" }];
  }
  const before = node.commas.findLast((offset) => offset < start);
  if (before === undefined) {
    // The only one: `{ a = 1 }` becomes `{}`.
    const inner = isBlank(text, node.start + 1, start) && isBlank(text, end, node.end - 1);
    return [
      inner ? { start: node.start + 1, end: node.end - 1, text: "" } : { start, end, text: "" },
    ];
  }
  if (isBlank(text, before + 1, start)) return [{ start: before, end, text: "" }];
  return [{ start: before, end: before + 1, text: "" }, cut(text, start, end)];
}

/** Removes some members of several, or the last of them where comments stand between: the others are for another pass. */
export function removeMembers(
  text: string,
  node: ValueNode,
  removed: readonly Range[],
): Splice[] {
  const members = membersOf(node);
  if (/[#\n]/.test(text.slice(node.start, node.end))) {
    return removeMember(text, node, removed.at(-1)!);
  }
  const gone = new Set(removed);
  const lastKept = members.findLastIndex((member) => !gone.has(member));
  const splices: Splice[] = [];
  for (let i = 0; i < lastKept; i++) {
    if (!gone.has(members[i]!)) continue;
    splices.push({ start: members[i]!.start, end: members[i + 1]!.start, text: "" });
  }
  if (lastKept < members.length - 1) {
    splices.push({ start: members[lastKept]!.end, end: members.at(-1)!.end, text: "" });
  }
  return splices;
}
