import { type Node, parseTree } from "jsonc-parser";
import { skipTrivia, type Span, valueOf } from "./place.ts";

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** Takes in the white space that the cut would leave behind: its whole line, or the gap to a neighbour. */
function widen(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = /\r?\n|$/.exec(text.slice(end))!;
  const rest = text.slice(end, end + lineEnd.index);
  if (isBlank(text.slice(lineStart, start)) && isBlank(rest)) {
    if (lineStart > 0 && lineEnd[0] !== "") {
      return { start: lineStart, end: end + lineEnd.index + lineEnd[0].length };
    }
  }
  if (text.charAt(end - 1) === ",") return { start, end: end + /^[ \t]*/.exec(rest)![0].length };
  const before = /[ \t]*$/.exec(text.slice(lineStart, start))![0];
  return { start: start - before.length, end };
}

/** All that a path leads to: more than one where an object has a key twice. */
function targetsOf(root: Node, path: readonly (string | number)[]): Node[] {
  let nodes = [root];
  for (const [i, key] of path.entries()) {
    const isLast = i === path.length - 1;
    nodes = nodes.flatMap(({ type, children = [] }) => {
      if (type === "array") return typeof key === "number" ? children[key] ?? [] : [];
      const members = children.filter(({ children: pair }) => pair![0]!.value === key);
      if (isLast) return members;
      return valueOf(members.at(-1)) ?? [];
    });
  }
  return nodes;
}

/**
 * Removes the member or element at a path, its comma, and no comment. A path to nothing changes nothing.
 */
export function remove(text: string, path: readonly (string | number)[]): string {
  const root = parseTree(text, [], { allowTrailingComma: true })!;
  const targets = targetsOf(root, path);
  const going = new Set(targets);
  const cuts: Span[] = [];
  for (const target of targets) {
    const end = target.offset + target.length;
    const after = skipTrivia(text, end);
    if (text.charAt(after) === ",") {
      if (after === end) cuts.push(widen(text, { start: target.offset, end: end + 1 }));
      else cuts.push({ start: target.offset, end }, { start: after, end: after + 1 });
      continue;
    }
    // The last one: the comma that goes is that behind the last of those that stay.
    const before = target.parent!.children!.findLast((sibling) => !going.has(sibling));
    if (before !== undefined) {
      const comma = skipTrivia(text, before.offset + before.length);
      cuts.push({ start: comma, end: comma + 1 });
    }
    cuts.push(widen(text, { start: target.offset, end }));
  }
  let out = "";
  let from = 0;
  for (const { start, end } of cuts.sort((a, b) => a.start - b.start)) {
    out += text.slice(from, start);
    from = Math.max(from, end);
  }
  return out + text.slice(from);
}
