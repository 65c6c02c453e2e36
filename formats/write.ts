import { type FormatName, requireFormat } from "./format_name.ts";
import { checkOptions, copyOptions, NUMBER, OBJECT, type OptionRules, STRING } from "./options.ts";
import { writeFileAtomic } from "./write_file.ts";
import * as csv from "./csv/mod.ts";
import { STRINGIFY_RULES as CSV_RULES } from "./csv/options.ts";
import * as json from "./json/mod.ts";
import { STRINGIFY_RULES as JSON_RULES } from "./json/options.ts";
import * as msgpack from "./msgpack/mod.ts";
import * as toml from "./toml/mod.ts";
import * as yaml from "./yaml/mod.ts";

/** Options of {@linkcode write}. */
export interface WriteOptions {
  /**
   * The format, instead of the one the extension says.
   *
   * @default {undefined}
   */
  format?: FormatName;
  /**
   * Permission bits of a new file, before the process's umask; those of an old one are kept.
   *
   * @default {0o666}
   */
  mode?: number;
  /**
   * Aborts the writing; the old file stays.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
  /**
   * Options for `.csv` and `.tsv`.
   *
   * @default {{}}
   */
  csv?: csv.CsvStringifyOptions;
  /**
   * Options for `.json`, `.jsonl`, `.ndjson` and `.jsonc`.
   *
   * @default {{ indent: 2 }} Without indentation for JSON Lines.
   */
  json?: json.JsonStringifyOptions;
  /**
   * Options for `.msgpack` and `.mpk`.
   *
   * @default {{}}
   */
  msgpack?: msgpack.EncodeOptions;
  /**
   * Options for `.toml`.
   *
   * @default {{}}
   */
  toml?: toml.TomlStringifyOptions;
  /**
   * Options for `.yaml` and `.yml`.
   *
   * @default {{}}
   */
  yaml?: yaml.YamlStringifyOptions;
}

/** What they may be; the format's own writer checks those for each format. */
const RULES: OptionRules<WriteOptions> = {
  format: STRING,
  mode: NUMBER,
  signal: OBJECT,
  csv: OBJECT,
  json: OBJECT,
  msgpack: OBJECT,
  toml: OBJECT,
  yaml: OBJECT,
};

/**
 * Writes a value to a file in the format its extension says, see {@linkcode read}.
 *
 * The file is replaced in one step: it is written beside the old one, flushed to the disk and renamed, so that nobody
 * sees a part of it, and a failure leaves the old one. Links are followed and permission bits kept. Needs
 * `--allow-read` and `--allow-write` for the folder.
 *
 * @example Rows with a header
 * ```ts
 * import { read, write } from "@ferry/std/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".csv" });
 * await write(path, [{ id: 1, name: "a" }, { id: 2, name: "b" }]);
 * assertEquals(await read(path), [["id", "name"], ["1", "a"], ["2", "b"]]);
 * assertEquals(await read(path, { csv: { skipFirstRow: true } }), [
 *   { id: "1", name: "a" },
 *   { id: "2", name: "b" },
 * ]);
 * await Deno.remove(path);
 * ```
 *
 * @param path Path or `file:` URL.
 * @param value What the format's `stringify` or `encode` takes; for CSV and JSON Lines an iterable.
 * @param options Format, and options for each format.
 * @throws {TypeError} If the extension is unknown and no format is given, or the value has no form in it; or an option is
 * unknown or of the wrong type.
 */
export async function write(
  path: string | URL,
  value: unknown,
  options?: WriteOptions,
): Promise<void> {
  const checked = checkOptions("Cannot write a file", options, RULES);
  const format = requireFormat("write", path, checked.format);
  const content = await encode(value, format, checked);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await writeFileAtomic(path, bytes, checked.mode, checked.signal);
}

function encode(
  value: unknown,
  format: FormatName,
  options: WriteOptions,
): string | Uint8Array | Promise<string> {
  switch (format) {
    case "msgpack":
      return msgpack.encode(value, options.msgpack);
    case "toml":
      if (typeof value !== "object" || value === null) {
        throw new TypeError(`Cannot write ${value === null ? "null" : typeof value} as TOML`);
      }
      return toml.stringify(value, options.toml);
    case "yaml":
      return yaml.stringify(value, options.yaml);
    case "csv":
      return csv.stringify(iterable(value, "CSV"), options.csv);
    case "tsv":
      return csv.stringify(iterable(value, "TSV"), {
        dialect: "excel-tab",
        ...copyOptions("Cannot write CSV", options.csv, CSV_RULES),
      });
    case "json":
    case "jsonc":
      return json.stringify(value, {
        indent: 2,
        ...copyOptions("Cannot write JSON", options.json, JSON_RULES),
      }) + "\n";
    case "json5":
      // Loaded only where it is used.
      return import("./json5/mod.ts").then((json5) => json5.stringify(value, { indent: 2 }) + "\n");
    case "jsonl": {
      const oneLine: json.JsonStringifyOptions = {
        ...copyOptions("Cannot write JSON", options.json, JSON_RULES),
        indent: 0,
      };
      let text = "";
      for (const item of iterable(value, "JSON Lines")) {
        text += json.stringify(item, oneLine) + "\n";
      }
      return text;
    }
  }
}

function iterable(value: unknown, format: string): Iterable<csv.CsvRecord> {
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    return value as Iterable<csv.CsvRecord>;
  }
  throw new TypeError(`Cannot write ${format}: needed an iterable, received ${typeof value}`);
}
