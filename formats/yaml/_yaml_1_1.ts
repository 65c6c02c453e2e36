// Plain scalars of YAML 1.1 as PyYAML's SafeLoader resolves and constructs them. (npm yaml's own 1.1 schema follows the
// type repository instead, and takes `.` or `e1` for numbers and `08:30` for 510.)
//
// Two of PyYAML's tags have no constructor there, so that it refuses the texts: `=` and, outside of keys, `<<`. Here
// they are text.

import type { ScalarTag } from "yaml";

const YAML_TAG = "tag:yaml.org,2002:";

const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const TIMESTAMP =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;
const TIMESTAMP_PARTS =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(?:Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?)?$/;

/** Parts of a base 60 float beyond which 60 to their number is no double. */
const MAX_FLOAT_PARTS = 174;

type Report = (message: string) => void;

function bool(text: string, report: Report): unknown {
  switch (text.toLowerCase()) {
    case "yes":
    case "true":
    case "on":
      return true;
    case "no":
    case "false":
    case "off":
      return false;
  }
  report(`${JSON.stringify(text)} is no boolean`);
  return text;
}

function int(text: string, report: Report): unknown {
  const digits = text.replaceAll("_", "");
  const negative = digits.startsWith("-");
  const plain = /^[-+]/.test(digits) ? digits.slice(1) : digits;
  let value: bigint | undefined;
  if (/^[0-9]+(?::[0-9]+)+$/.test(plain)) value = base60(plain.split(":").map(BigInt));
  else if (/^0[0-7]+$/.test(plain)) value = BigInt(`0o${plain.slice(1)}`);
  else if (/^(?:0b[01]+|0x[0-9a-fA-F]+|0|[1-9][0-9]*)$/.test(plain)) value = BigInt(plain);
  // Python's integers have no minus zero.
  if (value !== undefined) return value === 0n ? 0 : negative ? -value : value;
  report(`${JSON.stringify(text)} is no integer`);
  return text;
}

/** The sum of digits times powers of 60; pairs are joined level by level, which keeps the cost near linear. */
function base60(parts: bigint[]): bigint {
  let power = 60n;
  while (parts.length > 1) {
    const joined: bigint[] = [];
    // A part without a partner is the first: the others count from the end.
    const odd = parts.length % 2;
    if (odd === 1) joined.push(parts[0]!);
    for (let i = odd; i < parts.length; i += 2) joined.push(parts[i]! * power + parts[i + 1]!);
    parts = joined;
    power *= power;
  }
  return parts[0]!;
}

function float(text: string, report: Report): unknown {
  const digits = text.replaceAll("_", "").toLowerCase();
  const sign = digits.startsWith("-") ? -1 : 1;
  const plain = /^[-+]/.test(digits) ? digits.slice(1) : digits;
  if (plain === ".inf") return sign * Infinity;
  if (plain === ".nan") return NaN;
  const parts = plain.split(":");
  if (parts.length <= MAX_FLOAT_PARTS && parts.every(isFloat)) {
    let base = 1;
    let value = 0;
    for (const part of parts.toReversed()) {
      value += Number(part) * base;
      base *= 60;
    }
    return sign * value;
  }
  report(`${JSON.stringify(text)} is no float`);
  return text;
}

function isFloat(text: string): boolean {
  return /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(text);
}

function timestamp(text: string, report: Report): unknown {
  const match = TIMESTAMP_PARTS.exec(text);
  const date = match === null ? undefined : dateOf(match);
  if (date !== undefined) return date;
  report(`${JSON.stringify(text)} is no date`);
  return text;
}

/** The instant of a timestamp's parts, without offset in UTC; undefined for a day or time that does not exist. */
function dateOf(match: RegExpExecArray): Date | undefined {
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) =>
    part === undefined ? undefined : Number(part)
  ) as [number, number, number, number?, number?, number?];
  const fraction = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const offset = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  if (year < 1 || hour > 23 || minute > 59 || second > 59 || offset >= 24 * 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const shift = match[8] === "-" ? offset : -offset;
  date.setUTCHours(hour, minute + shift, second, fraction);
  return date;
}

function nothing(text: string, report: Report): null {
  if (!NULL.test(text)) report(`${JSON.stringify(text)} is not null`);
  return null;
}

/** What an untagged plain scalar is, in PyYAML's order; then what a tag makes of any text. */
function pair(name: string, test: RegExp, resolve: ScalarTag["resolve"]): ScalarTag[] {
  const tag = YAML_TAG + name;
  return [{ tag, resolve }, { tag, resolve, default: true, test }];
}

/** Scalar tags that stand before npm yaml's own. */
export const YAML_1_1: readonly ScalarTag[] = [
  ...pair("bool", BOOL, bool),
  ...pair("float", FLOAT, float),
  ...pair("int", INT, int),
  ...pair("null", NULL, nothing),
  ...pair("timestamp", TIMESTAMP, timestamp),
  // Everything else is text, whatever npm yaml's own tags would make of it.
  { tag: `${YAML_TAG}str`, resolve: (text) => text, default: true, test: /^/ },
];
