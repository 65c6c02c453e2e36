import { ROW } from "../../store/layout.ts";
import { NameTable } from "../../store/name_table.ts";
import { TreeStore } from "../../store/tree_store.ts";
import { type Settings, settingsOf, type XmlParseOptions } from "../parse/options.ts";
import { Positions, reporter } from "../recover/recover.ts";
import { RecoverSource } from "../recover/recover_source.ts";
import { RecoveringParser } from "../recover/recovering_parser.ts";
import { LimitError } from "../recover/tag_reader.ts";
import { XmlSyntaxError } from "../xml_error.ts";
import { ByteFeed } from "./byte_feed.ts";
import { carried, carry, type KeepFrom, type Pieces } from "./carry.ts";

/** How many units are read at once, at least. */
const STEP = 1 << 16;
/** Rows of a store from which on there is a new one with what is still needed … */
const ROWS = 1 << 13;
/** … unless that would be most of it. */
const SHARE = 4;
/** A piece that has not ended is looked at again when it has grown by this share, if it is long. */
const GROWN = 4;
const SHORT = 4096;

/** A document that comes in pieces and may not be well-formed, as a tree of which only a part is there. */
export class RecoveringWindow implements Pieces {
  readonly #settings: Settings;
  readonly #feed: ByteFeed;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #keepFrom: KeepFrom;
  readonly #names = new NameTable();
  readonly #source = new RecoverSource("", true);
  readonly #positions = new Positions(this.#source);
  readonly #parser: RecoveringParser;
  /** What has been added, but not been looked at yet. */
  #rest = "";
  #closed = false;
  #ended = false;
  #fault: { error: unknown } | undefined;
  /** How long the text must be before it is looked at again. */
  #enough = 0;
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
    const report = reporter(this.#positions, options.onError);
    this.#parser = new RecoveringParser(this.#source, this.#settings, report, this.#names);
    this.#parser.log = this.log;
    this.#parser.store.info.url = options.url;
  }

  get store(): TreeStore {
    return this.#parser.store;
  }

  add(piece: Uint8Array | string): void {
    if (this.#closed) throw new TypeError("The document was closed: it takes no more pieces");
    this.#rest += this.#decoder.decode(this.#feed.feed(piece), { stream: true });
    this.store.info.encoding ??= this.#feed.encoding;
  }

  close(): void {
    if (this.#closed) return;
    this.#rest += this.#decoder.decode(this.#feed.close());
    this.#closed = true;
  }

  more(): boolean {
    if (this.#fault !== undefined) throw this.#fault.error;
    if (this.#ended) return false;
    const source = this.#source;
    if (this.#rest === "" && !this.#closed) return false;
    this.#roll();
    if (this.#parser.at > 0) {
      this.#positions.drop(this.#parser.at);
      this.#parser.at = 0;
    }
    const count = Math.max(STEP, this.#enough - source.text.length);
    source.text += this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    source.more = !this.#closed || this.#rest !== "";
    if (source.more && source.text.length < this.#enough) return this.#rest !== "";
    try {
      this.#read();
    } catch (error) {
      this.#fault = {
        error: error instanceof LimitError
          ? new XmlSyntaxError(error.message, this.#positions.of(error.at))
          : error,
      };
      throw this.#fault.error;
    }
    return true;
  }

  #read(): void {
    const source = this.#source;
    const parser = this.#parser;
    parser.read();
    if (this.#names.ownCount > this.#settings.maxNames) {
      throw new LimitError(
        `A document has more different names than maxNames (${this.#settings.maxNames})`,
        parser.at,
      );
    }
    if (!source.more) {
      this.#ended = true;
      if (parser.rooted) return;
      throw new LimitError("A document needs a root element, received none", parser.at);
    }
    const left = source.text.length - parser.at;
    this.#enough = left < SHORT ? 0 : left + Math.ceil(left / GROWN);
    if (left > this.#settings.maxTextBytes) {
      throw new LimitError(
        `A text or tag is longer than maxTextBytes (${this.#settings.maxTextBytes})`,
        parser.at,
      );
    }
  }

  /** Begins another store, if the old one has much that is not needed any more. */
  #roll(): void {
    const old = this.#parser.store;
    if (old.end < ROWS * ROW) return;
    const { nodes, depth } = this.#parser;
    const from = this.#keepFrom(old, nodes, depth);
    if (from <= 1 || carried(old, nodes, depth, from) > old.end / ROW / SHARE) return;
    const store = new TreeStore("xml", "", 0, ROWS, 8, this.#names);
    store.info = old.info;
    carry(old, store, nodes, depth, from);
    this.#parser.store = store;
  }
}
