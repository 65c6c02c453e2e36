/** `xml:base` of elements whose parents are left out: section 2.4 of Canonical XML 1.1. */

import { PARENT } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { XML_URI } from "../../tree/namespaces.ts";

/** RFC 3986, appendix B: scheme, authority, path, query. The fragment does not count. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/;

/** An address in parts. */
interface Reference {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
}

function partsOf(text: string): Reference {
  const [, scheme, authority, path = "", query] = PARTS.exec(text)!;
  return { scheme, authority, path, query };
}

/** A path without `.` and without `..` that can be carried out; what leads above a relative path stays. */
function withoutDots(path: string): string {
  const isAbsolute = path.startsWith("/");
  const kept: string[] = [];
  const segments = path.split(/\/+/);
  const last = segments.at(-1)!;
  for (const segment of segments) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isAbsolute) kept.push(segment);
  }
  const isFolder = kept.length > 0 && (last === "" || last === "." || last === "..");
  return `${isAbsolute ? "/" : ""}${kept.join("/")}${isFolder ? "/" : ""}`;
}

/** RFC 3986, section 5.2.3: a relative path in the place of what is behind the last slash. */
function merged(base: Reference, path: string): string {
  if (base.authority !== undefined && base.path === "") return `/${path}`;
  // A trailing `..` is a folder.
  const folder = /(?:^|\/)\.\.?$/.test(base.path) ? `${base.path}/` : base.path;
  return folder.slice(0, folder.lastIndexOf("/") + 1) + path;
}

/**
 * What a reference is, seen from where a base is relative to: the standard's "join-URI-References". The base may be relative
 * itself.
 *
 * @param base The base.
 * @param reference The reference.
 */
export function joinReferences(base: string, reference: string): string {
  const [from, to] = [partsOf(base), partsOf(reference)];
  let { authority, path, query } = to;
  if (to.scheme === undefined && authority === undefined) {
    authority = from.authority;
    if (path === "") {
      path = from.path;
      query ??= from.query;
    } else if (!path.startsWith("/")) path = merged(from, path);
  }
  const scheme = to.scheme ?? from.scheme;
  return `${scheme === undefined ? "" : `${scheme}:`}${
    authority === undefined ? "" : `//${authority}`
  }${withoutDots(path)}${query === undefined ? "" : `?${query}`}`;
}

/**
 * The `xml:base` of an element whose parent is left out: its own, seen from those of the elements above it that are left out,
 * up to the first that is not.
 *
 * @param store The tree.
 * @param node The element.
 * @param own Its own, `undefined` if it has none.
 * @param isLeftOut Whether an element is left out.
 * @returns The base; `own` if those above have none, `undefined` if there is nothing to write.
 */
export function baseBelow(
  store: TreeStore,
  node: number,
  own: string | undefined,
  isLeftOut: (node: number) => boolean,
): string | undefined {
  const name = store.names.find("base", XML_URI, "xml");
  if (name === 0) return own;
  const above: string[] = [];
  let at = store.words[node + PARENT]!;
  for (; at !== 0 && isLeftOut(at); at = store.words[at + PARENT]!) {
    const row = store.findAttribute(at, name);
    if (row !== -1) above.push(store.attributeText(row));
  }
  if (above.length === 0) return own;
  // From the outside to the inside: it matters with what one begins.
  above.reverse();
  if (own !== undefined) above.push(own);
  return above.reduce((base, reference) => joinReferences(base, reference)) || undefined;
}
