import { visit } from "yaml";
import { decodeText } from "../decode_text.ts";
import { compose } from "./_compose.ts";
import { wrapDocument, type YamlDocument } from "./document.ts";
import { checkParse, type YamlParseOptions } from "./options.ts";
import { YamlError } from "./yaml_error.ts";

/**
 * Reads one document as a tree that keeps comments, anchors and styles, to change it and write it again.
 *
 * @example Change a value, keep the comments
 * ```ts
 * import { parseDocument } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const document = parseDocument("# limits\nretries: 3 # per job\nbase: &b { zone: eu }\nuse: *b\n");
 * document.set(["retries"], 5);
 * document.set(["base", "zone"], "us");
 * assertEquals(
 *   document.toString(),
 *   "# limits\nretries: 5 # per job\nbase: &b { zone: us }\nuse: *b\n",
 * );
 * ```
 *
 * @param text The text, or its bytes in UTF-8, or in UTF-16 with a byte order mark.
 * @param options Schema, limits and the like. Keys and aliases are checked when a value is asked for.
 * @returns The document; an empty one for a text without content.
 * @throws {YamlError} If the text is not YAML, holds a second document, or is nested too deeply.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parseDocument(
  text: string | Uint8Array,
  options?: YamlParseOptions,
): YamlDocument {
  return documents(text, checkParse(options), true)[0]!;
}

/**
 * Reads all documents of a text as trees, see {@linkcode parseDocument}.
 *
 * @example Comments of two documents
 * ```ts
 * import { parseAllDocuments } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const documents = parseAllDocuments("a: 1 # first\n---\nb: 2 # second\n");
 * assertEquals(documents.map(String), ["a: 1 # first\n", "---\nb: 2 # second\n"]);
 * ```
 *
 * @param text The text, or its bytes in UTF-8, or in UTF-16 with a byte order mark.
 * @param options Schema, limits and the like.
 * @returns The documents.
 * @throws {YamlError} If the text is not YAML or is nested too deeply.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parseAllDocuments(
  text: string | Uint8Array,
  options?: YamlParseOptions,
): YamlDocument[] {
  return documents(text, checkParse(options), false);
}

function documents(
  input: string | Uint8Array,
  options: YamlParseOptions,
  single: boolean,
): YamlDocument[] {
  const text = decodeText(input, "yaml", YamlError);
  return compose(text, options, single, true).map((document, _, all) => {
    // The composer reads all integers as bigint, so that none is rounded.
    visit(document, {
      Scalar(_, node) {
        if (typeof node.value === "bigint" && Number.isSafeInteger(Number(node.value))) {
          node.value = Number(node.value);
        }
      },
    });
    return wrapDocument(document, options, text, all.length === 1);
  });
}
