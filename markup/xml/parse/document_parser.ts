import { decodeUtf8 } from "../../store/decode.ts";
import { LAST } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { readSubset, ValueError } from "../dtd/read_subset.ts";
import { SubsetReader } from "../dtd/subset_reader.ts";
import { type LineBase, START } from "../xml_error.ts";
import { IN_NAME, IS_SPACE, STARTS, WIDE_NAME } from "./byte_classes.ts";
import { EntityParser } from "./entity_parser.ts";
import type { Settings } from "./options.ts";
import { INCOMPLETE } from "./reader.ts";

const BANG = 33;
const DASH = 45;
const LESS = 60;
const QUESTION = 63;

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"(1\.[0-9]+)"|'(1\.[0-9]+)')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(yes|no)"|'(yes|no)'))?[ \t\r\n]*\?>$/;
/** Longest declaration that is looked at. */
const LONGEST_DECLARATION = 1024;

/** Where in a document the parser is. */
type Phase = "start" | "prolog" | "content" | "epilog";

/** Reads whole documents, or as much of one as there is. */
export class DocumentParser extends EntityParser {
  #phase: Phase = "start";
  #hasDoctype = false;

  /**
   * Begins a document.
   *
   * @param settings How to read.
   * @param more Whether it comes in pieces.
   */
  begin(settings: Settings, more: boolean): void {
    this.names.trim();
    this.scopes.reset();
    this.settings = settings;
    this.resetEntities();
    this.more = more;
    this.base = START;
    this.depth = 0;
    this.inside = 0;
    this.log = undefined;
    this.#phase = "start";
    this.#hasDoctype = false;
  }

  /** Whether the root has been read. */
  get ended(): boolean {
    return this.#phase === "epilog";
  }

  /** Lets the parser read into another store, from other bytes. */
  use(store: TreeStore, bytes: Uint8Array, end: number, base: LineBase): void {
    this.store = store;
    this.bytes = bytes;
    this.end = end;
    this.base = base;
    this.nodes[0] = store.document;
  }

  /** Holds on to nothing of the document. */
  release(): void {
    this.outer = undefined;
    this.bytes = new Uint8Array(0);
    this.store = undefined as unknown as TreeStore;
    this.resetEntities();
    this.scopes.reset();
  }

  /**
   * Reads on, to the end or as far as whole pieces go.
   *
   * @param from Where.
   * @returns Where the first piece begins that was not read.
   */
  read(from: number): number {
    this.mark = from;
    try {
      let at = from;
      if (this.#phase === "start") at = this.#declaration(at);
      if (this.#phase === "prolog") at = this.#prolog(at);
      if (this.#phase === "content") {
        at = this.content(at, 0);
        this.#phase = "epilog";
      }
      return this.#epilog(at);
    } catch (error) {
      if (error === INCOMPLETE) return this.mark;
      throw error;
    }
  }

  #declaration(from: number): number {
    const { bytes, store } = this;
    if (this.more && this.end - from < 6) throw INCOMPLETE;
    this.#phase = "prolog";
    if (!this.isAt(from, "<?xml") || IS_SPACE[bytes[from + 5]!] === 0) return from;
    let end = from + 5;
    const last = Math.min(this.end, from + LONGEST_DECLARATION);
    while (end < last && !(bytes[end] === 62 && bytes[end - 1] === QUESTION)) end++;
    if (end === this.end && this.more) {
      this.#phase = "start";
      throw INCOMPLETE;
    }
    const text = String.fromCharCode(...bytes.subarray(from, end + 1));
    const match = DECLARATION.exec(text);
    if (match === null) {
      this.fail(
        'The declaration needs the form <?xml version="1.0" encoding="…" standalone="…"?>',
        from,
      );
    }
    const [, version1, version2, encoding1, encoding2, alone1, alone2] = match;
    const alone = alone1 ?? alone2;
    store.info.version = version1 ?? version2;
    store.info.encoding ??= encoding1 ?? encoding2;
    if (alone !== undefined) store.info.standalone = alone === "yes";
    this.standalone = alone === "yes";
    return end + 1;
  }

  /** Reads what is before the root, and the start tag of the root. */
  #prolog(from: number): number {
    const { bytes } = this;
    let at = from;
    while (true) {
      at = this.#beside(at);
      const next = bytes[at + 1]!;
      const what = IN_NAME[next];
      if (bytes[at] === LESS && (what === STARTS || what === WIDE_NAME)) break;
      if (bytes[at] !== LESS || next !== BANG || this.#hasDoctype) {
        this.fail(`A document needs a root element, received ${this.shown(at)}`, at);
      }
      at = this.#doctype(at);
    }
    at = this.startTag(at);
    this.#phase = this.depth === 0 ? "epilog" : "content";
    return at;
  }

