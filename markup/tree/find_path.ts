/** Evaluates the paths of `find` and its kin over the rows of a tree, one result at a time. */
import { checkOptions, OBJECT, type OptionRules } from "../options.ts";
import { FIRST, LAST, NEXT, PARENT, PREV } from "../store/layout.ts";
import { type Axis, textContent } from "./axes.ts";
import { getAttribute } from "./attributes.ts";
import { Matcher } from "./matcher.ts";
import { isVisible } from "../store/node_view.ts";
import { parsePath, type Step } from "./path_syntax.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** What the names in a path mean. */
export interface PathOptions {
  /**
   * Prefixes to namespaces; `""` is the namespace of names without a prefix.
   *
   * @default {{}}
   */
  namespaces?: Readonly<Record<string, string>>;
}

const RULES: OptionRules<PathOptions> = { namespaces: OBJECT };

/** How many compiled paths are kept. */
const KEPT = 256;
const compiled = new Map<string, Step[]>();

function compile(path: string, namespaces: Readonly<Record<string, string>> | undefined): Step[] {
  if (namespaces !== undefined) return parsePath(path, namespaces);
  let steps = compiled.get(path);
  if (steps === undefined) {
    steps = parsePath(path, {});
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(path, steps);
  }
  return steps;
}

/** One node. */
class Only implements Axis {
  #node: number;

  constructor(node: number) {
    this.#node = node;
  }

  next(): number {
    const node = this.#node;
    this.#node = 0;
    return node;
  }
}

/** The children, or all descendants, of each of some nodes that have a tag. */
class Below implements Axis {
  readonly #store: TreeStore;
  readonly #source: Axis;
  readonly #matcher: Matcher;
  readonly #deep: boolean;
  #top = 0;
  #at = 0;

  constructor(store: TreeStore, source: Axis, tag: string, deep: boolean) {
    this.#store = store;
    this.#source = source;
    this.#matcher = new Matcher(store, tag);
    this.#deep = deep;
  }

  next(): number {
    const store = this.#store;
    while (true) {
      while (this.#at !== 0) {
        const at = this.#at;
        this.#at = this.#deep ? store.following(at, this.#top) : store.words[at + NEXT]!;
        if (this.#matcher.matches(at)) return at;
      }
      this.#top = this.#source.next();
      if (this.#top === 0) return 0;
      this.#at = store.words[this.#top + FIRST]!;
    }
  }
}

/** The parents of some nodes. */
class Parents implements Axis {
  readonly #store: TreeStore;
  readonly #source: Axis;

  constructor(store: TreeStore, source: Axis) {
    this.#store = store;
    this.#source = source;
  }

  next(): number {
    for (let node = this.#source.next(); node !== 0; node = this.#source.next()) {
      const parent = this.#store.words[node + PARENT]!;
      if (isVisible(this.#store, parent)) return parent;
    }
    return 0;
  }
}

/** Those of some nodes that pass a test. */
class Filtered implements Axis {
  readonly #source: Axis;
  readonly #test: (node: number) => boolean;

  constructor(source: Axis, test: (node: number) => boolean) {
    this.#source = source;
    this.#test = test;
  }

  next(): number {
    let node = this.#source.next();
    while (node !== 0 && !this.#test(node)) node = this.#source.next();
    return node;
  }
}

/** Tests the position among the siblings with the same tag; that of the last parent and name is remembered. */
function positionTest(store: TreeStore, index: number): (node: number) => boolean {
  let [parent, name, wanted] = [-1, -1, 0];
  return (node) => {
    const { words, names } = store;
    const above = words[node + PARENT]!;
    if (!isVisible(store, above)) return false;
    const expanded = names.expanded(store.name(node));
    if (above !== parent || expanded !== name) {
      [parent, name, wanted] = [above, expanded, 0];
      const kind = store.kind(node);
      const [first, link] = index >= 0 ? [FIRST, NEXT] : [LAST, PREV];
      let left = index >= 0 ? index : -1 - index;
      for (let at = words[above + first]!; at !== 0; at = words[at + link]!) {
        if (store.kind(at) !== kind || names.expanded(store.name(at)) !== expanded) continue;
        if (left-- > 0) continue;
        wanted = at;
        break;
      }
    }
    return node === wanted;
  };
}

function textTest(
  store: TreeStore,
  tag: string,
  value: string,
  not: boolean,
): (node: number) => boolean {
  if (tag === ".") return (node) => (textContent(store, node) === value) !== not;
  const matcher = new Matcher(store, tag);
  return (node) => {
    for (let at = store.words[node + FIRST]!; at !== 0; at = store.words[at + NEXT]!) {
      if (matcher.matches(at) && (textContent(store, at) === value) !== not) return true;
    }
    return false;
  };
}

function childTest(store: TreeStore, tag: string): (node: number) => boolean {
  const matcher = new Matcher(store, tag);
  return (node) => {
    for (let at = store.words[node + FIRST]!; at !== 0; at = store.words[at + NEXT]!) {
      if (matcher.matches(at)) return true;
    }
    return false;
  };
}

function follow(store: TreeStore, source: Axis, step: Step): Axis {
  switch (step.op) {
    case "child":
      return new Below(store, source, step.tag, false);
    case "descendant":
      return new Below(store, source, step.tag, true);
    case "self":
      return source;
    case "parent":
      return new Parents(store, source);
    case "has-attribute":
      return new Filtered(source, (node) => getAttribute(store, node, step.name) !== undefined);
    case "attribute":
      return new Filtered(source, (node) => {
        const value = getAttribute(store, node, step.name);
        return value !== undefined && (value === step.value) !== step.not;
      });
    case "has-child":
      return new Filtered(source, childTest(store, step.tag));
    case "text":
      return new Filtered(source, textTest(store, step.tag, step.value, step.not));
    case "position":
      return new Filtered(source, positionTest(store, step.index));
  }
}

/**
 * The nodes that a path leads to.
 *
 * @param store The tree.
 * @param node Where the path begins.
 * @param path The path.
 * @param options What names in it mean.
 * @throws {SyntaxError} If the path is none.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function select(
  store: TreeStore,
  node: number,
  path: string,
  options: PathOptions | undefined,
): Axis {
  const { namespaces } = checkOptions("Cannot find elements", options, RULES);
  let axis: Axis = new Only(node);
  for (const step of compile(path, namespaces)) axis = follow(store, axis, step);
  return axis;
}
