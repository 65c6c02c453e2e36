import { isXmlCharacter } from "../xml_character.ts";

const NAME_START = "A-Z_a-z:\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}" +
  "\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}" +
  "\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const NAME_PART = `${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}`;
const NAME = new RegExp(`[${NAME_START}][${NAME_PART}]*`, "uy");
const TOKEN = new RegExp(`[${NAME_PART}]+`, "uy");
const SPACE = /[ \t\r\n]+/y;
const PUBLIC_ID = /^[\x20\r\na-zA-Z0-9\-'()+,./:=?;!*#@$_%]*$/;
// deno-lint-ignore no-control-regex
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Refuses the document: a message, and the offset of the fault in the text that is read. */
export type Refuse = (message: string, at: number) => never;

/** Reads the words that declarations are made of, one after another. */
export class SubsetReader {
  readonly text: string;
  at = 0;
  readonly #refuse: Refuse;

  /**
   * Begins at the start of a text.
   *
   * @param text The declarations.
   * @param refuse What is done about a fault.
   */
  constructor(text: string, refuse: Refuse) {
    this.text = text;
    this.#refuse = refuse;
    const bad = text.search(NOT_XML);
    if (bad !== -1) refuse("A document type needs characters of XML", bad);
  }

  /** Refuses what is at the offset. */
  fail(needed: string, at: number = this.at): never {
    const code = this.text.codePointAt(at);
    const shown = code === undefined ? "the end" : JSON.stringify(String.fromCodePoint(code));
    this.#refuse(`${needed}, received ${shown}`, at);
  }

  /** Refuses for a reason that is not what stands there. */
  refuse(message: string, at: number = this.at): never {
    this.#refuse(message, at);
  }

  /** Whether all was read. */
  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** Passes over a text if it is there. */
  skip(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Passes over a text. */
  need(text: string): void {
    if (!this.skip(text)) this.fail(`A declaration needs "${text}"`);
  }

  /** Passes over white space if there is some. */
  space(): boolean {
    SPACE.lastIndex = this.at;
    if (!SPACE.test(this.text)) return false;
    this.at = SPACE.lastIndex;
    return true;
  }

  /** Passes over white space. */
  needSpace(): void {
    if (!this.space()) this.fail("A declaration needs white space");
  }

  /** Reads a name; without a colon if that is asked for. */
  name(plain = false): string {
    NAME.lastIndex = this.at;
    const found = NAME.exec(this.text)?.[0];
    if (found === undefined) this.fail("A declaration needs a name");
    if (plain && found.includes(":")) this.fail("A name without a colon is needed");
    this.at += found.length;
    return found;
  }

  /** Reads a name token. */
  token(): string {
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text)?.[0];
    if (found === undefined) this.fail("A declaration needs a name token");
    this.at += found.length;
    return found;
  }

  /** Reads up to a text, and passes over that. */
  until(text: string): string {
    const end = this.text.indexOf(text, this.at);
    if (end === -1) this.refuse(`"${text}" is needed, received the end`);
    const found = this.text.slice(this.at, end);
    this.at = end + text.length;
    return found;
  }

  /** Reads what is in quotes. */
  quoted(): string {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") this.fail("A value needs quotes");
    this.at++;
    return this.until(quote);
  }

  /** Reads `SYSTEM "…"` or `PUBLIC "…" "…"`. */
  externalId(systemNeeded: boolean): { publicId?: string; systemId?: string } | undefined {
    if (this.skip("SYSTEM")) {
      this.needSpace();
      return { systemId: this.quoted() };
    }
    if (!this.skip("PUBLIC")) return undefined;
    this.needSpace();
    const start = this.at;
    const publicId = this.quoted();
    if (!PUBLIC_ID.test(publicId)) {
      this.refuse("A public identifier has a sign that it cannot have", start);
    }
    const id = { publicId: publicId.replace(/[ \r\n]+/g, " ").replace(/^ | $/g, "") };
    const spaced = this.space();
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'" && !systemNeeded) return id;
    if (!spaced) this.fail("A declaration needs white space");
    return { ...id, systemId: this.quoted() };
  }

  /** The character that `#…` in a reference stands for; the `;` is not part of it. */
  character(reference: string, at: number): string {
    const match = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(reference);
    const code = match === null
      ? -1
      : match[1] === undefined
      ? Number(match[2])
      : Number.parseInt(match[1], 16);
    if (!isXmlCharacter(code)) {
      this.refuse("A reference needs the number of a character of XML", at);
    }
    return String.fromCodePoint(code);
  }
}
