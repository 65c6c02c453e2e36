// Types of the @std/yaml functions, for the JavaScript re-exported by mod.ts.
/** Name of a schema. */
export type SchemaType = "failsafe" | "json" | "core" | "default" | "extended";
/** How a type's values are spelled. */
export type StyleVariant =
  | "lowercase"
  | "uppercase"
  | "camelcase"
  | "decimal"
  | "binary"
  | "octal"
  | "hexadecimal";

/** Options of `parse` and `parseAll`. */
export interface ParseOptions {
  /** Which schema to use. */
  schema?: SchemaType;
  /** Let the last of several equal keys stand. */
  allowDuplicateKeys?: boolean;
  /** Called with warnings. */
  onWarning?(error: Error): void;
}

/** Options of `stringify`. */
export interface StringifyOptions {
  /** Spaces per level. */
  indent?: number;
  /** Indent sequences within mappings. */
  arrayIndent?: boolean;
  /** Leave out what has no form. */
  skipInvalid?: boolean;
  /** Level from which on collections are written in flow style. */
  flowLevel?: number;
  /** Spelling of types, by tag. */
  styles?: Record<string, StyleVariant>;
  /** Which schema to use. */
  schema?: SchemaType;
  /** Sort keys. */
  sortKeys?: boolean | ((a: string, b: string) => number);
  /** Column at which text is folded. */
  lineWidth?: number;
  /** Write shared objects as anchors and aliases. */
  useAnchors?: boolean;
  /** Quote for YAML 1.1 readers. */
  compatMode?: boolean;
  /** Leave out spaces in flow collections. */
  condenseFlow?: boolean;
  /** Which quotes to use. */
  quoteStyle?: "'" | '"';
}

/** Text that is not YAML. */
export declare class YamlSyntaxError extends SyntaxError {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** Offset, from 0. */
  readonly offset: number;
  /** The line with a caret below. */
  readonly snippet?: string;
  /** Makes an error. */
  constructor(
    message: string,
    position: { line: number; column: number; offset: number },
    snippet?: string,
  );
}

/** Reads one document. */
export declare function parse(content: string, options?: ParseOptions): unknown;
/** Reads all documents. */
export declare function parseAll(content: string, options?: ParseOptions): unknown[];
/** Writes a value. */
export declare function stringify(data: unknown, options?: StringifyOptions): string;
