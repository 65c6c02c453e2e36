/** Options of writing and reading dumps. */
import type { OptionRules } from "../options.ts";

/** A secret that signs dumps: any bytes, a text, or an HMAC key of Web Crypto. */
export type DillKey = string | Uint8Array | CryptoKey;

/** Options of {@linkcode detect}, and a part of those of {@linkcode dumps}. */
export interface CaptureOptions {
  /**
   * Values of variables that functions and classes use from around them, by name. They come before what the engine knows,
   * and are all there is without `--allow-sys`. `this` and `import.meta` count as names here.
   *
   * @default {}
   */
  capture?: Readonly<Record<string, unknown>>;
  /**
   * Modules whose exports are saved by specifier and name, wherever they turn up: `["npm:zod@4", "node:path"]`. Modules that
   * the dumped functions' own modules import are found without it.
   *
   * @default {[]}
   */
  modules?: readonly string[];
  /**
   * Asked for every object that is neither a plain one nor a function: an id stands for the object in the dump, and
   * `persistentLoad` gives the object of an id; `undefined` dumps the object itself.
   *
   * @default {undefined}
   */
  persistentId?: (object: object) => string | number | undefined;
}

/** Options of {@linkcode dumps}. */
export interface DumpOptions extends CaptureOptions {
  /**
   * Signs the dump with HMAC-SHA-256; {@linkcode loads} with the same key accepts nothing else.
   *
   * @default {undefined}
   */
  key?: DillKey;
}

/** Limits for reading dumps. */
export interface LoadLimits {
  /** Longest dump in bytes. @default {1073741824} */
  maxBytes?: number;
  /** Most numbered objects, functions and variables. @default {16777216} */
  maxObjects?: number;
}

/** Options of {@linkcode loads}. One of `trust` and `key` is needed: loading a dump runs the code in it. */
export interface LoadOptions extends LoadLimits {
  /**
   * The key that the dump must be signed with; otherwise nothing of it is evaluated.
   *
   * @default {undefined}
   */
  key?: DillKey;
  /**
   * Whether the dump is from a source that may run any code here.
   *
   * @default {false}
   */
  trust?: boolean;
  /**
   * Gives the object of an id that `persistentId` gave.
   *
   * @default {undefined}
   */
  persistentLoad?: (id: string | number) => object;
}

/** What the options of `detect` may be. */
export const CAPTURE_RULES: OptionRules = {
  capture: "object",
  modules: "object",
  persistentId: "function",
};

/** What the options of `dumps` may be. */
export const DUMP_RULES: OptionRules = { ...CAPTURE_RULES, key: "any" };

/** What the limits of `inspect` may be. */
export const LIMIT_RULES: OptionRules = { maxBytes: "limit", maxObjects: "limit" };

/** What the options of `loads` may be. */
export const LOAD_RULES: OptionRules = {
  key: "any",
  trust: "boolean",
  persistentLoad: "function",
  ...LIMIT_RULES,
};
