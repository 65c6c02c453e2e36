// Decides whether @std/yaml may read a text: a one-pass recogniser of a small subset of YAML.
//
// It is a list of what is allowed, never of what is forbidden: block mappings and sequences, single-line quoted
// scalars, plain scalars (multi-line too), block scalars without indentation indicator, flow collections with plain
// entries, comments, `---`. Anything else - tags, anchors, aliases, merge keys, directives, tabs, `? ` keys, numbers
// that YAML 1.1 and 1.2 read differently, odd indentation - is "no", and the conforming reader takes the text. A
// wrong "no" costs time, a wrong "yes" would cost correctness; tests compare both readers on the whole
// yaml-test-suite and on generated documents.
//
// Cost: about one comparison per character, so that the check stays a small share of the parse behind it.

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOUBLE = 0x22;
const HASH = 0x23;
const SINGLE = 0x27;
const PLUS = 0x2b;
const COMMA = 0x2c;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const OPEN_SEQ = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_SEQ = 0x5d;
const OPEN_MAP = 0x7b;
const PIPE = 0x7c;
const CLOSE_MAP = 0x7d;

/** Longest key: npm yaml refuses implicit keys beyond 1024 characters, @std/yaml does not. */
const MAX_KEY = 1000;

/** What the last content line left open. */
const NOTHING = 0;
/** A key without value: a nested node, or null. */
const AFTER_KEY = 1;
/** A dash without value. */
const AFTER_DASH = 2;
/** A plain scalar, which a deeper line continues. */
const PLAIN = 3;

/** Kinds of block collections on the stack; a stack entry is `indent * 2 + kind`. */
const MAP = 0;
const SEQ = 1;

/** How a plain scalar ended, the low bits of {@linkcode scanPlain}'s result. */
const AT_END = 0;
const AT_COLON = 1;
const AT_COMMENT = 2;

/** 1: may start a plain scalar; 2: may when the whole token is not a number both versions read differently. */
const PLAIN_START: Uint8Array = new Uint8Array(128);
for (const c of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_/$();^=\\~<") {
  PLAIN_START[c.charCodeAt(0)] = 1;
}
for (const c of "0123456789+-.") PLAIN_START[c.charCodeAt(0)] = 2;

/** Escapes in double quotes that both readers know and that need no digits. */
const SIMPLE_ESCAPE: Uint8Array = new Uint8Array(128);
for (const c of '"\\/bfnrt0') SIMPLE_ESCAPE[c.charCodeAt(0)] = 1;

/** Four hexadecimal digits that are not a surrogate. */
const SAFE_UNIT = /^(?:[0-9a-ce-fA-CE-F][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})$/;

/** Numbers with one meaning in both readers and no loss in a double. */
const SAFE_NUMBER = /^[-+]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
/** Everything that either reader might take for a number; beyond SAFE_NUMBER the readers may differ. */
const MAYBE_NUMBER =
  /^[-+]?(?:0[boxBOX][0-9a-fA-F_]*|[0-9._]+(?:[eE][-+]?[0-9_]*)?|\.[a-zA-Z]{3})$/;

// deno-lint-ignore no-control-regex
const NOT_PRINTABLE = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/**
 * Whether @std/yaml reads this text exactly as YAML 1.2's core schema demands.
 *
 * @param text The text, without byte order mark.
 * @param maxDepth Deepest nesting to allow.
 * @returns False when in doubt.
 */
