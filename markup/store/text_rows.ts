import {
  COMMENT,
  FIRST,
  INSTRUCTION,
  KIND_BITS,
  LAST,
  MAX_SOURCE,
  NEXT,
  PARENT,
  PLAIN,
  PREV,
  RAW,
  TABLE,
  TAIL,
  TEXT,
  TEXT_BITS,
  TEXT_MASK,
  UTF8,
} from "./layout.ts";
import { asciiText } from "./ascii_text.ts";
import { decodeRaw, decodeUtf8 } from "./decode.ts";
import { NodeRows } from "./node_rows.ts";

/** A text in parts, joined when it is first asked for. */
export interface LazyText {
  /** The text. */
  read(): string;
}

/**
 * Replaces the references in a part of a source that is a string.
 *
 * @param source The source.
 * @param start First unit of the part.
 * @param end Behind its last.
 * @param attribute Whether it is the value of an attribute.
 */
export type ReadReferences = (
  source: string,
  start: number,
  end: number,
  attribute: boolean,
) => string;

const NO_BYTES = new Uint8Array(0);

/**
 * Rows with texts. Where a function takes a `place`, it is a handle plus `TEXT` or `TAIL`: the offset of the two words.
 *
 * To a builder that thinks in text nodes, the text in front of a node is the tail of its previous sibling, or the text of
 * its parent; {@linkcode TextRows.placeBefore} finds it.
 */
export class TextRows extends NodeRows {
  /** Bytes of the source, if it is bytes; zeros may follow behind its end. */
  readonly bytes: Uint8Array;
  /** Length of the source, in bytes or units. */
  #length: number;
  /** Texts that are not in the source. */
  readonly strings: (string | LazyText)[] = [];
  /** The source as a string; of bytes, made when first needed, and of use for ASCII only. */
  #source: string | undefined;
  /** What `RAW` is in a source that is a string, `undefined` in one of bytes. */
  readReferences: ReadReferences | undefined = undefined;

  /**
   * Made as a part of a `TreeStore`: an empty store over a source.
   *
   * @param source What texts are parts of.
   * @param length How many bytes of the source count; the whole of a string does.
   * @param nodes How many nodes to make room for.
   * @throws {RangeError} If the source is longer than 512 MiB.
   */
  constructor(source: string | Uint8Array, length: number, nodes: number) {
    if (length > MAX_SOURCE) {
      throw new RangeError(`A document is at most ${MAX_SOURCE} bytes long, received ${length}`);
    }
    super(nodes);
    this.bytes = typeof source === "string" ? NO_BYTES : source;
    this.#length = length;
    this.#source = typeof source === "string" ? source : undefined;
  }

  /** Length of the source, in bytes or units. */
  get length(): number {
    return this.#length;
  }

  /** More bytes of the source count than before. */
  extend(length: number): void {
    this.#length = length;
    this.#source = undefined;
  }

  /** The source was another string: what was read of it so far is the same. */
  replaceSource(source: string): void {
    this.#length = source.length;
    this.#source = source;
  }

  /** The source as a string: if it is bytes, one unit for each, and of use where they are ASCII. */
  get source(): string {
    return this.#source ??= asciiText(this.bytes, this.#length);
  }

  /**
   * The text that two words tell.
   *
   * @param ref Start and way of reading.
   * @param end The end.
   * @returns The text, or `undefined` if there is none.
   */
  read(ref: number, end: number): string | undefined {
    const start = ref >>> TEXT_BITS;
    switch (ref & TEXT_MASK) {
      case PLAIN:
        return end === 0 ? undefined : this.source.slice(start, end);
      case UTF8:
        return decodeUtf8(this.bytes, start, end);
      case RAW:
        return this.readRaw(start, end, false);
      default:
        return this.entry(start);
    }
  }

  /** A part of the source with its references replaced. */
  protected readRaw(start: number, end: number, attribute: boolean): string {
    return this.readReferences === undefined
      ? decodeRaw(this.bytes, start, end, attribute)
      : this.readReferences(this.source, start, end, attribute);
  }

  /** An entry of the table of strings. */
  entry(index: number): string {
    const entry = this.strings[index]!;
    if (typeof entry === "string") return entry;
    return this.strings[index] = entry.read();
  }

  /** The text at a place, or `undefined`. */
  textAt(place: number): string | undefined {
    return this.read(this.words[place]!, this.words[place + 1]!);
  }

