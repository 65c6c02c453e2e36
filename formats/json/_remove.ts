import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";

/** A piece of the text that goes. */
interface Cut {
  start: number;
  end: number;
}

/** Offset of the first character at or after `from` that is neither white space nor in a comment. */
function skipTrivia(text: string, from: number): number {
  const trivia = /(?:[ \t\r\n]+|\/\/[^\r\n]*|\/\*[^]*?\*\/)*/y;
  trivia.lastIndex = from;
  trivia.test(text);
  return trivia.lastIndex;
}

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** Takes in the white space that the cut would leave behind: its whole line, or the gap to a neighbour. */
function widen(text: string, { start, end }: Cut): Cut {
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

/**
 * Removes the member or element at a path, its comma, and no comment: the editor of the library takes along those up
 * to the neighbours. A path to nothing changes nothing.
 */
export function remove(text: string, path: (string | number)[]): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const value = root === undefined ? undefined : findNodeAtLocation(root, path);
  if (value?.parent === undefined) return text;
  const target: Node = value.parent.type === "property" ? value.parent : value;
  const siblings = target.parent!.children!;
  const end = target.offset + target.length;
  const after = skipTrivia(text, end);
  const cuts: Cut[] = [];
  if (text.charAt(after) === ",") {
    if (after === end) cuts.push(widen(text, { start: target.offset, end: end + 1 }));
    else cuts.push({ start: target.offset, end }, { start: after, end: after + 1 });
  } else {
    const before = siblings[siblings.indexOf(target) - 1];
    if (before !== undefined) {
      const comma = skipTrivia(text, before.offset + before.length);
      cuts.push({ start: comma, end: comma + 1 });
    }
    cuts.push(widen(text, { start: target.offset, end }));
  }
  let out = text;
  for (const cut of cuts.toReversed()) out = out.slice(0, cut.start) + out.slice(cut.end);
  return out;
}
