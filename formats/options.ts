/** Checks of options: a name that does not exist, or a value of the wrong type, is an error and not a default. */

// Types that a value may have, to be joined by `|`; `undefined`, which stands for the default, always may.
const UNDEFINED = 1;
export const BOOLEAN: number = UNDEFINED | 2;
export const NUMBER: number = UNDEFINED | 4;
export const STRING: number = UNDEFINED | 8;
export const FUNCTION: number = UNDEFINED | 16;
export const OBJECT: number = UNDEFINED | 32;
export const NULL: number = UNDEFINED | 64;
/** Anything: what is wrong is found where it is used. */
export const ANY = 255;
/** A number from 0 on. */
export const LIMIT: number = NUMBER | 256;

const NAMES: readonly [bit: number, name: string][] = [
  [32, "object"],
  [2, "boolean"],
  [4, "number"],
  [16, "function"],
  [8, "string"],
  [64, "null"],
];

/** What an option may be: of some types, or one of some values. */
export type OptionRule = number | readonly unknown[];

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
    if (!fits(options[name], rules[name])) refuse(attempt, options, name, rules);
  }
  return options;
}

/**
 * Checks options as {@linkcode checkOptions} does, and copies them, to be changed: those too that are inherited or come
 * from getters.
 *
 * @typeParam T Type of the options.
 * @param attempt What fails if they are wrong.
 * @param options The options, if there are any.
 * @param rules What they may be.
 * @returns The copy, without what is `undefined`.
 */
export function copyOptions<T extends object>(
  attempt: string,
  options: T | undefined,
  rules: OptionRules<T>,
): T {
  const checked = checkOptions(attempt, options, rules);
  const copy: Partial<T> = {};
  for (const name of Object.keys(rules) as (keyof T)[]) {
    if (checked[name] !== undefined) copy[name] = checked[name];
  }
  return copy as T;
}

/** Whether a value is what the rule says; never if there is none, as for a name such as `constructor`. */
function fits(value: unknown, rule: unknown): boolean {
  if (typeof rule === "number") {
    if (rule === LIMIT && ((value as number) < 0 || value !== value)) return false;
    return (rule & typeOf(value)) !== 0;
  }
  return Array.isArray(rule) && (value === undefined || rule.includes(value));
}

function typeOf(value: unknown): number {
  switch (typeof value) {
    case "undefined":
      return UNDEFINED;
    case "boolean":
      return 2;
    case "number":
      return 4;
    case "string":
      return 8;
    case "function":
      return 16;
    case "object":
      return value === null ? 64 : 32;
    default:
      return 128;
  }
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
  if (rule === LIMIT && typeof value === "number") {
    throw new RangeError(`${attempt}: ${name} must be a number from 0 on, received ${value}`);
  }
  throw new TypeError(`${attempt}: ${name} must be ${needed(rule)}, received ${show(value)}`);
}

function needed(rule: OptionRule): string {
  if (typeof rule !== "number") return rule.map((one) => JSON.stringify(one)).join(" or ");
  const types = NAMES.filter(([bit]) => (rule & bit) !== 0).map(([, name]) => name).join(" or ");
  return `${types.startsWith("o") ? "an" : "a"} ${types}`;
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
