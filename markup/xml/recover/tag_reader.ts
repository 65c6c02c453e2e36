import type { DocumentType } from "../dtd/document_type.ts";
import { ValueError } from "../dtd/read_subset.ts";
import type { Settings } from "../parse/options.ts";
import { isXmlCharacter } from "../xml_character.ts";
import type { RecoverSource } from "./recover_source.ts";

/** Is told of a fault: what it is, and the offset in the text. */
export type Report = (message: string, at: number) => void;

/** A start tag. */
export interface Tag {
  readonly name: string;
  /** Attributes as they are written, their values decoded. */
  readonly attributes: Map<string, string>;
  /** Whether it ends in `/>`. */
  readonly empty: boolean;
  /** Behind it. */
  readonly end: number;
}

const NAME = /[A-Za-z_:\u00c0-\u{effff}][\w:.\-\u00b7-\u{effff}]*/uy;
const ATTRIBUTE_NAME = /[^\s=<>"'/]+/y;
const SPACE = /\s*/y;
const UNQUOTED = /[^\s<>]*/y;
// deno-lint-ignore no-control-regex
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]/gu;
const REFERENCE = /&(?:#x([0-9a-f]+)|#([0-9]+)|([^\s;&<>#]{1,64}));|&/gi;
const PREDEFINED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  apos: "'",
  quot: '"',
};
const COST = 32;

/** Reads tags and texts in which there may be faults. */
export class TagReader {
  readonly #source: RecoverSource;
  readonly #settings: Settings;
  readonly #type: DocumentType;
  readonly #report: Report;
  #expanded = 0;
  /** Behind which there is no further quote of a kind, once all of the text is there. */
  readonly #noQuote = { '"': Infinity, "'": Infinity };

  constructor(source: RecoverSource, settings: Settings, type: DocumentType, report: Report) {
    this.#source = source;
    this.#settings = settings;
    this.#type = type;
    this.#report = report;
  }

