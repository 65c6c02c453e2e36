import { Document, isNode, isPair, isScalar, type Node, type Pair, visit } from "yaml";
import { Converter } from "./_convert.ts";
import type { YamlParseOptions } from "./options.ts";

/** Way to a node from the document's root: keys of mappings, indices of sequences; `[]` is the root itself. */
export type YamlPath = readonly (string | number | boolean | null)[];

/** Comments beside a node, without their `#`. */
export interface YamlComments {
  /** Lines above the node, joined by line breaks. */
  before?: string | undefined;
  /** At the end of the node's line. */
  after?: string | undefined;
}

/** Options of {@linkcode YamlDocument.toString}. */
export interface YamlDocumentStringifyOptions {
  /**
   * Spaces per level, 1 to 10.
   *
   * @default {2}
   */
  indent?: number;
  /**
   * Column at which long text is folded; 0 never folds.
   *
   * @default {80}
   */
  lineWidth?: number;
}

/** Wraps a composed document; for the folder's own use. */
export let wrapDocument: (document: Document, options: YamlParseOptions) => YamlDocument;

/**
 * A document as a tree that keeps comments, anchors, tags and styles, to look at, change and write again.
 * `parseDocument` reads one; the constructor makes one from a value.
 *
 * @example Write a configuration with comments
 * ```ts
 * import { YamlDocument } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const document = new YamlDocument({ retries: 3, zones: ["eu", "us"] });
 * document.setComments(["retries"], { before: " per job", after: " never 0" });
 * document.setComments(["zones", 1], { after: " later" });
 * assertEquals(
 *   document.toString(),
 *   "# per job\nretries: 3 # never 0\nzones:\n  - eu\n  - us # later\n",
 * );
 * ```
 */
export class YamlDocument {
  #document: Document;
  #options: YamlParseOptions;

  static {
    wrapDocument = (document, options) => {
      const wrapped = new YamlDocument(null);
      wrapped.#document = document;
      wrapped.#options = options;
      return wrapped;
    };
  }

  /**
   * Makes a document from a value.
   *
   * @param value What the document holds.
   */
  constructor(value: unknown) {
    this.#document = new Document(value, { logLevel: "silent" });
    this.#options = {};
  }

  /**
   * Whether there is a node.
   *
   * @example A key and an index
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assert } from "@std/assert";
   *
   * const document = parseDocument("a: [x]\n");
   * assert(document.has(["a", 0]) && !document.has(["b"]));
   * ```
   *
   * @param path Way to the node.
   * @returns Whether there is one.
   */
  has(path: YamlPath): boolean {
    return path.length === 0 ? this.#document.contents !== null : this.#document.hasIn(path);
  }

