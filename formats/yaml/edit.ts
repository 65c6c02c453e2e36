import { type CST, isMap, isNode, isScalar, isSeq, visit } from "yaml";
import { BOOLEAN, checkOptions, LIMIT, NUMBER, OBJECT, type OptionRules } from "../options.ts";
import { refuseCycles } from "./_checker.ts";
import { Comparison } from "./_compare.ts";
import { compose, type ComposedDocument, documentToken } from "./_compose.ts";
import { Converter } from "./_convert.ts";
import { layoutOf, type TextLayout } from "./source/layout.ts";
import { type Collection, Finder, isIndex } from "./_finder.ts";
import {
  checkTags,
  SCHEMAS,
  type YamlParseOptions,
  type YamlSchema,
  type YamlTag,
} from "./options.ts";
import {
  type CollectionToken,
  insertInto,
  type Place,
  removeFrom,
  replaceAt,
  rootPlace,
} from "./source/patch.ts";
import { render } from "./_render.ts";
import { checkIndent } from "./stringify_options.ts";
import { itemSpans, tokenSpan } from "./source/spans.ts";
import { applySplices, type Splice } from "./source/splice.ts";
import { write } from "./_write.ts";
import { YamlError } from "./yaml_error.ts";

/** Options of {@linkcode edit}. */
export interface YamlEditOptions {
  /**
   * Which document of a stream to edit, from 0. A text of several needs it.
   *
   * @default {undefined}
   */
  document?: number;
  /**
   * Spaces per level of what is added.
   *
   * @default {what the text has, or 2}
   */
  indent?: number;
  /**
   * The schema of the text's readers.
   *
   * @default {"core"}
   */
  schema?: YamlSchema;
  /**
   * Also quote text that only a YAML 1.1 reader would take for something else.
   *
   * @default {true}
   */
  compatible?: boolean;
  /**
   * Tags of one's own; those with `test` are written.
   *
   * @default {[]}
   */
  tags?: readonly YamlTag[];
  /**
   * Deepest nesting of the text and of the value.
   *
   * @default {512}
   */
  maxDepth?: number;
}

const RULES: OptionRules<YamlEditOptions> = {
  document: NUMBER,
  indent: NUMBER,
  schema: SCHEMAS,
  compatible: BOOLEAN,
  tags: OBJECT,
  maxDepth: LIMIT,
};

/**
 * Changes one value in a text, and leaves everything else byte for byte as it is: comments, order, quotes, spelling of
 * numbers, white space, line breaks. Removing a value removes no comment but those within it.
 *
 * A way through an alias leads to the node it stands for, which all its aliases share; a key that was only merged in
 * (`<<`) gets an entry of its own. What is missing on the way is made. An anchor on a replaced value stays.
 *
 * @example Set, add and remove
 * ```ts
 * import { edit } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * let text = "# service\nport:   0644 # octal?\nzones:\n- 'eu' # home\n- us\nold: true\n";
 * text = edit(text, ["zones", 0], "ap");
 * text = edit(text, ["zones", -1], "af");
 * text = edit(text, ["limits", "retries"], 3);
 * text = edit(text, ["old"], undefined);
 * assertEquals(
 *   text,
 *   "# service\nport:   0644 # octal?\nzones:\n- 'ap' # home\n- us\n- af\nlimits:\n  retries: 3\n",
 * );
 * ```
 *
 * @param text The text, of one document or several.
 * @param path Keys and indices that lead to the value; an index equal to the length, or -1, appends.
 * @param value The new value, as `stringify` takes it; `undefined` removes the entry or item, if there is one.
 * @param options How to read the text, and to write the value.
 * @returns The changed text.
 * @throws {YamlError} If the text is not YAML, or cannot be changed so without changing more, as when an anchor that is
 * still referred to would go.
 * @throws {TypeError} If the path leads through something that is no mapping or sequence, or the value has no form or
 * contains itself; or an option is unknown or of the wrong type.
 * @throws {RangeError} If the root is to be removed, there is no such document, or an option is out of range.
 */
