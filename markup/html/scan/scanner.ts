import type { NameTable, TreeStore } from "../../store/mod.ts";
import { decodeReferences, type ReferenceReport } from "../references/decode.ts";
import type { HtmlErrorHandler } from "../parse_error.ts";
import { HtmlLimitError } from "../limit_error.ts";

/**
 * Reads a source from left to right. It holds the position and the token that was read last; the functions that read a
 * construct each are in the files beside this one.
 *
 * Attributes are written to the store at once, as rows behind all others; the element that is made of the tag refers to
 * them. The next `&` and the next NUL are looked for once and remembered: most texts have neither and are kept as parts of
 * the source.
 */
export class Scanner {
  /** The source; line ends are line feeds. */
  source: string;
  readonly store: TreeStore;
  readonly names: NameTable;
  /** Where reading goes on. */
  pos = 0;
  /** No `&` and no NUL lies between the last text and this offset. If it lies before a text, it has to be found again. */
  nextOdd = -1;

  /** Whether the source ended in the construct that was read last. */
  unfinished = false;

  /** Offset of the tag that was read last. */
  tagStart = 0;
  /** Number of its name. */
  name = 0;
  /** Its element as a number of `tags.ts`. */
  tag = 0;
  /** Offset of its attributes in the store. */
  attrFirst = 0;
  attrCount = 0;
  selfClosing = false;

  /** What holds the text that was read last: the source, or a text of its own. */
  text = "";
  /** Where the text starts in that. */
  from = 0;
  to = 0;
  /** Whether the text is a part of the source. */
  plain = true;
  /** Whether the text is a part of the source with references that are replaced when the text is read. */
  raw = false;
  /** Whether the text may have NULs. */
  nul = false;
  /** Whether references may stay as they are until somebody reads them. */
  keepsReferences = false;

  /** Most attributes that an element may have. */
  readonly maxAttributes: number;
  readonly onError: HtmlErrorHandler | undefined;
  readonly #report: ReferenceReport | undefined;
  #nextAmp = -1;
  #nextNul = -1;

  constructor(
    store: TreeStore,
    source: string,
    maxAttributes: number,
    onError: HtmlErrorHandler | undefined,
  ) {
    this.store = store;
    this.names = store.names;
    this.source = source;
    this.maxAttributes = maxAttributes;
    this.onError = onError;
    this.#report = onError === undefined ? undefined : (code, offset) => this.error(code, offset);
  }

  /** Tells of an error, if somebody wants to know. */
  error(code: string, offset: number): void {
    this.onError?.({ code, offset });
  }

  /** Says that there is no NUL in the source: to look for one in a string of two-byte units is slow. */
  knowNoNul(): void {
    this.#nextNul = Infinity;
  }

  /** Reads on in another source, which is the same up to here. */
  replaceSource(source: string): void {
    this.source = source;
    this.store.replaceSource(source);
    this.nextOdd = this.#nextAmp = -1;
    if (this.#nextNul !== Infinity) this.#nextNul = -1;
  }

  /** Looks for the next `&` and the next NUL from an offset on. Offsets must not go back. */
  #lookFrom(from: number): void {
    if (this.#nextAmp < from) {
      const at = this.source.indexOf("&", from);
      this.#nextAmp = at === -1 ? Infinity : at;
    }
    if (this.#nextNul < from) {
      const at = this.source.indexOf("\0", from);
      this.#nextNul = at === -1 ? Infinity : at;
    }
    this.nextOdd = Math.min(this.#nextAmp, this.#nextNul);
  }

  /**
   * Takes a part of the source as the text, with its references replaced.
   *
   * @param from Where it starts.
   * @param to Its end.
   * @param lazy Whether the references may stay as they are for now.
   */
  takeText(from: number, to: number, lazy = false): void {
    this.text = this.source;
    this.from = from;
    this.to = to;
    this.plain = true;
    this.raw = false;
    this.nul = false;
    if (this.nextOdd < to) this.#takeOdd(from, to, true, lazy);
  }

  /** Takes a part of the source as the text, as it is. */
  takeRaw(from: number, to: number): void {
    this.text = this.source;
    this.from = from;
    this.to = to;
    this.plain = true;
    this.raw = false;
    this.nul = false;
    if (this.nextOdd < to) this.#takeOdd(from, to, false, false);
  }

  /** Looks after references and NULs in the text. */
  #takeOdd(from: number, to: number, references: boolean, lazy: boolean): void {
    this.#lookFrom(from);
    if (this.#nextNul < to) {
      this.nul = true;
      this.error("unexpected-null-character", this.#nextNul);
    }
    if (!references || this.#nextAmp >= to) return;
    if (lazy && this.keepsReferences && !this.nul && this.isOpaque()) {
      this.raw = true;
      return;
    }
    const decoded = decodeReferences(this.source, from, to, this.#nextAmp, false, this.#report);
    if (decoded === undefined) return;
    this.text = decoded;
    this.from = 0;
    this.to = decoded.length;
    this.plain = false;
  }

  /** Takes a part of the source without NULs as the text, as it is; it may lie before what was taken last. */
  takeKnown(from: number, to: number): void {
    this.text = this.source;
    this.from = from;
    this.to = to;
    this.plain = true;
    this.raw = false;
    this.nul = false;
  }

  /** Whether the text is put into the tree whatever its characters are. */
  isOpaque(): boolean {
    return false;
  }

  /** Takes a string as the text. */
  takeString(text: string): void {
    this.text = text;
    this.from = 0;
    this.to = text.length;
    this.plain = false;
    this.raw = false;
    this.nul = false;
  }

  /** Replaces or drops the NULs of the text. */
  replaceNuls(replacement: string): void {
    this.takeString(this.text.slice(this.from, this.to).replaceAll("\0", replacement));
  }

  /**
   * The value of an attribute that may have a reference or a NUL: a string of its own, `undefined` if it needs none, `null` if
   * its references are replaced when it is read.
   */
  oddValue(from: number, to: number): string | undefined | null {
    this.#lookFrom(from);
    if (this.keepsReferences && this.#nextNul >= to) {
      return this.#nextAmp < to ? null : undefined;
    }
    let value = this.#nextAmp < to
      ? decodeReferences(this.source, from, to, this.#nextAmp, true, this.#report)
      : undefined;
    if (this.#nextNul < to) {
      this.error("unexpected-null-character", this.#nextNul);
      value = (value ?? this.source.slice(from, to)).replaceAll("\0", "\ufffd");
    }
    return value;
  }

  /** Refuses an element with too many attributes. */
  refuseAttributes(): never {
    throw new HtmlLimitError("maxAttributes", this.maxAttributes, this.tagStart);
  }
}
