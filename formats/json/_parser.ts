import { defineOwn } from "../define_own.ts";
import { JsonError } from "./json_error.ts";
import type { JsonPair, JsonParseOptions } from "./options.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const STAR = 0x2a;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const LF = 0x0a;
const CR = 0x0d;

/** An array or object that is open. */
type Container = unknown[] | Record<string, unknown> | Pairs;

/** The members of an object for `objectPairsHook`. */
class Pairs {
  readonly members: JsonPair[] = [];
  /** The keys so far, where duplicates are looked for. */
  readonly keys: Set<string> = new Set();
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}

/** Sets an own property whatever its name: `__proto__` too. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") defineOwn(object, key, value);
  else object[key] = value;
}

/**
 * A JSON parser with hooks, for where the platform's cannot be used: it also finds the place of an error. It keeps
 * open containers on a stack of its own, so that nesting costs memory and not the call stack.
 */
export class Parser {
  readonly #text: string;
  readonly #options: JsonParseOptions;
  readonly #maxDepth: number;
  readonly #maxDigits: number;
  /** Whether comments are white space; trailing commas go with them. */
  readonly #comments: boolean;
  #pos: number;

  constructor(text: string, options: JsonParseOptions, start = 0, comments = false) {
    this.#text = text;
    this.#options = options;
    this.#maxDepth = options.maxDepth ?? 10_000;
    this.#maxDigits = options.maxDigits ?? 4300;
    this.#comments = comments;
    this.#pos = start;
  }

  /** Offset of the next unread character. */
  get position(): number {
    return this.#pos;
  }

  /** Reads one value, and white space before it. */
  value(): unknown {
    const stack: Container[] = [];
    const keys: string[] = [];
    const { objectPairsHook } = this.#options;
    let open: Container | undefined;
    let key = "";
    for (;;) {
      // A value is due.
      let value: unknown;
      const c = this.#skip();
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (stack.length + (open === undefined ? 0 : 1) >= this.#maxDepth) {
          throw this.#error(`nesting is deeper than maxDepth = ${this.#maxDepth}`, this.#pos);
        }
        this.#pos++;
        if (open !== undefined) {
          stack.push(open);
          keys.push(key);
        }
        if (c === OPEN_BRACKET) {
          open = [];
          if (this.#skip() !== CLOSE_BRACKET) continue;
        } else {
          open = objectPairsHook === undefined ? {} : new Pairs();
          if (this.#skip() !== CLOSE_BRACE) {
            key = this.#key(open);
            continue;
          }
        }
        this.#pos++;
        value = this.#close(open);
        open = stack.pop();
        key = keys.pop() ?? "";
      } else if (c === QUOTE) value = this.#string();
      else value = this.#scalar(c);

      // The value goes into the open container, which may close, and be a value in its turn.
      for (;;) {
        if (open === undefined) return value;
        const isArray = Array.isArray(open);
        if (Array.isArray(open)) open.push(value);
        else if (open instanceof Pairs) open.members.push([key, value]);
        else setOwn(open, key, value);
        const next = this.#skip();
        const end = isArray ? CLOSE_BRACKET : CLOSE_BRACE;
        if (next === COMMA) {
          const comma = this.#pos++;
          if (this.#skip() !== end) {
            if (!isArray) key = this.#key(open);
            break;
          }
          if (!this.#comments) {
            throw this.#error("needed no comma before the end of an array or object", comma);
          }
        } else if (next !== end) {
          throw this.#error(`needed "," or "${String.fromCharCode(end)}"`, this.#pos);
        }
        this.#pos++;
        value = this.#close(open);
        open = stack.pop();
        key = keys.pop() ?? "";
      }
    }
  }

  /** Checks that nothing but white space follows. */
  end(): void {
    if (this.#skip() !== -1) throw this.#error("needed the end of the text", this.#pos);
  }

  #close(open: Container): unknown {
    if (Array.isArray(open)) return open;
    if (open instanceof Pairs) return this.#options.objectPairsHook!(open.members);
    const { objectHook } = this.#options;
    return objectHook === undefined ? open : objectHook(open);
  }

  /** Reads a key and its colon. */
  #key(open: Container): string {
    const start = this.#pos;
    if (this.#skip() !== QUOTE) throw this.#error("needed a key in double quotes", this.#pos);
    const key = this.#string();
    if (this.#options.duplicateKeys === "error") {
      const known = open instanceof Pairs ? open.keys.has(key) : Object.hasOwn(open, key);
      if (known) {
        throw this.#error(
          `the key ${JSON.stringify(key)} stands twice in an object, which duplicateKeys forbids`,
          start,
        );
      }
      if (open instanceof Pairs) open.keys.add(key);
    }
    if (this.#skip() !== COLON) throw this.#error('needed ":" after a key', this.#pos);
    this.#pos++;
    return key;
  }

