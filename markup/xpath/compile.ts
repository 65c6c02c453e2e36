/** Compiles an expression: names become tests, steps that can be joined are, what depends on nothing is evaluated once. */
import { AXES } from "./axes/axis.ts";
import { NodeTest, type TestSpec } from "./axes/node_check.ts";
import { Constant, type Expression, Once, Variable } from "./expressions/expression.ts";
import { makeComparison } from "./expressions/node_comparison.ts";
import { Arithmetic, Logic, Negation } from "./expressions/operators.ts";
import { FilterExpression, Path, Union } from "./expressions/path.ts";
import type { Predicate } from "./expressions/predicate.ts";
import { Step } from "./expressions/step.ts";
import type { FunctionDefinition } from "./functions/definition.ts";
import { makeCall } from "./functions/special.ts";
import type { AxisName, StepSyntax, Syntax, TestSyntax } from "./syntax/tree.ts";
import { XPathSyntaxError } from "./syntax/xpath_syntax_error.ts";

/** What names in an expression stand for. */
export interface Names {
  /** The namespace of a prefix. */
  namespace(prefix: string): string | undefined;
  /** The function of a name: `{uri}local` or `local`. */
  function(name: string): FunctionDefinition | undefined;
}

/** An expression that is ready to be evaluated. */
export interface Compiled {
  readonly expression: Expression;
  /** The tests in it, to be bound to the names of a store. */
  readonly tests: readonly NodeTest[];
  /** The variables in it. */
  readonly variables: readonly string[];
  /** How many results a run keeps. */
  readonly onces: number;
}

class Compiler {
  readonly tests: NodeTest[] = [];
  readonly variables = new Set<string>();
  onces = 0;
  #ordinals = 0;
  /** How many predicates are around what is compiled. */
  #inside = 0;
  readonly #text: string;
  readonly #names: Names;

  constructor(text: string, names: Names) {
    this.#text = text;
    this.#names = names;
  }

  #fail(message: string, at: number): never {
    throw new XPathSyntaxError(message, this.#text, at);
  }

