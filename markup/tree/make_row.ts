import { checkOptions, OBJECT, type OptionRules, STRING } from "../options.ts";
import { TEXT } from "../store/layout.ts";
import { setAttribute } from "./attributes.ts";
import { declare, ensurePrefix, type NamespaceMap } from "./namespaces.ts";
import { checkText, isNcName, parseTag } from "./tag.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** What a new element has. */
export interface ElementOptions {
  /**
   * Its attributes, by `local` or `{uri}local`.
   *
   * @default {{}}
   */
  attrib?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
  /**
   * Prefixes that it declares; `""` is the default namespace.
   *
   * @default {{}}
   */
  nsmap?: NamespaceMap;
  /**
   * Its text.
   *
   * @default {undefined}
   */
  text?: string;
}

const RULES: OptionRules<ElementOptions> = { attrib: OBJECT, nsmap: OBJECT, text: STRING };

function isIterable(value: object): value is Iterable<readonly [string, string]> {
  return Symbol.iterator in value;
}

/**
 * Makes the row of a new element.
 *
 * @param store Where.
 * @param parent Handle of the parent at whose end it is put, or 0.
 * @param tag `local` or `{uri}local`.
 * @param options What it has.
 * @returns Its handle.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function makeRow(
  store: TreeStore,
  parent: number,
  tag: string,
  options: ElementOptions | undefined,
): number {
  const { attrib = {}, nsmap = {}, text } = checkOptions("Cannot make an element", options, RULES);
  const { uri, local } = parseTag(tag, store.language);
  if (text !== undefined) checkText(text, "The text of an element");
  const node = store.createElement(store.names.intern(local));
  // In the parent, so that the prefixes in force there are found.
  if (parent !== 0) store.append(parent, node);
  try {
    for (const [prefix, namespace] of Object.entries(nsmap)) {
      if (prefix !== "" && !isNcName(prefix)) {
        throw new RangeError(`A prefix is a name without a colon, received "${prefix}"`);
      }
      if (namespace === "" && prefix !== "") {
        throw new RangeError(`The prefix "${prefix}" needs a namespace, received ""`);
      }
      checkText(namespace, "A namespace");
      declare(store, node, prefix, namespace);
    }
    if (uri !== "") {
      store.rename(node, store.names.intern(local, uri, ensurePrefix(store, node, uri, false)));
    }
    for (const [name, value] of isIterable(attrib) ? attrib : Object.entries(attrib)) {
      setAttribute(store, node, name, value);
    }
  } catch (error) {
    if (parent !== 0) store.detach(node);
    throw error;
  }
  if (text !== undefined) store.setTextAt(node + TEXT, text);
  return node;
}
