import { NUMBER, OBJECT, type OptionRules } from "../../options.ts";

/** What names in a selector mean, and how large it may be. */
export interface SelectorOptions {
  /**
   * Prefixes to namespaces, for `prefix|name`; `""` is the namespace of elements without a prefix. Without that, they are of
   * any namespace.
   *
   * @default {{}}
   */
  namespaces?: Readonly<Record<string, string>>;
  /**
   * How long a selector may be, in UTF-16 code units.
   *
   * @default {65536}
   */
  maxLength?: number;
  /**
   * How many compound selectors may hang on one another, by combinators or inside parentheses; 512 at most.
   *
   * @default {256}
   */
  maxDepth?: number;
}

/** What {@linkcode SelectorOptions} may be. */
export const SELECTOR_RULES: OptionRules<SelectorOptions> = {
  namespaces: OBJECT,
  maxLength: NUMBER,
  maxDepth: NUMBER,
};

/** Depth from which on matching could need more stack than there is. */
const DEEPEST = 512;

/** The limits as numbers. */
export class Limits {
  readonly maxLength: number;
  readonly maxDepth: number;

  /**
   * Reads the limits of some options.
   *
   * @throws {RangeError} If one is out of range.
   */
  constructor(options: SelectorOptions) {
    this.maxLength = check("maxLength", options.maxLength ?? 65536, Infinity);
    this.maxDepth = check("maxDepth", options.maxDepth ?? 256, DEEPEST);
  }
}

function check(name: string, value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  throw new RangeError(`The option ${name} needs a number from 1 to ${most}, received ${value}`);
}
