import type { Element } from "../../tree/element.ts";
import type { XmlParseOptions } from "./options.ts";
import { parse } from "./parse.ts";

/** How a file is read. */
export interface ParseFileOptions extends XmlParseOptions {
  /**
   * Ends the reading of the file.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
}

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
 */
export async function parseFile(
  path: string | URL,
  options: ParseFileOptions = {},
): Promise<Element> {
  const { signal, ...rest } = options;
  const bytes = await Deno.readFile(path, signal === undefined ? {} : { signal });
  return parse(bytes, { ...rest, url: String(path) });
}
