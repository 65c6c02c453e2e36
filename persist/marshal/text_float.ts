/*
 * Floats as versions 0 and 1 write them: decimal, as C's `%.17g` prints.
 */

/** Significant digits, which tell all doubles apart. */
const DIGITS = 17;

const SYNTAX = /^([+-]?)(?:(inf|infinity|nan)|((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?))$/i;

/** `%.17g`: like C it rounds ties to even, where `toExponential` rounds them up. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, power] = roundEven(Math.abs(value)).split("e") as [string, string];
  const exponent = Number(power);
  const digits = mantissa.replace(".", "").replace(/0+$/, "");
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= DIGITS) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function roundEven(value: number): string {
  const up = value.toExponential(DIGITS - 1);
  // A tie has exactly one more digit, a 5. The digits before it are then right as they stand when the last is even.
  const exact = /^(\d\.\d+?)50*e(.*)$/.exec(value.toExponential(100));
  if (exact === null || exact[1]!.length !== DIGITS + 1) return up;
  return Number(exact[1]!.at(-1)) % 2 === 0 ? `${exact[1]}e${exact[2]}` : up;
}

/** Reads what {@linkcode formatFloat}, or any Python, has written; `undefined` if it is no float. */
export function parseFloatText(text: string): number | undefined {
  const match = SYNTAX.exec(text);
  if (match === null) return undefined;
  const [, sign, word, digits] = match;
  const size = digits !== undefined ? Number(digits) : /^n/i.test(word!) ? NaN : Infinity;
  return sign === "-" ? -size : size;
}
