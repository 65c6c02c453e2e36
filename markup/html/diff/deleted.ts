import { PARENT, type TreeStore } from "../../store/mod.ts";
import type { Words } from "./words.ts";

/** Elements of a line that may be put into any other line. */
const INLINE = new Set(
  ("abbr acronym b bdi bdo big br cite code dfn em font i img kbd mark q s samp small span strike strong sub sup tt u var wbr")
    .split(" "),
);
/** Elements that stand below one another. */
const BLOCKS = new Set(
  ("address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main " +
    "nav ol p pre section summary table tbody td tfoot th thead tr ul").split(" "),
);

/** A piece of what was deleted. */
export interface Piece {
  /** Whether it stands for itself: an element between others, with all that was in it. */
  readonly block: boolean;
  /** The element that was deleted as a whole; 0 for words. */
  readonly element: number;
  /** First token. */
  readonly from: number;
  /** Behind the last token. */
  readonly to: number;
}

/** Whether an element and all below it may be put into a line. */
function isInline(store: TreeStore, node: number): boolean {
  for (let at = node; at !== 0; at = store.following(at, node)) {
    if (!INLINE.has(store.names.tag(store.name(at)))) return false;
  }
  return true;
}

/** Whether an element is one that stands below others. */
export function isBlock(store: TreeStore, node: number): boolean {
  return BLOCKS.has(store.names.tag(store.name(node)));
}

/**
 * Takes deleted tokens apart: elements that went as a whole, and words.
 *
 * @param words The old tree.
 * @param from First token.
 * @param to Behind the last token.
 */
export function piecesOf({ store, top, tokens, ranges }: Words, from: number, to: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = from; at < to;) {
    const token = tokens[at]!;
    // The outermost element that has gone: of those that stand for themselves, else of those in a line.
    let [block, inline] = [0, 0];
    let up = token.element === 0 ? token.parent : token.element;
    for (; up !== top; up = store.words[up + PARENT]!) {
      const [first, end] = ranges.get(up)!;
      if (first < at || end > to) break;
      if (isBlock(store, up)) block = up;
      else if (block === 0 && (up === token.element || isInline(store, up))) inline = up;
    }
    const element = block === 0 ? inline : block;
    const end = element === 0 ? at + 1 : ranges.get(element)![1];
    pieces.push({ block: block !== 0, element, from: at, to: end });
    at = end;
  }
  return pieces;
}
