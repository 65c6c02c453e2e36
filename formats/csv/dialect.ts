import { BOOLEAN, checkOptions, NULL, OBJECT, type OptionRules, STRING } from "../options.ts";

/**
 * When the writer quotes a field, and how the reader takes an unquoted one; Python's `csv.QUOTE_*` constants.
 *
 * | mode | writer quotes | reader makes of an unquoted field |
 * | --- | --- | --- |
 * | `"minimal"` | what would be misread otherwise | text |
 * | `"all"` | every field | text |
 * | `"nonnumeric"` | all but numbers | a number, which it must be (empty: text) |
 * | `"none"` | nothing: special characters are escaped | text; the quote is no special character |
 * | `"strings"` | every string, so that `null` is told from `""` | a number, `null` when empty |
 * | `"notnull"` | all but `null` and `undefined` | text, `null` when empty |
 */
export type Quoting = "minimal" | "all" | "nonnumeric" | "none" | "strings" | "notnull";

/** Names of the dialects that are built in, as Python spells them. */
export type DialectName = "excel" | "excel-tab" | "unix";

/** The parts of a {@linkcode Dialect}. */
export interface DialectOptions {
  /**
   * The character between two fields.
   *
   * @default {","}
   */
  delimiter?: string;
  /**
   * The character around a field with special characters in it; `null` for none, which needs `quoting: "none"`.
   *
   * @default {'"'}
   */
  quoteChar?: string | null;
  /**
   * The character that takes away the special meaning of the next one; `null` for none.
   *
   * @default {null}
   */
  escapeChar?: string | null;
  /**
   * Whether a quote inside a quoted field is written twice; otherwise `escapeChar` stands before it.
   *
   * @default {true}
   */
  doubleQuote?: boolean;
  /**
   * Whether spaces (U+0020) right after a delimiter are skipped in reading.
   *
   * @default {false}
   */
  skipInitialSpace?: boolean;
  /**
   * What the writer puts after each record. The reader takes `\n`, `\r\n` and `\r` alike.
   *
   * @default {"\r\n"}
   */
  lineTerminator?: string;
  /**
   * When fields are quoted.
   *
   * @default {"minimal"}
   */
  quoting?: Quoting;
  /**
   * Whether text after a closing quote, or a quote that is never closed, is an error. Otherwise the text is
   * appended to the field, and the field ends with the input.
   *
   * @default {false}
   */
  strict?: boolean;
}

/** What {@linkcode DialectOptions} may be. */
const RULES: OptionRules<DialectOptions> = {
  delimiter: STRING,
  quoteChar: STRING | NULL,
  escapeChar: STRING | NULL,
  doubleQuote: BOOLEAN,
  skipInitialSpace: BOOLEAN,
  lineTerminator: STRING,
  quoting: STRING,
  strict: BOOLEAN,
};

const QUOTINGS: readonly string[] = ["minimal", "all", "nonnumeric", "none", "strings", "notnull"];

function checkChar(name: string, value: string): void {
  if (typeof value !== "string") {
    throw new TypeError(`Cannot make a CSV dialect: ${name} must be a string, received ${value}`);
  }
  if (value.length !== 1 || value === "\n" || value === "\r") {
    throw new RangeError(
      `Cannot make a CSV dialect: ${name} must be one UTF-16 code unit other than a line end, received ${
        JSON.stringify(value)
      }`,
    );
  }
}

/**
 * How a CSV file is written: its special characters and when they are used. Immutable.
 *
 * @typeParam Q The quoting mode, on which the types of the fields that are read depend.
 *
 * @example A file of a German spreadsheet
 * ```ts
 * import { Dialect, parse, stringify } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const german = new Dialect({ delimiter: ";", lineTerminator: "\n" });
 * assertEquals(stringify([["Maß", "1,5"]], { dialect: german }), "Maß;1,5\n");
 * assertEquals(parse("Maß;1,5\n", { dialect: german }), [["Maß", "1,5"]]);
 * ```
 */
export class Dialect<const Q extends Quoting = Quoting> implements Required<DialectOptions> {
  /** What spreadsheets write, and RFC 4180 describes: commas, CRLF, quotes where needed. */
  static readonly excel: Dialect<"minimal"> = new Dialect({ quoting: "minimal" });
  /** {@linkcode Dialect.excel} with tabs between the fields. */
  static readonly excelTab: Dialect<"minimal"> = new Dialect({
    delimiter: "\t",
    quoting: "minimal",
  });
  /** Python's `unix` dialect: LF, and quotes around every field. */
  static readonly unix: Dialect<"all"> = new Dialect({ lineTerminator: "\n", quoting: "all" });

  /** The character between two fields. */
  readonly delimiter: string;
  /** The character around a field, or `null`. */
  readonly quoteChar: string | null;
  /** The character that takes away the special meaning of the next one, or `null`. */
  readonly escapeChar: string | null;
  /** Whether a quote inside a quoted field is written twice. */
  readonly doubleQuote: boolean;
  /** Whether spaces right after a delimiter are skipped in reading. */
  readonly skipInitialSpace: boolean;
  /** What the writer puts after each record. */
  readonly lineTerminator: string;
  /** When fields are quoted. */
  readonly quoting: Q;
  /** Whether misplaced quotes are errors. */
  readonly strict: boolean;