export function isFastSubset(text: string, maxDepth: number): boolean {
  // Native searches are far cheaper than a test in the loops below.
  if (text.includes("\t") || text.includes("\0")) return false;
  if (text.includes("\r") && /\r(?!\n)/.test(text)) return false;
  if (!text.isWellFormed()) return false;
  // Comments are skipped below, but must be printable, too.
  if (text.includes("#") && NOT_PRINTABLE.test(text)) return false;
  const stack: number[] = [];
  let open = NOTHING;
  let hasContent = false;
  let hasMarker = false;
  let i = 0;
  const length = text.length;
  while (i < length) {
    const lineStart = i;
    let c = text.charCodeAt(i);
    while (c === SPACE) c = text.charCodeAt(++i);
    if (c === LF) {
      i++;
      continue;
    }
    if (c === CR) {
      i += 2;
      continue;
    }
    if (i >= length) break;
    if (c === HASH) {
      if (open === PLAIN) open = NOTHING;
      i = nextLine(text, i);
      continue;
    }
    let column = i - lineStart;
    if (column === 0 && c === DASH && text.startsWith("---", i)) {
      const end = skipSpaces(text, i + 3);
      if (!isLineEnd(text, end)) return false;
      if (hasMarker && !hasContent) return false;
      stack.length = 0;
      open = NOTHING;
      hasMarker = true;
      hasContent = false;
      i = nextLine(text, end);
      continue;
    }
    if (open === PLAIN && column > stack[stack.length - 1]! >> 1) {
      // A continuation line: nothing that could be read as structure, and no comment.
      if (c < 128 && PLAIN_START[c] !== 1 && !(c >= ZERO && c <= NINE)) return false;
      const r = scanPlain(text, i);
      if (r < 0 || (r & 3) !== AT_END) return false;
      i = nextLine(text, r >> 2);
      continue;
    }
    // Find the collection this line belongs to.
    let dash = c === DASH && isBreakOrSpace(text, i + 1);
    let popped = false;
    while (stack.length > 0 && stack[stack.length - 1]! >> 1 > column) {
      stack.pop();
      popped = true;
    }
    // @std/yaml takes the line after an empty last item for another item of the same sequence.
    if (popped && open === AFTER_DASH) return false;
    // May the node on this line be a lone scalar?
    let scalarAllowed = false;
    let isNew = true;
    if (stack.length === 0) {
      if (hasContent || column !== 0) return false;
      hasContent = true;
    } else {
      let top = stack[stack.length - 1]!;
      if (top >> 1 === column) {
        if ((top & 1) === SEQ) {
          isNew = false;
          if (!dash) {
            // The end of a sequence written at the indentation of its key.
            stack.pop();
            if (stack.length === 0) return false;
            top = stack[stack.length - 1]!;
            if (top >> 1 !== column || (top & 1) !== MAP) return false;
          }
        } else if (dash) {
          if (popped || open !== AFTER_KEY) return false;
        } else isNew = false;
      } else {
        if (popped || (open !== AFTER_KEY && open !== AFTER_DASH)) return false;
        scalarAllowed = true;
      }
    }
    open = NOTHING;
    let afterDash = false;
    // Leading dashes, each opening a sequence unless it continues one.
    while (dash) {
      if (isNew) {
        stack.push(column * 2 + SEQ);
        if (stack.length > maxDepth) return false;
      }
      isNew = scalarAllowed = afterDash = true;
      i = skipSpaces(text, i + 1);
      if (isLineEnd(text, i) || text.charCodeAt(i) === HASH) {
        open = AFTER_DASH;
        break;
      }
      c = text.charCodeAt(i);
      column = i - lineStart;
      dash = c === DASH && isBreakOrSpace(text, i + 1);
    }
    if (open === AFTER_DASH) {
      i = nextLine(text, i);
      continue;
    }
    // A key, or a scalar after a dash or on a line of its own.
    let end: number;
    let plain = false;
    const start = i;
    if (c === DOUBLE || c === SINGLE) {
      end = c === DOUBLE ? scanDouble(text, i) : scanSingle(text, i);
      if (end < 0) return false;
      i = skipSpaces(text, end);
    } else if (c === OPEN_SEQ || c === OPEN_MAP) {
      if (!scalarAllowed) return false;
      i = scanFlow(text, i, stack[stack.length - 1]! >> 1, maxDepth - stack.length);
      if (i < 0 || !isRestEmpty(text, i)) return false;
      i = nextLine(text, i);
      continue;
    } else if (c === PIPE || c === GREATER) {
      // Only straight after a dash: on a line of its own the header is legal but rare.
      if (!afterDash) return false;
      i = scanBlock(text, i, stack[stack.length - 1]! >> 1);
      if (i < 0) return false;
      continue;
    } else {
      if (!startsPlain(text, i, c)) return false;
      const r = scanPlain(text, i);
      if (r < 0) return false;
      i = end = r >> 2;
      plain = true;
      while (text.charCodeAt(end - 1) === SPACE) end--;
      if (!isPlainSafe(text, start, end, (r & 3) === AT_COLON)) return false;
    }
    if (text.charCodeAt(i) !== COLON || !isBreakOrSpace(text, i + 1)) {
      if (!scalarAllowed || !isRestEmpty(text, i)) return false;
      open = plain && isLineEnd(text, i) ? PLAIN : NOTHING;
      i = nextLine(text, i);
      continue;
    }
    if (i - start > MAX_KEY) return false;
    if (isNew) {
      stack.push(column * 2 + MAP);
      if (stack.length > maxDepth) return false;
    }
    // The value behind the key.
    i = skipSpaces(text, i + 1);
    c = text.charCodeAt(i);
    if (isLineEnd(text, i) || c === HASH) {
      open = AFTER_KEY;
      i = nextLine(text, i);
      continue;
    }
    if (c === DOUBLE || c === SINGLE) {
      i = c === DOUBLE ? scanDouble(text, i) : scanSingle(text, i);
      if (i < 0 || !isRestEmpty(text, i)) return false;
    } else if (c === OPEN_SEQ || c === OPEN_MAP) {
      i = scanFlow(text, i, stack[stack.length - 1]! >> 1, maxDepth - stack.length);
      if (i < 0 || !isRestEmpty(text, i)) return false;
    } else if (c === PIPE || c === GREATER) {
      i = scanBlock(text, i, stack[stack.length - 1]! >> 1);
      if (i < 0) return false;
      continue;
    } else {
      if (!startsPlain(text, i, c)) return false;
      const valueStart = i;
      const r = scanPlain(text, i);
      if (r < 0 || (r & 3) === AT_COLON) return false;
      i = end = r >> 2;
      while (text.charCodeAt(end - 1) === SPACE) end--;
      if (!isPlainSafe(text, valueStart, end, false)) return false;
      if ((r & 3) === AT_END) open = PLAIN;
    }
    i = nextLine(text, i);
  }
  return hasContent;
}

