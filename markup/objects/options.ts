import { BOOLEAN, FUNCTION, NUMBER, OBJECT, type OptionRules } from "../options.ts";

/** What a value of an element is: its text, or an object of attributes, text and children. */
export type XmlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | { toJSON(): string }
  | XmlObject;

/**
 * An element as an object: `@name` for attributes, `#text` for the text beside them, the names of children for their values, an
 * array where there are several of one name. `#content` has children and texts in their order.
 */
export interface XmlObject {
  /** A value, or several. */
  [key: string]: XmlValue | readonly XmlValue[];
}

/** How names are written. */
export interface ObjectNameOptions {
  /**
   * Prefixes to namespaces: names are `prefix:local` then. `""` is the namespace of elements without a prefix. Names in other
   * namespaces are `{uri}local`.
   *
   * @default {{}}
   */
  namespaces?: Readonly<Record<string, string>>;
  /**
   * How deep elements may be nested, 1024 at most; more are an error.
   *
   * @default {512}
   */
  maxDepth?: number;
}

/** Makes a value of a text. Keys are names of elements, and `@name` for attributes. */
export type TextConverter = (text: string, key: string) => unknown;

/** How an object is made of an element. */
export interface ToObjectOptions extends ObjectNameOptions {
  /**
   * What is made of texts and values of attributes: a function for all, or functions by key. Without it, they are strings.
   *
   * @default {undefined}
   */
  convert?: TextConverter | Readonly<Record<string, (text: string) => unknown>>;
  /**
   * Keys of the children that are arrays even if there is but one, or a function that tells.
   *
   * @default {[]}
   */
  arrays?: Iterable<string> | ((key: string) => boolean);
  /**
   * Whether children and the texts between them are in `#content`, in their order, instead of by name: nothing is lost then but
   * comments and processing instructions.
   *
   * @default {false}
   */
  ordered?: boolean;
}

/** What {@linkcode ObjectNameOptions} may be. */
export const NAME_RULES: OptionRules<ObjectNameOptions> = { namespaces: OBJECT, maxDepth: NUMBER };

/** What {@linkcode ToObjectOptions} may be. */
export const TO_OBJECT_RULES: OptionRules<ToObjectOptions> = {
  ...NAME_RULES,
  convert: OBJECT | FUNCTION,
  arrays: OBJECT | FUNCTION,
  ordered: BOOLEAN,
};

/** Depth from which on more stack could be needed than there is. */
const DEEPEST = 1024;

/** The limit of depth that an option tells. */
export function depthLimit(maxDepth: number = 512): number {
  if (maxDepth >= 1 && maxDepth <= DEEPEST) return maxDepth;
  throw new RangeError(
    `The option maxDepth needs a number from 1 to ${DEEPEST}, received ${maxDepth}`,
  );
}

/** The error of a tree that is too deep. */
export function tooDeep(maxDepth: number): RangeError {
  return new RangeError(`Elements of an object are nested at most ${maxDepth} deep, received more`);
}

/** Turns names into keys and back. */
export class Keys {
  readonly #prefixes = new Map<string, string>();
  readonly #namespaces: ReadonlyMap<string, string>;

  constructor(namespaces: Readonly<Record<string, string>> = {}) {
    this.#namespaces = new Map(Object.entries(namespaces));
    for (const [prefix, uri] of this.#namespaces) this.#prefixes.set(uri, prefix);
  }

  /** The key of `local` or `{uri}local`. Attributes without a prefix have no namespace. */
  keyOf(tag: string, attribute: boolean): string {
    const close = tag.lastIndexOf("}");
    if (close === -1) return tag;
    const prefix = this.#prefixes.get(tag.slice(1, close));
    if (prefix === undefined || (prefix === "" && attribute)) return tag;
    return prefix === "" ? tag.slice(close + 1) : `${prefix}:${tag.slice(close + 1)}`;
  }

  /** `local` or `{uri}local` of a key. */
  tagOf(key: string, attribute: boolean): string {
    if (key.startsWith("{")) return key;
    const colon = key.indexOf(":");
    const prefix = colon === -1 ? "" : key.slice(0, colon);
    const uri = colon === -1 && attribute ? undefined : this.#namespaces.get(prefix);
    return uri === undefined ? key : `{${uri}}${key.slice(colon + 1)}`;
  }
}
