import { decodeText } from "./decode_text.ts";
import { type FormatName, requireFormat } from "./format_name.ts";
import { readFileBounded } from "./read_file.ts";
import { detect } from "./detect.ts";
import { FormatError } from "./format_error.ts";
import * as csv from "./csv/mod.ts";
import * as json from "./json/mod.ts";
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
  csv?: csv.ParseOptions;
  /**
   * Options for `.json`, `.jsonl`, `.ndjson` and `.jsonc`.
   *
   * @default {{}}
   */
  json?: json.ParseOptions;
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

/**
 * Reads a file in the format its extension says: `.csv`, `.tsv`, `.tab`, `.json`, `.jsonl`, `.ndjson`, `.jsonc`,
 * `.yaml`, `.yml`, `.toml`, `.msgpack`, `.mpk`.
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
 * @throws {TypeError} If the extension is unknown and no format is given.
 * @throws {RangeError} If the file is larger than `maxBytes`.
 * @throws {FormatError} If the content is not in the format.
 */
export async function read<T = unknown>(
  path: string | URL,
  options: ReadOptions = {},
): Promise<T> {
  const auto = options.format === "auto";
  const known = auto ? undefined : requireFormat("read", path, options.format as FormatName);
  const { maxBytes = 268_435_456, signal } = options;
  const bytes = await readFileBounded(path, maxBytes, signal);
  const format = known ?? detect(bytes);
  if (format === undefined) {
    throw new TypeError(
      `Cannot tell the format of ${JSON.stringify(String(path))} by its content: give one`,
    );
  }
  return await decode(bytes, format, options) as T;
}

function decode(bytes: Uint8Array, format: FormatName, options: ReadOptions): unknown {
  if (format === "msgpack") return msgpack.decode(bytes, options.msgpack);
  if (format === "toml") return toml.parse(bytes, options.toml);
  if (format === "yaml") return yaml.parse(bytes, options.yaml);
  const text = decodeText(bytes, format, FormatError);
  switch (format) {
    case "csv":
      return csv.parse(text, options.csv);
    case "tsv":
      return csv.parse(text, { dialect: "excel-tab", ...options.csv });
    case "json":
      return json.parse(text, options.json);
    case "jsonc":
      return json.jsonc.parse(text, options.json);
    case "jsonl":
      return Array.fromAsync(
        ReadableStream.from([text]).pipeThrough(
          new json.JsonLinesParseStream({ maxBytes: bytes.length + 1, ...options.json }),
        ),
      );
  }
}
