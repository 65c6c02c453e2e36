/** The text of a function or class, taken apart: its form, its free names, and what else it takes from around it. */
import type { AnyNode, Class, Function as FunctionNode, Property } from "acorn";
import { analyse, type Analysis } from "./analysis.ts";
import { type Goal, parse } from "./parser.ts";
import type { ImportUse, LexicalUse, Reference, Scope } from "./scope.ts";

/** What kind of text makes the function again. */
export type FunctionForm = "function" | "arrow" | "class" | "method" | "getter" | "setter";

/** A function's text, taken apart. Positions in `analysis` are `offset` larger than those in `text`. */
export interface FunctionSource {
  readonly form: FunctionForm;
  readonly text: string;
  readonly offset: number;
  /** Whether it is code of a module or parses as such; else a script's, which is not strict by itself. */
  readonly goal: Goal;
  readonly node: FunctionNode | Class;
  readonly scope: Scope;
  readonly analysis: Analysis;
  /** Names that are declared nowhere inside, with their uses. */
  readonly free: ReadonlyMap<string, readonly Reference[]>;
  /** `this`, `arguments`, `new.target` and `super` of what is around it, `import.meta`, private names, direct `eval`. */
  readonly lexical: readonly LexicalUse[];
  /** Its own name, used inside: a function declaration's may have got another value. */
  readonly selfReferences: readonly Reference[];
  /** Whether it is a method that uses `super` itself. */
  readonly usesSuper: boolean;
  /** `import()` of a specifier that is written down. */
  readonly imports: readonly ImportUse[];
  /** Whether it is a method with a private name. */
  readonly isPrivate: boolean;
  /** The name of a method if it is computed. */
  readonly computedKey: AnyNode | undefined;
}

/** Whether a text is no source at all: a native or bound function. */
export function isNative(text: string): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(text);
}

/** Whether a function is a class. */
export function isClass(fn: object): boolean {
  return Object.getOwnPropertyDescriptor(fn, "prototype")?.writable === false &&
    /^class\b/.test(Function.prototype.toString.call(fn));
}

/** Whether a function runs in sloppy mode, as far as the engine says: arrows and methods do not tell. */
export function isSloppy(fn: object): boolean {
  try {
    Reflect.get(Function.prototype, "arguments", fn);
    return true;
  } catch {
    return false;
  }
}

/** The `length` of a function or class: how many parameters are before the first with a default value, or the rest. */
export function lengthOf(node: FunctionNode | Class): number {
  if (!("params" in node)) {
    const made = node.body.body.find((element) =>
      element.type === "MethodDefinition" && element.kind === "constructor"
    );
    return made?.type === "MethodDefinition" ? lengthOf(made.value) : 0;
  }
  const { params } = node;
  const end = params.findIndex(({ type }) =>
    type === "AssignmentPattern" || type === "RestElement"
  );
  return end < 0 ? params.length : end;
}

type Wrapping = readonly [before: string, after: string];

const EXPRESSION: Wrapping = ["(function(){return(", ")})"];
const METHOD: Wrapping = ["(function(){return({", "})})"];
const PRIVATE_METHOD: Wrapping = ["(function(){return(class{", "}\n)})"];

interface Parsed {
  readonly form: FunctionForm;
  readonly node: FunctionNode | Class;
  readonly offset: number;
  readonly goal: Goal;
  readonly analysis: Analysis;
  readonly isPrivate: boolean;
  readonly computedKey?: AnyNode;
}

