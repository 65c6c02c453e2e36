/** Checks of options: a name that does not exist, or a value that means nothing, is an error and not a default. */
import { nearestName } from "./nearest_name.ts";

/** What an option may be: one of some values, a positive integer or `Infinity`, a type, or anything. */
export type OptionRule =
  | readonly string[]
  | "limit"
  | "boolean"
  | "string"
  | "function"
  | "object"
  | "any";

/** The rules of all options of a function. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/**
 * Checks names and values of options; `undefined` stands for the default.
 *
 * @param attempt What fails if they are wrong, for example `"Cannot read a pickle"`.
 * @param options The options.
 * @param rules What they may be.
 * @throws {TypeError} If `options` is not an object, a name is unknown, or a value is none of those allowed.
 * @throws {RangeError} If a limit is not a positive integer.
 */
export function checkOptions(attempt: string, options: object, rules: OptionRules): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${attempt}: needed an object of options, received ${show(options)}`);
  }
  for (const name in options) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const names = Object.keys(rules);
      const near = nearestName(name, names);
      const meant = near === undefined ? "" : `; did you mean ${near}?`;
      throw new TypeError(
        `${attempt}: needed one of the options ${names.join(", ")}, received ${show(name)}${meant}`,
      );
    }
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) checkValue(attempt, name, value, rule);
  }
}

function checkValue(attempt: string, name: string, value: unknown, rule: OptionRule): void {
  if (rule === "any") return;
  if (rule === "limit") {
    if (value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 1)) return;
    throw new RangeError(
      `${attempt}: ${name} must be an integer of at least 1, received ${show(value)}`,
    );
  }
  if (typeof rule === "string") {
    if (typeof value === rule && value !== null) return;
    const needed = rule === "object" ? "an object" : `a ${rule}`;
    throw new TypeError(`${attempt}: ${name} must be ${needed}, received ${show(value)}`);
  }
  if (rule.includes(value as string)) return;
  const allowed = rule.map((item) => JSON.stringify(item)).join(" or ");
  throw new TypeError(`${attempt}: ${name} must be ${allowed}, received ${show(value)}`);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 50));
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Options that a wait takes apart from those of the work. */
export interface WaitOptions {
  signal?: AbortSignal;
  timeout?: number;
}

/** Separates what ends a wait from the other options. */
export function splitWait<T extends WaitOptions>(
  options: T,
): { wait: WaitOptions; rest: Omit<T, keyof WaitOptions> } {
  const { signal, timeout, ...rest } = options;
  return {
    wait: {
      ...(signal === undefined ? {} : { signal }),
      ...(timeout === undefined ? {} : { timeout }),
    },
    rest,
  };
}
