import { decodeText } from "./decode_text.ts";
import { type FormatName, requireFormat } from "./format_name.ts";
import { gunzip, isGzip, readFileBounded } from "./read_file.ts";
import { detect } from "./detect.ts";
import { FormatError } from "./format_error.ts";
import {
  ANY,
  BOOLEAN,
  checkOptions,
  copyOptions,
  LIMIT,
  OBJECT,
  type OptionRules,
  STRING,
} from "./options.ts";
import { issuesText, type StandardSchema } from "./standard_schema.ts";
import * as csv from "./csv/mod.ts";
import { PARSE_RULES as CSV_RULES } from "./csv/options.ts";
import * as json from "./json/mod.ts";
import { PARSE_RULES as JSON_RULES } from "./json/options.ts";
import * as msgpack from "./msgpack/mod.ts";
import * as toml from "./toml/mod.ts";
import * as yaml from "./yaml/mod.ts";

/** Options of {@linkcode read}. */
export interface ReadOptions {
  /**
   * The format, instead of the one the extension says; `"auto"` looks at the content.
   *
   * @default {undefined}
   */
  format?: FormatName | "auto";
  /**
   * Most bytes to read.
   *
   * @default {268_435_456}
   */
  maxBytes?: number;
  /**
   * How text is encoded, by a label of the Encoding Standard such as `"windows-1252"`. Without it UTF-8, or what a byte
   * order mark says.
   *
   * @default {undefined}
   */
  encoding?: string;
  /**
   * Whether a YAML file may hold any number of documents, and gives an array of them.
   *
   * @default {false}
   */
  documents?: boolean;
  /**
   * Checks the value, and may change it: any validator that follows the Standard Schema, such as those of Zod, Valibot
   * and ArkType. Its output type is the type of the result.
   *
   * @default {undefined}
   */
  schema?: StandardSchema;
  /**
   * Aborts the reading.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
  /**
   * Options for `.csv` and `.tsv`. Without any, a file gives rows of text.
   *
   * @default {{}}
   */
  csv?: csv.CsvParseOptions;
  /**
   * Options for `.json`, `.jsonl`, `.ndjson` and `.jsonc`.
   *
   * @default {{}}
   */
  json?: json.JsonParseOptions;
  /**
   * Options for `.msgpack` and `.mpk`.
   *
   * @default {{}}
   */
  msgpack?: msgpack.DecodeOptions;
  /**
   * Options for `.toml`.
   *
   * @default {{}}
   */
  toml?: toml.TomlParseOptions;
  /**
   * Options for `.yaml` and `.yml`.
   *
   * @default {{}}
   */
  yaml?: yaml.YamlParseOptions;
}

/** What they may be; the format's own reader checks those for each format. */
const RULES: OptionRules<ReadOptions> = {
  format: STRING,
  maxBytes: LIMIT,
  encoding: STRING,
  documents: BOOLEAN,
  schema: ANY,
  signal: OBJECT,
  csv: OBJECT,
  json: OBJECT,
  msgpack: OBJECT,
  toml: OBJECT,
  yaml: OBJECT,
};

/**
 * Reads a file in the format its extension says: `.csv`, `.tsv`, `.tab`, `.json`, `.geojson`, `.jsonl`, `.ndjson`,
 * `.jsonc`, `.json5`, `.yaml`, `.yml`, `.toml`, `.msgpack`, `.mpk`, and the lock files of
 * package managers that are in one of these formats, such as `deno.lock`, `Cargo.lock` and `poetry.lock`. Content that is compressed by gzip is decompressed, whatever the
 * name says; `.gz` behind an extension is passed over.
 *
 * The whole file is held in memory; for more than that there are the formats' streams. Needs `--allow-read`.
 *
 * @typeParam T What the file holds; it is not checked.
 *
 * @example There and back
 * ```ts
 * import { read, write } from "@ferry/std/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".toml" });
 * await write(path, { server: { port: 8080 } });
 * assertEquals(await read(path), { server: { port: 8080 } });
 * await Deno.remove(path);
 * ```
 *
 * @param path Path or `file:` URL.
 * @param options Format, limits, and options for each format.
 * @returns What the format's `parse` or `decode` gives; for JSON Lines an array of the lines' values.
 * @throws {TypeError} If the extension is unknown and no format is given; or an option is unknown or of the wrong type.
 * @throws {RangeError} If the file is larger than `maxBytes`.
 * @throws {FormatError} If the content is not in the format.
 * @throws {TypeError} If the value does not fit the schema, or the gzip data is damaged.
 */
export async function read<T = unknown>(
  path: string | URL,
  options?: ReadOptions & { schema?: StandardSchema<T> },
): Promise<T>;
export async function read(path: string | URL, given?: ReadOptions): Promise<unknown> {
  const options = checkOptions("Cannot read a file", given, RULES);
  const auto = options.format === "auto";
  const known = auto ? undefined : requireFormat("read", path, options.format as FormatName);
  const { maxBytes = 268_435_456, signal } = options;
  const raw = await readFileBounded(path, maxBytes, signal);
  const plain = isGzip(raw) ? await gunzip(path, raw, maxBytes, signal) : raw;
  const bytes = recode(plain, options.encoding);
  const format = known ?? detect(bytes);
  if (format === undefined) {
    throw new TypeError(
      `Cannot tell the format of ${JSON.stringify(String(path))} by its content: give one`,
    );
  }
  const value = await decode(bytes, format, options);
  return options.schema === undefined ? value : await validated(path, value, options.schema);
}

/** Bytes in UTF-8 of bytes in another encoding. */
function recode(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  if (encoding === undefined) return bytes;
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    return new TextEncoder().encode(decoder.decode(bytes));
  } catch (cause) {
    throw new FormatError(`Cannot read bytes that are not ${decoder.encoding}`, {
      format: decoder.encoding,
      cause,
    });
  }
}

async function validated(
  path: string | URL,
  value: unknown,
  schema: StandardSchema,
): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw new TypeError(
    `Cannot read ${JSON.stringify(String(path))}: it does not fit the schema: ${
      issuesText(result.issues)
    }`,
    { cause: result.issues },
  );
}

function decode(bytes: Uint8Array, format: FormatName, options: ReadOptions): unknown {
  if (format === "msgpack") return msgpack.decode(bytes, options.msgpack);
  if (format === "toml") return toml.parse(bytes, options.toml);
  if (format === "yaml") {
    return options.documents === true
      ? yaml.parseAll(bytes, options.yaml)
      : yaml.parse(bytes, options.yaml);
  }
  const text = decodeText(bytes, format, FormatError);
  switch (format) {
    case "csv":
      return csv.parse(text, options.csv);
    case "tsv":
      return csv.parse(text, {
        dialect: "excel-tab",
        ...copyOptions("Cannot parse CSV", options.csv, CSV_RULES),
      });
    case "json":
      return json.parse(text, options.json);
    case "jsonc":
      return json.jsonc.parse(text, options.json);
    case "json5":
      // Loaded only where it is used.
      return import("./json5/mod.ts").then((json5) => json5.parse(text));
    case "jsonl":
      return Array.fromAsync(
        ReadableStream.from([text]).pipeThrough(
          new json.JsonLinesParseStream({
            maxBytes: bytes.length + 1,
            ...copyOptions("Cannot parse JSON", options.json, JSON_RULES),
          }),
        ),
      );
  }
}