function nextLine(text: string, i: number): number {
  // Mostly the scalar before ended there, and a search costs a call out of the compiled code.
  if (text.charCodeAt(i) === LF) return i + 1;
  const at = text.indexOf("\n", i);
  return at < 0 ? text.length : at + 1;
}

function skipSpaces(text: string, i: number): number {
  while (text.charCodeAt(i) === SPACE) i++;
  return i;
}

/** At a line break or the end of the text. Carriage returns only occur before line feeds, see above. */
function isLineEnd(text: string, i: number): boolean {
  const c = text.charCodeAt(i);
  return c === LF || c === CR || i >= text.length;
}

function isBreakOrSpace(text: string, i: number): boolean {
  return text.charCodeAt(i) === SPACE || isLineEnd(text, i);
}

/** Nothing but spaces and perhaps a comment up to the line's end. */
function isRestEmpty(text: string, i: number): boolean {
  const at = skipSpaces(text, i);
  return isLineEnd(text, at) || (at > i && text.charCodeAt(at) === HASH) ||
    (text.charCodeAt(at) === HASH && text.charCodeAt(at - 1) === SPACE);
}

/** Characters that JavaScript or a reader might take for white space or a line break. */
function isUnusual(c: number): boolean {
  return c <= 0xa0 || c === 0x1680 || (c >= 0x2000 && c <= 0x200a) || c === 0x2028 ||
    c === 0x2029 || c === 0x202f || c === 0x205f || c === 0x3000 || c === 0xfeff || c >= 0xfffe;
}

