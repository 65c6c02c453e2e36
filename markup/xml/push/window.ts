import { ATTR_ROW, ROW } from "../../store/layout.ts";
import { NameTable } from "../../store/name_table.ts";
import { TreeStore } from "../../store/tree_store.ts";
import { Boundary } from "../parse/boundary.ts";
import { DocumentParser } from "../parse/document_parser.ts";
import { type Settings, settingsOf, type XmlParseOptions } from "../parse/options.ts";
import { PADDING } from "../parse/reader.ts";
import { advance, type LineBase, START } from "../xml_error.ts";
import { ByteFeed } from "./byte_feed.ts";
import { carried, carry, type KeepFrom, type Pieces } from "./carry.ts";

/** How many bytes a window has at first; each one has twice as many as the one before … */
const FIRST_WINDOW = 1 << 10;
/** … up to so many, or what must be kept. */
const WINDOW = 1 << 18;

/**
 * A document that comes in pieces, as a tree of which only a part is there.
 *
 * ```text
 *   bytes   ┌── read: nodes of the store ──┬─ piece that has not ended ─┬─ room ─┬ zeros ┐
 *           0                            #at                         #end      capacity
 * ```
 *
 * Bytes are added until the window is full. Then there is a new window with a new store; what of the old one is still needed
 * is copied: the elements that are open, the content of those that are kept, and the piece that has not ended. Whoever reads
 * the log must have come to its end by then. A piece is read when it has ended, so that it does not matter how a document is cut.
 */
export class Window implements Pieces {
  readonly #settings: Settings;
  readonly #feed: ByteFeed;
  readonly #parser = new DocumentParser();
  readonly #keepFrom: KeepFrom;
  readonly #names = new NameTable();
  readonly #boundary = new Boundary();
  #bytes: Uint8Array;
  #at = 0;
  #end = 0;
  #base: LineBase = START;
  #waiting = false;
  #capacity = FIRST_WINDOW;
  #usual = FIRST_WINDOW;
  /** What has been added, but found no room yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #closed = false;
  /** What ended the reading; it does so again. */
  #fault: { error: unknown } | undefined;
  /** The tree, as far as it is there; another one after each {@linkcode Window.more}. */
  store: TreeStore;
  /** Nodes that began (handles) and ended (handles below 0) since the log was last emptied. */
  readonly log: number[] = [];

  /**
   * Begins a document.
   *
   * @param options How to read it.
   * @param keepFrom Which content is kept.
   */
  constructor(options: XmlParseOptions, keepFrom: KeepFrom) {
    this.#settings = settingsOf(options);
    this.#feed = new ByteFeed(options.encoding);
    this.#keepFrom = keepFrom;
    this.#bytes = new Uint8Array(this.#capacity + PADDING);
    this.store = this.#makeStore();
    this.store.info.url = options.url;
    this.#parser.begin(this.#settings, true);
    this.#parser.log = this.log;
  }

  #makeStore(nodes = 16, attributes = 8): TreeStore {
    return new TreeStore("xml", this.#bytes, 0, nodes, attributes, this.#names);
  }

  /** Whether the root has ended. */
  get ended(): boolean {
    return this.#parser.ended;
  }

  /** Adds a piece; {@linkcode Window.more} reads it. */
  add(piece: Uint8Array | string): void {
    if (this.#closed) throw new TypeError("The document was closed: it takes no more pieces");
    this.#keep(this.#feed.feed(piece));
  }

  #keep(bytes: Uint8Array): void {
    if (this.#rest.length === 0) this.#rest = bytes;
    else {
      const both = new Uint8Array(this.#rest.length + bytes.length);
      both.set(this.#rest);
      both.set(bytes, this.#rest.length);
      this.#rest = both;
    }
  }

  /** Says that there are no more pieces. */
  close(): void {
    if (this.#closed) return;
    this.#keep(this.#feed.close());
    this.#closed = true;
  }

  /**
   * Reads on, by no more than a window. The log must be empty.
   *
   * @returns Whether anything was read; if not, another piece is needed, or all has been read.
   */
  more(): boolean {
    if (this.#fault !== undefined) throw this.#fault.error;
    const { length } = this.#rest;
    if (length === 0) return this.#closed && this.#last();
    if (this.#end === this.#capacity) this.#roll();
    const count = Math.min(length, this.#capacity - this.#end);
    this.#bytes.set(this.#rest.subarray(0, count), this.#end);
    this.#rest = this.#rest.subarray(count);
    this.#end += count;
    this.store.extend(this.#end);
    this.store.info.encoding ??= this.#feed.encoding;
    if (this.#waiting && !this.#boundary.find(this.#bytes, this.#end)) return true;
    this.#read();
    return true;
  }

  #last(): boolean {
    if (!this.#parser.more) return false;
    this.#parser.more = false;
    this.#read();
    return true;
  }

  #read(): void {
    this.#parser.use(this.store, this.#bytes, this.#end, this.#base);
    try {
      this.#at = this.#parser.read(this.#at);
      if (this.#names.ownCount > this.#settings.maxNames) {
        this.#parser.more = false;
        this.#parser.fail(
          `A document has more different names than maxNames (${this.#settings.maxNames})`,
          this.#at,
        );
      }
    } catch (error) {
      this.#fault = { error };
      throw error;
    }
    this.#waiting = this.#at < this.#end;
    if (this.#waiting) this.#boundary.reset(this.#at);
  }

  /** Begins another window. */
  #roll(): void {
    const left = this.#end - this.#at;
    if (left > this.#settings.maxTextBytes + WINDOW) {
      this.#parser.more = false;
      this.#parser.fail(
        `A text or tag is longer than maxTextBytes (${this.#settings.maxTextBytes})`,
        this.#at,
      );
    }
    const old = this.store;
    const kept = this.#bytes.subarray(this.#at, this.#end);
    this.#base = advance(this.#bytes, this.#at, this.#base);
    // A window that is full of what must be kept would be copied again and again: twice the room halves the copying.
    const { nodes, depth } = this.#parser;
    const from = this.#keepFrom(old, nodes, depth);
    const live = carried(old, nodes, depth, from) * 64;
    const before = this.#capacity;
    this.#capacity = this.#usual = Math.min(this.#usual * 2, WINDOW);
    while (this.#capacity < 2 * left || this.#capacity < live) this.#capacity *= 2;
    this.#bytes = new Uint8Array(this.#capacity + PADDING);
    this.#bytes.set(kept);
    this.#boundary.shift(this.#at);
    this.#at = 0;
    this.#end = left;
    // About as many nodes as in the window before, for its size.
    const scale = 1.25 * this.#capacity / before;
    this.store = this.#makeStore(
      Math.ceil(old.end / ROW * scale),
      Math.ceil(old.attrEnd / ATTR_ROW * scale),
    );
    this.store.info = old.info;
    this.store.firstLine = this.#base.line;
    carry(old, this.store, nodes, depth, from);
  }
}
