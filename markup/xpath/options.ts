import { BOOLEAN, LIMIT, OBJECT, type OptionRules } from "../options.ts";
import type { Element } from "../tree/element.ts";
import type { XPathLimits } from "./nodes/limits.ts";
import type { XPathInput, XPathResult } from "./result.ts";

/** What a function of one's own is told of where it is called. */
export interface XPathFunctionContext {
  /** The node that the call is for: as an element, or the element that a text or attribute belongs to. */
  readonly node: Element | undefined;
  /** Its position, from 1. */
  readonly position: number;
  /** Size of the list that it is in. */
  readonly size: number;
}

/** A function for expressions. Elements that it moves in the tree that is searched, or takes out of it, are a `TypeError`. */
export type XPathFunction = (
  context: XPathFunctionContext,
  ...args: XPathResult[]
) => XPathInput;

/** What names in an expression stand for, and how it is read. */
export interface XPathOptions {
  /**
   * Prefixes to namespaces. `""` is the namespace of elements without a prefix. The prefixes `re`, `str`, `set`, `math`, `date`
   * and `xml` stand for theirs, unless they are given.
   *
   * @default {{}}
   */
  namespaces?: Readonly<Record<string, string>>;
  /**
   * Functions, by `local` or `{uri}local`.
   *
   * @default {{}}
   */
  functions?: Readonly<Record<string, XPathFunction>>;
  /**
   * Longest expression, in UTF-16 code units.
   *
   * @default {100_000}
   */
  maxLength?: number;
  /**
   * Most brackets inside one another.
   *
   * @default {256}
   */
  maxDepth?: number;
}

/** How an expression is evaluated. */
export interface XPathEvaluateOptions extends XPathLimits {
  /**
   * Values of variables, by `local` or `{uri}local`.
   *
   * @default {{}}
   */
  variables?: Readonly<Record<string, XPathInput>>;
  /**
   * Whether texts and attributes come as {@linkcode XPathText}, which know their element, not as strings.
   *
   * @default {false}
   */
  smartStrings?: boolean;
}

/** What {@linkcode XPathOptions} may be. */
export const XPATH_RULES: OptionRules<XPathOptions> = {
  namespaces: OBJECT,
  functions: OBJECT,
  maxLength: LIMIT,
  maxDepth: LIMIT,
};

/** What {@linkcode XPathEvaluateOptions} may be. */
export const EVALUATE_RULES: OptionRules<XPathEvaluateOptions> = {
  maxWork: LIMIT,
  maxStringLength: LIMIT,
  variables: OBJECT,
  smartStrings: BOOLEAN,
};