  #uri(prefix: string, at: number): string {
    const uri = this.#names.namespace(prefix);
    if (uri === undefined) {
      this.#fail(`The prefix "${prefix}" needs a namespace in the option "namespaces"`, at);
    }
    return uri;
  }

  /** The name of a function or variable as `{uri}local`, or `local` without a prefix. */
  #expand(name: string, at: number): string {
    const colon = name.indexOf(":");
    if (colon === -1) return name;
    return `{${this.#uri(name.slice(0, colon), at)}}${name.slice(colon + 1)}`;
  }

  /** Compiles an expression; in a predicate, which is evaluated again and again, so that what depends on nothing is kept. */
  compile(syntax: Syntax): Expression {
    const expression = this.#compile(syntax);
    return this.#inside > 0 ? this.#once(expression) : expression;
  }

  #compile(syntax: Syntax): Expression {
    switch (syntax.type) {
      case "number":
      case "string":
        return new Constant(syntax.value);
      case "variable": {
        const name = this.#expand(syntax.name, syntax.at);
        this.variables.add(name);
        return new Variable(name);
      }
      case "call":
        return this.#call(syntax);
      case "path":
        return this.#path(syntax);
      case "filter":
        return this.#filter(syntax);
      case "union":
        return new Union(syntax.parts.map((part) => this.#nodes(part, syntax.at)));
      case "and":
      case "or":
        return new Logic(syntax.type, syntax.parts.map((part) => this.compile(part)));
      case "compare": {
        let left = this.compile(syntax.first);
        // Each comparison contains the one before: a chain nests as deep as it is long.
        if (syntax.rest.length > 256) this.#fail("At most 256 comparisons may be in a chain", 0);
        for (const { operator, operand } of syntax.rest) {
          left = makeComparison(operator, left, this.compile(operand));
        }
        return left;
      }
      case "arithmetic":
        return new Arithmetic(
          this.compile(syntax.first),
          syntax.rest.map(({ operator, operand }) => ({
            operator,
            operand: this.compile(operand),
          })),
        );
      case "negate":
        return new Negation(this.compile(syntax.operand));
    }
  }

  /** Compiles what must give nodes. */
  #nodes(syntax: Syntax, at: number): Expression {
    const expression = this.compile(syntax);
    if (expression.type !== "nodes" && expression.type !== "any") {
      this.#fail(`Nodes are needed here, received a ${expression.type}`, at);
    }
    return expression;
  }

  #call({ name, args, at }: Syntax & { type: "call" }): Expression {
    const definition = this.#names.function(this.#expand(name, at));
    if (definition === undefined) this.#fail(`There is no function "${name}"`, at);
    const { least, most } = definition;
    if (args.length < least || args.length > most) {
      const needed = least === most
        ? `${least}`
        : most === Infinity
        ? `at least ${least}`
        : `${least} to ${most}`;
      this.#fail(`The function "${name}" takes ${needed} arguments, received ${args.length}`, at);
    }
    const compiled = args.map((arg) => this.compile(arg));
    definition.needsNodes?.forEach((index) => {
      const type = compiled[index]?.type ?? "nodes";
      if (type !== "nodes" && type !== "any") {
        this.#fail(`The function "${name}" takes nodes, received a ${type}`, at);
      }
    });
    return makeCall(definition, compiled);
  }

  /** Lets what depends on nothing be evaluated once. */
  #once(expression: Expression): Expression {
    const kept = expression instanceof Constant || expression instanceof Variable ||
      expression instanceof Once;
    if (kept || expression.contextual || expression.positional || !expression.pure) {
      return expression;
    }
    return new Once(expression, this.onces++);
  }

  #test(syntax: TestSyntax, step: StepSyntax): NodeTest {
    let spec: TestSpec;
    if (syntax.kind !== "name") spec = syntax;
    else {
      const { prefix, local } = syntax;
      const uri = prefix !== ""
        ? this.#uri(prefix, step.at)
        : step.axis === "attribute" || step.axis === "namespace"
        ? ""
        : this.#names.namespace("") ?? "";
      spec = { kind: "name", uri, local: local === "*" ? undefined : local };
    }
    const test = new NodeTest(spec);
    this.tests.push(test);
    return test;
  }

  #path({ start, steps }: Syntax & { type: "path" }): Expression {
    const compiled: Step[] = [];
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      const next = steps[i + 1];
      const { filters, predicates } = this.#predicates(step.predicates);
      if (
        next !== undefined && step.axis === "descendant-or-self" && step.test.kind === "node" &&
        step.predicates.length === 0
      ) {
        const joined = this.#join(next);
        if (joined !== undefined) {
          compiled.push(...joined);
          i++;
          continue;
        }
      }
      compiled.push(this.#makeStep(step.axis, this.#test(step.test, step), filters, predicates));
    }
    const first = typeof start === "object" ? this.#nodes(start, steps[0]!.at) : start;
    return new Path(first, compiled);
  }

  /** Steps outside of predicates are taken from all nodes at once, and need no index. */
  #makeStep(
    axis: AxisName,
    test: NodeTest,
    filters: readonly Expression[],
    predicates: readonly Predicate[],
  ): Step {
    const indexed = AXES[axis].indexed !== undefined &&
      (this.#inside > 0 || predicates.length > 0);
    return new Step(AXES[axis], test, filters, predicates, indexed ? this.#ordinals++ : -1);
  }

  /** `//a` is all descendants `a`, and only elements have attributes, unless there are positions to count. */
  #join(next: StepSyntax): Step[] | undefined {
    if (next.axis !== "child" && next.axis !== "attribute") return undefined;
    const { filters, predicates } = this.#predicates(next.predicates);
    if (next.axis === "child" && predicates.length === 0) {
      return [this.#makeStep("descendant", this.#test(next.test, next), filters, predicates)];
    }
    const kind = next.axis === "attribute" ? "any" : "rows";
    const test = new NodeTest({ kind });
    this.tests.push(test);
    return [
      this.#makeStep("descendant-or-self", test, [], []),
      this.#makeStep(next.axis, this.#test(next.test, next), filters, predicates),
    ];
  }

  #filter({ base, predicates, at }: Syntax & { type: "filter" }): Expression {
    const compiled = this.#predicates(predicates);
    return new FilterExpression(this.#nodes(base, at), compiled.filters, compiled.predicates);
  }

  /** Parts predicates at the first one that depends on positions. */
  #predicates(
    syntaxes: readonly Syntax[],
  ): { filters: Expression[]; predicates: Predicate[] } {
    const filters: Expression[] = [];
    const predicates: Predicate[] = [];
    for (const syntax of syntaxes) {
      const special = positionIn(syntax);
      if (special !== undefined) {
        predicates.push(special);
        continue;
      }
      this.#inside++;
      const expression = this.compile(syntax);
      this.#inside--;
      const { type, positional } = expression;
      if (predicates.length > 0 || positional || type === "number" || type === "any") {
        predicates.push({ kind: "any", expression });
      } else filters.push(expression);
    }
    return { filters, predicates };
  }
}

function isCall(syntax: Syntax, name: string): boolean {
  return syntax.type === "call" && syntax.name === name && syntax.args.length === 0;
}

/** No node is at a position below 1, or between two. */
function at(position: number): Predicate {
  return position >= 1 && Number.isInteger(position)
    ? { kind: "at", position }
    : { kind: "first", count: 0 };
}

/** The predicates that can be told without evaluating: `[1]`, `[last()]`, `[position() < 3]` and so on. */
function positionIn(syntax: Syntax): Predicate | undefined {
  if (syntax.type === "number") return at(syntax.value);
  if (isCall(syntax, "last")) return { kind: "last" };
  if (syntax.type !== "compare" || syntax.rest.length !== 1) return undefined;
  const [{ operator, operand }] = syntax.rest as [typeof syntax.rest[0]];
  if (!isCall(syntax.first, "position")) return undefined;
  if (operator === "=" && isCall(operand, "last")) return { kind: "last" };
  if (operand.type !== "number") return undefined;
  switch (operator) {
    case "=":
      return at(operand.value);
    case "<":
      return { kind: "first", count: Math.max(0, Math.ceil(operand.value) - 1) };
    case "<=":
      return { kind: "first", count: Math.max(0, Math.floor(operand.value)) };
  }
  return undefined;
}

/**
 * Compiles an expression.
 *
 * @param text The expression, for messages.
 * @param syntax What it says.
 * @param names What names in it stand for.
 * @throws {XPathSyntaxError} If a name stands for nothing, or a value of the wrong type is sure to come.
 */
export function compile(text: string, syntax: Syntax, names: Names): Compiled {
  const compiler = new Compiler(text, names);
  const expression = compiler.compile(syntax);
  const { tests, onces } = compiler;
  return { expression, tests, variables: [...compiler.variables], onces };
}