export function edit(
  text: string,
  path: readonly (string | number | boolean | null)[],
  value: unknown,
  options?: YamlEditOptions,
): string {
  const checked = checkTags(checkOptions("Cannot edit YAML", options, RULES));
  checkIndent(checked.indent);
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(mark.length);
  const changed = new Editor(body, path, checked).edit(value);
  // A text without content has no last line to be without a break.
  const isNew = !/[^\s]/.test(body.replaceAll(/#.*/g, "")) && changed !== body;
  return mark + (isNew && !changed.endsWith("\n") ? `${changed}\n` : changed);
}

type Path = readonly (string | number | boolean | null)[];

/** A node on the way, and where it stands. */
interface Found {
  node: unknown;
  place: Place | undefined;
  parent: unknown;
  index: number;
}

class Editor {
  readonly #text: string;
  readonly #path: Path;
  readonly #options: YamlEditOptions;
  readonly #documents: ComposedDocument[];
  readonly #document: ComposedDocument;
  readonly #finder: Finder;
  readonly #layout: TextLayout;

  constructor(text: string, path: Path, options: YamlEditOptions) {
    this.#text = text;
    this.#path = path;
    this.#options = options;
    const read: YamlParseOptions = {
      tags: options.tags ?? [],
      schema: options.schema ?? "core",
      ...(options.maxDepth === undefined ? {} : { maxDepth: options.maxDepth }),
    };
    this.#documents = compose(text, read, false, true);
    if (this.#documents.length === 0) this.#documents = compose(text, read, true, true);
    if (this.#documents.length > 1 && options.document === undefined) {
      throw new YamlError("Cannot edit a text of several documents: say which with `document`", {
        code: "MULTIPLE_DOCS",
        source: text,
        offset: this.#documents[1]!.range[0],
      });
    }
    const document = this.#documents[options.document ?? 0];
    if (document === undefined) {
      throw new RangeError(
        `Cannot edit document ${options.document}: the text has ${this.#documents.length}`,
      );
    }
    this.#document = document;
    this.#finder = new Finder(document, true);
    const layout = layoutOf(text, document.contents);
    this.#layout = { ...layout, indent: options.indent ?? layout.indent };
  }

  edit(value: unknown): string {
    refuseCycles(value);
    const path = this.#path;
    const root: Found = {
      node: this.#document.contents,
      place: this.#root(),
      parent: undefined,
      index: 0,
    };
    if (path.length === 0) {
      if (value === undefined) {
        throw new RangeError("Cannot edit YAML: needed a path to what is removed");
      }
      return this.#replace(root, value);
    }
    let at = root;
    for (const [depth, step] of path.entries()) {
      const node = this.#finder.resolve(at.node);
      if (node === null || node === undefined || (isScalar(node) && node.value === null)) {
        // Nothing is there yet: a key without value may become a collection.
        if (value === undefined) return this.#text;
        return this.#replace(at, nest(path.slice(depth), value));
      }
      if (!isMap(node) && !isSeq(node)) throw this.#misfit(step);
      const next = this.#step(node, step, depth);
      if (next === undefined) {
        if (value === undefined) return this.#text;
        return this.#insert(node, step, nest(path.slice(depth + 1), value));
      }
      if (depth === path.length - 1 && value === undefined) return this.#delete(at, next);
      at = next;
    }
    return this.#replace(at, value);
  }

  /** The node one step on; undefined where there is none yet. */
  #step(node: Collection, step: Path[number], depth: number): Found | undefined {
    const token = tokenOf(node);
    let index: number;
    let child: unknown;
    if (isSeq(node)) {
      if (step === -1 || step === node.items.length) return undefined;
      if (!isIndex(step) || step > node.items.length) throw this.#misfit(step);
      index = step;
      child = node.items[index];
    } else {
      const pair = this.#finder.pair(node, step);
      if (pair === undefined) {
        // What is merged in can be walked through, but not changed here.
        const merged = depth < this.#path.length - 1 ? this.#finder.child(node, step) : undefined;
        const inner = this.#finder.resolve(merged);
        if (!isMap(inner) && !isSeq(inner)) return undefined;
        return { node: inner, place: undefined, parent: undefined, index: -1 };
      }
      index = node.items.indexOf(pair);
      child = pair.value;
    }
    return { node: child, place: placeOf(token, index), parent: node, index };
  }

  #replace(at: Found, value: unknown): string {
    const { place } = at;
    if (place === undefined) throw this.#failure(at.node);
    const style = {
      ...this.#layout,
      flow: place.parent?.type === "flow-collection",
      json: isJson(place.parent),
      old: isScalar(at.node) ? at.node.type : undefined,
    };
    const change = { kind: "replace", parent: at.parent, index: at.index } as const;
    for (const way of render(value, style, this.#options)) {
      for (const keepTag of place.span.tag === undefined ? [false] : [true, false]) {
        const splices = replaceAt(this.#text, place, way, this.#layout, keepTag);
        const text = this.#checked(splices, change, value);
        if (text !== undefined) return text;
      }
    }
    throw this.#failure(at.node);
  }

  #insert(node: Collection, step: Path[number], value: unknown): string {
    const token = tokenOf(node);
    if (token === undefined) throw this.#failure();
    const style = {
      ...this.#layout,
      flow: token.type === "flow-collection",
      json: isJson(token),
    };
    const change = { kind: "insert", parent: node, index: node.items.length } as const;
    for (const way of render(value, style, this.#options)) {
      const key = isMap(node) ? this.#key(step, token) : undefined;
      const splices = insertInto(this.#text, token, key, way, this.#layout);
      const text = this.#checked(splices, change, value);
      if (text !== undefined) return text;
    }
    throw this.#failure();
  }

  #delete(at: Found, { node: removed, parent, index }: Found): string {
    const node = parent as Collection;
    if (node.items.length === 1) {
      const empty = isMap(node) ? {} : [];
      if (at.place !== undefined && at.node === node) return this.#replace(at, empty);
    }
    const token = tokenOf(node);
    if (token === undefined) throw this.#failure();
    const splices = node.items.length > 1 || token.type === "flow-collection"
      ? removeFrom(this.#text, token, index)
      : [{ ...tokenSpan(token), text: isMap(node) ? "{}" : "[]" }];
    const change = { kind: "delete", parent, index } as const;
    const text = this.#checked(splices, change, undefined);
    if (text !== undefined) return text;
    throw this.#failure(removed);
  }

  /** The new text, if it differs from the old one only where it should. */
  #checked(
    splices: readonly Splice[],
    change: { kind: "replace" | "insert" | "delete"; parent: unknown; index: number },
    value: unknown,
  ): string | undefined {
    const text = applySplices(this.#text, splices);
    const read: YamlParseOptions = {
      schema: this.#options.schema ?? "core",
      tags: this.#options.tags ?? [],
      maxDepth: Infinity,
    };
    let documents: ComposedDocument[];
    try {
      documents = compose(text, read, false);
      if (documents.length === 0) documents = compose(text, read, true);
      if (documents.length !== this.#documents.length) return undefined;
      const index = this.#documents.indexOf(this.#document);
      const after = documents[index]!;
      const comparison = new Comparison(change, new Finder(after, true));
      if (!comparison.compare(this.#document, after)) return undefined;
      if (change.kind === "delete") return text;
      const options: YamlParseOptions = { ...read, maps: "map" };
      const found = new Converter(text, options).convert(comparison.found);
      return isSame(found, this.#asRead(value, options)) ? text : undefined;
    } catch (error) {
      if (error instanceof YamlError) return undefined;
      throw error;
    }
  }

  /** What a reader makes of the value where it stands alone. */
  #asRead(value: unknown, options: YamlParseOptions): unknown {
    const text = write(value, { ...this.#options, aliases: false });
    return new Converter(text, options).convert(compose(text, options, true)[0]!.contents);
  }

  #key(step: Path[number], token: CollectionToken): string {
    if (isJson(token) && typeof step === "string" && step.isWellFormed()) {
      return JSON.stringify(step);
    }
    return write(step, { ...this.#options, lineWidth: 0, style: "flow" }).trimEnd();
  }

  #root(): Place {
    const token = documentToken(this.#document);
    if (token !== undefined) return rootPlace(token);
    const end = this.#text.length;
    const span = { start: end, end, indicator: end, props: end };
    return {
      parent: undefined,
      value: undefined,
      span: { ...span, anchor: undefined, tag: undefined, bare: false, value: undefined },
    };
  }

  #misfit(step: Path[number]): TypeError {
    return new TypeError(
      `Cannot edit YAML at ${JSON.stringify(this.#path)}: ${
        JSON.stringify(step)
      } does not fit there`,
    );
  }

  /** No way of writing changed that place alone; `removed` is what would have gone. */
  #failure(removed?: unknown): YamlError {
    const why = holdsAnchor(removed)
      ? "an alias elsewhere needs an anchor in it"
      : "no way of writing it leaves all else as it is";
    return new YamlError(`Cannot edit YAML at ${JSON.stringify(this.#path)}: ${why}`, {
      code: "EDIT",
    });
  }
}

function holdsAnchor(node: unknown): boolean {
  let found = false;
  if (!isNode(node)) return false;
  visit(node, (_, item) => {
    if ((item as { anchor?: string } | null)?.anchor === undefined) return;
    found = true;
    return visit.BREAK;
  });
  return found;
}

/** A value below keys that are missing. */
function nest(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, step) => step === 0 || step === -1 ? [inner] : new Map([[step, inner]]),
    value,
  );
}

/** Whether a collection looks like an object of JSON, or an array of such text. */
function isJson(token: CollectionToken | undefined): boolean {
  return token?.type === "flow-collection" &&
    token.items.some(({ key, value }) => (key ?? value)?.type === "double-quoted-scalar");
}

function tokenOf(node: Collection): CollectionToken | undefined {
  const token = (node as { srcToken?: CST.Token }).srcToken;
  return token?.type === "block-map" || token?.type === "block-seq" ||
      token?.type === "flow-collection"
    ? token
    : undefined;
}

function placeOf(token: CollectionToken | undefined, index: number): Place | undefined {
  if (token === undefined) return undefined;
  const span = itemSpans(token)[index];
  if (span === undefined) return undefined;
  const value = token.items.filter((item) => item.value !== undefined)
    .find((item) => item.value!.offset === span.value?.start)?.value;
  return { parent: token, span, value };
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    const others = [...b];
    return [...a].every(([key, value], i) =>
      isSame(key, others[i]![0]) && isSame(value, others[i]![1])
    );
  }
  if (a instanceof Set) return b instanceof Set && isSame([...a], [...b]);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  if (a instanceof Uint8Array) return b instanceof Uint8Array && isSame([...a], [...b]);
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  // What the caller's own tags made: equal as far as can be seen.
  return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && text(a) === text(b) &&
    isSame(Object.entries(a), Object.entries(b));
}

/** What an object says of itself, if it does. */
function text(value: object): string {
  return typeof value.toString === "function" ? String(value) : "";
}
