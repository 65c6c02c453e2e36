/** What an expression is made of, as it is written. */

/** The axes of XPath 1.0. */
export type AxisName =
  | "ancestor"
  | "ancestor-or-self"
  | "attribute"
  | "child"
  | "descendant"
  | "descendant-or-self"
  | "following"
  | "following-sibling"
  | "namespace"
  | "parent"
  | "preceding"
  | "preceding-sibling"
  | "self";

/** Which nodes of an axis a step takes. */
export type TestSyntax =
  | { readonly kind: "node" | "text" | "comment" | "any" }
  | { readonly kind: "instruction"; readonly target: string | undefined }
  /** A local name `*` is any name of the namespace. */
  | { readonly kind: "name"; readonly prefix: string; readonly local: string };

/** A step of a path. */
export interface StepSyntax {
  readonly axis: AxisName;
  readonly test: TestSyntax;
  readonly predicates: readonly Syntax[];
  readonly at: number;
}

/** Operators that compare. */
export type CompareOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";
/** Operators that calculate. */
export type ArithmeticOperator = "+" | "-" | "multiply" | "div" | "mod";

/** An operator and what follows it: a chain of them is as flat as it is written. */
export interface Link<Operator> {
  readonly operator: Operator;
  readonly operand: Syntax;
}

/** An expression. */
export type Syntax =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "variable"; readonly name: string; readonly at: number }
  | {
    readonly type: "call";
    readonly name: string;
    readonly args: readonly Syntax[];
    readonly at: number;
  }
  | {
    readonly type: "path";
    /** Where the path begins: at the document, at the node, or at what an expression gives. */
    readonly start: "root" | "context" | Syntax;
    readonly steps: readonly StepSyntax[];
    readonly at: number;
  }
  | {
    readonly type: "filter";
    readonly base: Syntax;
    readonly predicates: readonly Syntax[];
    readonly at: number;
  }
  | { readonly type: "union"; readonly parts: readonly Syntax[]; readonly at: number }
  | { readonly type: "and" | "or"; readonly parts: readonly Syntax[] }
  | {
    readonly type: "compare";
    readonly first: Syntax;
    readonly rest: readonly Link<CompareOperator>[];
  }
  | {
    readonly type: "arithmetic";
    readonly first: Syntax;
    readonly rest: readonly Link<ArithmeticOperator>[];
  }
  | { readonly type: "negate"; readonly operand: Syntax };
