import { parse as smolParse, TomlError as SmolError } from "smol-toml";
import { decodeText } from "../decode_text.ts";
import { checkOptions, LIMIT, type OptionRules } from "../options.ts";
import { scan } from "./_scan.ts";
import { toPlain } from "./_plain.ts";
import { TomlError } from "./toml_error.ts";
import { MAX_DEPTH, type TomlTable } from "./types.ts";

/** Options of {@linkcode parse}. */
export interface TomlParseOptions {
  /**
   * Version of the language. 1.1 adds `\e` and `\xHH`, times without seconds, and line breaks and a last comma in
   * inline tables; `"1.0"` refuses them.
   *
   * @default {"1.1"}
   */
  version?: "1.0" | "1.1";
  /**
   * Integers as `bigint`: those beyond ±(2⁵³ - 1), none (they are rounded), or `"all"`, which tells integers and
   * floats apart.
   *
   * @default {true}
   */
  bigint?: boolean | "all";
  /**
   * Deepest nesting of tables and arrays.
   *
   * @default {512}
   */
  maxDepth?: number;
}

const RULES: OptionRules<TomlParseOptions> = {
  version: ["1.0", "1.1"],
  bigint: [true, false, "all"],
  maxDepth: LIMIT,
};

/**
 * Reads a TOML text.
 *
 * @example Read a configuration
 * ```ts
 * import { parse } from "@ferry/std/formats/toml";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parse('[owner]\nname = "Ada"\nborn = 1815-12-10\nid = 9007199254740993\n');
 * assertEquals(config, {
 *   owner: { name: "Ada", born: Temporal.PlainDate.from("1815-12-10"), id: 9007199254740993n },
 * });
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param text The text, or its bytes in UTF-8.
 * @param options Version, integers and limits.
 * @returns The root table. `__proto__` is a key like any other.
 * @throws {TomlError} If the text is not TOML (of this version), not UTF-8, or nested too deeply.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parse<T = TomlTable>(
  text: string | Uint8Array,
  options?: TomlParseOptions,
): T {
  const checked = checkOptions("Cannot read TOML", options, RULES);
  const source = decodeText(text, "toml", TomlError, false);
  if (source.charCodeAt(0) === 0xfeff) {
    // The reader would take it for the first, which is gone already.
    throw new TomlError("Cannot read TOML: a second byte order mark", { source, offset: 0 });
  }
  if (!source.isWellFormed()) {
    const offset = source.search(/\p{Surrogate}/u);
    throw new TomlError("Cannot read TOML: half of a surrogate pair", { source, offset });
  }
  const table = toPlain(
    read(source, checked),
    source,
    checked.maxDepth ?? MAX_DEPTH,
    checked.bigint === false,
  );
  if (checked.version === "1.0") {
    scan(source, {
      newer(what, offset) {
        throw new TomlError(`Cannot read TOML 1.0: ${what} came with 1.1`, { source, offset });
      },
    });
  }
  return table as T;
}

function read(source: string, options: TomlParseOptions): unknown {
  try {
    return smolParse(source, readerOptions(options));
  } catch (error) {
    // Temporal counts nanoseconds; more digits are to be cut, not refused (TOML 1.1, "Local Time").
    const cuts = error instanceof SmolError ? longFractions(source) : [];
    if (cuts.length === 0) throw ownError(error, source, options, (offset) => offset);
    let cut = "";
    let from = 0;
    for (const [start, end] of cuts) {
      cut += source.slice(from, start);
      from = end;
    }
    cut += source.slice(from);
    try {
      return smolParse(cut, readerOptions(options));
    } catch (error) {
      throw ownError(error, source, options, (offset) => {
        for (const [start, end] of cuts) if (start < offset) offset += end - start;
        return offset;
      }, cut);
    }
  }
}

function readerOptions(
  options: TomlParseOptions,
): { integersAsBigInt: true | "asNeeded"; useLegacyDate: false; maxDepth: number } {
  return {
    integersAsBigInt: options.bigint === "all" ? true : "asNeeded",
    useLegacyDate: false,
    maxDepth: options.maxDepth ?? MAX_DEPTH,
  };
}

/** Where fractions of seconds have more than nine digits. */
function longFractions(source: string): [start: number, end: number][] {
  if (!/:\d\d\.\d{10}/.test(source)) return [];
  const found: [number, number][] = [];
  scan(source, { digits: (start, end) => void found.push([start, end]) });
  return found;
}

/** The reader's error as ours; `read` is the text its position refers to. */
function ownError(
  error: unknown,
  source: string,
  { maxDepth = MAX_DEPTH }: TomlParseOptions,
  map: (offset: number) => number,
  read = source,
): unknown {
  if (error instanceof RangeError) {
    return new TomlError("Cannot read such deep nesting: the stack is exhausted", { cause: error });
  }
  if (!(error instanceof SmolError)) return error;
  // Its message ends with a snippet of its own.
  const reason = /^Invalid TOML document: ([^]*?)\n\n/.exec(error.message)?.[1] ?? error.message;
  let line = 0;
  for (let n = 1; n < error.line; n++) line = read.indexOf("\n", line) + 1;
  const message = reason.includes("excessively nested")
    ? `Cannot read more than ${maxDepth} nested arrays and tables: raise maxDepth`
    : `Cannot read TOML: ${reason}`;
  return new TomlError(message, {
    source,
    offset: map(line + error.column - 1),
    cause: error,
  });
}
