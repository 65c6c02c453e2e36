/** Checks of options: a name that does not exist, or a value that means nothing, is an error and not a default. */

/**
 * What an option may be: one of some values, a positive integer or `Infinity`, a number, of milliseconds or bytes perhaps, a
 * type, an `AbortSignal`, or anything.
 */
export type OptionRule =
  | readonly string[]
  | "limit"
  | "number"
  | "milliseconds"
  | "bytes"
  | "boolean"
  | "string"
  | "function"
  | "object"
  | "array"
  | "signal"
  | "any";

/** The rules of all options of a function. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** The rules of an interface of options: the compiler misses a name that is not there, and refuses one too many. */
export type RulesOf<O> = { readonly [K in keyof O]-?: OptionRule };

/**
 * Checks names and values of options; `undefined` stands for the default.
 *
 * @param attempt What fails if they are wrong, for example `"Cannot read a pickle"`.
 * @param options The options.
 * @param rules What they may be.
 * @throws {TypeError} If `options` is not an object, a name is unknown, or a value is none of those allowed.
 * @throws {RangeError} If a limit is not a positive integer, or a number is NaN.
 */
export function checkOptions(attempt: string, options: object, rules: OptionRules): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${attempt}: needed an object of options, received ${shown(options)}`);
  }
  for (const name in options) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      if (isEverywhere(options, name)) continue;
      throw unknownOption(attempt, name, Object.keys(rules));
    }
    if (rule === "any") continue;
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) checkValue(attempt, name, value, rule);
  }
}

/** Whether a name is one that a program has added to all its objects: nobody has given it as an option. */
export function isEverywhere(options: object, name: string): boolean {
  return name in Object.prototype && !Object.hasOwn(options, name);
}

/**
 * The error of an option that does not exist, for those who look at the names themselves.
 *
 * @param attempt What fails, for example `"Cannot get"`.
 * @param name The name received.
 * @param names Those that there are.
 */
export function unknownOption(attempt: string, name: string, names: readonly string[]): TypeError {
  const near = nearestName(name, names);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  const needed = names.length === 1 ? "needed the option" : "needed one of the options";
  return new TypeError(
    `${attempt}: ${needed} ${names.join(", ")}, received ${shown(name)}${meant}`,
  );
}

function checkValue(attempt: string, name: string, value: unknown, rule: OptionRule): void {
  if (rule === "limit") {
    if (value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 1)) return;
    throw new RangeError(
      `${attempt}: ${name} must be an integer of at least 1, received ${shown(value)}`,
    );
  }
  if (rule === "array") {
    if (Array.isArray(value)) return;
    throw new TypeError(`${attempt}: ${name} must be an array, received ${shown(value)}`);
  }
  if (rule === "signal") {
    if (value instanceof AbortSignal) return;
    throw new TypeError(`${attempt}: ${name} must be an AbortSignal, received ${shown(value)}`);
  }
  if (rule === "number" || rule === "milliseconds" || rule === "bytes") {
    if (typeof value === "number" && !Number.isNaN(value)) return;
    const needed = rule === "number" ? "a number" : `a number of ${rule}`;
    throw new (typeof value === "number" ? RangeError : TypeError)(
      `${attempt}: ${name} must be ${needed}, received ${shown(value)}`,
    );
  }
  if (typeof rule === "string") {
    if (typeof value === rule && value !== null) return;
    const needed = rule === "object" ? "an object" : `a ${rule}`;
    throw new TypeError(`${attempt}: ${name} must be ${needed}, received ${shown(value)}`);
  }
  if (rule.includes(value as string)) return;
  const allowed = rule.map((item) => JSON.stringify(item)).join(", ").replace(
    /, (?=[^,]*$)/,
    " or ",
  );
  throw new TypeError(`${attempt}: ${name} must be ${allowed}, received ${shown(value)}`);
}

/**
 * The options of a part, of those of the whole, in an object of their own that can be spread: those that come from a class or
 * a prototype are in it, too.
 *
 * @param options What was given, and checked.
 * @param rules Those of the part.
 */
export function pickOptions<O extends object>(options: O, rules: RulesOf<O>): O {
  const picked: Partial<O> = {};
  for (const name in rules) {
    if (name in options && !isEverywhere(options, name)) picked[name] = options[name];
  }
  return picked as O;
}

/** A value that was received, in a few words. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 50));
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/**
 * The name that a misspelt one is nearest to; case and underscores, as in Python's `max_size` and `maxsize`, do not count.
 *
 * @param name The misspelt name; of a long one nothing is near.
 * @param names Those that there are.
 * @returns The nearest, or undefined if none differs by less than a third of its letters or by one or two.
 */
function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > 50) return undefined;
  const [best] = names.map((other) => ({ other, far: distance(plain(name), plain(other)) }))
    .filter(({ other, far }) => far <= Math.max(2, other.length / 3) && far < other.length)
    .sort((a, b) => a.far - b.far);
  return best?.other;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Letters that have to be changed, added or taken away to make one text of another, by Wagner and Fischer. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Options that a wait takes apart from those of the work. */
export interface WaitOptions {
  signal?: AbortSignal;
  timeout?: number;
}

/** A timer of more milliseconds ends at once. */
export const LONGEST_TIMER = 0x7fff_ffff;

/**
 * Checks how long a wait may take, before anything is begun.
 *
 * @throws {TypeError} If the timeout is no number.
 * @throws {RangeError} If it is negative or NaN.
 */
export function checkWait({ timeout = Infinity }: WaitOptions): void {
  if (typeof timeout !== "number") {
    throw new TypeError(`Cannot wait: timeout must be a number, received a ${typeof timeout}`);
  }
  if (!(timeout >= 0)) {
    throw new RangeError(
      `Cannot wait: timeout must be at least 0 milliseconds, received ${timeout}`,
    );
  }
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
