// Ways through the nodes of a document: by keys as the reader gives them, through aliases, and through merge keys.

import { type Alias, type Document, isAlias, isMap, isPair, isScalar, isSeq } from "yaml";
import { collectionKey } from "./_convert.ts";
import { isAbsent, isMergeKey } from "./_nodes.ts";
import type { Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { visit } from "yaml";

/** A step of a path: a key of a mapping, or an index of a sequence. */
export type Step = string | number | boolean | null;

/** Finds nodes of one document. */
export class Finder {
  readonly #document: Document;
  readonly #merge: boolean;
  #targets: Map<Alias, unknown> | undefined;

  constructor(document: Document, merge: boolean) {
    this.#document = document;
    this.#merge = merge;
  }

  /** The node an alias stands for, or the node itself; undefined without an anchor. */
  resolve(node: unknown): unknown {
    // An alias to an alias is not YAML, so one look is enough.
    return isAlias(node) ? this.#anchored(node) : node;
  }

  /** The node at a path; undefined where there is none. */
  find(path: readonly Step[]): unknown {
    let node: unknown = this.#document.contents;
    for (const step of path) {
      node = this.child(node, step);
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** The node at one step: an own entry, an item, or what is merged in. */
  child(parent: unknown, step: Step): unknown {
    const at = this.resolve(parent);
    if (isSeq(at)) return isIndex(step) ? at.items[step] : undefined;
    if (!isMap(at)) return undefined;
    const pair = this.pair(at, step);
    if (pair !== undefined) return pair.value ?? null;
    if (!this.#merge) return undefined;
    return this.#merged(at, step, new Set());
  }

  /** An own entry of a mapping, by a key of the same type first, and then by its text. */
  pair(map: YAMLMap, step: Step): Pair | undefined {
    const text = step === null ? "null" : String(step);
    let alike: Pair | undefined;
    for (const pair of map.items) {
      const key = this.resolve(pair.key);
      const value = isScalar(key) ? key.value : key;
      if (Object.is(value, step) && typeof step !== "object") return pair;
      if (alike === undefined && keyText(key) === text) alike = pair;
    }
    return alike;
  }

  #merged(map: YAMLMap, step: Step, seen: Set<YAMLMap>): unknown {
    seen.add(map);
    for (const pair of map.items) {
      if (!isMergeKey(pair.key)) continue;
      const source = this.resolve(pair.value);
      for (const item of isSeq(source) ? source.items : [source]) {
        const from = this.resolve(item);
        if (!isMap(from) || seen.has(from)) continue;
        const found = this.pair(from, step);
        const value = found === undefined ? this.#merged(from, step, seen) : found.value ?? null;
        if (value !== undefined) return value;
      }
    }
    return undefined;
  }

  /** Anchors may be defined again, so each alias is resolved in the order of the text. */
  #anchored(alias: Alias): unknown {
    if (this.#targets === undefined) {
      const targets = this.#targets = new Map();
      const anchors = new Map<string, unknown>();
      visit(this.#document, (_, node) => {
        if (isAlias(node)) targets.set(node, anchors.get(node.source));
        else if (!isPair(node) && (node as { anchor?: string }).anchor) {
          anchors.set((node as { anchor: string }).anchor, node);
        }
      });
    }
    return this.#targets.get(alias);
  }
}

/** Whether a step is an index. */
export function isIndex(step: Step | undefined): step is number {
  return typeof step === "number" && Number.isInteger(step) && step >= 0;
}

/** A key as the key of an object. */
function keyText(key: unknown): string | undefined {
  if (isAbsent(key)) return "";
  // Documents made of values have bare keys.
  const value = isScalar(key) ? (key as Scalar).value : key;
  if (typeof value === "object" && value !== null) return collectionKey(value);
  return typeof value === "symbol" ? "<<" : String(value);
}

/** A collection. */
export type Collection = YAMLMap | YAMLSeq;
