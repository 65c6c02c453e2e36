import { parse as stdParse, parseAll as stdParseAll } from "@std/yaml";
import { decodeText } from "../decode_text.ts";
import { compose } from "./_compose.ts";
import { Converter } from "./_convert.ts";
import { isFastSubset } from "./_fast_subset.ts";
import { checkParse, MAX_DEPTH, type YamlParseOptions } from "./options.ts";
import { YamlError } from "./yaml_error.ts";

/**
 * Reads a text that holds one YAML document.
 *
 * Plain configuration and data is read by `@std/yaml`, everything else by the npm package `yaml`: the result is the
 * same, see the module's documentation.
 *
 * @example Read a configuration
 * ```ts
 * import { parse } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parse("defaults: &d { retries: 3 }\njob:\n  <<: *d\n  id: 9007199254740993\n");
 * assertEquals(config, {
 *   defaults: { retries: 3 },
 *   job: { retries: 3, id: 9007199254740993n },
 * });
 * ```
 *
 * @example Tags of one's own
 * ```ts
 * import { parse } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const duration = { tag: "!ms", parse: (text: string) => Number.parseFloat(text) };
 * assertEquals(parse("timeout: !ms 250ms", { tags: [duration] }), { timeout: 250 });
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param text The text, or its bytes in UTF-8, or in UTF-16 with a byte order mark.
 * @param options Schema, limits and the like.
 * @returns The document's value; null for a text without content.
 * @throws {YamlError} If the text is not YAML, holds a second document, or passes a limit.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parse<T = unknown>(text: string | Uint8Array, options?: YamlParseOptions): T {
  return (read(text, checkParse(options), true)[0] ?? null) as T;
}

/**
 * Reads a text that holds any number of YAML documents.
 *
 * @example Two documents
 * ```ts
 * import { parseAll } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseAll("a: 1\n---\n- b\n"), [{ a: 1 }, ["b"]]);
 * ```
 *
 * @typeParam T The type that each value is taken to be; it is not checked.
 * @param text The text, or its bytes in UTF-8, or in UTF-16 with a byte order mark.
 * @param options Schema, limits and the like; the limits hold for each document.
 * @returns The documents' values.
 * @throws {YamlError} If the text is not YAML or passes a limit.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parseAll<T = unknown>(
  text: string | Uint8Array,
  options?: YamlParseOptions,
): T[] {
  return read(text, checkParse(options), false) as T[];
}

function read(input: string | Uint8Array, options: YamlParseOptions, single: boolean): unknown[] {
  const text = decodeText(input, "yaml", YamlError);
  if (mayBeFast(options) && isFastSubset(text, options.maxDepth ?? MAX_DEPTH)) {
    try {
      const fast = {
        schema: "core",
        allowDuplicateKeys: options.duplicateKeys === "last",
      } as const;
      return single ? [stdParse(text, fast)] : stdParseAll(text, fast);
    } catch {
      // The other reader decides, and says what is wrong in one voice.
    }
  }
  try {
    return compose(text, options, single).map((document) =>
      new Converter(text, options).convert(document.contents)
    );
  } catch (error) {
    if (error instanceof RangeError) {
      // Only a caller's own large maxDepth leads here.
      throw new YamlError("Cannot read such deep nesting: the stack is exhausted", {
        code: "MAX_DEPTH",
        cause: error,
      });
    }
    throw error;
  }
}

/** Options under which @std/yaml's results are ours. */
function mayBeFast(options: YamlParseOptions): boolean {
  return !options.strict && options.maps !== "map" && (options.schema ?? "core") === "core" &&
    (options.tags === undefined || options.tags.length === 0);
}