  /** Passes over white space, comments and processing instructions. */
  #beside(from: number): number {
    const { bytes } = this;
    let at = from;
    while (true) {
      at = this.skipSpace(at);
      this.mark = at;
      if (bytes[at] !== LESS) return at;
      if (bytes[at + 1] === QUESTION) at = this.instruction(at);
      else if (bytes[at + 1] === BANG && bytes[at + 2] === DASH) at = this.comment(at);
      else return at;
    }
  }

  #epilog(from: number): number {
    const at = this.#beside(from);
    if (at < this.end) {
      this.fail(
        `Only comments and processing instructions can follow the root, received ${this.shown(at)}`,
        at,
      );
    }
    return at;
  }

  #doctype(start: number): number {
    if (this.more || this.end === start) {
      this.boundary.reset(start);
      if (!this.boundary.find(this.bytes, this.end)) {
        this.fail("A document type has no end", this.end);
      }
    }
    if (!this.isAt(start, "<!DOCTYPE")) {
      this.fail('"<!" needs "--" or "DOCTYPE" behind it', start);
    }
    if (this.settings.disallowDoctype) {
      this.fail("A document type is refused by disallowDoctype", start);
    }
    const end = this.#doctypeEnd(start);
    for (let at = start; at < end;) at = this.bytes[at]! < 0x80 ? at + 1 : this.wide(at);
    const text = decodeUtf8(this.bytes, start, end);
    const refuse = (message: string, index: number): never =>
      this.fail(message, start + new TextEncoder().encode(text.slice(0, index)).length);
    try {
      this.#readDoctype(text, refuse);
    } catch (error) {
      if (error instanceof ValueError) this.fail(error.message, start);
      throw error;
    }
    this.#hasDoctype = true;
    this.hasDefaults = this.type.attributes.size > 0;
    return end;
  }

  /** Where the document type ends: behind its `>`, or where the document does. */
  #doctypeEnd(start: number): number {
    this.boundary.reset(start);
    return this.boundary.find(this.bytes, this.end) ? this.boundary.offset : this.end;
  }

  #readDoctype(text: string, refuse: (message: string, at: number) => never): void {
    const reader = new SubsetReader(text, refuse);
    reader.need("<!DOCTYPE");
    reader.needSpace();
    const name = reader.name();
    const spaced = reader.space();
    const id = reader.externalId(true);
    if (id !== undefined) {
      if (!spaced) reader.fail("A document type needs white space");
      this.type.unread = true;
      reader.space();
    }
    let internalSubset: string | undefined;
    if (reader.skip("[")) {
      const start = reader.at;
      const end = text.lastIndexOf("]");
      if (end < start) reader.refuse('A document type needs "]"', text.length);
      internalSubset = text.slice(start, end);
      // An external subset is read after the internal one: what that declares counts all the same.
      const { unread } = this.type;
      this.type.unread = false;
      readSubset(internalSubset, {
        type: this.type,
        standalone: this.standalone,
        maxDepth: this.settings.maxEntityDepth,
        count: (length) => this.count(length),
        expand: (value) => this.expand(value),
      }, (message, at) => refuse(message, start + at));
      this.type.unread ||= unread;
      reader.at = end + 1;
    }
    reader.space();
    reader.need(">");
    const { store } = this;
    store.info.doctype = {
      name,
      ...id,
      ...(internalSubset === undefined ? {} : { internalSubset }),
    };
    store.info.doctypeAfter = store.words[store.document + LAST]!;
  }
}
