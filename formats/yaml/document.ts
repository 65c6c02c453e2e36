import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  Pair,
  visit,
} from "yaml";
import { checkOptions, LIMIT, NUMBER, type OptionRules, STRING } from "../options.ts";
import { Converter } from "./_convert.ts";
import { ownedByOthers } from "./source/comments_below.ts";
import { type Collection, Finder, isIndex, type Step } from "./_finder.ts";
import { layoutOf, type TextLayout } from "./source/layout.ts";
import type { YamlParseOptions } from "./options.ts";
import { checkIndent } from "./stringify_options.ts";
import { createNode, newDocument, prepare } from "./_tree.ts";

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
   * @default {what the text had, or 2}
   */
  indent?: number;
  /**
   * Column at which long text is folded; 0 never folds.
   *
   * @default {80}
   */
  lineWidth?: number;
}

const COMMENT_RULES: OptionRules<YamlComments> = { before: STRING, after: STRING };

const STRINGIFY_RULES: OptionRules<YamlDocumentStringifyOptions> = {
  indent: NUMBER,
  lineWidth: LIMIT,
};

/** Wraps a composed document; for the folder's own use. */
export let wrapDocument: (
  document: Document,
  options: YamlParseOptions,
  text: string,
  isWhole: boolean,
) => YamlDocument;

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
  /** The text the document was read from. */
  #text = "";
  /** Whether the text is this document's alone, and nothing has changed. */
  #isText = false;
  #layout: TextLayout;

  static {
    wrapDocument = (document, options, text, isWhole) => {
      const wrapped = new YamlDocument(null);
      prepare(document, options);
      wrapped.#document = document;
      wrapped.#options = options;
      wrapped.#text = text;
      wrapped.#isText = isWhole;
      wrapped.#layout = layoutOf(text, document.contents);
      return wrapped;
    };
  }

  /**
   * Makes a document from a value.
   *
   * @example Make one
   * ```ts
   * import { YamlDocument } from "@ferry/std/formats/yaml";
   *
   * const document = new YamlDocument({ retries: 3, zones: ["eu", "us"] });
   * ```
   *
   * @param value What the document holds, as `stringify` takes it.
   * @throws {TypeError} If the value is, or holds, a function or symbol, or is undefined.
   * @throws {RangeError} If the value is nested too deeply.
   */
  constructor(value: unknown) {
    this.#document = newDocument(value);
    this.#options = {};
    this.#layout = layoutOf("", null);
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
    if (path.length === 0) return this.#document.contents !== null;
    return this.#node(path) !== undefined;
  }

  /**
   * The value of a node, with the limits and options the document was read with. The way may lead through aliases and
   * through what is merged in; a key that is a number, boolean or null is found by its text, too.
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
   * @throws {TypeError} If the way leads through something that is no mapping or sequence, or the value has no form in
   * YAML.
   * @throws {RangeError} If the value is nested too deeply.
   */
  set(path: YamlPath, value: unknown): void {
    this.#isText = false;
    const document = this.#document;
    const old = path.length === 0 ? document.contents : undefined;
    if (path.length === 0) {
      document.contents = this.#fresh(value, old) as never;
      return;
    }
    const finder = this.#finder();
    let at: unknown = document.contents;
    let put = (node: unknown): void => {
      document.contents = node as never;
    };
    for (const [depth, step] of path.entries()) {
      const parent = finder.resolve(at);
      if (parent === null || parent === undefined || (isScalar(parent) && parent.value === null)) {
        put(this.#fresh(nest(path.slice(depth), value), parent));
        return;
      }
      if (!isMap(parent) && !isSeq(parent)) throw misfit(path, "there is a scalar on the way");
      const found = this.#slot(parent, step, path);
      if (found === undefined) {
        const inner = depth < path.length - 1 ? finder.resolve(finder.child(parent, step)) : null;
        if (isMap(inner) || isSeq(inner)) {
          // Merged in: the way goes on, as the reader sees it.
          at = inner;
          continue;
        }
        const node = this.#fresh(nest(path.slice(depth + 1), value), undefined);
        if (isMap(parent)) {
          parent.items.push(new Pair(createNode(document, step, this.#options), node));
        } else parent.items.push(node);
        return;
      }
      [at, put] = found;
    }
    put(this.#fresh(value, at));
  }

  /** What stands at one step, and how to put something else there; undefined where there is nothing yet. */
  #slot(
    parent: Collection,
    step: Step,
    path: YamlPath,
  ): [node: unknown, put: (node: unknown) => void] | undefined {
    if (isSeq(parent)) {
      if (!isIndex(step) || step > parent.items.length) throw misfit(path, "no such index");
      if (step === parent.items.length) return undefined;
      return [parent.items[step], (node) => void (parent.items[step] = node)];
    }
    const pair = this.#finder().pair(parent, step);
    return pair && [pair.value, (node) => void (pair.value = node)];
  }

  /** A node of a value, with the anchor and the comments of the one before it. */
  #fresh(value: unknown, old: unknown): Node {
    const node = createNode(this.#document, value, this.#options);
    if (!isNode(old)) return node;
    const { anchor } = old as { anchor?: string };
    if (anchor !== undefined) (node as { anchor?: string }).anchor = anchor;
    node.commentBefore = old.commentBefore ?? null;
    if (!isScalar(node) || !isScalar(old)) return node;
    node.comment = old.comment ?? null;
    // Quotes stay; a tag of the caller's own stays on text.
    const isText = typeof old.value === "string" && typeof node.value === "string";
    if (isText && old.type !== undefined && node.type === undefined) node.type = old.type;
    if (isText && old.tag?.startsWith("!") && node.tag === undefined) node.tag = old.tag;
    return node;
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
    const target = this.#finder().resolve(this.#node(path));
    const items = isSeq(target) ? target.items : undefined;
    if (items === undefined || items.some((item) => isPair(item))) {
      throw new TypeError(`Cannot add to ${pathText(path)}: it is not a sequence`);
    }
    this.#isText = false;
    items.push(createNode(this.#document, value, this.#options));
  }

  /**
   * Removes an entry or item, the comment behind it and those above it, which are its own; those below it stay.
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
    if (path.length === 0) {
      this.#isText = false;
      this.#document.contents = null;
      return true;
    }
    const step = path.at(-1)!;
    const finder = this.#finder();
    const parent = finder.resolve(this.#node(path.slice(0, -1)));
    let index = -1;
    if (isMap(parent)) {
      const pair = finder.pair(parent, step);
      index = pair === undefined ? -1 : parent.items.indexOf(pair);
    } else if (isSeq(parent) && isIndex(step)) index = step;
    // What is merged in is another mapping's.
    if (index < 0) return false;
    this.#isText = false;
    const items = (parent as Collection).items as unknown[];
    const [removed] = items.splice(index, 1);
    const below = ownedByOthers(this.#text, removed);
    const next = items[index];
    const heir = isPair(next) ? this.#keyNode(next) : next;
    if (isNode(heir)) {
      if (below.length > 0) {
        heir.commentBefore = [...below, ...lines(heir.commentBefore)].join("\n");
      }
      if (index === 0) (heir as { spaceBefore?: boolean }).spaceBefore = false;
    } else if (below.length > 0) {
      const owner = parent as Node;
      owner.comment = [...below, ...lines(owner.comment)].join("\n");
    }
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
   * @throws {TypeError} If there is another name than `before` and `after`, or one is not a text.
   */
  setComments(path: YamlPath, comments: YamlComments): void {
    checkOptions("Cannot set comments", comments, COMMENT_RULES);
    this.#isText = false;
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
    const node = this.#finder().resolve(this.#node(target));
    if (!isNode(node)) throw new RangeError(`Cannot find ${pathText(target)} to refer to`);
    const alias = this.#document.createAlias(node as never, name);
    this.set(path, null);
    const parent = this.#finder().resolve(this.#node(path.slice(0, -1)));
    if (isMap(parent) || isSeq(parent)) this.#slot(parent, path.at(-1)!, path)![1](alias);
    else this.#document.contents = alias as never;
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
   * @returns The text; of a document that was read alone and not changed, the text that was read.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If one is out of range.
   */
  toString(options?: YamlDocumentStringifyOptions): string {
    const layout = this.#layout;
    const { indent, lineWidth } = checkOptions("Cannot write YAML", options, STRINGIFY_RULES);
    checkIndent(indent);
    if (this.#isText && indent === undefined && lineWidth === undefined) return this.#text;
    const text = this.#document.toString({
      indent: indent ?? layout.indent,
      lineWidth: lineWidth ?? 80,
      indentSeq: layout.indentSequences,
      flowCollectionPadding: layout.padding,
    });
    return layout.eol === "\n" ? text : text.replaceAll(/\r?\n/g, layout.eol);
  }

  #finder(): Finder {
    return new Finder(this.#document, this.#options.merge ?? true);
  }

  #node(path: YamlPath): unknown {
    return this.#finder().find(path);
  }

  /** Where the comments of a node are kept: above on an entry's key, behind on its value. */
  #commented(path: YamlPath): { first: Node; last: Node } {
    const node = this.#node(path);
    if (!isNode(node)) throw new RangeError(`Cannot find ${pathText(path)} in the document`);
    const parent = path.length > 0
      ? this.#finder().resolve(this.#node(path.slice(0, -1)))
      : undefined;
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

/** A value below keys that are missing. */
function nest(path: YamlPath, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, step) => step === 0 ? [inner] : new Map([[step, inner]]),
    value,
  );
}

function lines(comment: string | null | undefined): string[] {
  return comment ? comment.split("\n") : [];
}

function misfit(path: YamlPath, why: string): TypeError {
  return new TypeError(`Cannot set ${pathText(path)}: ${why}`);
}

function pathText(path: YamlPath): string {
  return path.length === 0 ? "the root" : JSON.stringify(path);
}
