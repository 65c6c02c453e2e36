import { ATTR_ROW, ATTRS, COMMENT, ELEMENT, FIRST, INSTRUCTION, NEXT } from "../../store/layout.ts";
import { checkOptions, OBJECT, type OptionRules, STRING } from "../../options.ts";
import { viewOf } from "../../store/node_view.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import type { Element } from "../../tree/element.ts";
import "../../tree/comment.ts";
import "../../tree/processing_instruction.ts";
import { declaredPrefix, isDeclaration } from "../../tree/namespaces.ts";
import { TagSet } from "../../tree/matcher.ts";
import { PARSE_RULES, type XmlParseOptions } from "../parse/options.ts";
import { piecesOf, type XmlSource } from "./source.ts";
import type { Pieces } from "./carry.ts";
import { RecoveringWindow } from "./recovering_window.ts";
import { Window } from "./window.ts";

/** What {@linkcode iterparse} tells of with an element. */
export type IterparseElementEvent = "start" | "end" | "comment" | "pi";

/** What {@linkcode iterparse} tells of. */
export type IterparseEvent = IterparseElementEvent | "start-ns" | "end-ns";

/** A prefix that is declared. */
export interface IterparseNamespace {
  /** The prefix, "" for the default namespace. */
  readonly prefix: string;
  /** The namespace. */
  readonly uri: string;
}

/** What {@linkcode iterparse} gives for an event: the element, the prefix that is declared, nothing where that ends. */
export type IterparsePair<E extends IterparseEvent> = E extends "start-ns" ? [E, IterparseNamespace]
  : E extends "end-ns" ? [E, undefined]
  : [E, Element];

/** A document that is being read. */
export interface IterparseRoot {
  /** The root, as far as it is there: with tags, only what is open of it; `undefined` before it has begun. */
  readonly root: Element | undefined;
}

/** What {@linkcode iterparse} gives, and how it reads. */
export interface IterparseOptions<E extends IterparseEvent = IterparseElementEvent>
  extends XmlParseOptions {
  /**
   * What is told of: elements that begin (their attributes are there), elements that end (all in them is there), comments,
   * processing instructions, and prefixes: each one before the element begins that declares it, and after that has ended,
   * whatever its tag is.
   *
   * @default {["end"]}
   */
  events?: readonly E[];
  /**
   * Which elements are told of, as `local`, `{uri}local`, `{*}local` or `*`; all without any. With tags, only what is in such
   * an element is kept in memory.
   *
   * @default {undefined}
   */
  tag?: string | readonly string[];
}

const RULES: OptionRules<IterparseOptions> = {
  ...PARSE_RULES,
  events: OBJECT,
  tag: STRING | OBJECT,
};

const EVENTS: readonly IterparseEvent[] = ["start", "end", "comment", "pi", "start-ns", "end-ns"];

/** Reads the log of a window, and makes elements of what is asked for. */
class Reader {
  readonly #window: Pieces;
  readonly #tags: readonly string[] | undefined;
  readonly #start: boolean;
  readonly #end: boolean;
  readonly #comment: boolean;
  readonly #pi: boolean;
  readonly #startNs: boolean;
  readonly #endNs: boolean;
  /** Prefixes of the element that begins, and how many of the one that has ended are still to be told of. */
  readonly #declared: IterparseNamespace[] = [];
  #undeclared = 0;
  /** Whether the prefixes of the entry that comes next were told of. */
  #told = false;
  /** The tags, for the names of one store. */
  #set: TagSet | undefined;
  #of: TreeStore | undefined;
  #at = 0;

  constructor(
    options: XmlParseOptions,
    events: readonly IterparseEvent[] = ["end"],
    tag: string | readonly string[] | undefined,
  ) {
    this.#tags = tag === undefined ? undefined : typeof tag === "string" ? [tag] : tag;
    for (const event of events) {
      if (!EVENTS.includes(event)) {
        throw new TypeError(`An event is one of ${EVENTS.join(", ")}, received "${event}"`);
      }
    }
    this.#start = events.includes("start");
    this.#end = events.includes("end");
    this.#comment = events.includes("comment");
    this.#pi = events.includes("pi");
    this.#startNs = events.includes("start-ns");
    this.#endNs = events.includes("end-ns");
    const Pieces = options.recover ? RecoveringWindow : Window;
    this.#window = new Pieces(options, (store, nodes, depth) => {
      if (this.#tags === undefined) return 1;
      for (let i = 1; i <= depth; i++) if (this.#matches(store, nodes[i]!)) return i;
      return Infinity;
    });
  }