  /**
   * Checks and freezes the dialect.
   *
   * @example Make one
   * ```ts
   * import { Dialect } from "@ferry/std/formats/csv";
   *
   * const german = new Dialect({ delimiter: ";", lineTerminator: "\n" });
   * ```
   *
   * @param options The parts that differ from {@linkcode Dialect.excel}.
   * @throws {RangeError} If a character is not one code unit, is a line end, or has two meanings; or if a quoting
   * mode needs a quote and there is none.
   * @throws {TypeError} If a part is unknown or of the wrong type.
   */
  constructor(options?: DialectOptions & { readonly quoting?: Q }) {
    const checked = checkOptions<DialectOptions & { readonly quoting?: Q }>(
      "Cannot make a CSV dialect",
      options,
      RULES,
    );
    this.delimiter = checked.delimiter ?? ",";
    this.quoteChar = checked.quoteChar === undefined ? '"' : checked.quoteChar;
    this.escapeChar = checked.escapeChar ?? null;
    this.doubleQuote = checked.doubleQuote ?? true;
    this.skipInitialSpace = checked.skipInitialSpace ?? false;
    this.lineTerminator = checked.lineTerminator ?? "\r\n";
    this.quoting = checked.quoting ?? "minimal" as Q;
    this.strict = checked.strict ?? false;
    this.#check();
    Object.freeze(this);
  }

  /**
   * A dialect by its name.
   *
   * @example Tabs
   * ```ts
   * import { Dialect } from "@ferry/std/formats/csv";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(Dialect.of("excel-tab").delimiter, "\t");
   * ```
   *
   * @param name Python's name of the dialect.
   * @returns The dialect.
   * @throws {RangeError} If there is no dialect of that name.
   */
  static of(name: DialectName): Dialect<"minimal" | "all"> {
    switch (name) {
      case "excel":
        return Dialect.excel;
      case "excel-tab":
        return Dialect.excelTab;
      case "unix":
        return Dialect.unix;
      default:
        throw new RangeError(
          `Cannot find a CSV dialect: the names are "excel", "excel-tab" and "unix", received ${
            JSON.stringify(name)
          }`,
        );
    }
  }

  #check(): void {
    checkChar("delimiter", this.delimiter);
    if (this.quoteChar !== null) checkChar("quoteChar", this.quoteChar);
    if (this.escapeChar !== null) checkChar("escapeChar", this.escapeChar);
    if (!QUOTINGS.includes(this.quoting)) {
      throw new RangeError(
        `Cannot make a CSV dialect: quoting must be one of ${QUOTINGS.join(", ")}, received ${
          JSON.stringify(this.quoting)
        }`,
      );
    }
    if (this.quoteChar === null && this.quoting !== "none") {
      throw new RangeError(
        `Cannot make a CSV dialect: quoting "${this.quoting}" needs a quoteChar, received null`,
      );
    }
    const special = [this.delimiter, this.quoteChar, this.escapeChar].filter((c) => c !== null);
    if (new Set(special).size !== special.length) {
      throw new RangeError(
        `Cannot make a CSV dialect: delimiter, quoteChar and escapeChar must differ, received ${
          special.map((c) => JSON.stringify(c)).join(", ")
        }`,
      );
    }
    if (
      this.skipInitialSpace && (this.quoteChar === " " || this.escapeChar === " ")
    ) {
      throw new RangeError(
        "Cannot make a CSV dialect: skipInitialSpace would skip a quoteChar or escapeChar that is a space",
      );
    }
  }
}

/** Options of every reader and writer that say how the file is written. */
export interface DialectChoice extends DialectOptions {
  /**
   * The dialect to start from; the single options beside it win.
   *
   * @default {"excel"}
   */
  dialect?: Dialect | DialectOptions | DialectName;
  /**
   * Another name of `delimiter`, which it wins over.
   *
   * @default {","}
   */
  separator?: string;
}

/** What {@linkcode DialectChoice} may be. */
export const DIALECT_RULES: OptionRules<DialectChoice> = {
  ...RULES,
  dialect: OBJECT | STRING,
  separator: STRING,
};

const PARTS = [
  "delimiter",
  "quoteChar",
  "escapeChar",
  "doubleQuote",
  "skipInitialSpace",
  "lineTerminator",
  "quoting",
  "strict",
] as const;

/**
 * The dialect that a set of options describes.
 *
 * @example A named dialect with one part changed
 * ```ts
 * import { resolveDialect } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const dialect = resolveDialect({ dialect: "unix", separator: ";" });
 * assertEquals([dialect.delimiter, dialect.quoting], [";", "all"]);
 * ```
 *
 * @param choice A dialect and single parts of one.
 * @returns The dialect.
 * @throws {RangeError} If the parts do not make a dialect.
 */
export function resolveDialect(choice: DialectChoice): Dialect {
  const { dialect = "excel", separator } = choice;
  const base = typeof dialect === "string"
    ? Dialect.of(dialect)
    : dialect instanceof Dialect
    ? dialect
    : new Dialect(dialect);
  if (separator === undefined && PARTS.every((part) => choice[part] === undefined)) return base;
  const parts: Record<string, unknown> = {};
  for (const part of PARTS) {
    parts[part] = choice[part] === undefined ? base[part] : choice[part];
  }
  if (separator !== undefined) parts.delimiter = separator;
  return new Dialect(parts as DialectOptions);
}
