import { COMMENT, ELEMENT, FIRST, INSTRUCTION, NEXT, PARENT, TAIL, TEXT } from "../../store/mod.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/**
 * A letter that tells a direction; the group is there if it is from right to left. Made when it is needed: the engine looks up
 * the classes of Unicode at once.
 */
const strongLetter = () =>
  /([\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}])|\p{L}/u;

/** Directions of elements that were asked for, by the run. */
const DIRECTIONS = {};

type Direction = "ltr" | "rtl";

/** `:dir()`: the direction of an element, by the HTML standard, section 3.2.6.4. */
export class DirTest implements Test {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  matches(query: Query, node: number): boolean {
    return directionOf(query, node) === this.#value;
  }
}

function directionOf(query: Query, node: number): Direction {
  const known = query.kept(DIRECTIONS, () => new Map<number, Direction>());
  const path: number[] = [];
  let direction: Direction = "ltr";
  for (let at = node; at !== 0; at = query.linked(at, PARENT)) {
    const found = known.get(at) ?? ownDirection(query, at);
    path.push(at);
    if (found === undefined) continue;
    direction = found;
    break;
  }
  for (const at of path) known.set(at, direction);
  return direction;
}

/** The direction that an element itself tells. */
function ownDirection(query: Query, node: number): Direction | undefined {
  if (!query.isHtml(node)) return undefined;
  const name = query.local(node);
  const value = query.attribute(node, "dir")?.toLowerCase();
  if (value === "ltr" || value === "rtl") return value;
  if (value === "auto" || (value === undefined && name === "bdi")) {
    if (name === "input") return strong(query.attribute(node, "value")) ?? "ltr";
    return textDirection(query, node) ?? "ltr";
  }
  const isPhone = name === "input" && query.attribute(node, "type")?.toLowerCase() === "tel";
  return isPhone ? "ltr" : undefined;
}

function strong(text: string | undefined): Direction | undefined {
  const match = text === undefined ? null : strongLetter().exec(text);
  return match === null ? undefined : match[1] === undefined ? "ltr" : "rtl";
}

/** What the first letter in an element tells. Elements with a direction of their own do not count. */
function textDirection(query: Query, top: number): Direction | undefined {
  const { store, words } = query;
  let at = top;
  let enter = true;
  while (true) {
    if (enter) {
      const found = strong(store.textAt(at + TEXT));
      if (found !== undefined) return found;
      const first = words[at + FIRST]!;
      if (first !== 0) {
        at = first;
        enter = isCounted(query, at);
        continue;
      }
    }
    while (true) {
      if (at === top) return undefined;
      const found = strong(store.textAt(at + TAIL));
      if (found !== undefined) return found;
      const next = words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        enter = isCounted(query, at);
        break;
      }
      at = words[at + PARENT]!;
    }
  }
}

function isCounted(query: Query, node: number): boolean {
  const kind = query.store.kind(node);
  if (kind === COMMENT || kind === INSTRUCTION) return false;
  if (kind !== ELEMENT || !query.isHtml(node)) return true;
  const name = query.local(node);
  return !["bdi", "script", "style", "textarea"].includes(name) && !query.hasAttribute(node, "dir");
}
