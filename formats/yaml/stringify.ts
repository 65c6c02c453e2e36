import { checkStringify, type YamlStringifyOptions } from "./stringify_options.ts";
import { write } from "./_write.ts";

/**
 * Writes a value as one YAML document.
 *
 * What `parse` reads back is the same value: `bigint`, `-0`, `NaN`, infinities and shared or circular objects too.
 * `undefined` entries of objects are left out, in arrays they are null. `Date` and Temporal's dates are written as
 * timestamps of RFC 3339 (text to a core reader, a date to a YAML 1.1 one), bytes as `!!binary`, objects with `toJSON`
 * as what it returns.
 *
 * @example Write a configuration
 * ```ts
 * import { stringify } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   stringify({ name: "ferry", port: 8080, tags: ["a", "yes"], note: "two\nlines\n" }),
 *   'name: ferry\nport: 8080\ntags:\n  - a\n  - "yes"\nnote: |\n  two\n  lines\n',
 * );
 * ```
 *
 * @example A class with a tag
 * ```ts
 * import { stringify, type YamlTag } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const url: YamlTag<URL> = {
 *   tag: "!url",
 *   parse: (text: string) => new URL(text),
 *   test: (value) => value instanceof URL,
 *   stringify: (value) => value.href,
 * };
 * assertEquals(stringify([new URL("https://x.org/")], { tags: [url] }), "- !url https://x.org/\n");
 * ```
 *
 * @param value The value.
 * @param options Style, tags and limits.
 * @returns The text, with a line break at its end.
 * @throws {TypeError} If the value is, or holds, a function or symbol, or is undefined; or an option is unknown or of
 * the wrong type.
 * @throws {RangeError} If the value is nested too deeply, or an option is out of range.
 */
export function stringify(value: unknown, options?: YamlStringifyOptions): string {
  return write(value, checkStringify(options));
}

/**
 * Writes any number of values as a stream of YAML documents, which `parseAll` reads.
 *
 * @example Two documents
 * ```ts
 * import { parseAll, stringifyAll } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const text = stringifyAll([{ a: 1 }, ["b"]]);
 * assertEquals(text, "---\na: 1\n---\n- b\n");
 * assertEquals(parseAll(text), [{ a: 1 }, ["b"]]);
 * ```
 *
 * @param values The values, one for each document.
 * @param options Style, tags and limits.
 * @returns The text; empty without values.
 * @throws {TypeError} If a value is, or holds, a function or symbol, or is undefined; or an option is unknown or of
 * the wrong type.
 * @throws {RangeError} If a value is nested too deeply, or an option is out of range.
 */
export function stringifyAll(
  values: Iterable<unknown>,
  options?: YamlStringifyOptions,
): string {
  const checked = checkStringify(options);
  let text = "";
  for (const value of values) text += `---\n${write(value, checked)}`;
  return text;
}
