/** Values as other types, by section 4 of XPath 1.0. */
import { NodeSet } from "./node_set.ts";
import type { Run, Value } from "./run.ts";

const NUMBER = /^[ \t\r\n]*(-?(?:\d+(?:\.\d*)?|\.\d+))[ \t\r\n]*$/;

/** The number that a string is, `NaN` if it is none. */
export function stringToNumber(text: string): number {
  const { length } = text;
  // Most are a few digits.
  if (length > 0 && length < 10) {
    let value = 0;
    let at = 0;
    let point = -1;
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else if (digit === -2 && point === -1) point = at;
      else break;
    }
    // A quotient of two exact numbers is rounded but once.
    if (at === length && point === -1) return value;
    if (at === length && length > 1) return value / 10 ** (length - point - 1);
  }
  const match = NUMBER.exec(text);
  return match === null ? NaN : Number(match[1]);
}

/** A number as XPath writes it: never with an exponent. */
export function numberToString(value: number): string {
  if (value === 0) return "0";
  if (Number.isInteger(value)) {
    return Math.abs(value) < 1e21 ? `${value}` : BigInt(value).toString();
  }
  const text = `${value}`;
  const match = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, first, rest = "", exponent] = match;
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${first}${rest}`;
}

/** A value as a string. */
export function toText(value: Value, run: Run): string {
  if (typeof value === "string") return value;
  if (value instanceof NodeSet) return value.length === 0 ? "" : run.stringOf(value.ids[0]!);
  return typeof value === "number" ? numberToString(value) : `${value}`;
}

/** A value as a number. */
export function toNumber(value: Value, run: Run): number {
  if (typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : stringToNumber(toText(value, run));
}

/** A value as a boolean. */
export function toBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value instanceof NodeSet) return value.length > 0;
  return typeof value === "number" ? value !== 0 && !Number.isNaN(value) : value !== "";
}
