/** Selectors as they are written: what the parser makes and the compiler reads. */

/** What stands between two compound selectors. */
export type Combinator = " " | ">" | "+" | "~";

/** How the value of an attribute is compared; `""` asks for the attribute alone. */
export type AttributeOperator = "" | "=" | "~=" | "|=" | "^=" | "$=" | "*=" | "!=";

/** A name with its namespace: `undefined` is any. */
export interface NameTest {
  /** The namespace, "" for none, `undefined` for any. */
  readonly uri: string | undefined;
  /** The local name, `undefined` for any. */
  readonly local: string | undefined;
}

/** The test of an attribute. */
export interface AttributeTest extends NameTest {
  readonly kind: "attribute";
  readonly operator: AttributeOperator;
  readonly value: string;
  /** `i`: capitals and small letters are equal; `s`: they are not; "": as the document's language says. */
  readonly flag: "" | "i" | "s";
}

/** `an + b`, of which siblings, and from which end. */
export interface NthTest {
  readonly kind: "nth";
  readonly step: number;
  readonly offset: number;
  /** Whether it is counted from the last sibling. */
  readonly last: boolean;
  /** Which siblings are counted: all, those of the same name, or those that match. */
  readonly of: "all" | "type" | readonly ComplexSelector[];
}

/** States of elements that are told by a word. */
export type StateName =
  | "any-link"
  | "checked"
  | "disabled"
  | "empty"
  | "enabled"
  | "first-child"
  | "last-child"
  | "never"
  | "only-child"
  | "optional"
  | "required"
  | "root"
  | "scope";

/** One test of an element. */
export type SimpleSelector =
  | { readonly kind: "type" } & NameTest
  | { readonly kind: "id" | "class"; readonly value: string }
  | AttributeTest
  | NthTest
  | { readonly kind: "is" | "not" | "has"; readonly list: readonly ComplexSelector[] }
  | { readonly kind: "state"; readonly name: StateName }
  | { readonly kind: "lang"; readonly ranges: readonly string[] }
  | { readonly kind: "dir"; readonly value: string }
  | { readonly kind: "contains"; readonly text: string };

/** What is taken of the elements that are found: their texts, or the value of an attribute. */
export type PseudoElement =
  | { readonly kind: "text" }
  | { readonly kind: "attr" } & NameTest;

/** Tests that one element must pass, and the combinator before them: `undefined` for the first of a selector. */
export interface CompoundSelector {
  readonly combinator: Combinator | undefined;
  readonly tests: readonly SimpleSelector[];
}

/** Compound selectors with combinators. In `:has()` the first one has a combinator, too. */
export interface ComplexSelector {
  readonly compounds: readonly CompoundSelector[];
  readonly pseudo: PseudoElement | undefined;
}
