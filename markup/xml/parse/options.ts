import { BOOLEAN, FUNCTION, NUMBER, OBJECT, type OptionRules, STRING } from "../../options.ts";

/** Limits on what a document may cost; a document that goes beyond one is refused with an `XmlSyntaxError`. */
export interface XmlLimits {
  /**
   * Most elements inside one another.
   *
   * @default {10_000}
   */
  maxDepth?: number;
  /**
   * Most attributes of one element.
   *
   * @default {100_000}
   */
  maxAttributes?: number;
  /**
   * Longest name, in bytes of UTF-8.
   *
   * @default {50_000}
   */
  maxNameBytes?: number;
  /**
   * Most different names of a document that comes in pieces, those aside that all documents share.
   *
   * @default {200_000}
   */
  maxNames?: number;
  /**
   * Longest text, attribute value, comment or processing instruction, in bytes of UTF-8.
   *
   * @default {134_217_728}
   */
  maxTextBytes?: number;
  /**
   * Most bytes that the references to entities of one document may expand to, all together. Default attributes count 32 bytes
   * each, as far as there are more of them than bytes of the document.
   *
   * @default {8_388_608}
   */
  maxEntityBytes?: number;
  /**
   * Most entities inside one another.
   *
   * @default {32}
   */
  maxEntityDepth?: number;
}

/** How a document is read. */
export interface XmlParseOptions extends XmlLimits {
  /**
   * Whether a document that is not well-formed is read as far as it makes sense: signs that begin nothing become text, elements
   * without an end end with what is around them.
   *
   * @default {false}
   */
  recover?: boolean;
  /**
   * Is told of the faults of a document that is read with `recover`, of the first 1,000.
   *
   * @default {undefined}
   */
  onError?: (error: SyntaxError) => void;
  /**
   * Whether a document type declaration is refused.
   *
   * @default {false}
   */
  disallowDoctype?: boolean;
  /**
   * Whether texts of white space alone are left out.
   *
   * @default {false}
   */
  ignoreWhitespace?: boolean;
  /**
   * Whether comments are left out.
   *
   * @default {false}
   */
  ignoreComments?: boolean;
  /**
   * Whether processing instructions are left out.
   *
   * @default {false}
   */
  ignoreProcessingInstructions?: boolean;
  /**
   * Texts of entities that the document does not declare itself, such as those of HTML.
   *
   * @default {{}}
   */
  entities?: Readonly<Record<string, string>>;
  /**
   * Name of the encoding of bytes, whatever they say themselves.
   *
   * @default {undefined}
   */
  encoding?: string;
  /**
   * Where the document comes from, for its `ElementTree.info`; nothing is read from there.
   *
   * @default {undefined}
   */
  url?: string;
}

/** What {@linkcode XmlParseOptions} may be; the limits are looked at by {@linkcode settingsOf}. */
export const PARSE_RULES: OptionRules<XmlParseOptions> = {
  maxDepth: NUMBER,
  maxAttributes: NUMBER,
  maxNameBytes: NUMBER,
  maxNames: NUMBER,
  maxTextBytes: NUMBER,
  maxEntityBytes: NUMBER,
  maxEntityDepth: NUMBER,
  recover: BOOLEAN,
  onError: FUNCTION,
  disallowDoctype: BOOLEAN,
  ignoreWhitespace: BOOLEAN,
  ignoreComments: BOOLEAN,
  ignoreProcessingInstructions: BOOLEAN,
  entities: OBJECT,
  encoding: STRING,
  url: STRING,
};

/** {@linkcode XmlParseOptions} with the defaults in their places. */
export interface Settings {
  readonly maxDepth: number;
  readonly maxAttributes: number;
  readonly maxNameBytes: number;
  readonly maxNames: number;
  readonly maxTextBytes: number;
  readonly maxEntityBytes: number;
  readonly maxEntityDepth: number;
  readonly disallowDoctype: boolean;
  readonly ignoreWhitespace: boolean;
  readonly ignoreComments: boolean;
  readonly ignoreProcessingInstructions: boolean;
  readonly entities: ReadonlyMap<string, string>;
}

function limit(name: string, value: number | undefined, standard: number): number {
  if (value === undefined) return standard;
  if (!(value >= 0)) throw new RangeError(`${name} needs a number from 0 on, received ${value}`);
  return value;
}

const NO_ENTITIES: ReadonlyMap<string, string> = new Map();

/**
 * Puts the defaults in their places.
 *
 * @throws {RangeError} If a limit is not a number from 0 on.
 */
export function settingsOf(options: XmlParseOptions): Settings {
  return {
    maxDepth: limit("maxDepth", options.maxDepth, 10_000),
    maxAttributes: limit("maxAttributes", options.maxAttributes, 100_000),
    maxNameBytes: limit("maxNameBytes", options.maxNameBytes, 50_000),
    maxNames: limit("maxNames", options.maxNames, 200_000),
    maxTextBytes: limit("maxTextBytes", options.maxTextBytes, 128 * 1024 ** 2),
    maxEntityBytes: limit("maxEntityBytes", options.maxEntityBytes, 8 * 1024 ** 2),
    maxEntityDepth: limit("maxEntityDepth", options.maxEntityDepth, 32),
    disallowDoctype: options.disallowDoctype ?? false,
    ignoreWhitespace: options.ignoreWhitespace ?? false,
    ignoreComments: options.ignoreComments ?? false,
    ignoreProcessingInstructions: options.ignoreProcessingInstructions ?? false,
    entities: options.entities === undefined ? NO_ENTITIES : entityTexts(options.entities),
  };
}

function entityTexts(entities: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  for (const [name, text] of Object.entries(entities)) {
    if (typeof text === "string") continue;
    throw new TypeError(
      `Cannot parse XML: the entity "${name}" needs a text, received ${typeof text}`,
    );
  }
  return new Map(Object.entries(entities));
}
