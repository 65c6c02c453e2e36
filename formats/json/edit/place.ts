/** Where something is in a text, and how the text around it is laid out. */
import type { Node } from "jsonc-parser";

/** A piece of the text. */
export interface Span {
  start: number;
  end: number;
}

/** The member of an object by its key: the last of several, whose value is the one that is read. */
export function memberOf(object: Node, key: string | number): Node | undefined {
  return object.children!.findLast(({ children }) => children![0]!.value === key);
}

/** The value of a member. */
export function valueOf(member: Node | undefined): Node | undefined {
  return member?.children?.[1];
}

/** Offset of the first character at or after `from` that is neither white space nor in a comment. */
export function skipTrivia(text: string, from: number): number {
  const trivia = /(?:[ \t\r\n]+|\/\/[^\r\n]*|\/\*[^]*?\*\/)*/y;
  trivia.lastIndex = from;
  trivia.test(text);
  return trivia.lastIndex;
}

/** The white space that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  const blank = /[ \t]*/y;
  blank.lastIndex = text.lastIndexOf("\n", offset - 1) + 1;
  return blank.exec(text)![0];
}

/** Whether a node has nothing before it in its line. */
export function startsLine(text: string, { offset }: Node): boolean {
  let at = offset;
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at > 0 && text[at - 1] === "\n";
}

/** What one level of nesting adds to the indentation, by the first collection that has an item on a line of its own. */
export function unitOf(text: string, root: Node): string | undefined {
  const left: Node[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const [first] = node.children ?? [];
    if (first === undefined) continue;
    if (node.type !== "property" && startsLine(text, first)) {
      const outer = indentAt(text, node.offset);
      const inner = indentAt(text, first.offset);
      if (inner.length > outer.length && inner.startsWith(outer)) return inner.slice(outer.length);
    }
    left.push(...node.children!.toReversed());
  }
  return undefined;
}
