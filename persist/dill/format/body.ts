/**
 * The text of a dump, as JSON: see `docs/dill_format.md`.
 *
 * Objects are written inside each other, like JSON's, until something is met that JSON cannot say: then `{ "$": … }` stands
 * for it. What has an identity that matters has a number, and its entry in `objects`.
 */

/** A value. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [key: string]: Value }
  | Marked;

/** A value that JSON has no form for. */
export type Marked =
  /** The object with this number. */
  | { readonly $: number }
  | { readonly $: "undefined" | "NaN" | "Infinity" | "-Infinity" | "-0" }
  | { readonly $: "bigint"; readonly v: string }
  /** JSON as it is: nothing in it is marked. */
  | { readonly $: "json"; readonly v: unknown };

/** An own property: a key with a value, with flags and a value, or with flags, a getter and a setter. */
export type PropertyEntry =
  | readonly [key: Value, value: Value]
  | readonly [key: Value, flags: number, value: Value]
  | readonly [key: Value, flags: number, get: Value, set: Value];

/** Bits of a property's flags. */
export const WRITABLE = 1;
export const ENUMERABLE = 2;
export const CONFIGURABLE = 4;

/** What an object has besides its content. */
export interface ExtrasEntry {
  readonly properties?: readonly PropertyEntry[];
  readonly deleted?: readonly Value[];
  readonly prototype?: Value;
  /** 1 not extensible, 2 sealed, 3 frozen. */
  readonly integrity?: 1 | 2 | 3;
}

/** Private fields of an instance: the class that makes it, and of each field its class, name and value. */
export interface PrivateEntry {
  readonly of: Value;
  readonly fields: readonly (readonly [of: Value, name: string, value: Value])[];
}

/** A numbered object: how it is made, what of, and what else it has. */
export type ObjectEntry = readonly [
  kind: string,
  payload: unknown,
  extras?: ExtrasEntry | null,
  privates?: PrivateEntry,
];

/** A part of a source text. */
export type SpanEntry = readonly [start: number, end: number];

/** What is done with parts of a class's text before it is evaluated. */
export interface ClassEntry {
  /** The value of the `extends` clause; its name, if it is one that the class may see. */
  readonly heritage?: { readonly span: SpanEntry; readonly value: Value; readonly name?: string };
  /** Where the elements begin. */
  readonly body: number;
  /** Computed names that are symbols of the dump. */
  readonly keys: readonly (readonly [span: SpanEntry, key: Value])[];
  /** Static private fields and their values. */
  readonly statics: readonly (readonly [name: string, value: Value])[];
  /** Given if instances are made without running the constructor. */
  readonly revive?: {
    /** Initialisers of instance fields, which do not run then. */
    readonly fields: readonly SpanEntry[];
    readonly privateFields: readonly string[];
    readonly constructor: {
      readonly params: SpanEntry;
      readonly body: SpanEntry;
      /** How many parameters the class says it has, if any. */
      readonly length?: number;
    } | null;
    readonly derived: boolean;
  };
}

/** A function or class. */
export interface CodeEntry {
  readonly form: "function" | "arrow" | "class" | "method" | "getter" | "setter";
  readonly name: string | null;
  readonly source: string;
  readonly strict: boolean;
  /** The variables it captures, by number. */
  readonly captures: readonly number[];
  /** The prototype of the object whose method it is. */
  readonly home?: Value;
  /** The class, by its number among the code, inside which it is made. */
  readonly within?: number;
  readonly class?: ClassEntry;
}

/** All of a dump's text. */
export interface Body {
  /** Specifiers of modules that are imported. */
  readonly modules: readonly string[];
  /** Captured variables: names, all different, and values. */
  readonly cells: readonly (readonly [name: string, value: Value])[];
  /** Functions and classes, in the order in which they are made. */
  readonly code: readonly CodeEntry[];
  readonly objects: readonly ObjectEntry[];
  /** Lengths of the byte buffers behind the text. */
  readonly buffers: readonly number[];
  readonly root: Value;
}
