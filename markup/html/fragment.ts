import { BOOLEAN, checkOptions, type OptionRules, STRING } from "../options.ts";
import { FIRST, NEXT, TEXT, viewOf } from "../store/mod.ts";
import type { Element } from "../tree/mod.ts";
import "../tree/mod.ts";
import { FRAGMENT_RULES, type HtmlFragmentOptions } from "./options.ts";
import { fragmentStore } from "./parse.ts";

/** How a part of a document becomes one element. */
export interface HtmlSingleFragmentOptions extends HtmlFragmentOptions {
  /**
   * Whether the part is put into a new element, and of which tag; `true` is a `div`.
   *
   * @default {false}
   */
  createParent?: boolean | string;
}

const SINGLE_RULES: OptionRules<HtmlSingleFragmentOptions> = {
  ...FRAGMENT_RULES,
  createParent: BOOLEAN | STRING,
};

/**
 * Parses a part of a document, as `innerHTML` does.
 *
 * @param input The part: text, or bytes.
 * @param options How, and in which element the part is thought to be.
 * @returns The nodes in order. Text is the tail of the node before it; text before all nodes is a string.
 * @throws {HtmlLimitError} If the part is larger than the limits allow.
 * @throws {RangeError} If a limit is not a number from 1 on.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example Text and elements
 * ```ts
 * import { type Element } from "@ferry/std/markup";
 * import { parseFragments } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const [text, b] = parseFragments("Ahoy <b>sailor</b>!");
 * assertEquals(text, "Ahoy ");
 * assertEquals([(b as Element).text, (b as Element).tail], ["sailor", "!"]);
 * ```
 */
export function parseFragments(
  input: string | Uint8Array,
  options?: HtmlFragmentOptions,
): (string | Element)[] {
  return fragments(input, checkOptions("Cannot parse HTML", options, FRAGMENT_RULES));
}

function fragments(
  input: string | Uint8Array,
  options: HtmlFragmentOptions,
): (string | Element)[] {
  const store = fragmentStore(input, options);
  const root = store.words[store.document + FIRST]!;
  const nodes: (string | Element)[] = [];
  const text = store.textAt(root + TEXT);
  if (text !== undefined) nodes.push(text);
  for (let at = store.words[root + FIRST]!; at !== 0;) {
    const next = store.words[at + NEXT]!;
    store.detach(at);
    nodes.push(viewOf(store, at) as Element);
    at = next;
  }
  return nodes;
}

/**
 * Parses a part of a document that is one element, or puts it into one.
 *
 * @param input The part: text, or bytes.
 * @param options How, in which element the part is thought to be, and whether it is put into a new one.
 * @returns The element.
 * @throws {SyntaxError} If the part is not one element alone and `createParent` is not set.
 * @throws {HtmlLimitError} If the part is larger than the limits allow.
 * @throws {RangeError} If a limit is not a number from 1 on, or `createParent` is not a name.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example One element
 * ```ts
 * import { parseFragment, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseFragment("<td>1", { context: "tr" }).text, "1");
 * assertEquals(serialize(parseFragment("1<br>2", { createParent: "p" })), "<p>1<br>2</p>");
 * ```
 */
export function parseFragment(
  input: string | Uint8Array,
  options?: HtmlSingleFragmentOptions,
): Element {
  const checked = checkOptions("Cannot parse HTML", options, SINGLE_RULES);
  const { createParent = false } = checked;
  if (createParent === false) {
    const nodes = fragments(input, checked);
    const elements = nodes.filter((node) => typeof node !== "string");
    const hasText = nodes.some((node) =>
      /\S/.test(typeof node === "string" ? node : node.tail ?? "")
    );
    if (elements.length !== 1 || hasText) {
      throw new SyntaxError(
        `A fragment needs one element and no text beside it, received ${elements.length} elements${
          hasText ? " and text" : ""
        }`,
      );
    }
    return elements[0]!;
  }
  const store = fragmentStore(input, checked);
  const root = store.words[store.document + FIRST]!;
  const element = viewOf(store, root) as Element;
  element.tag = createParent === true ? "div" : createParent;
  store.detach(root);
  return element;
}