function startsPlain(text: string, i: number, c: number): boolean {
  if (c >= 128) return true;
  const kind = PLAIN_START[c];
  if (kind === 0) return false;
  if (c === LESS) return text.charCodeAt(i + 1) !== LESS;
  if (c === DASH) return !isBreakOrSpace(text, i + 1) && text.charCodeAt(i + 1) !== DASH;
  return c !== DOT || text.charCodeAt(i + 1) !== DOT;
}

/** Numbers, and keys that are null, mean the same to both readers. */
function isPlainSafe(text: string, start: number, end: number, isKey: boolean): boolean {
  const c = text.charCodeAt(start);
  if (c < 128 && PLAIN_START[c] === 2) {
    // A single digit is the commonest number.
    if (end - start === 1) return c >= ZERO && c <= NINE;
    const token = text.slice(start, end);
    return SAFE_NUMBER.test(token) ? token !== "-0" : !MAYBE_NUMBER.test(token);
  }
  if (isKey && (c === 0x7e || c === 0x6e || c === 0x4e)) {
    // `null` as a key is the empty string in one reader, "null" in the other.
    return end - start > 4 || !/^(?:~|null|Null|NULL)$/.test(text.slice(start, end));
  }
  return true;
}

/**
 * Scans a plain scalar in block context up to the end of its line, `: ` or ` #`.
 *
 * @returns `position * 4 + how`, or -1 for "no".
 */
function scanPlain(text: string, i: number): number {
  const length = text.length;
  for (; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c > COLON) {
      if (c >= 0x7f && isUnusual(c)) return -1;
    } else if (c === COLON) {
      if (isBreakOrSpace(text, i + 1)) return i * 4 + AT_COLON;
    } else if (c === HASH) {
      if (text.charCodeAt(i - 1) === SPACE) return i * 4 + AT_COMMENT;
    } else if (c < SPACE) {
      return c === LF || c === CR ? i * 4 + AT_END : -1;
    }
  }
  return i * 4 + AT_END;
}

/** Scans a double-quoted scalar on one line. */
function scanDouble(text: string, i: number): number {
  for (i++; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === DOUBLE) return i + 1;
    if (c === BACKSLASH) {
      const e = text.charCodeAt(++i);
      if (e === 0x75) {
        // Surrogates stay with the other reader.
        if (!SAFE_UNIT.test(text.slice(i + 1, i + 5))) return -1;
        i += 4;
      } else if (!(e < 128) || SIMPLE_ESCAPE[e] === 0) return -1;
    } else if (c < SPACE || (c >= 0x7f && isUnusual(c))) return -1;
  }
  return -1;
}

/** Scans a single-quoted scalar on one line. */
function scanSingle(text: string, i: number): number {
  for (i++; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === SINGLE) {
      if (text.charCodeAt(i + 1) !== SINGLE) return i + 1;
      i++;
    } else if (c < SPACE || (c >= 0x7f && isUnusual(c))) return -1;
  }
  return -1;
}

/**
 * Scans a block scalar from its header.
 *
 * @returns The start of the line behind it, or -1 for "no".
 */
function scanBlock(text: string, i: number, parent: number): number {
  const folded = text.charCodeAt(i) === GREATER;
  const chomp = text.charCodeAt(++i);
  if (chomp === PLUS || chomp === DASH) i++;
  if (!isLineEnd(text, i)) return -1;
  let line = nextLine(text, i);
  let indent = -1;
  while (line < text.length) {
    const end = text.indexOf("\n", line);
    // The last line break is content: without it the readers disagree.
    if (end < 0) return -1;
    const at = skipSpaces(text, line);
    const width = at - line;
    if (isLineEnd(text, at)) {
      if (width > 0) return -1;
    } else if (indent < 0) {
      if (width <= parent) return -1;
      indent = width;
    } else if (width < indent) {
      return width > parent ? -1 : line;
    } else if (folded && width > indent) return -1;
    line = end + 1;
  }
  return indent < 0 ? -1 : line;
}

