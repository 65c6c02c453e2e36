import {
  COMMENT,
  ELEMENT,
  FIRST,
  INSTRUCTION,
  NEXT,
  PARENT,
  TAIL,
  TEXT,
  type TreeStore,
} from "../../store/mod.ts";

/** Elements that are compared as a whole. */
const WHOLE = new Set(
  "audio button canvas embed hr iframe img input math meter object picture progress select svg textarea video"
    .split(" "),
);
/** Elements that are no part of the text. */
const SKIPPED = new Set("head link meta script style template title".split(" "));

/** A word, or an element that is compared as a whole. */
export interface Token {
  /** What is compared. */
  readonly key: string;
  /** The element that the token is directly in. */
  readonly parent: number;
  /** Offset of the text that the word is in, see the store; 0 for an element. */
  readonly place: number;
  /** First unit of the word in the text. */
  readonly start: number;
  /** Behind its last one. */
  readonly end: number;
  /** The element, 0 for a word. */
  readonly element: number;
}

/** The tokens in an element, and those of each element below it. */
export interface Words {
  readonly store: TreeStore;
  readonly top: number;
  readonly tokens: readonly Token[];
  /** First token of an element, and the one behind its last. */
  readonly ranges: ReadonlyMap<number, readonly [number, number]>;
}

/** Value of an attribute. */
function attributeOf(store: TreeStore, node: number, local: string): string | undefined {
  const name = store.names.find(local);
  const at = name === 0 ? -1 : store.findAttribute(node, name);
  return at === -1 ? undefined : store.attributeText(at);
}

/** What of an element that is compared as a whole counts: its name, its attributes, its text. */
function keyOf(store: TreeStore, node: number): string {
  const parts: string[] = [];
  for (let at = node; at !== 0; at = store.following(at, node)) {
    parts.push(store.names.tag(store.name(at)), store.textAt(at + TEXT) ?? "");
    for (const local of ["src", "href", "data", "d", "name", "type", "value"]) {
      const value = attributeOf(store, at, local);
      if (value !== undefined) parts.push(local, value);
    }
  }
  return `<${parts.join(" ")}`;
}

/**
 * Finds the words in an element.
 *
 * @param store The tree.
 * @param top The element.
 */
export function wordsOf(store: TreeStore, top: number): Words {
  const { words } = store;
  const tokens: Token[] = [];
  const ranges = new Map<number, [number, number]>();
  const addText = (parent: number, place: number): void => {
    const text = store.textAt(place);
    if (text === undefined) return;
    for (const match of text.matchAll(/\S+/g)) {
      const [key] = match;
      const start = match.index;
      tokens.push({ key, parent, place, start, end: start + key.length, element: 0 });
    }
  };
  let at = top;
  while (true) {
    const from = tokens.length;
    let inside = false;
    const kind = store.kind(at);
    if (kind === ELEMENT) {
      const local = store.names.local(store.name(at));
      if (WHOLE.has(local)) {
        const parent = words[at + PARENT]!;
        tokens.push({ key: keyOf(store, at), parent, place: 0, start: 0, end: 0, element: at });
      } else if (!SKIPPED.has(local)) {
        addText(at, at + TEXT);
        inside = true;
      }
    } else if (kind !== COMMENT && kind !== INSTRUCTION) inside = true;
    ranges.set(at, [from, tokens.length]);
    const first = words[at + FIRST]!;
    if (inside && first !== 0) {
      at = first;
      continue;
    }
    while (true) {
      ranges.get(at)![1] = tokens.length;
      if (at === top) return { store, top, tokens, ranges };
      addText(words[at + PARENT]!, at + TAIL);
      const next = words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        break;
      }
      at = words[at + PARENT]!;
    }
  }
}
