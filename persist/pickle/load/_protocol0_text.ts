import type { Machine } from "./_machine.ts";

const ESCAPES: Record<string, number> = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** The argument of STRING: a quoted Python 2 `str` with its escapes. */
export function unquote(machine: Machine, line: string): Uint8Array {
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote) {
    machine.fail("the argument of STRING must be quoted");
  }
  const out = new Uint8Array(line.length);
  let n = 0;
  for (let i = 1; i < line.length - 1; i++) {
    const character = line[i]!;
    if (character !== "\\") {
      out[n++] = character.charCodeAt(0);
      continue;
    }
    const rest = line.slice(i + 1, -1);
    const simple = ESCAPES[rest[0] ?? ""];
    const octal = /^[0-7]{1,3}/.exec(rest);
    if (simple !== undefined) {
      out[n++] = simple;
      i++;
    } else if (octal !== null) {
      out[n++] = parseInt(octal[0], 8);
      i += octal[0].length;
    } else if (rest[0] === "x") {
      const digits = /^x([0-9a-fA-F]{2})/.exec(rest);
      if (digits === null) machine.fail("an escape \\x in a STRING needs two hexadecimal digits");
      out[n++] = parseInt(digits![1]!, 16);
      i += 3;
    } else if (rest === "") machine.fail("a STRING ends in a backslash");
    else out[n++] = 0x5c;
  }
  return out.subarray(0, n);
}

/** The argument of UNICODE: Latin-1 with `\u` and `\U` escapes, where a backslash is an escape only before those. */
export function unescapeRaw(machine: Machine, line: string): string {
  if (!line.includes("\\")) return line;
  // A backslash that is itself preceded by an odd number of backslashes does not begin an escape.
  return line.replace(/(\\+)(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[uU])?/g, (all, slashes, escape) => {
    if (escape === undefined || slashes.length % 2 === 0) return all;
    if (escape.length === 1) machine.fail("a UNICODE has a truncated escape");
    const point = parseInt(escape.slice(1), 16);
    if (point > 0x10ffff) machine.fail("a UNICODE has an escape beyond U+10FFFF");
    return slashes.slice(1) + String.fromCodePoint(point);
  });
}

/** A Python 2 `str`, by the options `encoding` and `errors`. */
export function decodePython2(machine: Machine, bytes: Uint8Array): unknown {
  const { encoding = "ASCII", errors = "strict" } = machine.options;
  if (encoding === "bytes") return bytes.slice();
  if (encoding === "latin1") return text(bytes);
  if (encoding === "utf-8") return utf8(machine, bytes, errors);
  let out = "";
  let from = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x80) continue;
    out += text(bytes.subarray(from, i)) + undecodable(machine, bytes[i]!, errors);
    from = i + 1;
  }
  return out + text(bytes.subarray(from));
}

function undecodable(machine: Machine, byte: number, errors: string): string {
  if (errors === "ignore") return "";
  if (errors === "replace") return "\ufffd";
  if (errors === "surrogateescape") return String.fromCharCode(0xdc00 + byte);
  machine.fail(
    `a Python 2 string holds the byte 0x${byte.toString(16)}, which is not ASCII; ` +
      `give the option encoding ("latin1", "utf-8" or "bytes")`,
  );
}

function utf8(machine: Machine, bytes: Uint8Array, errors: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (errors === "strict") machine.fail("a Python 2 string is not UTF-8", error);
    const replaced = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return errors === "ignore" ? replaced.replaceAll("\ufffd", "") : replaced;
  }
}

function text(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    out += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return out;
}
