/** Sets a value in a text, or adds it, and leaves every other character as it is. */
import { type Node, parseTree } from "jsonc-parser";
import { defineOwn } from "../../define_own.ts";
import { stringify } from "../stringify.ts";
import { indentAt, memberOf, skipTrivia, startsLine, unitOf, valueOf } from "./place.ts";

type Key = string | number;

/** What the caller asks for. */
export interface SetOptions {
  /** What a level of nesting adds; undefined for what the text has. */
  unit: string | undefined;
  /** Whether the value goes before the element that the path names. */
  insert: boolean;
}

/**
 * The text with a value set.
 *
 * @param text The text, which has been read without an error.
 * @param path Keys and indices.
 * @param value What JSON can hold.
 * @param options How to write it.
 * @returns The new text; undefined if the path leads through something that is no collection, or beside an array.
 */
export function set(
  text: string,
  path: readonly Key[],
  value: unknown,
  options: SetOptions,
): string | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true })!;
  return new Setter(text, root, options).set(path, value);
}

class Setter {
  readonly #text: string;
  readonly #unit: string;
  readonly #line: string;
  readonly #insert: boolean;
  readonly #root: Node;

  constructor(text: string, root: Node, { unit, insert }: SetOptions) {
    this.#text = text;
    this.#root = root;
    this.#unit = unit ?? unitOf(text, root) ?? "  ";
    this.#line = text.includes("\r\n") ? "\r\n" : "\n";
    this.#insert = insert;
  }

  set(path: readonly Key[], value: unknown): string | undefined {
    let node = this.#root;
    // A collection without items looks as that around it does, and the outermost one has lines.
    let lines = true;
    for (let i = 0; i < path.length; i++) {
      const key = path[i]!;
      const items = node.children;
      if (items === undefined) return undefined;
      if (node.type === "object" ? typeof key !== "string" : typeof key !== "number") {
        return undefined;
      }
      if (items.length > 0) lines = startsLine(this.#text, items.at(-1)!);
      const isLast = i === path.length - 1;
      let found: Node | undefined;
      if (node.type === "object") found = valueOf(memberOf(node, key));
      else {
        const end = items.length;
        if (
          key !== -1 && !(Number.isInteger(key) && (key as number) >= 0 && (key as number) <= end)
        ) {
          return undefined;
        }
        found = items[key as number];
        if (isLast && this.#insert && found !== undefined) {
          return this.#before(found, value, lines);
        }
      }
      if (found === undefined) {
        return this.#append(node, key, wrap(path.slice(i + 1), value), lines);
      }
      node = found;
    }
    const { offset, length } = node;
    const written = this.#write(value, indentAt(this.#text, offset), lines);
    return this.#splice(offset, offset + length, written);
  }

  /** Puts an element before another one. */
  #before(item: Node, value: unknown, lines: boolean): string {
    const indent = indentAt(this.#text, item.offset);
    const gap = startsLine(this.#text, item) ? this.#line + indent : this.#gap(item.parent!);
    return this.#splice(item.offset, item.offset, `${this.#write(value, indent, lines)},${gap}`);
  }

  /** Puts a member or an element behind all others. */
  #append(parent: Node, key: Key, value: unknown, lines: boolean): string {
    const text = this.#text;
    const last = parent.children!.at(-1);
    const close = parent.offset + parent.length - 1;
    if (last === undefined) return this.#fill(parent, close, key, value, lines);
    const end = last.offset + last.length;
    const comma = skipTrivia(text, end);
    const hasComma = text[comma] === ",";
    let at = hasComma ? comma + 1 : end;
    let gap = this.#gap(parent);
    const indent = indentAt(text, last.offset);
    if (lines) {
      // A comment in the line of the last item belongs to that.
      const rest = /(?:[ \t]+|\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)*(?=\r?\n)/y;
      rest.lastIndex = at;
      at += rest.exec(text)?.[0].length ?? 0;
      gap = this.#line + indent;
    }
    const written = this.#item(parent, key, value, indent, lines);
    const added = `${gap}${written}${hasComma ? "," : ""}`;
    if (hasComma) return this.#splice(at, at, added);
    return `${text.slice(0, end)},${text.slice(end, at)}${added}${text.slice(at)}`;
  }

  /** Puts the first item into a collection, which may have comments in it. */
  #fill(parent: Node, close: number, key: Key, value: unknown, lines: boolean): string {
    const open = parent.offset + 1;
    const inner = this.#text.slice(open, close);
    const content = inner.trimEnd();
    const outer = indentAt(this.#text, parent.offset);
    if (!lines && !inner.includes("\n")) {
      const written = this.#item(parent, key, value, outer, false);
      return this.#splice(open + content.length, close, written);
    }
    const indent = outer + this.#unit;
    const written = this.#line + indent + this.#item(parent, key, value, indent, true);
    const rest = inner.slice(content.length);
    return this.#splice(
      open + content.length,
      close,
      written + (rest.includes("\n") ? rest : this.#line + outer),
    );
  }

  #item(parent: Node, key: Key, value: unknown, indent: string, lines: boolean): string {
    const written = this.#write(value, indent, lines);
    if (parent.type !== "object") return written;
    return `${JSON.stringify(key)}:${lines || this.#isSpaced(parent) ? " " : ""}${written}`;
  }

  /** A value with the indentation of its place, or in one line. */
  #write(value: unknown, indent: string, lines: boolean): string {
    // Line ends are between the parts of a value only, since those of texts are escaped.
    if (lines) {
      return stringify(value, { indent: this.#unit }).replaceAll("\n", this.#line + indent);
    }
    if (!this.#isSpaced(this.#root)) return stringify(value);
    return stringify(value, { indent: 1 })
      .replace(/(?<=[[{])\n +|\n *(?=[\]}])/g, "")
      .replace(/\n +/g, " ");
  }

  /** What stands between two items that share a line. */
  #gap(parent: Node): string {
    const [first, second] = parent.children!;
    if (second !== undefined) {
      const between = this.#text.slice(first!.offset + first!.length, second.offset);
      const gap = /^,([ \t]*)$/.exec(between);
      if (gap !== null) return gap[1]!;
    }
    return this.#isSpaced(parent) ? " " : "";
  }

  /** Whether a space follows colons and commas, as far as there is one to look at. */
  #isSpaced(node: Node): boolean {
    for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
      const member = at.type === "property" ? at : at.children?.[0];
      if (member?.type !== "property") continue;
      return /[ \t]/.test(this.#text.charAt(member.children![1]!.offset - 1));
    }
    const list = node.children?.[1];
    return list === undefined || /\s/.test(this.#text.charAt(list.offset - 1));
  }

  #splice(start: number, end: number, added: string): string {
    return this.#text.slice(0, start) + added + this.#text.slice(end);
  }
}

/** The value below what is missing on the way to it. */
function wrap(path: readonly Key[], value: unknown): unknown {
  return path.reduceRight((inner, key) => {
    if (typeof key === "number") return [inner];
    const object = {};
    defineOwn(object, key, inner);
    return object;
  }, value);
}
