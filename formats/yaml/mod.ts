/**
 * YAML 1.2: reads, writes, and edits with comments kept.
 *
 * | to | use |
 * |---|---|
 * | read one document | {@linkcode parse} |
 * | read a stream of documents | {@linkcode parseAll} |
 * | write a value, or a stream of documents | {@linkcode stringify}, {@linkcode stringifyAll} |
 * | change one value, all else byte for byte as it was | {@linkcode edit} |
 * | change a document as a tree, comments and anchors kept | {@linkcode parseDocument}, {@linkcode parseAllDocuments} |
 * | write a new document with comments | {@linkcode YamlDocument} |
 * | read what PyYAML wrote (`yes`, `017`, dates, `!!binary`) | `parse(text, { schema: "yaml-1.1" })` |
 * | read and write classes | the `tags` option, {@linkcode YamlTag} |
 *
 * @example Read, change, write
 * ```ts
 * import { parse, stringify } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parse("name: ferry\nports: [80, 443]\n") as { name: string; ports: number[] };
 * config.ports.push(8080);
 * assertEquals(stringify(config), "name: ferry\nports:\n  - 80\n  - 443\n  - 8080\n");
 * ```
 *
 * ## Guarantees
 * - One result, two readers: a scan of the text decides whether it stays within what `@std/yaml`, which is fast, reads
 *   as YAML 1.2 demands; all else is read by the npm package `yaml`, which conforms to the yaml-test-suite. Errors
 *   always come from the second.
 * - `__proto__` and `constructor` are keys like any other.
 * - Integers beyond 2⁵³ - 1 are `bigint`, unless `bigint: false`.
 * - Aliases to one anchor give one object, so that a bomb of aliases costs no memory; counted in full they are limited.
 * - What {@linkcode stringify} writes, {@linkcode parse} reads as the same value, and PyYAML too.
 *
 * ## Limits
 * `maxDepth` (512) nested collections, `maxAliases` (10,000) aliases. Errors are {@linkcode YamlError}, a `SyntaxError`
 * with line, column, offset and a snippet.
 *
 * In the core schema the tags `!!binary`, `!!set`, `!!omap`, `!!pairs` and `!!timestamp` are ignored and give text,
 * objects and arrays; `schema: "yaml-1.1"` gives `Uint8Array`, `Set`, `Map`, arrays of pairs and `Date`.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

export { parse, parseAll } from "./parse.ts";
export { stringify, stringifyAll } from "./stringify.ts";
export type { YamlStringifyOptions } from "./stringify_options.ts";
export { edit, type YamlEditOptions } from "./edit.ts";
export { parseAllDocuments, parseDocument } from "./parse_document.ts";
export {
  type YamlComments,
  YamlDocument,
  type YamlDocumentStringifyOptions,
  type YamlPath,
} from "./document.ts";
export type { YamlKind, YamlParseOptions, YamlSchema, YamlTag } from "./options.ts";
export { YamlError, type YamlErrorOptions } from "./yaml_error.ts";
export { FormatError, type FormatErrorOptions } from "../format_error.ts";