  /** Sets the text at a place; `undefined` takes it away. */
  setTextAt(place: number, text: string | LazyText | undefined): void {
    const words = this.words;
    if (text === undefined) {
      words[place] = 0;
      words[place + 1] = 0;
    } else if ((words[place]! & TEXT_MASK) === TABLE) {
      this.strings[words[place]! >>> TEXT_BITS] = text;
    } else {
      words[place] = this.strings.length << TEXT_BITS | TABLE;
      words[place + 1] = 0;
      this.strings.push(text);
    }
  }

  /** Adds a string to the text at a place. */
  addTextAt(place: number, text: string): void {
    if (text === "") return;
    const before = this.textAt(place);
    this.setTextAt(place, before === undefined ? text : before + text);
  }

  /** Adds a part of the source to the text at a place; where it continues what is there, that grows. */
  addRangeAt(place: number, start: number, end: number): void {
    if (start >= end) return;
    const words = this.words;
    const ref = words[place]!;
    if (words[place + 1] === 0 && ref === 0) {
      words[place] = start << TEXT_BITS | PLAIN;
      words[place + 1] = end;
    } else if (words[place + 1] === start && (ref & TEXT_MASK) === PLAIN) {
      words[place + 1] = end;
    } else this.addTextAt(place, this.source.slice(start, end));
  }

  /** Adds a part of the source with references to be replaced to the text at a place. */
  addRawAt(place: number, start: number, end: number): void {
    const words = this.words;
    if (words[place] === 0 && words[place + 1] === 0) {
      words[place] = start << TEXT_BITS | RAW;
      words[place + 1] = end;
    } else this.addTextAt(place, this.readRaw(start, end, false));
  }

  /** Where text at the end of a parent is: its last child's tail, or its own text. */
  placeAtEnd(parent: number): number {
    const last = this.words[parent + LAST]!;
    return last === 0 ? parent + TEXT : last + TAIL;
  }

  /** Where text directly before a node that has a parent is. */
  placeBefore(node: number): number {
    const prev = this.words[node + PREV]!;
    return prev === 0 ? this.words[node + PARENT]! + TEXT : prev + TAIL;
  }

  /** Adds a string at the end of a parent. */
  appendText(parent: number, text: string): void {
    this.addTextAt(this.placeAtEnd(parent), text);
  }

  /** Adds a part of the source, as units of the string, at the end of a parent. */
  appendRange(parent: number, start: number, end: number): void {
    this.addRangeAt(this.placeAtEnd(parent), start, end);
  }

  /** Moves what is at a place behind what is at another, and leaves nothing. */
  moveText(from: number, to: number): void {
    const words = this.words;
    const ref = words[from]!;
    const end = words[from + 1]!;
    if (ref === 0 && end === 0) return;
    words[from] = 0;
    words[from + 1] = 0;
    if (words[to] === 0 && words[to + 1] === 0) {
      words[to] = ref;
      words[to + 1] = end;
    } else if ((ref & TEXT_MASK) === PLAIN) this.addRangeAt(to, ref >>> TEXT_BITS, end);
    else this.addTextAt(to, this.read(ref, end)!);
  }

  /** Takes a node out of its parent and leaves the text behind it there, as removing a node of the DOM does. */
  extract(node: number): void {
    if (this.words[node + PARENT] !== 0) this.moveText(node + TAIL, this.placeBefore(node));
    this.detach(node);
  }

  /** Moves all that is in a node, texts included, to the end of another one. */
  moveContents(from: number, to: number): void {
    this.changes++;
    const words = this.words;
    this.moveText(from + TEXT, this.placeAtEnd(to));
    const first = words[from + FIRST]!;
    if (first === 0) return;
    const last = words[to + LAST]!;
    for (let at = first; at !== 0; at = words[at + NEXT]!) words[at + PARENT] = to;
    words[first + PREV] = last;
    if (last === 0) words[to + FIRST] = first;
    else words[last + NEXT] = first;
    words[to + LAST] = words[from + LAST]!;
    words[from + FIRST] = 0;
    words[from + LAST] = 0;
  }

  /** Makes a comment that is nowhere yet; its text is set at its `TEXT`. */
  createComment(position = -1): number {
    return this.createNode(COMMENT, position);
  }

  /** Makes a processing instruction that is nowhere yet; its text is set at its `TEXT`. */
  createInstruction(target: number, position = -1): number {
    return this.createNode(target << KIND_BITS | INSTRUCTION, position);
  }
}
