import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  DOCUMENT,
  PLAIN,
  RAW,
  TABLE,
  TEXT_BITS,
  TEXT_MASK,
  UTF8,
} from "./layout.ts";
import { decodeUtf8 } from "./decode.ts";
import type { DocumentInfo } from "./document_info.ts";
import { NameTable } from "./name_table.ts";
import { TextRows } from "./text_rows.ts";

/**
 * A tree in memory: rows of nodes, their texts and attributes, and what is known of the document. Both parsers fill it, and
 * everything that searches or writes a tree reads it. Nothing here checks that the tree makes sense: that is up to the
 * parsers, and to the classes that users see.
 *
 * A parser makes the store, appends to `document`, and wraps the result. See `layout.ts` for the words.
 */
export class TreeStore extends TextRows {
  /** Whether the tree is of XML or HTML: the names of HTML elements have no namespace here. */
  readonly language: "xml" | "html";
  /** The names of the document's nodes and attributes. */
  readonly names: NameTable;
  /** The attributes, see `layout.ts`. Replaced when it grows. */
  attrs: Int32Array;
  /** Offset of the next free attribute. */
  attrEnd = 0;
  /** Handle of the document: the parent of the root. */
  readonly document: number;
  /** Document type, encoding and so on. */
  info: DocumentInfo = {};
  /** Line at which the source begins, if that is a part of a document. */
  firstLine = 1;
  /** What stands for the nodes in public, by row; see `wrap.ts`. */
  readonly wrappers: (object | undefined)[] = [];

  /**
   * An empty document.
   *
   * @example Make one
   * ```ts
   * import { TreeStore } from "@ferry/std/markup/store";
   *
   * const store = new TreeStore("xml");
   * ```
   *
   * @param language Of which language it is.
   * @param source What texts are parts of; "" if they all are strings of their own.
   * @param length How many bytes, or units, of the source count.
   * @param nodes How many nodes to make room for.
   * @param attributes How many attributes to make room for.
   * @param names The names, of their own if they are not those of another store.
   * @throws {RangeError} If the source is longer than 512 MiB.
   */
  constructor(
    language: "xml" | "html",
    source: string | Uint8Array = "",
    length: number = source.length,
    nodes = 16,
    attributes = 8,
    names: NameTable = new NameTable(),
  ) {
    super(source, length, nodes);
    this.language = language;
    this.names = names;
    this.attrs = new Int32Array(attributes * ATTR_ROW);
    this.document = this.createNode(DOCUMENT);
  }

  /** How many attributes a node has, namespace declarations included. */
  attributeCount(node: number): number {
    return this.words[node + ATTR_COUNT]! >> 1;
  }

  /** Offset of the attribute with a name, or -1. */
  findAttribute(node: number, name: number): number {
    const attrs = this.attrs;
    const first = this.words[node + ATTRS]!;
    const end = first + (this.words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
    for (let at = first; at < end; at += ATTR_ROW) if (attrs[at] === name) return at;
    return -1;
  }

  /** Value of the attribute at an offset. */
  attributeText(at: number): string {
    return this.readValue(this.attrs[at + 1]!, this.attrs[at + 2]!);
  }

  /**
   * The value of an attribute that two words tell.
   *
   * @param ref Start and way of reading.
   * @param end The end.
   */
  readValue(ref: number, end: number): string {
    const start = ref >>> TEXT_BITS;
    switch (ref & TEXT_MASK) {
      case PLAIN:
        return this.source.slice(start, end);
      case UTF8:
        return decodeUtf8(this.bytes, start, end);
      case RAW:
        return this.readRaw(start, end, true);
      default:
        return this.entry(start);
    }
  }

  /** Whether the attribute at an offset has a value. ASCII is compared in the source. */
  attributeEquals(at: number, value: string): boolean {
    const ref = this.attrs[at + 1]!;
    if ((ref & TEXT_MASK) !== PLAIN) {
      return this.readValue(ref, this.attrs[at + 2]!) === value;
    }
    const start = ref >>> TEXT_BITS;
    const { length } = value;
    return this.attrs[at + 2]! - start === length && this.source.startsWith(value, start);
  }

  /** Sets the value of the attribute at an offset. */
  setAttributeText(at: number, value: string): void {
    const attrs = this.attrs;
    if ((attrs[at + 1]! & TEXT_MASK) === TABLE) this.strings[attrs[at + 1]! >>> TEXT_BITS] = value;
    else {
      attrs[at + 1] = this.strings.length << TEXT_BITS | TABLE;
      attrs[at + 2] = 0;
      this.strings.push(value);
    }
  }

  /** Adds an attribute behind the others; whether there is one of the name already is not looked at. */
  addAttribute(node: number, name: number, value: string): void {
    const at = this.#addRow(node, name);
    this.attrs[at + 1] = this.strings.length << TEXT_BITS | TABLE;
    this.strings.push(value);
  }

  /** Adds an attribute whose value is a part of the source, as units of the string. */
  addAttributeRange(node: number, name: number, start: number, end: number): void {
    const at = this.#addRow(node, name);
    this.attrs[at + 1] = start << TEXT_BITS | PLAIN;
    this.attrs[at + 2] = end;
  }

  /** Takes an attribute away; those behind it move up. */
  removeAttribute(node: number, at: number): void {
    const words = this.words;
    const count = words[node + ATTR_COUNT]!;
    const end = words[node + ATTRS]! + (count >> 1) * ATTR_ROW;
    this.attrs.copyWithin(at, at + ATTR_ROW, end);
    words[node + ATTR_COUNT] = count - 2;
  }

  /** Makes room for more attributes. */
  growAttributes(rows: number): void {
    const least = this.attrEnd + rows * ATTR_ROW;
    if (least <= this.attrs.length) return;
    const wider = new Int32Array(Math.max(least, this.attrs.length * 2));
    wider.set(this.attrs.subarray(0, this.attrEnd));
    this.attrs = wider;
  }

  /**
   * Room for one attribute behind a node's others. A list at the end of the array grows in place. Any other one moves to
   * the end, where it has room for a power of two.
   */
  #addRow(node: number, name: number): number {
    const words = this.words;
    const counted = words[node + ATTR_COUNT]!;
    const count = counted >> 1;
    let first = words[node + ATTRS]!;
    if (count === 0) first = words[node + ATTRS] = this.attrEnd;
    const at = first + count * ATTR_ROW;
    if (at === this.attrEnd) {
      this.growAttributes(1);
      this.attrEnd = at + ATTR_ROW;
      words[node + ATTR_COUNT] = (count + 1) << 1;
      this.attrs[at] = name;
      return at;
    }
    // A list that was moved is full when its length is a power of two, and at least 4.
    if ((counted & 1) === 0 || (count >= 4 && (count & (count - 1)) === 0)) {
      let room = 4;
      while (room <= count) room *= 2;
      this.growAttributes(room);
      const moved = this.attrEnd;
      this.attrs.copyWithin(moved, first, first + count * ATTR_ROW);
      this.attrEnd = moved + room * ATTR_ROW;
      first = words[node + ATTRS] = moved;
    }
    words[node + ATTR_COUNT] = (count + 1) << 1 | 1;
    const free = first + count * ATTR_ROW;
    this.attrs[free] = name;
    return free;
  }
}
