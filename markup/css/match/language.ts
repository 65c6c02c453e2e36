import { PARENT } from "../../store/mod.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** The namespace of `xml:lang`. */
const XML = "http://www.w3.org/XML/1998/namespace";

/** Languages of elements that were asked for, "" for none, by the run. */
const LANGUAGES = {};

/** `:lang()`: whether the language of an element is in one of some ranges. */
export class LangTest implements Test {
  readonly #ranges: readonly (readonly string[])[];

  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map((range) => range.toLowerCase().split("-"));
  }

  matches(query: Query, node: number): boolean {
    const language = languageOf(query, node).toLowerCase().split("-");
    return this.#ranges.some((range) => isInRange(language, range));
  }
}

/** The language that an element, or the nearest one above it, tells. */
function languageOf(query: Query, node: number): string {
  const known = query.kept(LANGUAGES, () => new Map<number, string>());
  const path: number[] = [];
  let language = "";
  for (let at = node; at !== 0; at = query.linked(at, PARENT)) {
    const found = known.get(at) ?? ownLanguage(query, at);
    if (found !== undefined) {
      language = found;
      break;
    }
    path.push(at);
  }
  for (const at of path) known.set(at, language);
  return language;
}

function ownLanguage(query: Query, node: number): string | undefined {
  const { store } = query;
  const name = store.names.find("lang", XML, "xml");
  const at = name === 0 ? -1 : store.findAttribute(node, name);
  if (at !== -1) return store.attributeText(at);
  return query.isHtml(node) ? query.attribute(node, "lang") : undefined;
}

/** Extended filtering by RFC 4647, section 3.3.2. */
function isInRange(language: readonly string[], range: readonly string[]): boolean {
  if (range[0] !== "*" && range[0] !== language[0]) return false;
  // What has no language is in the empty range alone.
  if (language[0] === "") return range[0] === "";
  let at = 1;
  for (const part of range.slice(1)) {
    if (part === "*") continue;
    while (at < language.length && language[at] !== part && language[at]!.length > 1) at++;
    if (language[at++] !== part) return false;
  }
  return true;
}
