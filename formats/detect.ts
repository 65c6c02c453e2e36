import { type FormatName, formatOf } from "./format_name.ts";
import * as csv from "./csv/mod.ts";
import * as json from "./json/mod.ts";
import * as msgpack from "./msgpack/mod.ts";

/** How much of the content is looked at, in bytes. */
const SAMPLE = 65_536;
/** A line of a table header, or of a key and a value, in TOML. */
const TOML_LINE =
  /^(?:\[\[?[\w."' -]+\]?\]|[\w-]+(?:\s*\.\s*[\w-]+)*\s*=\s*(?:["'[{+\-\d]|true|false|inf|nan)).*$/;
/** A line that begins a block collection or a document in YAML. */
const YAML_LINE =
  /^(?:---(?:\s|$)|%YAML\s|- |-$|\? |(?:[^\s"'#{}[\],&*!|>%@`:][^#:]*|"[^"]*"|'[^']*')\s*:(?:\s|$))/;

/**
 * Tells a format by a file's name, or by its first bytes.
 *
 * A name is judged by its extension alone. Content is judged by what it looks like: a guess, which for short or plain
 * text may be wrong, so a name is to be preferred where there is one. At most 64 KiB are looked at.
 *
 * @example By name and by content
 * ```ts
 * import { detect } from "@ferry/std/formats";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(detect("data/Rows.CSV"), "csv");
 * assertEquals(detect(new URL("https://x.org/a.yml?v=1")), "yaml");
 * const bytes = (text: string) => new TextEncoder().encode(text);
 * assertEquals(detect(bytes('{"a":1}\n{"a":2}\n')), "jsonl");
 * assertEquals(detect(bytes("[server]\nport = 80\n")), "toml");
 * assertEquals(detect(bytes("a;b\n1;2\n")), "csv");
 * ```
 *
 * @param source A name or path, a URL, or the beginning of the content.
 * @returns The format, or undefined where none is likely.
 */
export function detect(source: string | URL | Uint8Array): FormatName | undefined {
  if (typeof source === "string") return formatOf(source);
  if (source instanceof URL) return formatOf(source.pathname);
  if (!(source instanceof Uint8Array)) {
    throw new TypeError("Cannot detect a format: give a name, a URL or bytes");
  }
  const isWhole = source.length <= SAMPLE;
  const sample = source.subarray(0, SAMPLE);
  const text = textOf(sample);
  if (text !== undefined) return ofText(text, isWhole);
  return isMsgpack(sample, isWhole) ? "msgpack" : undefined;
}

/** Text without byte order mark; undefined for bytes that are no text. */
function textOf(sample: Uint8Array): string | undefined {
  const mark = sample.length > 1 ? sample[0]! << 8 | sample[1]! : 0;
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  try {
    // As a stream, since the sample may end within a character.
    const text = new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: true });
    // deno-lint-ignore no-control-regex
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Whether the bytes begin with a map or array, and hold nothing but values as far as can be seen. */
function isMsgpack(sample: Uint8Array, isWhole: boolean): boolean {
  const first = sample[0]!;
  const isContainer = (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
  if (!isContainer) return false;
  try {
    for (const _ of msgpack.decodeMulti(sample)) {
      // Only whether it can be read matters.
    }
    return true;
  } catch (error) {
    return !isWhole && error instanceof msgpack.MsgpackIncompleteError;
  }
}

function ofText(text: string, isWhole: boolean): FormatName | undefined {
  const start = text.search(/\S/);
  if (start < 0) return undefined;
  const first = text[start]!;
  if (first === "{" || first === "[") {
    const found = ofBrackets(text.slice(start), isWhole);
    if (found !== undefined) return found;
  }
  if (/^\s*(?:\/\/|\/\*)/.test(text) && isJsonc(text)) return "jsonc";
  for (const line of text.split(/\r?\n/, 200)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    // The first line that says something decides.
    if (TOML_LINE.test(line.trim())) return "toml";
    if (YAML_LINE.test(line) && !isTable(text, isWhole)) return "yaml";
    break;
  }
  if (isWhole && isJson(text)) return isLines(text, isWhole) ? "jsonl" : "json";
  if (isWhole && isLines(text, isWhole)) return "jsonl";
  if (isTable(text, isWhole)) return /^[^\n,;]*\t/.test(text) ? "tsv" : "csv";
  return undefined;
}

/** JSON of some kind; undefined for what only starts alike: TOML's headers, YAML's flow collections. */
function ofBrackets(text: string, isWhole: boolean): FormatName | undefined {
  if (isLines(text, isWhole)) return "jsonl";
  if (!isWhole) return TOML_LINE.test(text.slice(0, text.search(/\r?\n|$/))) ? undefined : "json";
  if (isJson(text)) return "json";
  if (isJsonc(text)) return "jsonc";
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isJsonc(text: string): boolean {
  try {
    json.jsonc.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** At least two lines that are JSON each, and no other; the last of a sample may be cut. */
function isLines(text: string, isWhole: boolean): boolean {
  const lines = text.split("\n");
  if (!isWhole) lines.pop();
  const full = lines.filter((line) => line.trim() !== "");
  return full.length > 1 && full.every((line) => /^\s*[[{"]/.test(line) && isJson(line));
}

/** Lines with one number of fields, more than one, between a usual delimiter. */
function isTable(text: string, isWhole: boolean): boolean {
  for (const delimiter of [",", "\t", ";", "|"]) {
    const lines = isWhole ? text : text.slice(0, text.lastIndexOf("\n") + 1);
    try {
      const rows = csv.parse(lines, { delimiter });
      const width = rows[0]?.length ?? 0;
      if (width > 1 && rows.length > 1 && rows.every((row) => row.length === width)) return true;
    } catch {
      // Quotes that do not fit: not with this delimiter.
    }
  }
  return false;
}
