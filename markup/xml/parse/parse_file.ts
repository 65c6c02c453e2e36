import type { Element } from "../../tree/element.ts";
import { checkOptions, OBJECT, type OptionRules } from "../../options.ts";
import { PARSE_RULES, type XmlParseOptions } from "./options.ts";
import { parseFrom } from "./parse.ts";

/** How a file is read. */
export interface ParseFileOptions extends XmlParseOptions {
  /**
   * Ends the reading of the file.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
}

const RULES: OptionRules<ParseFileOptions> = { ...PARSE_RULES, signal: OBJECT };

/**
 * Reads an XML document from a file.
 *
 * @example Write, then read
 * ```ts
 * import { parseFile } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".xml" });
 * await Deno.writeTextFile(path, "<note>Ahoy</note>");
 * assertEquals((await parseFile(path)).text, "Ahoy");
 * await Deno.remove(path);
 * ```
 *
 * @param path The file.
 * @param options How to read it, and limits.
 * @returns The root; `ElementTree.of` gives the rest of the document, with the path as its `url`.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {XmlSyntaxError} If it is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If it is not in the encoding that it declares, or that is not known.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export async function parseFile(
  path: string | URL,
  options?: ParseFileOptions,
): Promise<Element> {
  const checked = checkOptions("Cannot parse XML", options, RULES);
  const { signal } = checked;
  const bytes = await Deno.readFile(path, signal === undefined ? {} : { signal });
  return parseFrom(bytes, checked, String(path));
}
