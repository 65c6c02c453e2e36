import { BOOLEAN, checkOptions, LIMIT, type OptionRules } from "../options.ts";
import { MAX_DEPTH } from "./types.ts";
import {
  checkDepth,
  type Entries,
  keyText,
  type Path,
  refuse,
  tableItems,
  toEntries,
  type ValueStyle,
  valueText,
} from "./value_text.ts";

/** Options of {@linkcode stringify}. */
export interface TomlStringifyOptions {
  /**
   * How numbers are written: `"auto"` writes those that are integers as integers (`1`), `"float"` all as floats
   * (`1.0`), so that only `bigint` is an integer. With `parse(text, { bigint: "all" })` every type survives.
   *
   * @default {"auto"}
   */
  numbers?: "auto" | "float";
  /**
   * Write the keys of every table in order of their code units (values still come before tables).
   *
   * @default {false}
   */
  sortKeys?: boolean;
  /**
   * Width beyond which an array is written with one item a line.
   *
   * @default {100}
   */
  lineWidth?: number;
  /**
   * Deepest nesting of tables and arrays.
   *
   * @default {512}
   */
  maxDepth?: number;
}

const RULES: OptionRules<TomlStringifyOptions> = {
  numbers: ["auto", "float"],
  sortKeys: BOOLEAN,
  lineWidth: LIMIT,
  maxDepth: LIMIT,
};

/**
 * Writes an object as TOML 1.0.
 *
 * Objects and `Map`s become tables, arrays of only such become arrays of tables, `Set`s arrays. `undefined` entries are
 * left out. Integers beyond 2⁵³ - 1 in a `number` are written as floats, `-0` as `-0.0`; a `Date` becomes an offset
 * date-time in UTC, a `Temporal.ZonedDateTime` one with its offset.
 *
 * @example Write a configuration
 * ```ts
 * import { stringify } from "@ferry/std/formats/toml";
 * import { assertEquals } from "@std/assert";
 *
 * const text = stringify({
 *   title: "ferry",
 *   server: { port: 8080, since: Temporal.PlainDate.from("2026-01-02") },
 *   job: [{ id: 1n, tags: ["a", "b"] }],
 * });
 * assertEquals(
 *   text,
 *   'title = "ferry"\n\n[server]\nport = 8080\nsince = 2026-01-02\n\n' +
 *     '[[job]]\nid = 1\ntags = ["a", "b"]\n',
 * );
 * ```
 *
 * @param value The root table.
 * @param options Style and limits.
 * @returns The text.
 * @throws {TypeError} If something has no form in TOML: null, a hole of an array, functions, keys that are no text, a
 * root that is no table, objects of the language and the platform such as `Error`, `RegExp`, `URL` and boxed values, and
 * objects with `toJSON`; or an option is unknown or of the wrong type.
 * @throws {RangeError} If the nesting is too deep, or a date lies outside the years 0 to 9999.
 */
export function stringify(value: object, options?: TomlStringifyOptions): string {
  return write(value, checkOptions("Cannot write TOML", options, RULES), true);
}

/**
 * Writes an object; for the editor, which may not break lines within text.
 *
 * @param value The root table.
 * @param options The caller's options.
 * @param multiline Whether text with line breaks takes several lines.
 */
export function write(value: object, options: TomlStringifyOptions, multiline: boolean): string {
  const writer = new Writer(options, multiline);
  writer.table(toEntries(value, []) ?? refuse(value, []), [], []);
  return writer.text;
}

class Writer {
  readonly #sort: boolean;
  readonly #style: ValueStyle;
  text = "";

  constructor(options: TomlStringifyOptions, multiline: boolean) {
    this.#sort = options.sortKeys ?? false;
    this.#style = {
      floats: options.numbers === "float",
      multiline,
      width: options.lineWidth ?? 100,
      maxDepth: options.maxDepth ?? MAX_DEPTH,
    };
  }

  /** Values first, since what follows a header belongs to it. `keys` are written, `path` counts items too. */
  table(entries: Entries, keys: readonly string[], path: Path): void {
    checkDepth(path, this.#style);
    if (this.#sort) entries.sort(([a], [b]) => a < b ? -1 : 1);
    const tables: [keys: string[], entries: Entries, path: Path, header: string][] = [];
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      const at = [...path, key];
      const below = [...keys, keyText(key, at)];
      const inner = toEntries(value, at);
      if (inner !== undefined) {
        tables.push([below, inner, at, "[]"]);
        continue;
      }
      const items = tableItems(value, at);
      if (items === undefined) {
        const name = below.at(-1)!;
        const text = valueText(value, at, name.length + 3, this.#style);
        this.text += `${name} = ${text}\n`;
        continue;
      }
      for (const [i, item] of items.entries()) {
        tables.push([below, item, [...at, i], "[[]]"]);
      }
    }
    for (const [below, inner, at, brackets] of tables) {
      // A table that holds only tables needs no header of its own.
      const implicit = brackets === "[]" && inner.length > 0 &&
        inner.every(([key, v]) =>
          v !== undefined && (toEntries(v, at) ?? tableItems(v, [...at, key])) !== undefined
        );
      if (!implicit) {
        const half = brackets.length / 2;
        const name = below.join(".");
        this.text += `${this.text === "" ? "" : "\n"}${brackets.slice(0, half)}${name}${
          brackets.slice(half)
        }\n`;
      }
      this.table(inner, below, at);
    }
  }
}
