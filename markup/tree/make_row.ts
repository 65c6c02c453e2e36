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
 */
export function makeRow(
  store: TreeStore,
  parent: number,
  tag: string,
  options: ElementOptions,
): number {
  const { uri, local } = parseTag(tag, store.language);
  if (options.text !== undefined) checkText(options.text, "The text of an element");
  const node = store.createElement(store.names.intern(local));
  // In the parent, so that the prefixes in force there are found.
  if (parent !== 0) store.append(parent, node);
  try {
    for (const [prefix, namespace] of Object.entries(options.nsmap ?? {})) {
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
    const attrib = options.attrib ?? {};
    for (const [name, value] of isIterable(attrib) ? attrib : Object.entries(attrib)) {
      setAttribute(store, node, name, value);
    }
  } catch (error) {
    if (parent !== 0) store.detach(node);
    throw error;
  }
  if (options.text !== undefined) store.setTextAt(node + TEXT, options.text);
  return node;
}
