import { BOOLEAN, FUNCTION, NUMBER, type OptionRules, STRING } from "../options.ts";
import type { HtmlErrorHandler } from "./parse_error.ts";

/** How HTML is parsed. */
export interface HtmlParseOptions {
  /**
   * Label of the encoding that the transport layer tells, for instance the `charset` of a `Content-Type`. Of use for bytes
   * alone; only a byte order mark is stronger.
   *
   * @default {undefined}
   */
  encoding?: string;
  /**
   * Whether the contents of `noscript` are text, as in a browser that runs scripts. No script is run.
   *
   * @default {false}
   */
  scripting?: boolean;
  /**
   * How deep elements may be nested. Elements that are deeper are put beside instead of inside, as browsers do.
   *
   * @default {512}
   */
  maxDepth?: number;
  /**
   * How many attributes an element may have; more are an error.
   *
   * @default {65536}
   */
  maxAttributes?: number;
  /**
   * How many formatting elements (`b`, `a`, `font` …) may be made again in other places, as misnested tags ask for; more are an
   * error.
   *
   * @default {250000}
   */
  maxClones?: number;
  /**
   * How many open elements may be looked at, in all, to find what tags close; more are an error. A search among fewer than 257 does
   * not count.
   *
   * @default {100000000}
   */
  maxSearch?: number;
  /**
   * How long a document may be, in bytes or UTF-16 units; a longer one is an error.
   *
   * @default {536870911}
   */
  maxLength?: number;
  /**
   * Called for errors in tags, attributes, comments, references and the like, by the standard's names. Parsing goes on. Errors of
   * misplaced elements, for which the standard has no names, are not told of.
   *
   * @default {undefined}
   */
  onError?: HtmlErrorHandler;
  /**
   * Where the document came from: the base of its links.
   *
   * @default {undefined}
   */
  url?: string;
}

/** How a part of a document is parsed. */
export interface HtmlFragmentOptions extends HtmlParseOptions {
  /**
   * The element that the text is thought to be in: `local`, `svg local` or `math local`.
   *
   * @default {"body"}
   */
  context?: string;
}

/** What {@linkcode HtmlParseOptions} may be. */
export const PARSE_RULES: OptionRules<HtmlParseOptions> = {
  encoding: STRING,
  scripting: BOOLEAN,
  maxDepth: NUMBER,
  maxAttributes: NUMBER,
  maxClones: NUMBER,
  maxSearch: NUMBER,
  maxLength: NUMBER,
  onError: FUNCTION,
  url: STRING,
};

/** What {@linkcode HtmlFragmentOptions} may be. */
export const FRAGMENT_RULES: OptionRules<HtmlFragmentOptions> = { ...PARSE_RULES, context: STRING };
