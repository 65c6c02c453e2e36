import { decodeSurrogatepass } from "../../surrogatepass.ts";
import { UnpicklingError } from "../errors.ts";
import type { ArgumentKind, OpcodeInfo } from "../opcode_info.ts";

/** An inline argument: text, a number, a bool, or bytes (a view of the pickle). */
export type OpcodeArgument = boolean | number | bigint | string | Uint8Array;

/** CPython refuses to parse longer decimal integers, since parsing takes quadratic time. */
const MAX_DIGITS = 4300;

const DECIMAL = /^[ \t\n\v\f\r]*[+-]?[0-9]+(?:_[0-9]+)*[ \t\n\v\f\r]*$/;
const FLOAT =
  /^[ \t\n\v\f\r]*([+-]?)(?:(inf|infinity|nan)|((?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?))[ \t\n\v\f\r]*$/i;

/** Reads the inline arguments of a pickle's instructions. `position` is where the next read starts. */
export class ArgumentReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #longest: number;
  #info: OpcodeInfo | undefined;
  #start = 0;
  position: number;

  /** Binary integers of more than `longest` bytes stay bytes: a number of them could take gigabytes to make. */
  constructor(bytes: Uint8Array, position: number, longest: number) {
    this.#bytes = bytes;
    this.#longest = longest;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  /** Reads the argument of `info`, whose opcode stands right before `position`. */
  read(info: OpcodeInfo): OpcodeArgument | undefined {
    if (info.argument === undefined) return undefined;
    this.#info = info;
    this.#start = this.position - 1;
    return this.#read(info.argument);
  }

  #read(kind: ArgumentKind): OpcodeArgument {
    switch (kind) {
      case "uint1":
        return this.#view.getUint8(this.#take(1));
      case "uint2":
        return this.#view.getUint16(this.#take(2), true);
      case "int4":
        return this.#view.getInt32(this.#take(4), true);
      case "uint4":
        return this.#view.getUint32(this.#take(4), true);
      case "uint8":
        return shrink(this.#view.getBigUint64(this.#take(8), true));
      case "float8":
        return this.#view.getFloat64(this.#take(8), false);
      case "decimalnl_short": {
        const line = this.#line();
        // Protocols 0 and 1 spell the bools as the ints 00 and 01.
        return line === "00" ? false : line === "01" ? true : this.#integer(line);
      }
      case "decimalnl_long":
        return this.#integer(this.#line().replace(/L$/, ""));
      case "floatnl":
        return this.#float(this.#line());
      case "stringnl":
        return this.#unescape(this.#unquote(this.#line()));
      case "stringnl_noescape":
        return this.#unescape(this.#line());
      case "stringnl_noescape_pair": {
        const first = this.#unescape(this.#line());
        return `${first} ${this.#unescape(this.#line())}`;
      }
      case "unicodestringnl":
        return this.#rawUnicode(this.#line());
      case "string1":
        return latin1(this.#counted(this.#view.getUint8(this.#take(1))));
      case "string4":
        return latin1(this.#counted(this.#view.getInt32(this.#take(4), true)));
      case "bytes1":
        return this.#counted(this.#view.getUint8(this.#take(1)));
      case "bytes4":
        return this.#counted(this.#view.getUint32(this.#take(4), true));
      case "bytes8":
      case "bytearray8":
        return this.#counted(this.#view.getBigUint64(this.#take(8), true));
      case "unicodestring1":
        return this.#utf8(this.#counted(this.#view.getUint8(this.#take(1))));
      case "unicodestring4":
        return this.#utf8(this.#counted(this.#view.getUint32(this.#take(4), true)));
      case "unicodestring8":
        return this.#utf8(this.#counted(this.#view.getBigUint64(this.#take(8), true)));
      case "long1":
        return this.#binaryInteger(this.#counted(this.#view.getUint8(this.#take(1))));
      case "long4":
        return this.#binaryInteger(this.#counted(this.#view.getInt32(this.#take(4), true)));
    }
  }

  #fail(needed: string, received: string): never {
    const info = this.#info!;
    throw new UnpicklingError(
      `Cannot read the ${info.argument} argument of ${info.name}: needed ${needed}, received ${received}`,
      { position: this.#start, opcode: info.code },
    );
  }

  #take(size: number): number {
    const at = this.position;
    const left = this.#bytes.length - at;
    if (left < size) this.#fail(`${size} bytes`, `${left}`);
    this.position = at + size;
    return at;
  }

  /** A length is compared with what is left before anything is made of it. */
  #counted(size: number | bigint): Uint8Array {
    if (size < 0) this.#fail("a length of at least 0", `${size}`);
    const left = this.#bytes.length - this.position;
    if (size > left) this.#fail(`${size} bytes`, `${left}`);
    const start = this.#take(Number(size));
    return this.#bytes.subarray(start, this.position);
  }

  /** A line without its newline, one character per byte. */
  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) this.#fail("a newline", "the end of the pickle");
    const line = latin1(this.#bytes.subarray(this.position, end));
    this.position = end + 1;
    return line;
  }

  #integer(line: string): number | bigint {
    if (!DECIMAL.test(line)) this.#fail("a decimal integer", quoted(line));
    const digits = line.replaceAll("_", "").trim().replace(/^\+/, "");
    const size = digits.replace("-", "").length;
    if (size > MAX_DIGITS) this.#fail(`at most ${MAX_DIGITS} digits`, `${size}`);
    return shrink(digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits));
  }

  #binaryInteger(bytes: Uint8Array): number | bigint | Uint8Array {
    return bytes.length > this.#longest ? bytes : twosComplement(bytes);
  }

  #float(line: string): number {
    const match = FLOAT.exec(line);
    if (match === null) this.#fail("a decimal float", quoted(line));
    const [, sign, word, digits] = match;
    const size = word === undefined
      ? Number(digits!.replaceAll("_", ""))
      : word.toLowerCase() === "nan"
      ? NaN
      : Infinity;
    return sign === "-" ? -size : size;
  }

  #unquote(line: string): string {
    const quote = line[0];
    if (quote !== "'" && quote !== '"') this.#fail("a quoted string", quoted(line));
    if (!line.endsWith(quote)) this.#fail(`the closing quote ${quote}`, quoted(line));
    return line.slice(1, -1);
  }

  /** Undoes the escapes of a Python 2 string literal; the result has to be ASCII. */
  #unescape(line: string): string {
    const text = line.includes("\\")
      ? line.replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([^])|$)/g, (all, hex, octal, char) => {
        if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
        if (char === undefined || char === "x") this.#fail("a complete escape", quoted(line));
        return SIMPLE_ESCAPES[char] ?? all;
      })
      : line;
    // deno-lint-ignore no-control-regex
    if (!/^[\x00-\x7f]*$/.test(text)) this.#fail("ASCII text", quoted(text));
    return text;
  }

  /** `raw-unicode-escape`: Latin-1, in which only a `\u` or `\U` after an odd number of backslashes is special. */
  #rawUnicode(line: string): string {
    if (!line.includes("\\")) return line;
    return line.replace(
      /(\\+)(?:u([0-9a-fA-F]{4})?|U([0-9a-fA-F]{8})?)/g,
      (all: string, slashes: string, short?: string, long?: string) => {
        if (slashes.length % 2 === 0) return all;
        const digits = short ?? long;
        const point = digits === undefined ? NaN : parseInt(digits, 16);
        if (!(point <= 0x10ffff)) this.#fail("4 or 8 hexadecimal digits", quoted(line));
        return slashes.slice(1) + String.fromCodePoint(point);
      },
    );
  }

  #utf8(bytes: Uint8Array): string {
    return decodeSurrogatepass(bytes, 0, bytes.length) ??
      this.#fail("UTF-8 text", `${bytes.length} bytes that are not`);
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function quoted(line: string): string {
  return JSON.stringify(line.length > 40 ? line.slice(0, 40) + "…" : line);
}

function shrink(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  // In pieces, since the number of arguments of a call is limited.
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}

/** Little-endian two's complement of any length; no bytes are 0. */
function twosComplement(bytes: Uint8Array): number | bigint {
  const size = bytes.length;
  if (size === 0) return 0;
  const digits = Uint8Array.from(bytes).reverse().toHex();
  return shrink(BigInt.asIntN(size * 8, BigInt(`0x${digits}`)));
}
