/** Checks of options: a name that does not exist, or a value of the wrong type, is an error and not a default. */

type Type = "boolean" | "number" | "string" | "function" | "object" | "null";

/**
 * What an option may be: of a type, one of some values, or anything that is checked where it is used. A `"limit"` is a
 * number from 0 on.
 */
export type OptionRule = Type | `${Type} or ${Type}` | "limit" | "any" | readonly unknown[];

/** A rule for each option, so that the compiler refuses a list with a name too few or too many. */
export type OptionRules<T extends object> = { readonly [name in keyof T]-?: OptionRule };

/** What options are called elsewhere, in lower case and without `_`: in Python, pandas and papaparse. */
const ELSEWHERE: ReadonlyMap<string, readonly string[]> = new Map([
  ["allownan", ["nan"]],
  ["decimal", ["decimalComma"]],
  ["defaultflowstyle", ["style"]],
  ["dtype", ["types"]],
  ["exthook", ["extensions"]],
  ["fieldnames", ["columns"]],
  ["header", ["skipFirstRow", "headers"]],
  ["maxbuffersize", ["maxBytes"]],
  ["names", ["columns"]],
  ["nrows", ["maxRows"]],
  ["restval", ["restValue"]],
  ["sep", ["delimiter"]],
  ["space", ["indent"]],
  ["strictmapkey", ["maps"]],
  ["timestamp", ["timestamps"]],
  ["usesinglefloat", ["float32"]],
  ["width", ["lineWidth"]],
]);

const NONE: object = Object.freeze({});

/**
 * Checks names and values of options; `undefined` stands for the default.
 *
 * @typeParam T Type of the options.
 * @param attempt What fails if they are wrong, for example `"Cannot parse CSV"`.
 * @param options The options, if there are any.
 * @param rules What they may be.
 * @returns The options, or empty ones.
 * @throws {TypeError} If they are no object, a name is unknown, or a value is none of those allowed.
 * @throws {RangeError} If a limit is below 0 or no number.
 */
export function checkOptions<T extends object>(
  attempt: string,
  options: T | undefined,
  rules: OptionRules<T>,
): T {
  if (options === undefined) return NONE as T;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${attempt}: needed an object of options, received ${show(options)}`);
  }
  for (const name in options) {
    const rule: unknown = rules[name];
    const value: unknown = options[name];
    if (typeof value === rule && value !== null) continue;
    if (!fits(value, rule)) refuse(attempt, options, name, rules);
  }
  return options;
}

/** Whether a value is what the rule says; never if there is none, as for a name such as `constructor`. */
function fits(value: unknown, rule: unknown): boolean {
  if (typeof rule === "string") {
    if (value === undefined || rule === "any") return true;
    if (rule === "limit") return typeof value === "number" && value >= 0;
    return rule.includes(value === null ? "null" : typeof value);
  }
  return Array.isArray(rule) && (value === undefined || rule.includes(value));
}

function refuse<T extends object>(
  attempt: string,
  options: T,
  name: keyof T & string,
  rules: OptionRules<T>,
): void {
  const value: unknown = options[name];
  if (!Object.hasOwn(rules, name)) {
    // What a program adds to all objects is no option.
    if (name in Object.prototype && !Object.hasOwn(options, name)) return;
    const names = Object.keys(rules);
    const meant = nameHere(name, names);
    throw new TypeError(
      `${attempt}: needed one of the options ${names.join(", ")}, received ${show(name)}${
        meant === undefined ? "" : `; did you mean ${meant}?`
      }`,
    );
  }
  const rule: OptionRule = rules[name];
  if (rule === "limit" && typeof value === "number") {
    throw new RangeError(`${attempt}: ${name} must be a number from 0 on, received ${value}`);
  }
  const needed = typeof rule === "object"
    ? rule.map((one) => JSON.stringify(one)).join(" or ")
    : rule === "limit"
    ? "a number"
    : rule.startsWith("object")
    ? `an ${rule}`
    : `a ${rule}`;
  throw new TypeError(`${attempt}: ${name} must be ${needed}, received ${show(value)}`);
}

/** The name that is meant by one that is written as elsewhere, such as `sort_keys`. */
function nameHere(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "");
  return names.find((one) => plain(one) === plain(name)) ??
    ELSEWHERE.get(plain(name))?.find((one) => names.includes(one));
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 50));
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