  get window(): Pieces {
    return this.#window;
  }

  #matches(store: TreeStore, node: number): boolean {
    if (this.#tags === undefined) return true;
    if (this.#of !== store) {
      this.#set = new TagSet(store, this.#tags);
      this.#of = store;
    }
    return this.#set!.matches(node);
  }

  /** The root, as far as it is there. */
  get root(): Element | undefined {
    const { store } = this.#window;
    for (let at = store.words[store.document + FIRST]!; at !== 0; at = store.words[at + NEXT]!) {
      if (store.kind(at) === ELEMENT) return viewOf(store, at) as Element;
    }
    return undefined;
  }

  /** The prefixes that an element declares. */
  #declarations(store: TreeStore, node: number): IterparseNamespace[] {
    const found: IterparseNamespace[] = [];
    for (let i = 0; i < store.attributeCount(node); i++) {
      const at = store.words[node + ATTRS]! + i * ATTR_ROW;
      const name = store.attrs[at]!;
      if (!isDeclaration(store, name)) continue;
      found.push({ prefix: declaredPrefix(store, name), uri: store.attributeText(at) });
    }
    return found;
  }

  /** The next event of what has been read, `undefined` if there is none. */
  next(): IterparsePair<IterparseEvent> | undefined {
    const { log, store } = this.#window;
    while (true) {
      if (this.#undeclared > 0) {
        this.#undeclared--;
        return ["end-ns", undefined];
      }
      const namespace = this.#declared.shift();
      if (namespace !== undefined) return ["start-ns", namespace];
      if (this.#at >= log.length) break;
      const entry = log[this.#at]!;
      const kind = entry < 0 ? 0 : store.kind(entry);
      if (this.#startNs && kind === ELEMENT && !this.#told) {
        this.#told = true;
        this.#declared.push(...this.#declarations(store, entry));
        continue;
      }
      this.#told = false;
      this.#at++;
      if (entry < 0) {
        if (this.#endNs) this.#undeclared = this.#declarations(store, -entry).length;
        if (this.#end && this.#matches(store, -entry)) {
          return ["end", viewOf(store, -entry) as Element];
        }
      } else if (kind === COMMENT || kind === INSTRUCTION) {
        if (kind === COMMENT ? this.#comment : this.#pi) {
          return [kind === COMMENT ? "comment" : "pi", viewOf(store, entry) as Element];
        }
      } else if (this.#start && this.#matches(store, entry)) {
        return ["start", viewOf(store, entry) as Element];
      }
    }
    log.length = 0;
    this.#at = 0;
    return undefined;
  }
}

/** Gives what reads a document its root. */
function withRoot<T extends object>(events: T, reader: Reader): T & IterparseRoot {
  Object.defineProperty(events, "root", { get: () => reader.root });
  return events as T & IterparseRoot;
}

async function* readPieces(
  reader: Reader,
  source: XmlSource,
): AsyncGenerator<IterparsePair<IterparseEvent>, undefined> {
  const { window } = reader;
  for await (const piece of piecesOf(source)) {
    window.add(piece);
    while (window.more()) {
      for (let event = reader.next(); event !== undefined; event = reader.next()) yield event;
    }
  }
  window.close();
  while (window.more()) {
    for (let event = reader.next(); event !== undefined; event = reader.next()) yield event;
  }
}

function* readPiecesSync(
  reader: Reader,
  pieces: Iterable<Uint8Array | string>,
): Generator<IterparsePair<IterparseEvent>, undefined> {
  const { window } = reader;
  for (const piece of pieces) {
    window.add(piece);
    while (window.more()) {
      for (let event = reader.next(); event !== undefined; event = reader.next()) yield event;
    }
  }
  window.close();
  while (window.more()) {
    for (let event = reader.next(); event !== undefined; event = reader.next()) yield event;
  }
}

/** The reader that options ask for. */
function readerOf(options: IterparseOptions<IterparseEvent> | undefined): Reader {
  const checked = checkOptions<IterparseOptions<IterparseEvent>>(
    "Cannot parse XML",
    options,
    RULES,
  );
  return new Reader(checked, checked.events, checked.tag);
}

/**
 * Reads a document piece by piece, and gives its elements as they end: documents larger than the memory.
 *
 * With `tag`, an element is complete when it is given, and goes when the next one comes, unless it is kept; of what is around
 * it, only the open elements are there, with their attributes. Without, the whole tree is built; call `clear()` on elements that
 * are done with.
 *
 * @example Sum up
 * ```ts
 * import { iterparse } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const pieces = ["<cart><item price='2'/><it", "em price='3'/></cart>"];
 * let sum = 0;
 * for await (const [, item] of iterparse(pieces, { tag: "item" })) sum += Number(item.get("price"));
 * assertEquals(sum, 5);
 * ```
 *
 * @typeParam E What is told of.
 * @param source The document: pieces of bytes or text, a stream of them, a file's URL.
 * @param options What to give, and how to read.
 * @returns Pairs of an event and an element or prefix; its `root` is the root, as far as it is there.
 * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If bytes are not in the encoding that they declare, or that is not known.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function iterparse<E extends IterparseEvent = IterparseElementEvent>(
  source: XmlSource,
  options?: IterparseOptions<E>,
): AsyncGenerator<IterparsePair<E>, undefined> & IterparseRoot {
  const reader = readerOf(options);
  const events = readPieces(reader, source) as AsyncGenerator<IterparsePair<E>, undefined>;
  return withRoot(events, reader);
}

/**
 * As {@linkcode iterparse}, of a document that is there already, without waiting.
 *
 * @example Count
 * ```ts
 * import { iterparseSync } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...iterparseSync("<a><b/><b/></a>", { tag: "b" })].length, 2);
 * ```
 *
 * @typeParam E What is told of.
 * @param source The document, or its pieces.
 * @param options What to give, and how to read.
 * @returns Pairs of an event and an element or prefix; its `root` is the root, as far as it is there.
 * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If bytes are not in the encoding that they declare, or that is not known.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function iterparseSync<E extends IterparseEvent = IterparseElementEvent>(
  source: Uint8Array | string | Iterable<Uint8Array | string>,
  options?: IterparseOptions<E>,
): Generator<IterparsePair<E>, undefined> & IterparseRoot {
  const reader = readerOf(options);
  const pieces = typeof source === "string" || source instanceof Uint8Array ? [source] : source;
  const events = readPiecesSync(reader, pieces) as Generator<IterparsePair<E>, undefined>;
  return withRoot(events, reader);
}

/**
 * Reads the records of a document: the elements with a tag, one after another, each complete, and no more of the document in
 * memory than that.
 *
 * @example Records to objects
 * ```ts
 * import { parseRecords } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const source = "<people><person><name>Ada</name></person><person><name>Bob</name></person></people>";
 * const names: string[] = [];
 * for await (const person of parseRecords(source, "person")) names.push(person.findText("name")!);
 * assertEquals(names, ["Ada", "Bob"]);
 * ```
 *
 * @param source The document: pieces of bytes or text, a stream of them, a file's URL.
 * @param tag Which elements, as `local`, `{uri}local` or `{*}local`.
 * @param options How to read.
 * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If bytes are not in the encoding that they declare, or that is not known.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parseRecords(
  source: XmlSource,
  tag: string | readonly string[],
  options?: Omit<IterparseOptions, "events" | "tag">,
): AsyncGenerator<Element, undefined> {
  const checked = checkOptions("Cannot parse XML", options, PARSE_RULES);
  return elementsOf(readPieces(new Reader(checked, ["end"], tag), source));
}

async function* elementsOf(
  pairs: AsyncGenerator<IterparsePair<IterparseEvent>, undefined>,
): AsyncGenerator<Element, undefined> {
  for await (const [, element] of pairs) yield element as Element;
}
