import { COMMENT, INSTRUCTION } from "../../store/layout.ts";
import { viewOf } from "../../store/node_view.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import type { Element } from "../../tree/element.ts";
import "../../tree/comment.ts";
import "../../tree/processing_instruction.ts";
import { TagSet } from "../../tree/matcher.ts";
import type { XmlParseOptions } from "../parse/options.ts";
import { piecesOf, type XmlSource } from "./source.ts";
import { Window } from "./window.ts";

/** What {@linkcode iterparse} tells of. */
export type IterparseEvent = "start" | "end" | "comment" | "pi";

/** What {@linkcode iterparse} gives, and how it reads. */
export interface IterparseOptions extends Omit<XmlParseOptions, "recover" | "onError"> {
  /**
   * What is told of: elements that begin (their attributes are there), elements that end (all in them is there), comments,
   * processing instructions.
   *
   * @default {["end"]}
   */
  events?: readonly IterparseEvent[];
  /**
   * Which elements are told of, as `local`, `{uri}local`, `{*}local` or `*`; all without any. With tags, only what is in such
   * an element is kept in memory.
   *
   * @default {undefined}
   */
  tag?: string | readonly string[];
}

/** Reads the log of a window, and makes elements of what is asked for. */
class Reader {
  readonly #window: Window;
  readonly #tags: readonly string[] | undefined;
  readonly #start: boolean;
  readonly #end: boolean;
  readonly #comment: boolean;
  readonly #pi: boolean;
  /** The tags, for the names of one store. */
  #set: TagSet | undefined;
  #of: TreeStore | undefined;
  #at = 0;

  constructor(options: IterparseOptions) {
    const { events = ["end"], tag, ...rest } = options;
    this.#tags = tag === undefined ? undefined : typeof tag === "string" ? [tag] : tag;
    for (const event of events) {
      if (!["start", "end", "comment", "pi"].includes(event)) {
        throw new TypeError(`An event is "start", "end", "comment" or "pi", received "${event}"`);
      }
    }
    this.#start = events.includes("start");
    this.#end = events.includes("end");
    this.#comment = events.includes("comment");
    this.#pi = events.includes("pi");
    this.#window = new Window(rest, (store, nodes, depth) => {
      if (this.#tags === undefined) return 1;
      for (let i = 1; i <= depth; i++) if (this.#matches(store, nodes[i]!)) return i;
      return Infinity;
    });
  }

  get window(): Window {
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

  /** The next event of what has been read, `undefined` if there is none. */
  next(): [IterparseEvent, Element] | undefined {
    const { log, store } = this.#window;
    while (this.#at < log.length) {
      const entry = log[this.#at++]!;
      if (entry < 0) {
        if (this.#end && this.#matches(store, -entry)) {
          return ["end", viewOf(store, -entry) as Element];
        }
        continue;
      }
      const kind = store.kind(entry);
      if (kind === COMMENT || kind === INSTRUCTION) {
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
 * @param source The document: pieces of bytes or text, a stream of them, a file's URL.
 * @param options What to give, and how to read.
 * @returns Pairs of an event and an element.
 * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If bytes are not in the encoding that they declare, or that is not known.
 */
export async function* iterparse(
  source: XmlSource,
  options: IterparseOptions = {},
): AsyncGenerator<[IterparseEvent, Element], undefined> {
  const reader = new Reader(options);
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
 * @param source The document, or its pieces.
 * @param options What to give, and how to read.
 * @returns Pairs of an event and an element.
 * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If bytes are not in the encoding that they declare, or that is not known.
 */
export function* iterparseSync(
  source: Uint8Array | string | Iterable<Uint8Array | string>,
  options: IterparseOptions = {},
): Generator<[IterparseEvent, Element], undefined> {
  const reader = new Reader(options);
  const { window } = reader;
  const pieces = typeof source === "string" || source instanceof Uint8Array ? [source] : source;
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
 */
export async function* parseRecords(
  source: XmlSource,
  tag: string | readonly string[],
  options: Omit<IterparseOptions, "events" | "tag"> = {},
): AsyncGenerator<Element, undefined> {
  for await (const [, element] of iterparse(source, { ...options, events: ["end"], tag })) {
    yield element;
  }
}
