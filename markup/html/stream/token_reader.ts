import { ATTR_ROW, TreeStore } from "../../store/mod.ts";
import { HtmlLimitError } from "../limit_error.ts";
import * as tag from "../names/tags.ts";
import { readBogusComment, readComment } from "../scan/comment.ts";
import { readDoctype } from "../scan/doctype.ts";
import { isNamed, scanScript, type ScriptState } from "../scan/raw_text.ts";
import { Scanner } from "../scan/scanner.ts";
import { readTag } from "../scan/tag.ts";
import { isMarkup } from "../scan/text.ts";
import type { HtmlEvent } from "./events.ts";
import { ForeignTracker } from "./foreign_tracker.ts";
import { TextJoiner } from "./text_joiner.ts";

/** Limits of a reader. */
export interface TokenLimits {
  readonly maxAttributes: number;
  /** Longest tag, comment or the like. */
  readonly maxToken: number;
  readonly scripting: boolean;
}

/** `<!DOCTYPE` and `<![CDATA[` have so many units. */
const DECLARATION = 9;
/** A text that ends like this may be the beginning of a reference. */
const OPEN_REFERENCE = /&(?:#?[0-9a-zA-Z]*)$/;

/** An element in which tags are text. */
interface Raw {
  readonly local: string;
  readonly references: boolean;
  /** How far its script has been read; `undefined` if it is none. */
  readonly script: ScriptState | undefined;
}

/**
 * Makes events of text that comes in pieces. What a piece ends in the middle of is kept for the next one: memory is bounded by
 * the longest tag or comment. The pieces' borders do not show in the events.
 */
export class TokenReader {
  readonly #limits: TokenLimits;
  readonly #use: (event: HtmlEvent) => void;
  readonly #text: TextJoiner;
  readonly #foreign = new ForeignTracker();
  #buffer = "";
  /** Parts of the buffer that have not been joined yet, as what it begins with is known to need more. */
  #waiting: string[] = [];
  #waitingLength = 0;
  /** How long the buffer must be before it is read again. */
  #least = 0;
  #closed = false;
  #heldReturn = false;
  #raw: Raw | undefined;

  constructor(limits: TokenLimits, use: (event: HtmlEvent) => void) {
    this.#limits = limits;
    this.#use = use;
    this.#text = new TextJoiner(use);
  }

  /** Reads a piece. */
  push(piece: string): void {
    let text = this.#heldReturn ? `\r${piece}` : piece;
    this.#heldReturn = text.endsWith("\r");
    if (this.#heldReturn) text = text.slice(0, -1);
    if (text.includes("\r")) text = text.replace(/\r\n?/g, "\n");
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    const length = this.#buffer.length + this.#waitingLength;
    if (length >= this.#least) this.#read();
  }

  /** Ends the document. */
  close(): void {
    if (this.#heldReturn) {
      this.#waiting.push("\n");
      this.#heldReturn = false;
    }
    this.#closed = true;
    this.#read();
    this.#text.flush();
  }

  #read(): void {
    const source = this.#buffer + this.#waiting.join("");
    this.#waiting = [];
    this.#waitingLength = 0;
    const store = new TreeStore("html", source);
    const scanner = new Scanner(store, source, this.#limits.maxAttributes, undefined);
    const end = this.#tokens(scanner);
    this.#buffer = source.slice(end);
    const left = this.#buffer.length;
    if (this.#raw?.script !== undefined) {
      this.#raw.script.at = Math.max(0, this.#raw.script.at - end);
    }
    if (left > this.#limits.maxToken) {
      throw new HtmlLimitError("maxToken", this.#limits.maxToken, this.#limits.maxToken);
    }
    // To look at what goes on and on again with each piece would be quadratic.
    this.#least = left < 1024 ? 0 : left * 2;
  }

  /** Reads tokens as far as that is possible; returns where what is left begins. */
  #tokens(scanner: Scanner): number {
    const { source } = scanner;
    while (scanner.pos < source.length) {
      const at = scanner.pos;
      const done = this.#raw !== undefined
        ? this.#rawText(scanner, this.#raw)
        : source.charCodeAt(at) === 60 && (isMarkup(source, at) || this.#isCut(source, at))
        ? this.#markup(scanner, at)
        : this.#plainText(scanner, at);
      // Nothing comes of a tag in which the document ends.
      if (!done) return this.#closed ? source.length : scanner.pos;
    }
    return source.length;
  }

  /** Whether what begins with a `<` is too near to the end to know what it is. */
  #isCut(source: string, at: number): boolean {
    return !this.#closed && at + 3 > source.length;
  }

  /** Takes text; what follows the last `&` may be the start of a reference. */
  #plainText(scanner: Scanner, start: number): boolean {
    const { source } = scanner;
    let end = source.indexOf("<", start + 1);
    while (end !== -1 && !isMarkup(source, end) && !this.#isCut(source, end)) {
      end = source.indexOf("<", end + 1);
    }
    const open = end === -1;
    if (open) end = source.length;
    let taken = end;
    if (open && !this.#closed) taken = holdReference(source, start, end);
    if (taken > start) {
      this.#take(scanner, start, taken, true, this.#foreign.foreign ? "\ufffd" : "");
    }
    scanner.pos = taken;
    return taken === end;
  }

  #take(scanner: Scanner, from: number, to: number, references: boolean, nul: string): void {
    if (references) scanner.takeText(from, to);
    else scanner.takeRaw(from, to);
    if (scanner.nul) scanner.replaceNuls(nul);
    this.#text.add(scanner.text.slice(scanner.from, scanner.to));
  }

  /** Takes text in an element in which tags are text, and leaves that before its end tag. */
  #rawText(scanner: Scanner, raw: Raw): boolean {
    const { source, pos } = scanner;
    const limit = this.#closed ? source.length : source.length - raw.local.length - 2;
    let end = -1;
    if (raw.script !== undefined) {
      raw.script.at = Math.max(raw.script.at, pos);
      end = scanScript(source, raw.script, limit);
    } else {
      for (
        let at = source.indexOf("</", pos);
        at !== -1 && at < limit;
        at = source.indexOf("</", at + 2)
      ) {
        if (!isNamed(source, at + 2, raw.local)) continue;
        end = at;
        break;
      }
    }
    if (raw.local === "plaintext") end = -1;
    let taken = end === -1 ? Math.max(pos, limit) : end;
    if (end === -1 && raw.references && !this.#closed) taken = holdReference(source, pos, taken);
    if (taken > pos) this.#take(scanner, pos, taken, raw.references, "\ufffd");
    scanner.pos = taken;
    if (end !== -1) this.#raw = undefined;
    return end !== -1 || taken === source.length;
  }

  /** Reads what begins with a `<`; returns whether it is all there. */
  #markup(scanner: Scanner, at: number): boolean {
    const { source } = scanner;
    if (this.#isCut(source, at)) return false;
    const next = source.charCodeAt(at + 1);
    if (next === 33) return this.#declaration(scanner, at);
    if (next === 63) return this.#bogus(scanner, at, at + 1);
    if (next !== 47) return this.#startTag(scanner, at);
    const small = source.charCodeAt(at + 2) | 32;
    if (small >= 97 && small <= 122) return this.#endTag(scanner, at);
    if (source.charCodeAt(at + 2) !== 62) return this.#bogus(scanner, at, at + 2);
    scanner.pos = at + 3;
    return true;
  }

  #startTag(scanner: Scanner, at: number): boolean {
    const { store, names } = scanner;
    if (!readTag(scanner, at, at + 1)) return this.#unfinished(scanner, at);
    this.#text.flush();
    const pairs: [string, string][] = [];
    for (let k = 0; k < scanner.attrCount; k++) {
      const row = scanner.attrFirst + k * ATTR_ROW;
      pairs.push([names.local(store.attrs[row]!), store.attributeText(row)]);
    }
    store.attrEnd = scanner.attrFirst;
    store.strings.length = 0;
    const local = names.local(scanner.name);
    const { selfClosing } = scanner;
    this.#use({ type: "start", tag: local, attributes: Object.fromEntries(pairs), selfClosing });
    this.#foreign.start(local, scanner.tag, selfClosing);
    if (!this.#foreign.foreign) this.#enter(scanner.tag, local);
    return true;
  }

  /** What an element means for the text in it. */
  #enter(id: number, local: string): void {
    switch (id) {
      case tag.TITLE:
      case tag.TEXTAREA:
        this.#raw = { local, references: true, script: undefined };
        this.#text.skipLineFeed = id === tag.TEXTAREA;
        break;
      case tag.SCRIPT:
        this.#raw = { local, references: false, script: { escaped: false, twice: false, at: 0 } };
        break;
      case tag.STYLE:
      case tag.XMP:
      case tag.IFRAME:
      case tag.NOEMBED:
      case tag.NOFRAMES:
      case tag.PLAINTEXT:
        this.#raw = { local, references: false, script: undefined };
        break;
      case tag.NOSCRIPT:
        if (this.#limits.scripting) this.#raw = { local, references: false, script: undefined };
        break;
      case tag.PRE:
      case tag.LISTING:
        this.#text.skipLineFeed = true;
    }
  }

  #endTag(scanner: Scanner, at: number): boolean {
    if (!readTag(scanner, at, at + 2)) return this.#unfinished(scanner, at);
    scanner.store.attrEnd = scanner.attrFirst;
    this.#text.flush();
    const local = scanner.names.local(scanner.name);
    this.#foreign.end(local);
    this.#use({ type: "end", tag: local });
    return true;
  }

  #bogus(scanner: Scanner, at: number, start: number): boolean {
    scanner.unfinished = false;
    readBogusComment(scanner, start);
    return this.#comment(scanner, at);
  }

  #comment(scanner: Scanner, at: number): boolean {
    if (scanner.unfinished && !this.#closed) return this.#unfinished(scanner, at);
    this.#text.flush();
    this.#use({ type: "comment", text: scanner.text.slice(scanner.from, scanner.to) });
    return true;
  }

  #declaration(scanner: Scanner, at: number): boolean {
    const { source } = scanner;
    if (!this.#closed && at + DECLARATION > source.length && !source.startsWith("--", at + 2)) {
      return false;
    }
    scanner.unfinished = false;
    if (source.startsWith("--", at + 2)) {
      readComment(scanner, at + 4);
      return this.#comment(scanner, at);
    }
    if (source.slice(at + 2, at + DECLARATION).toLowerCase() === "doctype") {
      const { name, publicId, systemId } = readDoctype(scanner, at + DECLARATION);
      if (scanner.unfinished && !this.#closed) return this.#unfinished(scanner, at);
      this.#text.flush();
      this.#use({ type: "doctype", name, publicId, systemId });
      return true;
    }
    if (this.#foreign.foreign && source.startsWith("[CDATA[", at + 2)) {
      const end = source.indexOf("]]>", at + DECLARATION);
      if (end === -1 && !this.#closed) return false;
      const to = end === -1 ? source.length : end;
      this.#take(scanner, at + DECLARATION, to, false, "\ufffd");
      scanner.pos = Math.min(to + 3, source.length);
      return true;
    }
    return this.#bogus(scanner, at, at + 2);
  }

  #unfinished(scanner: Scanner, at: number): boolean {
    scanner.pos = at;
    return false;
  }
}

/** Where a text ends that has no start of a reference at its end. */
function holdReference(source: string, from: number, to: number): number {
  const amp = source.lastIndexOf("&", to - 1);
  if (amp < from) return to;
  return OPEN_REFERENCE.test(source.slice(amp, to)) ? amp : to;
}