/** Skips spaces and line breaks between flow tokens; lines must be deeper than the parent block. */
function skipFlow(text: string, i: number, parent: number): number {
  for (;;) {
    i = skipSpaces(text, i);
    const c = text.charCodeAt(i);
    if (c !== LF && c !== CR) return c === HASH || i >= text.length ? -1 : i;
    const line = nextLine(text, i);
    i = skipSpaces(text, line);
    if (i - line <= parent && !isLineEnd(text, i)) return -1;
  }
}

/**
 * Scans a flow collection.
 *
 * @returns The position behind its closing bracket, or -1 for "no".
 */
function scanFlow(text: string, i: number, parent: number, depth: number): number {
  if (depth <= 0) return -1;
  const isMap = text.charCodeAt(i) === OPEN_MAP;
  const close = isMap ? CLOSE_MAP : CLOSE_SEQ;
  i = skipFlow(text, i + 1, parent);
  if (i < 0) return -1;
  if (text.charCodeAt(i) === close) return i + 1;
  for (;;) {
    if (isMap) {
      const start = i;
      const c = text.charCodeAt(i);
      i = scanFlowScalar(text, i, true);
      if (i < 0 || text.charCodeAt(i) !== COLON || i - start > MAX_KEY) return -1;
      i++;
      if (text.charCodeAt(i) !== SPACE && c !== DOUBLE && c !== SINGLE) return -1;
      i = skipSpaces(text, i);
    }
    const c = text.charCodeAt(i);
    i = c === OPEN_SEQ || c === OPEN_MAP
      ? scanFlow(text, i, parent, depth - 1)
      : scanFlowScalar(text, i, false);
    if (i < 0) return -1;
    i = skipFlow(text, i, parent);
    if (i < 0) return -1;
    const after = text.charCodeAt(i);
    if (after === close) return i + 1;
    if (after !== COMMA) return -1;
    i = skipFlow(text, i + 1, parent);
    if (i < 0) return -1;
  }
}

/** Scans one scalar in a flow collection, which must end on its line. */
function scanFlowScalar(text: string, i: number, isKey: boolean): number {
  const start = i;
  let c = text.charCodeAt(i);
  if (c === DOUBLE) return scanDouble(text, i);
  if (c === SINGLE) return scanSingle(text, i);
  if (!startsPlain(text, i, c)) return -1;
  for (; i < text.length; i++) {
    c = text.charCodeAt(i);
    if (
      c === COMMA || c === CLOSE_SEQ || c === CLOSE_MAP || c === LF || c === CR
    ) break;
    if (c === COLON) {
      const n = text.charCodeAt(i + 1);
      if (n === SPACE) break;
      // Before an indicator or a line break the readers differ.
      if (n === COMMA || n === CLOSE_SEQ || n === CLOSE_MAP || n === LF || n === CR) return -1;
    } else if (
      c === OPEN_SEQ || c === OPEN_MAP || c === HASH || c < SPACE || (c >= 0x7f && isUnusual(c))
    ) return -1;
  }
  let end = i;
  while (text.charCodeAt(end - 1) === SPACE) end--;
  if (end === start || !isPlainSafe(text, start, end, isKey)) return -1;
  // A dash alone, or before an indicator, is not a scalar.
  if (end - start === 1 && text.charCodeAt(start) === DASH) return -1;
  // Only a key may stop at a colon; `key :` leaves spaces before it.
  return isKey ? i : (c === COLON ? -1 : end);
}