  /**
   * The value of a node, with the limits and options the document was read with.
   *
   * @example A part of a document
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a: { b: [1, 2] } # c\n");
   * assertEquals(document.get(["a", "b"]), [1, 2]);
   * assertEquals(document.get(["x"]), undefined);
   * ```
   *
   * @param path Way to the node.
   * @returns The value; undefined without a node.
   * @throws {YamlError} If a key is written twice, an alias has no anchor, or a limit is passed.
   */
  get(path: YamlPath): unknown {
    const node = this.#node(path);
    if (node === undefined) return undefined;
    const converter = new Converter("", this.#options);
    // Anchors may stand anywhere before the node.
    if (path.length > 0 && holdsAlias(node)) converter.convert(this.#document.contents);
    return converter.convert(node);
  }

  /**
   * The value of the document, as `parse` would give it.
   *
   * @example After a change
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a: &x [1]\nb: *x\n");
   * document.add(["a"], 2);
   * assertEquals(document.toValue(), { a: [1, 2], b: [1, 2] });
   * ```
   *
   * @returns The value.
   * @throws {YamlError} If a key is written twice, an alias has no anchor, or a limit is passed.
   */
  toValue(): unknown {
    return this.get([]);
  }

  /**
   * Puts a value at a place, new or old; comments and anchors beside an old scalar stay.
   *
   * @example A value two levels down
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a:\n  b: 1 # one\n");
   * document.set(["a", "b"], 2);
   * document.set(["a", "c"], [3]);
   * assertEquals(document.toString(), "a:\n  b: 2 # one\n  c:\n    - 3\n");
   * ```
   *
   * @param path Way to the node; what is missing on the way is made.
   * @param value The value.
   * @throws {TypeError} If the way leads through something that is no mapping or sequence.
   */
  set(path: YamlPath, value: unknown): void {
    const doc = this.#document;
    if (path.length === 0) {
      doc.contents = doc.createNode(value);
      return;
    }
    const old = this.#node(path);
    try {
      if (isScalar(old) && (typeof value !== "object" || value === null)) {
        const node = doc.createNode(value);
        if (isScalar(node)) {
          // The old node keeps its comments; its source would keep its spelling.
          old.value = node.value;
          delete old.source;
          delete old.format;
          delete old.minFractionDigits;
          return;
        }
      }
      doc.setIn(path, doc.createNode(value));
    } catch (cause) {
      throw new TypeError(`Cannot set ${pathText(path)}: there is a scalar on the way`, { cause });
    }
  }

  /**
   * Appends an item to a sequence.
   *
   * @example A list of one more
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("- a # first\n");
   * document.add([], "b");
   * assertEquals(document.toString(), "- a # first\n- b\n");
   * ```
   *
   * @param path Way to the sequence.
   * @param value The item.
   * @throws {TypeError} If there is no sequence.
   */
  add(path: YamlPath, value: unknown): void {
    const items = (this.#node(path) as { items?: unknown[] } | undefined)?.items;
    if (items === undefined || items.some((item) => isPair(item))) {
      throw new TypeError(`Cannot add to ${pathText(path)}: it is not a sequence`);
    }
    items.push(this.#document.createNode(value));
  }

  /**
   * Removes an entry or item, and the comments beside it.
   *
   * @example One key less
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a: 1\nb: 2 # two\nc: 3 # three\n");
   * assertEquals(document.delete(["b"]), true);
   * assertEquals(document.toString(), "a: 1\nc: 3 # three\n");
   * ```
   *
   * @param path Way to the node.
   * @returns Whether there was one.
   */
  delete(path: YamlPath): boolean {
    if (!this.has(path)) return false;
    if (path.length > 0) return this.#document.deleteIn(path);
    this.#document.contents = null;
    return true;
  }

  /**
   * The comments beside a node; of an entry of a mapping, those above its key.
   *
   * @example Read comments
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a: 1\n# why\nb: 2 # two\n");
   * assertEquals(document.comments(["b"]), { before: " why", after: " two" });
   * ```
   *
   * @param path Way to the node.
   * @returns The comments, without `#`.
   * @throws {RangeError} If there is no node.
   */
  comments(path: YamlPath): YamlComments {
    const { first, last } = this.#commented(path);
    return {
      before: first.commentBefore ?? undefined,
      after: last.comment ?? undefined,
    };
  }

  /**
   * Sets the comments beside a node; a property that is not given stays, undefined removes.
   *
   * @example Say why
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a: 1 # one\nb: 2\n");
   * document.setComments(["b"], { before: " two lines\n of why" });
   * document.setComments(["a"], { after: undefined });
   * assertEquals(document.toString(), "a: 1\n# two lines\n# of why\nb: 2\n");
   * ```
   *
   * @param path Way to the node.
   * @param comments What to set, without `#`.
   * @throws {RangeError} If there is no node.
   */
  setComments(path: YamlPath, comments: YamlComments): void {
    const { first, last } = this.#commented(path);
    if ("before" in comments) first.commentBefore = comments.before ?? null;
    if ("after" in comments) last.comment = comments.after ?? null;
  }

  /**
   * The name of the anchor on a node.
   *
   * @example Is there an anchor?
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("a: &x 1\nb: *x\n");
   * assertEquals([document.anchor(["a"]), document.anchor(["b"])], ["x", undefined]);
   * ```
   *
   * @param path Way to the node.
   * @returns The name without `&`; undefined without an anchor.
   */
  anchor(path: YamlPath): string | undefined {
    return (this.#node(path) as { anchor?: string } | undefined)?.anchor;
  }

  /**
   * Puts an alias at a place; the node it stands for gets an anchor if it has none.
   *
   * @example Say it once
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const document = parseDocument("base: { zone: eu }\n");
   * document.setAlias(["job"], ["base"], "b");
   * assertEquals(document.toString(), "base: &b { zone: eu }\njob: *b\n");
   * ```
   *
   * @param path Where the alias goes.
   * @param target Way to the node it stands for, earlier in the document.
   * @param name Name for a new anchor.
   * @throws {RangeError} If there is no target.
   */
  setAlias(path: YamlPath, target: YamlPath, name?: string): void {
    const node = this.#node(target);
    if (!isNode(node)) throw new RangeError(`Cannot find ${pathText(target)} to refer to`);
    this.#document.setIn(path, this.#document.createAlias(node as never, name));
  }

  /**
   * The document as text.
   *
   * @example Unchanged
   * ```ts
   * import { parseDocument } from "@ferry/std/formats/yaml";
   * import { assertEquals } from "@std/assert";
   *
   * const text = "# head\na: &x 'q' # one\n\nb: *x\n";
   * assertEquals(parseDocument(text).toString(), text);
   * ```
   *
   * @param options Style.
   * @returns The text.
   */
  toString(options: YamlDocumentStringifyOptions = {}): string {
    return this.#document.toString({
      indent: options.indent ?? 2,
      lineWidth: options.lineWidth ?? 80,
    });
  }

  #node(path: YamlPath): unknown {
    if (path.length === 0) return this.#document.contents;
    return this.#document.getIn(path, true);
  }

  /** Where the comments of a node are kept: above on an entry's key, behind on its value. */
  #commented(path: YamlPath): { first: Node; last: Node } {
    const node = this.#node(path);
    if (!isNode(node)) throw new RangeError(`Cannot find ${pathText(path)} in the document`);
    const parent = path.length > 0 ? this.#node(path.slice(0, -1)) : undefined;
    const pairs = (parent as { items?: unknown[] } | undefined)?.items ?? [];
    const pair = pairs.find((item) => isPair(item) && item.value === node) as
      | Pair<Node, unknown>
      | undefined;
    return { first: pair === undefined ? node : this.#keyNode(pair), last: node };
  }

  /** The key as a node; documents made from values have bare keys. */
  #keyNode(pair: Pair<unknown, unknown>): Node {
    if (!isNode(pair.key)) pair.key = this.#document.createNode(pair.key);
    return pair.key as Node;
  }
}

function holdsAlias(node: unknown): boolean {
  let found = false;
  visit(node as Node, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function pathText(path: YamlPath): string {
  return path.length === 0 ? "the root" : JSON.stringify(path);
}
