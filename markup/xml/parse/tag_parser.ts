import { PLAIN, RAW, TABLE, TEXT_BITS, UTF8 } from "../../store/layout.ts";
import { ATTR_ROW } from "../../store/layout.ts";
import { decodeRaw } from "../../store/decode.ts";
import { FIRST_OWN } from "../../store/name_table.ts";
import { XMLNS_URI } from "../../tree/namespaces.ts";
import {
  AMPERSAND,
  CONTROL,
  GO,
  IN_NAME,
  IN_VALUE,
  IS_SPACE,
  LESS,
  QUOTE,
  RETURN,
} from "./byte_classes.ts";
import { DECLARATION, MULTIPLIER, PLAIN_NAME } from "./raw_names.ts";
import { Reader } from "./reader.ts";
import { Scopes, wrongDeclaration } from "./scopes.ts";

const EQUALS = 61;
const DOUBLE = 34;
const SINGLE = 39;

/** Attributes with prefixes up to which each is compared with those before it. */
const FEW = 8;

/** Reads the attributes of start tags, and finds out what names mean. */
export abstract class TagParser extends Reader {
  readonly scopes: Scopes = new Scopes();
  /** Offset of the first attribute of the tag that is read, in the store's attributes. */
  attrFirst = 0;
  /** Whether the tag that is read declares namespaces, or has attributes with prefixes. */
  prefixed = false;
  /** Whether the tag that is read is known to be there to its end. */
  #whole = false;
  /** Counts start tags, over all documents. */
  #serial = 0;

  /** Text of a reference to a general entity in a value, its own references replaced. */
  abstract entityInValue(at: number): string;
  /** Behind the reference to an entity at an offset. */
  abstract behindReference(at: number): number;

  /**
   * Reads the attributes of a start tag into the store, behind what is there.
   *
   * @param from Behind the name.
   * @returns Offset of the `>` or `/`.
   */
  protected attributes(from: number): number {
    const bytes = this.bytes;
    const names = this.names;
    const inName = IN_NAME;
    const isSpace = IS_SPACE;
    const multiplier = MULTIPLIER;
    const { maxAttributes } = this.settings;
    const serial = ++this.#serial;
    this.#whole = !this.more || this.inside > 0;
    this.prefixed = false;
    let at = from;
    let row = this.attrFirst;
    const last = row + maxAttributes * ATTR_ROW;
    while (true) {
      let byte = bytes[at]!;
      if (isSpace[byte] === 0) break;
      do byte = bytes[++at]!; while (isSpace[byte] !== 0);
      if (inName[byte] === 0) break;
      const start = at;
      let hash = 0;
      do {
        hash = Math.imul(hash, multiplier) + byte | 0;
        byte = bytes[++at]!;
      } while (inName[byte] !== 0);
      const entry = this.nameEntry(start, at, hash);
      if (byte !== EQUALS) {
        at = this.skipSpace(at);
        if (bytes[at] !== EQUALS) {
          this.fail(`An attribute needs "=" and a value, received ${this.shown(at)}`, at);
        }
      }
      byte = bytes[++at]!;
      if (byte !== DOUBLE && byte !== SINGLE) {
        at = this.skipSpace(at);
        byte = bytes[at]!;
        if (byte !== DOUBLE && byte !== SINGLE) {
          this.fail(`The value of an attribute needs quotes, received ${this.shown(at)}`, at);
        }
      }
      if (names.seen[entry] === serial) {
        this.fail(`The attribute "${names.qualified(entry)}" is there twice`, start);
      }
      names.seen[entry] = serial;
      if (row >= last) {
        this.fail(`An element has more attributes than maxAttributes (${maxAttributes})`, start);
      }
      const store = this.store;
      if (row + ATTR_ROW > store.attrs.length) {
        store.attrEnd = row;
        store.growAttributes(1);
      }
      store.attrs[row] = this.attributeName(entry);
      at = this.value(at + 1, byte, row);
      row += ATTR_ROW;
    }
    this.store.attrEnd = row;
    return at;
  }

  /** Number of an attribute's name; that of an entry below 0 if what it means is not known before the tag ends. */
  protected attributeName(entry: number): number {
    const { names } = this;
    if (names.kind[entry] !== PLAIN_NAME) {
      this.prefixed = true;
      return ~entry;
    }
    const known = names.attribute[entry]!;
    if (known !== 0) return known;
    const name = this.store.names.intern(names.locals[entry]!);
    if (name < FIRST_OWN) names.attribute[entry] = name;
    return name;
  }

  /**
   * Reads the value of an attribute.
   *
   * @param start Behind the quote.
   * @param quote The quote.
   * @param row Where in the store's attributes it goes.
   * @returns Behind the second quote.
   */
  protected value(start: number, quote: number, row: number): number {
    const bytes = this.bytes;
    const inValue = IN_VALUE;
    let at = start;
    let how = PLAIN;
    while (true) {
      while (inValue[bytes[at]!] === GO) at++;
      const what = inValue[bytes[at]!];
      if (what === QUOTE) {
        if (bytes[at] === quote) break;
        at++;
      } else if (what === RETURN) {
        how = RAW;
        at++;
      } else if (what === AMPERSAND) {
        const behind = this.reference(at);
        if (behind === 0) return this.#longValue(start, quote, row);
        how = RAW;
        at = behind;
      } else if (what === LESS) this.fail('The value of an attribute cannot have "<" in it', at);
      else if (what === CONTROL) this.control(at, "The value of an attribute");
      else {
        at = this.wide(at);
        if (how === PLAIN) how = UTF8;
      }
    }
    if (at - start > this.settings.maxTextBytes) this.#tooLong(start);
    const { attrs } = this.store;
    if (this.inside === 0) {
      attrs[row + 1] = start << TEXT_BITS | how;
      attrs[row + 2] = at;
    } else this.#setValue(row, decodeRaw(bytes, start, at, true));
    return at + 1;
  }

