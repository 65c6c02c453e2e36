import { ATTR_COUNT, ATTR_ROW, ATTRS } from "../../store/mod.ts";
import type { AttributeOperator, AttributeTest as Written } from "../syntax/ast.ts";
import { isSpace } from "../syntax/scanner.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";
import { hasWord, isValue, lowerAscii, testValue, type ValueTest } from "./values.ts";

/** Attributes of HTML whose values are compared without regard to capitals, by the HTML standard, section 16.2. */
const FOLDED: ReadonlySet<string> = new Set(
  ("accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir direction " +
    "disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize noshade nowrap " +
    "readonly rel rev rules scope scrolling selected shape target text type valign valuetype vlink")
    .split(" "),
);

/** The namespace of namespace declarations, which are no attributes here. */
const XMLNS = "http://www.w3.org/2000/xmlns/";

/** Asks about the part of a text between start and end. */
function comparison(operator: AttributeOperator, value: string): ValueTest {
  const { length } = value;
  switch (operator) {
    case "":
      return () => true;
    case "=":
      return (text, start, end) => isValue(text, start, end, value);
    case "!=":
      return (text, start, end) => !isValue(text, start, end, value);
    case "~=":
      if (length === 0 || [...value].some((sign) => isSpace(sign.charCodeAt(0)))) {
        return () => false;
      }
      return (text, start, end) => hasWord(text, start, end, value);
    case "|=":
      return (text, start, end) =>
        text.startsWith(value, start) &&
        (end - start === length || (end - start > length && text[start + length] === "-"));
    case "^=":
      return (text, start, end) =>
        length > 0 && end - start >= length && text.startsWith(value, start);
    case "$=":
      return (text, start, end) =>
        length > 0 && end - start >= length && text.startsWith(value, end - length);
    case "*=":
      // Looked for in the value alone: a search through the source would go on behind it.
      return (text, start, end) =>
        length > 0 && end - start >= length && text.slice(start, end).includes(value);
  }
}

/** Whether an element has an attribute, and its value is as it should be. */
export class AttributeTest implements Test {
  readonly #uri: string | undefined;
  readonly #local: string;
  /** The local name as elements of HTML have it. */
  readonly #lower: string;
  /** Whether there is but one number that the name can have: it has no namespace, and is the same for all elements. */
  readonly #plain: boolean;
  readonly #not: boolean;
  readonly #compare: ValueTest;
  /** The comparison for elements of HTML, if they have another one. */
  readonly #compareHtml: ValueTest;
  /** The run that the number is of. */
  #serial = 0;
  #name = 0;

  constructor(test: Written, html: boolean) {
    const { uri, operator, value, flag } = test;
    this.#uri = uri;
    this.#local = test.local!;
    this.#lower = html ? lowerAscii(test.local!) : test.local!;
    this.#plain = uri === "" && this.#lower === this.#local;
    this.#not = operator === "!=";
    const lowered = comparison(operator, lowerAscii(value));
    const folded: ValueTest = (text, start, end) => {
      const value = lowerAscii(text.slice(start, end));
      return lowered(value, 0, value.length);
    };
    this.#compare = flag === "i" ? folded : comparison(operator, value);
    const folds = flag === "" && operator !== "" && uri === "" &&
      FOLDED.has(lowerAscii(this.#local));
    this.#compareHtml = folds ? folded : this.#compare;
  }

  matches(query: Query, node: number): boolean {
    const { words, attrs } = query;
    const first = words[node + ATTRS]!;
    const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
    if (this.#plain) {
      const name = this.#serial === query.serial ? this.#name : this.#look(query);
      for (let at = first; at < end; at += ATTR_ROW) {
        if (attrs[at] === name) return this.#passes(query, node, at);
      }
      return this.#not;
    }
    let found = false;
    for (let at = first; at < end; at += ATTR_ROW) {
      if (!this.#isAsked(query, node, attrs[at]!)) continue;
      if (this.#passes(query, node, at)) return true;
      found = true;
    }
    return this.#not && !found;
  }

  /** The number of the name in a document; -1 if nothing there has it. */
  #look(query: Query): number {
    this.#serial = query.serial;
    return this.#name = query.store.names.find(this.#local) || -1;
  }

  #passes(query: Query, node: number, at: number): boolean {
    const own = this.#compareHtml !== this.#compare && query.isHtml(node);
    return testValue(query, at, own ? this.#compareHtml : this.#compare);
  }

  /** Whether a name is the one that is asked for. */
  #isAsked(query: Query, node: number, name: number): boolean {
    const { names } = query.store;
    const uri = names.uri(name);
    if (uri === XMLNS || (this.#uri !== undefined && uri !== this.#uri)) return false;
    const local = names.local(name);
    if (this.#local === this.#lower || uri !== "") return local === this.#local;
    return local === (query.isHtml(node) ? this.#lower : this.#local);
  }
}
