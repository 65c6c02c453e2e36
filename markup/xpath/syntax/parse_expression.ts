import { type Token, type TokenKind, tokensOf } from "./tokens.ts";
import type {
  ArithmeticOperator,
  AxisName,
  CompareOperator,
  Link,
  StepSyntax,
  Syntax,
  TestSyntax,
} from "./tree.ts";
import { XPathSyntaxError } from "./xpath_syntax_error.ts";

const AXES: ReadonlySet<string> = new Set<AxisName>([
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "namespace",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
]);
const NODE_TYPES: ReadonlySet<string> = new Set([
  "node",
  "text",
  "comment",
  "processing-instruction",
]);

/** Operators by how tightly they bind, loosest first. */
const LEVELS: readonly (readonly TokenKind[])[] = [
  ["or"],
  ["and"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["multiply", "div", "mod"],
];

const ANY_NODE: TestSyntax = { kind: "node" };

/**
 * Reads an expression. Chains of operators are read into lists and parts in brackets by recursion, so that `maxDepth` bounds
 * how deep both this and what walks its result go.
 */
class Parser {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  readonly #maxDepth: number;
  #index = 0;
  #depth = 0;

  constructor(expression: string, maxDepth: number) {
    this.#expression = expression;
    this.#tokens = tokensOf(expression);
    this.#maxDepth = maxDepth;
  }

  parse(): Syntax {
    const result = this.#expr();
    if (this.#token.kind !== "end") this.#fail("An operator or the end is needed");
    return result;
  }

  get #token(): Token {
    return this.#tokens[this.#index]!;
  }

  #ahead(kind: TokenKind): boolean {
    return this.#tokens[this.#index + 1]?.kind === kind;
  }

  #fail(needed: string, { at, kind, text }: Token = this.#token): never {
    const received = kind === "end"
      ? "the end"
      : JSON.stringify(text === "" && kind !== "literal" ? kind : text);
    throw new XPathSyntaxError(`${needed}, received ${received}`, this.#expression, at);
  }

  #take(kind: TokenKind): boolean {
    if (this.#token.kind !== kind) return false;
    this.#index++;
    return true;
  }

  #need(kind: TokenKind): void {
    if (!this.#take(kind)) this.#fail(`"${kind}" is needed`);
  }

  #expr(): Syntax {
    if (++this.#depth > this.#maxDepth) {
      throw new XPathSyntaxError(
        `An expression is at most ${this.#maxDepth} brackets deep (maxDepth)`,
        this.#expression,
        this.#token.at,
      );
    }
    const result = this.#binary(0);
    this.#depth--;
    return result;
  }

  #binary(level: number): Syntax {
    const kinds = LEVELS[level];
    if (kinds === undefined) return this.#unary();
    const first = this.#binary(level + 1);
    if (!kinds.includes(this.#token.kind)) return first;
    const rest: Link<TokenKind>[] = [];
    while (kinds.includes(this.#token.kind)) {
      const operator = this.#token.kind;
      this.#index++;
      rest.push({ operator, operand: this.#binary(level + 1) });
    }
    if (level < 2) {
      return {
        type: level === 0 ? "or" : "and",
        parts: [first, ...rest.map(({ operand }) => operand)],
      };
    }
    return level < 4
      ? { type: "compare", first, rest: rest as Link<CompareOperator>[] }
      : { type: "arithmetic", first, rest: rest as Link<ArithmeticOperator>[] };
  }

  #unary(): Syntax {
    let minuses = 0;
    while (this.#take("-")) minuses++;
    const operand = this.#union();
    if (minuses === 0) return operand;
    // Two minuses are not none: they make a number.
    const once: Syntax = { type: "negate", operand };
    return minuses % 2 === 1 ? once : { type: "negate", operand: once };
  }

  #union(): Syntax {
    const { at } = this.#token;
    const first = this.#path();
    if (this.#token.kind !== "|") return first;
    const parts = [first];
    while (this.#take("|")) parts.push(this.#path());
    return { type: "union", parts, at };
  }

  /** Whether a location step begins here, not a primary expression. */
  #stepAhead(): boolean {
    const { kind, text } = this.#token;
    if (kind === "." || kind === ".." || kind === "@") return true;
    return kind === "name" && (!this.#ahead("(") || NODE_TYPES.has(text));
  }

  #path(): Syntax {
    const { at, kind } = this.#token;
    const steps: StepSyntax[] = [];
    if (kind === "/" || kind === "//") {
      if (kind === "/") {
        this.#index++;
        if (!this.#stepAhead()) return { type: "path", start: "root", steps, at };
        steps.push(this.#step());
      }
      this.#steps(steps);
      return { type: "path", start: "root", steps, at };
    }
    if (this.#stepAhead()) {
      steps.push(this.#step());
      this.#steps(steps);
      return { type: "path", start: "context", steps, at };
    }
    const primary = this.#primary();
    const predicates = this.#predicates();
    const base: Syntax = predicates.length === 0
      ? primary
      : { type: "filter", base: primary, predicates, at };
    this.#steps(steps);
    return steps.length === 0 ? base : { type: "path", start: base, steps, at };
  }

  /** What follows the first step, from a slash on. */
  #steps(steps: StepSyntax[]): void {
    while (true) {
      const { kind, at } = this.#token;
      if (kind !== "/" && kind !== "//") return;
      this.#index++;
      if (kind === "//") {
        steps.push({ axis: "descendant-or-self", test: ANY_NODE, predicates: [], at });
      }
      if (!this.#stepAhead()) this.#fail("A step is needed");
      steps.push(this.#step());
    }
  }

  #step(): StepSyntax {
    const { at, kind, text } = this.#token;
    if (kind === "." || kind === "..") {
      this.#index++;
      const axis = kind === "." ? "self" : "parent";
      return { axis, test: ANY_NODE, predicates: [], at };
    }
    let axis: AxisName = "child";
    if (this.#take("@")) axis = "attribute";
    else if (this.#ahead("::")) {
      if (!AXES.has(text)) this.#fail("The name of an axis is needed");
      axis = text as AxisName;
      this.#index += 2;
    }
    return { axis, test: this.#test(), predicates: this.#predicates(), at };
  }

  #test(): TestSyntax {
    const { kind, text } = this.#token;
    if (kind !== "name") this.#fail("A name or a type of nodes is needed");
    this.#index++;
    if (NODE_TYPES.has(text) && this.#take("(")) {
      if (text !== "processing-instruction") {
        this.#need(")");
        return { kind: text as "node" | "text" | "comment" };
      }
      const target = this.#token;
      const given = this.#take("literal");
      this.#need(")");
      return { kind: "instruction", target: given ? target.text : undefined };
    }
    if (text === "*") return { kind: "any" };
    const colon = text.indexOf(":");
    return {
      kind: "name",
      prefix: colon === -1 ? "" : text.slice(0, colon),
      local: text.slice(colon + 1),
    };
  }

  #predicates(): Syntax[] {
    const predicates: Syntax[] = [];
    while (this.#take("[")) {
      predicates.push(this.#expr());
      this.#need("]");
    }
    return predicates;
  }

  #primary(): Syntax {
    const { kind, text, at } = this.#token;
    this.#index++;
    switch (kind) {
      case "(": {
        const inner = this.#expr();
        this.#need(")");
        return inner;
      }
      case "literal":
        return { type: "string", value: text };
      case "number":
        return { type: "number", value: Number(text) };
      case "variable":
        return { type: "variable", name: text, at };
      case "name":
        return { type: "call", name: text, args: this.#args(), at };
    }
    this.#index--;
    return this.#fail("An expression is needed");
  }

  #args(): Syntax[] {
    this.#need("(");
    const args: Syntax[] = [];
    if (this.#take(")")) return args;
    do args.push(this.#expr()); while (this.#take(","));
    this.#need(")");
    return args;
  }
}

/**
 * Reads an expression.
 *
 * @param expression The expression.
 * @param maxDepth Most brackets inside one another.
 * @throws {XPathSyntaxError} If it is not XPath 1.0.
 */
export function parseExpression(expression: string, maxDepth: number): Syntax {
  return new Parser(expression, maxDepth).parse();
}
