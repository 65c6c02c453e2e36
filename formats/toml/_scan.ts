// What the reader does not tell: where a text leaves TOML 1.0 for 1.1, and where it gives more than nine digits of a
// second. A tokenizer for texts that are otherwise checked by the reader: on others it ends, but may say anything.

const LF = 0x0a;
const DOUBLE = 0x22;
const HASH = 0x23;
const SINGLE = 0x27;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_TABLE = 0x7b;
const CLOSE_TABLE = 0x7d;

/** Ends of a bare word. */
const WORD_END = /[\s,#=[\]{}"']/g;
const NO_SECONDS = /^(?:\d{4}-\d\d-\d\d[Tt])?\d\d:\d\d(?:[Zz+-]|$)/;
const LONG_FRACTION = /^(.*:\d\d\.\d{9})(\d+)/;

/** What the scan reports. */
export interface Findings {
  /** Called with what TOML 1.0 does not have, and where it begins. */
  newer?(what: string, offset: number): void;
  /** Called with the digits of a fraction beyond the ninth. */
  digits?(start: number, end: number): void;
}

/** Walks over a text's tokens. */
export function scan(text: string, findings: Findings): void {
  // Open brackets within a value; headers are skipped as a whole.
  const open: number[] = [];
  let atKey = true;
  let afterComma = false;
  let i = 0;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    const inTable = open.at(-1) === OPEN_TABLE;
    if (c === LF) {
      if (open.length === 0) atKey = true;
      else if (inTable) findings.newer?.("a line break in an inline table", i);
      i++;
      continue;
    }
    if (c <= 0x20) {
      i++;
      continue;
    }
    if (c === HASH) {
      const end = text.indexOf("\n", i);
      i = end < 0 ? text.length : end;
      continue;
    }
    const comma = afterComma;
    afterComma = false;
    switch (c) {
      case DOUBLE:
        i = skipBasic(text, i, findings);
        break;
      case SINGLE:
        i = skipLiteral(text, i);
        break;
      case COMMA:
        afterComma = true;
        atKey = inTable;
        i++;
        break;
      case EQUALS:
        atKey = false;
        i++;
        break;
      case OPEN_ARRAY:
        if (open.length > 0 || !atKey) open.push(c);
        else i = skipHeader(text, i);
        i++;
        break;
      case OPEN_TABLE:
        open.push(c);
        atKey = true;
        i++;
        break;
      case CLOSE_TABLE:
      case CLOSE_ARRAY:
        if (comma && c === CLOSE_TABLE) {
          findings.newer?.("a comma behind the last entry of an inline table", i);
        }
        open.pop();
        atKey = false;
        i++;
        break;
      default: {
        WORD_END.lastIndex = i;
        const end = WORD_END.exec(text)?.index ?? text.length;
        if (!atKey) checkWord(text.slice(i, end), i, findings);
        i = Math.max(end, i + 1);
      }
    }
  }
}

function checkWord(word: string, start: number, findings: Findings): void {
  if (!word.includes(":")) return;
  if (NO_SECONDS.test(word)) findings.newer?.("a time without seconds", start);
  const match = LONG_FRACTION.exec(word);
  if (match === null) return;
  const from = start + match[1]!.length;
  findings.digits?.(from, from + match[2]!.length);
}

/** To the closing bracket of a table header; its keys may be quoted. */
function skipHeader(text: string, i: number): number {
  for (i++; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === LF) return i - 1;
    if (c === CLOSE_ARRAY && text.charCodeAt(i + 1) !== CLOSE_ARRAY) return i;
    if (c === DOUBLE) i = skipBasic(text, i, {}) - 1;
    else if (c === SINGLE) i = skipLiteral(text, i) - 1;
  }
  return i;
}

function skipLiteral(text: string, i: number): number {
  const mark = text.startsWith("'''", i) ? "'''" : "'";
  const end = text.indexOf(mark, i + mark.length);
  return end < 0 ? text.length : skipQuotes(text, end + mark.length, mark);
}

function skipBasic(text: string, i: number, findings: Findings): number {
  const mark = text.startsWith('"""', i) ? '"""' : '"';
  for (i += mark.length; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === BACKSLASH) {
      const escape = text[++i];
      if (escape === "e" || escape === "x") findings.newer?.(`the escape \\${escape}`, i - 1);
    } else if (c === DOUBLE && text.startsWith(mark, i)) {
      return skipQuotes(text, i + mark.length, mark);
    }
  }
  return i;
}

/** Up to two quotes before the closing three belong to the text. */
function skipQuotes(text: string, i: number, mark: string): number {
  if (mark.length === 3) {
    for (let n = 0; n < 2 && text[i] === mark[0]; n++) i++;
  }
  return i;
}