  get #text(): string {
    return this.#source.text;
  }

  /** Gives up: a limit is not a fault to live with. */
  refuse(message: string, at: number): never {
    throw new LimitError(message, at);
  }

  /** Counts what an entity gives. */
  count(length: number): void {
    this.#expanded += length + COST;
    const { maxEntityBytes } = this.#settings;
    if (this.#expanded > maxEntityBytes) {
      this.refuse(`Entities expand to more than maxEntityBytes (${maxEntityBytes})`, 0);
    }
  }

  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }

  /** Whether a name begins at an offset. */
  startsName(at: number): boolean {
    return this.nameAt(at) !== "";
  }

  /** The name at an offset, "" if there is none. */
  nameAt(at: number): string {
    return this.#match(NAME, at);
  }

  /** A text without what XML cannot hold, and with line ends as XML has them. */
  clean(raw: string, at: number): string {
    const text = raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
    if (text.search(NOT_XML) === -1) return text;
    this.#report("Characters that XML cannot hold are left out", at);
    return text.replace(NOT_XML, "");
  }

  /** A text with its references replaced. */
  decoded(raw: string, at: number, attribute: boolean): string {
    let text = this.clean(raw, at);
    if (attribute) text = text.replace(/[\t\n]/g, " ");
    if (!text.includes("&")) return text;
    return text.replace(REFERENCE, (match, hex, decimal, name) => {
      if (name !== undefined) {
        const found = Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name] : this.#entity(name);
        if (found !== undefined) return found;
        this.#report(`The entity "${name}" is not declared, or not read here`, at);
        return match;
      }
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (isXmlCharacter(code)) return String.fromCodePoint(code);
      this.#report("A reference begins nothing, or is of no character", at);
      return match;
    });
  }

  /** Text of an entity without markup. */
  #entity(name: string): string | undefined {
    const text = this.#type.entities.get(name)?.text ?? this.#settings.entities.get(name);
    if (text === undefined || text.includes("<") || text.includes("&")) return undefined;
    this.count(text.length);
    return text;
  }

  /** Reads the start tag at an offset. */
  read(start: number): Tag {
    const text = this.#text;
    const name = this.nameAt(start + 1);
    const attributes = new Map<string, string>();
    let at = start + 1 + name.length;
    while (true) {
      at += this.#match(SPACE, at).length;
      const sign = text[at];
      if (sign === ">") return { name, attributes, empty: false, end: at + 1 };
      if (sign === "/" && text[at + 1] === ">") {
        return { name, attributes, empty: true, end: at + 2 };
      }
      if (sign === undefined || sign === "<") {
        this.#report('A start tag needs ">"', at);
        return { name, attributes, empty: false, end: at };
      }
      const attribute = this.#match(ATTRIBUTE_NAME, at);
      if (attribute === "") {
        this.#report(`A start tag cannot have ${JSON.stringify(sign)} here`, at);
        at++;
      } else at = this.#attribute(at, attribute, attributes);
    }
  }

  /** Whether a start tag ends in the text that is there, whatever follows. */
  isWhole(start: number): boolean {
    const text = this.#text;
    const { length } = text;
    let at = start + 1 + this.nameAt(start + 1).length;
    while (true) {
      at += this.#match(SPACE, at).length;
      if (at >= length - 1) return text[at] === ">" || text[at] === "<";
      if (text[at] === ">" || text[at] === "<" || (text[at] === "/" && text[at + 1] === ">")) {
        return true;
      }
      const { length: name } = this.#match(ATTRIBUTE_NAME, at);
      if (name === 0) {
        at++;
        continue;
      }
      at += name;
      const equals = at + this.#match(SPACE, at).length;
      if (equals >= length) return false;
      if (text[equals] !== "=") continue;
      at = equals + 1;
      at += this.#match(SPACE, at).length;
      const quote = text[at];
      if (quote === '"' || quote === "'") at = text.indexOf(quote, at + 1) + 1;
      else at += this.#match(UNQUOTED, at).replace(/\/$/, "").length;
      // A quote that is not here may come, and a value without quotes may go on.
      if (at === 0 || at >= length - 1) return false;
    }
  }

  #attribute(start: number, name: string, attributes: Map<string, string>): number {
    const text = this.#text;
    let at = start + name.length;
    const space = this.#match(SPACE, at).length;
    let value = "";
    if (text[at + space] === "=") {
      at += space + 1;
      at += this.#match(SPACE, at).length;
      const quote = text[at];
      const end = quote === '"' || quote === "'" ? this.#quoteEnd(quote, at + 1) : -1;
      if (end !== -1) {
        value = this.decoded(text.slice(at + 1, end), at, true);
        if (value.includes("<") && text.slice(at, end).includes("<")) {
          this.#report('The value of an attribute cannot have "<" in it', at);
        }
        at = end + 1;
      } else {
        this.#report("The value of an attribute needs quotes", at);
        const raw = this.#match(UNQUOTED, at).replace(/\/$/, "");
        value = this.decoded(raw.replace(/^["']/, ""), at, true);
        at += raw.length;
      }
    } else this.#report(`The attribute "${name}" has no value`, start);
    if (this.nameAt(start) !== name) this.#report(`The attribute "${name}" is left out`, start);
    else if (attributes.has(name)) this.#report(`The attribute "${name}" is there twice`, start);
    else attributes.set(name, value);
    const { maxAttributes } = this.#settings;
    if (attributes.size > maxAttributes) {
      this.refuse(`An element has more attributes than maxAttributes (${maxAttributes})`, start);
    }
    return at;
  }

  /** Where the next quote of a kind is; what was not found once is not looked for again. */
  #quoteEnd(quote: '"' | "'", from: number): number {
    if (from >= this.#noQuote[quote]) return -1;
    const end = this.#text.indexOf(quote, from);
    if (end === -1 && !this.#source.more) this.#noQuote[quote] = from;
    return end;
  }
}

/** A limit that was passed, and where. */
export class LimitError extends ValueError {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
