import { SelectorSyntaxError } from "../selector_error.ts";

const NUL = 0;
const TAB = 9;
const LF = 10;
const FF = 12;
const CR = 13;
const SPACE = 32;
const SLASH = 47;
const STAR = 42;
const MINUS = 45;
const BACKSLASH = 92;

/** Whether a unit is white space of CSS. */
export function isSpace(unit: number): boolean {
  return unit === SPACE || (unit >= TAB && unit <= CR && unit !== 11);
}

function isNewline(unit: number): boolean {
  return unit === LF || unit === CR || unit === FF;
}

function isNameStart(unit: number): boolean {
  const small = unit | 32;
  return (small >= 97 && small <= 122) || unit === 95 || unit >= 0x80 || unit === NUL;
}

function isNamePart(unit: number): boolean {
  return isNameStart(unit) || (unit >= 48 && unit <= 57) || unit === MINUS;
}

/**
 * Reads the lexical parts of a selector by "CSS Syntax Module Level 3", section 4: names with escapes, strings, white space
 * and comments. What is not closed at the end of the text is an error here.
 */
export class Scanner {
  /** The selector. */
  readonly text: string;
  /** Offset of the unit to be read next. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether all is read. */
  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The unit at the offset, or so many behind it; `NaN` behind the end. */
  unit(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** The sign at the offset, for a message. */
  shown(): string {
    return this.done
      ? "the end"
      : JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.at)!));
  }

  /** The error that something else than what is there is needed. */
  wrong(needed: string, at: number = this.at): SelectorSyntaxError {
    this.at = at;
    return this.error(`A selector needs ${needed} here, received ${this.shown()}`);
  }

  /** An error at an offset. */
  error(message: string, at: number = this.at): SelectorSyntaxError {
    return new SelectorSyntaxError(message, this.text, at);
  }

  /** Reads a text that is there, or nothing. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Reads a text that must be there. */
  expect(text: string): void {
    if (!this.take(text)) throw this.wrong(JSON.stringify(text));
  }

  /** Reads white space and comments; tells whether there was white space. */
  skipSpace(): boolean {
    let space = false;
    while (true) {
      const unit = this.unit();
      if (isSpace(unit)) {
        space = true;
        this.at++;
      } else if (!this.skipComment()) return space;
    }
  }

  /** Reads a comment, or nothing. */
  skipComment(): boolean {
    if (this.unit() !== SLASH || this.unit(1) !== STAR) return false;
    const end = this.text.indexOf("*/", this.at + 2);
    if (end === -1) throw this.error("A comment needs an end, received none");
    this.at = end + 2;
    return true;
  }

  /** Whether a name begins at the offset. */
  atName(): boolean {
    const unit = this.unit();
    if (isNameStart(unit)) return true;
    if (unit === BACKSLASH) return this.#atEscape(0);
    if (unit !== MINUS) return false;
    const next = this.unit(1);
    return next === MINUS || isNameStart(next) || (next === BACKSLASH && this.#atEscape(1));
  }

  /** Reads a name that must be there. */
  name(needed = "a name"): string {
    if (!this.atName()) throw this.wrong(needed);
    return this.nameRest();
  }

  /** Reads units of a name, digits at its start included; "" if there are none. */
  nameRest(): string {
    const { text } = this;
    let name = "";
    let from = this.at;
    while (true) {
      const unit = this.unit();
      if (unit !== NUL && isNamePart(unit)) this.at++;
      else if (unit === NUL) {
        name += text.slice(from, this.at) + "\ufffd";
        from = ++this.at;
      } else if (unit === BACKSLASH && this.#atEscape(0)) {
        name += text.slice(from, this.at);
        this.at++;
        name += this.#escape();
        from = this.at;
      } else return name + text.slice(from, this.at);
    }
  }

  /** Reads a string in quotes; the offset is at the first one. */
  string(): string {
    const { text } = this;
    const start = this.at;
    const quote = this.unit();
    let value = "";
    let from = ++this.at;
    while (true) {
      const unit = this.unit();
      if (Number.isNaN(unit) || isNewline(unit)) {
        throw this.error(`A string needs its closing ${text[start]}, received none`, start);
      }
      if (unit === quote) {
        value += text.slice(from, this.at++);
        return value;
      }
      if (unit === NUL) {
        value += text.slice(from, this.at) + "\ufffd";
        from = ++this.at;
      } else if (unit === BACKSLASH) {
        value += text.slice(from, this.at);
        this.at++;
        if (this.done) continue;
        if (isNewline(this.unit())) this.at += this.unit() === CR && this.unit(1) === LF ? 2 : 1;
        else value += this.#escape();
        from = this.at;
      } else this.at++;
    }
  }

  /** Whether a backslash at an offset begins an escape. */
  #atEscape(ahead: number): boolean {
    const next = this.unit(ahead + 1);
    return !Number.isNaN(next) && !isNewline(next);
  }

  /** Reads what follows the backslash of an escape. */
  #escape(): string {
    const hex = /[0-9a-f]{1,6}/iy;
    hex.lastIndex = this.at;
    const digits = hex.exec(this.text)?.[0];
    if (digits === undefined) {
      const sign = String.fromCodePoint(this.text.codePointAt(this.at)!);
      this.at += sign.length;
      return sign === "\0" ? "\ufffd" : sign;
    }
    this.at += digits.length;
    if (this.unit() === CR && this.unit(1) === LF) this.at += 2;
    else if (isSpace(this.unit())) this.at++;
    const code = parseInt(digits, 16);
    const none = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
    return none ? "\ufffd" : String.fromCodePoint(code);
  }
}
