import { ROW, TAIL, TEXT, viewOf } from "../../store/mod.ts";
import { Element } from "../../tree/mod.ts";
import type { Words } from "./words.ts";

/** What is in a mark, or in the place of a text: text, or an element. */
export type Part = string | Element;

/** An element with texts and elements in it, apart by spaces. */
export function mark(tag: "ins" | "del", parts: readonly Part[]): Element {
  const element = new Element(tag);
  let last: Element | undefined;
  let texts: string[] = [];
  const flush = (): void => {
    if (texts.length > 0) addText(element, last, texts.join(" "));
    texts = [];
  };
  parts.forEach((part, index) => {
    if (typeof part === "string") {
      if (index > 0 && texts.length === 0) texts.push("");
      texts.push(part);
      return;
    }
    if (index > 0) texts.push("");
    flush();
    element.append(part);
    last = part;
  });
  flush();
  return element;
}

function addText(element: Element, last: Element | undefined, text: string): void {
  if (last === undefined) element.text = (element.text ?? "") + text;
  else last.tail = (last.tail ?? "") + text;
}

/** Writes marks around words of a tree, and what was deleted beside them. */
export class Marker {
  readonly #words: Words;
  readonly #tag: "ins" | "del";
  /** Whether each token is to be marked. */
  readonly marked: Uint8Array;
  /** What is to be shown as deleted before a token. */
  readonly ahead: Map<number, Part[]> = new Map();
  /** What is to be shown as deleted behind a token. */
  readonly behind: Map<number, Part[]> = new Map();

  /**
   * Begins with all tokens marked.
   *
   * @param words The tokens.
   * @param tag The element that marks them.
   */
  constructor(words: Words, tag: "ins" | "del") {
    this.#words = words;
    this.#tag = tag;
    this.marked = new Uint8Array(words.tokens.length).fill(1);
  }

  /** Writes all marks. */
  write(): void {
    const { tokens } = this.#words;
    const places = Map.groupBy(tokens.keys(), (index) => tokens[index]!.place);
    for (const [place, indexes] of places) {
      if (place !== 0) this.#fill(place, this.#partsOf(place, indexes));
    }
    // The texts behind elements are done: they move along.
    for (const index of places.get(0) ?? []) this.#markElement(index);
  }

  #markElement(index: number): void {
    const { store, tokens, top } = this.#words;
    let element = viewOf(store, tokens[index]!.element) as Element;
    if (tokens[index]!.element === top) return;
    if (this.marked[index] === 1) {
      const around = new Element(this.#tag);
      const { tail } = element;
      element.tail = undefined;
      element.addPrevious(around);
      around.append(element);
      around.tail = tail;
      element = around;
    }
    const ahead = this.ahead.get(index);
    const behind = this.behind.get(index);
    if (ahead !== undefined) element.addPrevious(mark("del", ahead));
    if (behind !== undefined) element.addNext(mark("del", behind));
  }

  /** What a text becomes. */
  #partsOf(place: number, indexes: readonly number[]): Part[] {
    const { store, tokens } = this.#words;
    const text = store.textAt(place)!;
    const parts: Part[] = [];
    let written = 0;
    /** First unit of the words that will be in one mark, -1 if there are none. */
    let from = -1;
    const close = (): void => {
      if (from !== -1) parts.push(mark(this.#tag, [text.slice(from, written)]));
      from = -1;
    };
    for (const index of indexes) {
      const { start, end } = tokens[index]!;
      const marked = this.marked[index] === 1;
      const ahead = this.ahead.get(index);
      const behind = this.behind.get(index);
      if (!marked || ahead !== undefined) close();
      if (from === -1) parts.push(text.slice(written, start));
      if (ahead !== undefined) parts.push(mark("del", ahead), " ");
      if (!marked) parts.push(text.slice(start, end));
      else if (from === -1) from = start;
      written = end;
      if (behind === undefined) continue;
      close();
      parts.push(" ", mark("del", behind));
    }
    close();
    parts.push(text.slice(written));
    return parts;
  }

  /** Puts parts in the place of a text. */
  #fill(place: number, parts: readonly Part[]): void {
    if (parts.every((part) => typeof part === "string")) return;
    const isTail = place % ROW === TAIL;
    const holder = viewOf(this.#words.store, place - (isTail ? TAIL : TEXT)) as Element;
    if (isTail) holder.tail = undefined;
    else holder.text = undefined;
    let last = isTail ? holder : undefined;
    for (const part of parts) {
      if (typeof part === "string") {
        if (part !== "") addText(holder, last, part);
        continue;
      }
      if (last === undefined) holder.insert(0, part);
      else addBehindTail(last, part);
      last = part;
    }
  }
}

/** Puts an element behind the text that is behind another one. */
function addBehindTail(element: Element, next: Element): void {
  const { tail } = element;
  element.tail = undefined;
  element.addNext(next);
  element.tail = tail;
}
