import { nodeOf, PARENT, storeOf, viewOf } from "../../store/mod.ts";
import type { Element } from "../../tree/mod.ts";
import { isBlock, type Piece, piecesOf } from "./deleted.ts";
import { mark, Marker, type Part } from "./marker.ts";
import type { Match } from "./matches.ts";
import { type Words, wordsOf } from "./words.ts";

/** Puts what differs between two trees into the new one. */
export class Merger {
  readonly #before: Words;
  readonly #after: Words;
  readonly #marker: Marker;
  /** Elements to be put beside others. */
  readonly #blocks: { anchor: number; block: Element; before: boolean }[] = [];

  constructor(before: Words, after: Words) {
    this.#before = before;
    this.#after = after;
    this.#marker = new Marker(after, "ins");
  }

  /** Marks all that is not in the matches. */
  run(matches: readonly Match[]): void {
    const end = {
      before: this.#before.tokens.length,
      after: this.#after.tokens.length,
      length: 0,
    };
    let [from, to] = [0, 0];
    for (const { before, after, length } of [...matches, end]) {
      if (before > from) this.#delete(from, before, to, after);
      this.#marker.marked.fill(0, after, after + length);
      from = before + length;
      to = after + length;
    }
    this.#marker.write();
    this.#writeBlocks();
    const alone = this.#marker.behind.get(-1);
    if (alone === undefined) return;
    (viewOf(this.#after.store, this.#after.top) as Element).append(mark("del", alone));
  }

  /**
   * Finds where deleted tokens are to be shown.
   *
   * @param from First deleted token.
   * @param to Behind the last one.
   * @param at Where they would be in the new tree: before what is new there.
   * @param next The token behind what is new there.
   */
  #delete(from: number, to: number, at: number, next: number): void {
    const { tokens } = this.#before;
    const pieces = piecesOf(this.#before, from, to);
    // The last pieces may be of the line of the word behind, and not of that of the word before.
    const line = tokens[to]?.parent;
    let leading = pieces.length;
    if (next < this.#after.tokens.length && tokens[from - 1]?.parent !== line) {
      while (leading > 0 && tokens[pieces[leading - 1]!.from]!.parent === line) leading--;
    }
    pieces.forEach((piece, index) => {
      if (piece.block && this.#putBlock(piece, at, next)) return;
      const { ahead, behind } = this.#marker;
      if (index >= leading) this.#show(ahead, next, piece);
      else if (at === 0 && this.#after.tokens.length > 0) this.#show(ahead, 0, piece);
      else this.#show(behind, at - 1, piece);
    });
  }

  #show(parts: Map<number, Part[]>, key: number, piece: Piece): void {
    const shown = this.#inLine(piece);
    if (shown === "") return;
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [shown]);
    else known.push(shown);
  }

  /** What of a piece is shown in a line. */
  #inLine({ block, element, from, to }: Piece): Part {
    if (element !== 0 && !block) return this.#copy(element);
    return this.#before.tokens.slice(from, to)
      .filter((token) => token.element === 0).map(({ key }) => key).join(" ");
  }

  #copy(element: number): Element {
    const copy = (viewOf(this.#before.store, element) as Element).copy();
    copy.tail = undefined;
    return copy;
  }

  /** Shows an element that went as a whole beside one that is in the same kind of element; tells if there is none. */
  #putBlock({ element }: Piece, at: number, next: number): boolean {
    const around = nameAround(this.#before, element);
    const behind = this.#anchor(at - 1, around, ([, end]) => end <= at);
    const anchor = behind === 0 ? this.#anchor(next, around, ([first]) => first >= at) : behind;
    if (anchor === 0) return false;
    const block = this.#copy(element);
    new Marker(wordsOf(storeOf(block), nodeOf(block)), "del").write();
    this.#blocks.push({ anchor, block, before: behind === 0 });
    return true;
  }

  /** The element around a token that is in an element of some name, and fits. */
  #anchor(
    index: number,
    around: string,
    fits: (range: readonly [number, number]) => boolean,
  ): number {
    const { store, top, tokens, ranges } = this.#after;
    const token = tokens[index];
    if (token === undefined) return 0;
    let at = token.element === 0 ? token.parent : token.element;
    for (; at !== top; at = store.words[at + PARENT]!) {
      if (!fits(ranges.get(at)!)) return 0;
      if (isBlock(store, at) && nameAround(this.#after, at) === around) return at;
    }
    return 0;
  }

  #writeBlocks(): void {
    const last = new Map<number, Element>();
    for (const { anchor, block, before } of this.#blocks) {
      const element = viewOf(this.#after.store, anchor) as Element;
      if (before) element.addPrevious(block);
      else {
        (last.get(anchor) ?? element).addNext(block);
        last.set(anchor, block);
      }
    }
  }
}

/** Name of the element around one; all tops are alike. */
function nameAround({ store, top }: Words, node: number): string {
  const parent = store.words[node + PARENT]!;
  return parent === top ? "" : store.names.tag(store.name(parent));
}
