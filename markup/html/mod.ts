/**
 * HTML: a parser by the WHATWG standard.
 *
 * | to | use |
 * |---|---|
 * | parse into the store that is below the elements | {@linkcode parseStore}, {@linkcode parseFragmentStore} |
 * | find out the encoding of bytes | {@linkcode sniffEncoding} |
 *
 * @example What browsers make of it
 * ```ts
 * import { parseStore } from "@ferry/std/markup/html";
 * import { FIRST, TEXT } from "@ferry/std/markup/store";
 * import { assertEquals } from "@std/assert";
 *
 * const store = parseStore("<title>Ahoy &amp; welcome");
 * const html = store.words[store.document + FIRST]!;
 * const head = store.words[html + FIRST]!;
 * const title = store.words[head + FIRST]!;
 * assertEquals(store.textAt(title + TEXT), "Ahoy & welcome");
 * ```
 *
 * ## Guarantees
 * - The tree is the one that the standard's tree construction builds, with scripts off or on, but for what `maxDepth`
 *   flattens.
 * - There is no text that is not HTML: only the limits of {@linkcode HtmlParseOptions} are errors.
 * - Nothing is loaded, and no script is run.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

export { type SniffedEncoding, sniffEncoding } from "./encoding/sniff.ts";
export { HtmlLimitError } from "./limit_error.ts";
export type { HtmlFragmentOptions, HtmlParseOptions } from "./options.ts";
export { parseFragmentStore, parseStore } from "./parse.ts";
export type { HtmlErrorHandler, HtmlParseError } from "./parse_error.ts";