/** Parses a text in a wrapping; `undefined` if it does not parse so. */
function attempt(text: string, wrapping: Wrapping, goal: Goal): Parsed | undefined {
  let analysis: Analysis;
  try {
    analysis = analyse(parse(wrapping[0] + text + wrapping[1], goal));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const [statement] = analysis.program.body;
  if (statement?.type !== "ExpressionStatement") return undefined;
  const wrapper = statement.expression;
  if (wrapper.type !== "FunctionExpression") return undefined;
  const [returned] = wrapper.body.body;
  if (returned?.type !== "ReturnStatement" || !returned.argument) return undefined;
  const made = returned.argument;
  const rest = {
    offset: wrapping[0].length,
    goal,
    analysis,
    isPrivate: wrapping === PRIVATE_METHOD,
  };
  if (wrapping === EXPRESSION) {
    switch (made.type) {
      case "FunctionExpression":
        return { form: "function", node: made, ...rest };
      case "ArrowFunctionExpression":
        return { form: "arrow", node: made, ...rest };
      case "ClassExpression":
        return { form: "class", node: made, ...rest };
      default:
        return undefined;
    }
  }
  const [member] = made.type === "ObjectExpression"
    ? made.properties
    : made.type === "ClassExpression"
    ? made.body.body
    : [];
  if (
    member === undefined || member.type === "SpreadElement" || member.type === "StaticBlock" ||
    member.value?.type !== "FunctionExpression"
  ) return undefined;
  const kind = (member as Property).kind;
  const form = kind === "get" ? "getter" : kind === "set" ? "setter" : "method";
  return {
    form,
    node: member.value,
    ...rest,
    ...(member.computed ? { computedKey: member.key as AnyNode } : {}),
  };
}

/**
 * Takes a function's text apart; `undefined` if the parser does not know its syntax.
 *
 * @param text What `Function.prototype.toString` gives.
 * @param constructible Whether it has a `prototype`: a method named `function` reads like a function expression.
 */
export function takeApart(text: string, constructible: boolean): FunctionSource | undefined {
  let parsed: Parsed | undefined;
  for (const goal of ["module", "script"] as const) {
    parsed = attempt(text, EXPRESSION, goal);
    if (parsed?.form === "function" && !constructible && /^function\s*\(/.test(text)) {
      parsed = attempt(text, METHOD, goal) ?? parsed;
    }
    parsed ??= attempt(text, METHOD, goal) ?? attempt(text, PRIVATE_METHOD, goal);
    if (parsed !== undefined) break;
  }
  if (parsed === undefined) return undefined;
  const { analysis, node, form } = parsed;
  const scope = analysis.scopes.get(node)!;
  const free = new Map<string, Reference[]>();
  const lexical: LexicalUse[] = [];
  const selfReferences: Reference[] = [];
  const ownName = form === "function" && node.id ? scope.parent!.declarations : undefined;
  for (const reference of analysis.references) {
    const { name, start, end } = reference.identifier;
    const declaration = reference.scope.lookup(name);
    if (declaration !== undefined) {
      if (ownName?.get(name) === declaration) selfReferences.push(reference);
      continue;
    }
    if (name === "arguments") {
      if (scope.contains(reference.scope.thisScope)) continue;
      lexical.push({ kind: "arguments", name, start, end, scope: reference.scope });
      continue;
    }
    const uses = free.get(name);
    if (uses === undefined) free.set(name, [reference]);
    else uses.push(reference);
  }
  let usesSuper = false;
  for (const use of analysis.uses) {
    if (isOutside(use, scope)) lexical.push(use);
    else if (use.kind === "super" && form !== "class" && use.scope.thisScope === scope) {
      usesSuper = true;
    }
  }
  return {
    form,
    text,
    offset: parsed.offset,
    goal: parsed.goal,
    node,
    scope,
    analysis,
    free,
    lexical,
    selfReferences,
    usesSuper,
    imports: analysis.imports,
    isPrivate: parsed.isPrivate,
    computedKey: parsed.computedKey,
  };
}

/** Whether a use refers to something outside a function or class. */
function isOutside(use: LexicalUse, within: Scope): boolean {
  switch (use.kind) {
    case "import.meta":
      return true;
    case "eval":
      return use.scope.lookup("eval") === undefined;
    case "private": {
      let scope: Scope | undefined = use.scope;
      for (; scope !== undefined; scope = scope.parent) {
        if (scope.privateNames.has(use.name)) return false;
      }
      return true;
    }
    default:
      return !within.contains(use.scope.thisScope);
  }
}