  #tooLong(at: number): never {
    this.fail(`A value is longer than maxTextBytes (${this.settings.maxTextBytes})`, at);
  }

  #setValue(row: number, value: string): void {
    const { attrs, strings } = this.store;
    attrs[row + 1] = strings.length << TEXT_BITS | TABLE;
    attrs[row + 2] = 0;
    strings.push(value);
  }

  /** Reads a value with references to entities. */
  #longValue(start: number, quote: number, row: number): number {
    if (!this.#whole) this.needWhole();
    this.#whole = true;
    let at = start;
    let from = start;
    let text = "";
    while (this.bytes[at] !== quote) {
      const what = IN_VALUE[this.bytes[at]!];
      if (what === AMPERSAND) {
        const behind = this.reference(at);
        if (behind !== 0) at = behind;
        else {
          text += decodeRaw(this.bytes, from, at, true) + this.entityInValue(at);
          at = from = this.behindReference(at);
        }
      } else if (what === LESS) this.fail('The value of an attribute cannot have "<" in it', at);
      else if (what === CONTROL) this.control(at, "The value of an attribute");
      else at = this.bytes[at]! < 0x80 ? at + 1 : this.wide(at);
    }
    this.#setValue(row, text + decodeRaw(this.bytes, from, at, true));
    if (at - start > this.settings.maxTextBytes) this.#tooLong(start);
    return at + 1;
  }

  /**
   * Opens the scope of a start tag if it declares namespaces, and finds out what its prefixed attributes are.
   *
   * @param tag Offset of the tag, for faults.
   * @returns Whether a scope was opened.
   */
  protected resolveAttributes(tag: number): boolean {
    if (!this.prefixed) return false;
    const { store, names, scopes } = this;
    const end = store.attrEnd;
    let opened = false;
    let others = 0;
    for (let row = this.attrFirst; row < end; row += ATTR_ROW) {
      const entry = ~store.attrs[row]!;
      if (entry < 0) continue;
      if (names.kind[entry] !== DECLARATION) {
        others++;
        continue;
      }
      const plain = names.prefixes[entry] === "";
      const prefix = plain ? "" : names.locals[entry]!;
      const uri = store.attributeText(row);
      const wrong = wrongDeclaration(prefix, uri);
      if (wrong !== undefined) this.#undo(opened, wrong, tag);
      if (!opened) scopes.open();
      opened = true;
      scopes.declare(prefix, uri);
      store.attrs[row] = plain
        ? store.names.intern("xmlns", XMLNS_URI)
        : store.names.intern(prefix, XMLNS_URI, "xmlns");
    }
    if (others > 0) this.#resolvePrefixed(tag, others, opened);
    return opened;
  }

  /** Refuses a tag after its scope was opened. */
  #undo(opened: boolean, message: string, tag: number): never {
    if (opened) this.scopes.close();
    this.fail(message, tag);
  }

  #resolvePrefixed(tag: number, others: number, opened: boolean): void {
    const { store, names, scopes } = this;
    const end = store.attrEnd;
    const seen = others > FEW ? new Set<number>() : undefined;
    for (let row = this.attrFirst; row < end; row += ATTR_ROW) {
      const entry = ~store.attrs[row]!;
      if (entry < 0) continue;
      let name = names.attribute[entry]!;
      if (names.attributeScope[entry] !== scopes.current) {
        const prefix = names.prefixes[entry]!;
        const uri = scopes.find(prefix);
        if (uri === undefined) {
          this.#undo(opened, `The prefix "${prefix}" is not declared`, tag);
        }
        name = store.names.intern(names.locals[entry]!, uri, prefix);
        if (name < FIRST_OWN || scopes.current !== 0) {
          names.attribute[entry] = name;
          names.attributeScope[entry] = scopes.current;
        }
      }
      store.attrs[row] = name;
      const expanded = store.names.expanded(name);
      if (seen === undefined ? others > 1 && this.#isBefore(row, expanded) : seen.has(expanded)) {
        this.#undo(opened, `The attribute "${store.names.tag(name)}" is there twice`, tag);
      }
      seen?.add(expanded);
    }
  }

  /** Whether one of the attributes before a row has a meaning, too. */
  #isBefore(row: number, expanded: number): boolean {
    const { attrs, names } = this.store;
    for (let at = this.attrFirst; at < row; at += ATTR_ROW) {
      if (names.expanded(attrs[at]!) === expanded) return true;
    }
    return false;
  }

  /** Number of an element's name in the scope in force, where it is not known yet. */
  protected elementName(entry: number, tag: number): number {
    const { names, scopes } = this;
    const prefix = names.prefixes[entry]!;
    const uri = scopes.find(prefix);
    if (uri === undefined) this.fail(`The prefix "${prefix}" is not declared`, tag);
    const name = this.store.names.intern(names.locals[entry]!, uri, prefix);
    if (name < FIRST_OWN || scopes.current !== 0) {
      names.element[entry] = name;
      names.elementScope[entry] = scopes.current;
    }
    return name;
  }
}
