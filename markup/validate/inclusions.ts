import { parse } from "../xml/parse/parse.ts";
import type { Element } from "../tree/element.ts";

const INCLUDE = "{http://www.w3.org/2001/XInclude}include";
const BASE = "{http://www.w3.org/XML/1998/namespace}base";

/** What a document has of its own, and what it includes. */
interface Part {
  readonly size: number;
  readonly includes: readonly string[];
}

/**
 * How large a document becomes by what it includes: ten documents that include the next one ten times each would be billions of
 * copies. What is counted is whole documents, whatever an inclusion takes of them.
 */
export class Inclusions {
  readonly #parts = new Map<string, Part>();
  readonly #root: string;

  /**
   * Begins.
   *
   * @param root Address of the document.
   * @param content The document.
   */
  constructor(root: string, content: string | Uint8Array) {
    this.#root = root;
    this.add(root, content);
  }

  /** Adds a document that is included. */
  add(url: string, content: string | Uint8Array): void {
    this.#parts.set(url, { size: content.length, includes: includesOf(url, content) });
  }

  /** The size of the whole, in bytes or units; `Infinity` if a document includes itself. */
  get size(): number {
    const known = new Map<string, number>();
    const open = new Set<string>();
    const sizeOf = (url: string): number => {
      const part = this.#parts.get(url);
      if (part === undefined) return 0;
      const before = known.get(url);
      if (before !== undefined) return before;
      // libxml2 tells of it better.
      if (open.has(url)) return 0;
      open.add(url);
      let size = part.size;
      for (const one of part.includes) size += sizeOf(one);
      open.delete(url);
      known.set(url, size);
      return size;
    };
    return sizeOf(this.#root);
  }
}

/** The addresses that a document includes, as often as it does. */
function includesOf(url: string, content: string | Uint8Array): string[] {
  let root: Element;
  try {
    root = parse(content, { recover: true });
  } catch {
    // What is not XML, or included as text, includes nothing.
    return [];
  }
  const found: string[] = [];
  for (const include of root.iter(INCLUDE)) {
    let address = include.get("href") ?? "";
    for (const at of [include, ...include.iterAncestors()]) {
      address = resolved(address, at.get(BASE));
    }
    found.push(resolved(address, url));
  }
  return found;
}

function resolved(address: string, base: string | undefined): string {
  if (base === undefined || base === "") return address;
  try {
    return new URL(address, base).href;
  } catch {
    // Addresses without a scheme: beside one another, as libxml2 has them.
    if (/^[a-z][a-z0-9+.-]*:|^\//i.test(address)) return address;
    return base.slice(0, base.lastIndexOf("/") + 1) + address;
  }
}
