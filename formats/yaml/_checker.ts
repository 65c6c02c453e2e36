import { isTemporal } from "../temporal_text.ts";
import { MAX_DEPTH, type YamlTag } from "./options.ts";

/** Refuses what has no form in YAML, and nesting beyond the limit, before the writer recurses. */
export class Checker {
  readonly #seen = new Set<object>();
  readonly #tags: readonly YamlTag[];
  /** Keys and indices that lead to what is looked at. */
  readonly #path: unknown[] = [];
  /** Levels that were left at the deepest place. */
  #deepest = Infinity;

  constructor(tags: readonly YamlTag[]) {
    this.#tags = tags;
  }

  /** How many levels were found, of so many that are allowed. */
  levels(allowed: number): number {
    return this.#deepest === Infinity ? 1 : allowed - this.#deepest + 2;
  }

  check(value: unknown, depth: number): void {
    const tag = this.#tags.find((tag) => tag.test?.(value));
    if (tag !== undefined) {
      if (tag.stringify !== undefined) this.#inside(tag.stringify(value), depth);
      return;
    }
    this.#inside(value, depth);
  }

  #inside(value: unknown, depth: number): void {
    if (typeof value === "function" || typeof value === "symbol") {
      const place = this.#path.length === 0 ? "" : ` at ${this.#path.map(shown).join(".")}`;
      throw new TypeError(`Cannot write a ${typeof value}${place} as YAML`);
    }
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return;
    this.#seen.add(value);
    if (value instanceof Uint8Array || value instanceof Date || isTemporal(value)) return;
    if (depth < this.#deepest) this.#deepest = depth;
    if (depth <= 0) throw new RangeError("Cannot write such deep nesting as YAML: raise maxDepth");
    if (value instanceof Map) {
      for (const [key, item] of value) {
        this.check(key, depth - 1);
        this.#below(key, item, depth);
      }
    } else if (Array.isArray(value) || value instanceof Set) {
      let index = 0;
      for (const item of value) this.#below(index++, item, depth);
    } else if ("toJSON" in value && typeof value.toJSON === "function") {
      this.#inside(value.toJSON(), depth - 1);
    } else for (const [key, item] of Object.entries(value)) this.#below(key, item, depth);
  }

  #below(key: unknown, item: unknown, depth: number): void {
    // Most are texts and numbers, which need no look.
    if (typeof item === "string" || typeof item === "number") {
      if (this.#tags.length === 0) return;
    }
    this.#path.push(key);
    this.check(item, depth - 1);
    this.#path.pop();
  }
}

/** Refuses a value that holds itself, where no alias may be written. */
export function refuseCycles(value: unknown): void {
  const open = new Set<unknown>();
  const done = new Set<unknown>();
  const walk = (item: unknown): void => {
    if (typeof item !== "object" || item === null || done.has(item)) return;
    if (open.has(item)) throw new TypeError("Cannot edit YAML: the value contains itself");
    // Deeper ones are refused for their depth, when they are written.
    if (open.size > MAX_DEPTH) return;
    open.add(item);
    const inner = item instanceof Map
      ? [...item.keys(), ...item.values()]
      : item instanceof Set
      ? item
      : ArrayBuffer.isView(item)
      ? []
      : Object.values(item);
    for (const part of inner) walk(part);
    open.delete(item);
    done.add(item);
  };
  walk(value);
}

/** A key as a part of a path. */
function shown(key: unknown): string {
  return typeof key === "object" && key !== null ? "{…}" : String(key);
}
