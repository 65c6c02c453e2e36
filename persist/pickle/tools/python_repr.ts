/**
 * Text, bytes and floats as Python's `repr` spells them.
 */

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** Single quotes, unless only single quotes occur inside. */
function quoteFor(hasSingle: boolean, hasDouble: boolean): string {
  return hasSingle && !hasDouble ? '"' : "'";
}

/** `repr(str)`. */
export function reprString(text: string): string {
  const quote = quoteFor(text.includes("'"), text.includes('"'));
  // What `str.isprintable` refuses: control, format, surrogate, private, unassigned and separator characters.
  const unprintable = /[\p{C}\p{Z}]/u;
  let out = quote;
  for (const char of text) {
    const point = char.codePointAt(0)!;
    if (char === quote || char === "\\") out += "\\" + char;
    else if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (char === " " || !unprintable.test(char)) out += char;
    else if (point < 0x100) out += "\\x" + hex(point, 2);
    else if (point < 0x10000) out += "\\u" + hex(point, 4);
    else out += "\\U" + hex(point, 8);
  }
  return out + quote;
}

/** `repr(bytes)`. */
export function reprBytes(bytes: Uint8Array): string {
  const quote = quoteFor(bytes.includes(0x27), bytes.includes(0x22));
  let out = "b" + quote;
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    if (char === quote || char === "\\") out += "\\" + char;
    else if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (byte >= 0x20 && byte < 0x7f) out += char;
    else out += "\\x" + hex(byte, 2);
  }
  return out + quote;
}

/** `repr(float)`: JavaScript's shortest digits, laid out by Python's rules (an exponent outside 1e-4 to 1e16). */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  // toFixed is exact up to 1e21; below 1e16 plain notation is what String gives, except for tiny numbers.
  if (exponent >= 0) {
    const plain = String(value);
    return plain.includes(".") ? plain : plain + ".0";
  }
  const negative = value < 0;
  const digits = mantissa.replace("-", "").replace(".", "");
  return `${negative ? "-" : ""}0.${"0".repeat(-exponent - 1)}${digits}`;
}
