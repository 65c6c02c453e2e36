// Types of the @std/toml functions, for the JavaScript re-exported by mod.ts.
/** Options of `stringify`. */
export interface StringifyOptions {
  /** Align the equals signs. */
  keyAlignment?: boolean;
}

/** Reads a TOML text. */
export declare function parse(tomlString: string): Record<string, unknown>;
/** Writes an object as TOML. */
export declare function stringify(
  object: Record<string, unknown>,
  options?: StringifyOptions,
): string;