  /** Skips white space, and comments where they are allowed; gives the next code unit, or -1 at the end. */
  #skip(): number {
    const text = this.#text;
    for (;;) {
      if (this.#pos >= text.length) return -1;
      const c = text.charCodeAt(this.#pos);
      if (c > 0x20) {
        if (c !== SLASH || !this.#comments) return c;
        this.#comment();
      } else if (c === 0x20 || c === LF || c === CR || c === 0x09) this.#pos++;
      else return c;
    }
  }

  #comment(): void {
    const text = this.#text;
    const next = text.charCodeAt(this.#pos + 1);
    if (next === SLASH) {
      this.#pos += 2;
      while (this.#pos < text.length) {
        const c = text.charCodeAt(this.#pos);
        if (c === LF || c === CR) break;
        this.#pos++;
      }
    } else if (next === STAR) {
      const end = text.indexOf("*/", this.#pos + 2);
      if (end === -1) throw this.#error("needed */ after a comment", this.#pos);
      this.#pos = end + 2;
    } else throw this.#error("needed a value or a comment", this.#pos);
  }

  /** Reads a string from its opening quote. */
  #string(): string {
    const text = this.#text;
    const start = this.#pos + 1;
    let p = start;
    let c = text.charCodeAt(p);
    while (c !== QUOTE && c !== BACKSLASH && c >= 0x20) c = text.charCodeAt(++p);
    if (c === QUOTE) {
      this.#pos = p + 1;
      return text.substring(start, p);
    }
    while (c !== QUOTE) {
      if (c === BACKSLASH) p = this.#escape(p);
      else if (c < 0x20) throw this.#error("needed no control character in a string", p);
      else if (p >= text.length) throw this.#error("needed a closing quote", p);
      else p++;
      c = text.charCodeAt(p);
    }
    this.#pos = p + 1;
    // Every escape has been checked: the platform decodes them fastest.
    return JSON.parse(text.substring(start - 1, p + 1));
  }

  /** Checks the escape at `p` and gives the offset after it. */
  #escape(p: number): number {
    const text = this.#text;
    switch (text.charAt(p + 1)) {
      case '"':
      case "\\":
      case "/":
      case "b":
      case "f":
      case "n":
      case "r":
      case "t":
        return p + 2;
      case "u":
        if (/^[0-9A-Fa-f]{4}$/.test(text.substring(p + 2, p + 6))) return p + 6;
        throw this.#error("needed four hexadecimal digits after \\u", p);
      case "":
        throw this.#error("needed a closing quote", p + 1);
      default:
        throw this.#error('needed one of " \\ / b f n r t u after \\', p);
    }
  }

  #scalar(c: number): unknown {
    const text = this.#text;
    if (isDigit(c) || (c === MINUS && isDigit(text.charCodeAt(this.#pos + 1)))) {
      return this.#number(c);
    }
    const { nan } = this.#options;
    if (this.#word("true")) return true;
    if (this.#word("false")) return false;
    if (this.#word("null")) return null;
    if (nan === true) {
      if (this.#word("NaN")) return NaN;
      if (this.#word("Infinity")) return Infinity;
      if (this.#word("-Infinity")) return -Infinity;
    }
    if (c === MINUS) throw this.#error("needed a digit after -", this.#pos + 1);
    throw this.#error("needed a value", this.#pos);
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#pos)) return false;
    this.#pos += word.length;
    return true;
  }

  /** Reads a number that begins with a digit, or with a minus and a digit. */
  #number(first: number): unknown {
    const text = this.#text;
    const start = this.#pos;
    let p = first === MINUS ? start + 1 : start;
    if (text.charCodeAt(p) === ZERO) {
      if (isDigit(text.charCodeAt(++p))) throw this.#error("needed no digit after a leading 0", p);
    } else p = this.#digits(p);
    let integer = true;
    if (text.charCodeAt(p) === DOT) {
      integer = false;
      p = this.#digits(p + 1);
    }
    const c = text.charCodeAt(p);
    if (c === LOWER_E || c === UPPER_E) {
      integer = false;
      const sign = text.charCodeAt(p + 1);
      p = this.#digits(sign === PLUS || sign === MINUS ? p + 2 : p + 1);
    }
    this.#pos = p;
    const digits = text.substring(start, p);
    const { bigint, parseFloat, parseInt } = this.#options;
    if (!integer) return parseFloat === undefined ? Number(digits) : parseFloat(digits);
    if (parseInt !== undefined) return parseInt(digits);
    const value = Number(digits);
    if (bigint !== true || Number.isSafeInteger(value)) return value;
    if (digits.length > this.#maxDigits) {
      throw this.#error(`an integer has more than maxDigits = ${this.#maxDigits} digits`, start);
    }
    return BigInt(digits);
  }

  /** Gives the offset after one or more digits. */
  #digits(p: number): number {
    const text = this.#text;
    if (!isDigit(text.charCodeAt(p))) throw this.#error("needed a digit", p);
    while (isDigit(text.charCodeAt(p))) p++;
    return p;
  }

  #error(what: string, offset: number): JsonError {
    const text = this.#text;
    const received = offset >= text.length
      ? "the end of the text"
      : JSON.stringify(String.fromCodePoint(text.codePointAt(offset)!));
    return new JsonError(`Cannot parse JSON: ${what}, received ${received}`, {
      source: text,
      offset,
    });
  }
}
