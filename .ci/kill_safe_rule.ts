/**
 * `ferry/kill-safe`: what must hold of each function in `ipc/kill_safe.ts`, so that no kill can tear it.
 *
 * The engine stops a thread where a function is called, before that has done anything, and where a loop goes round. So
 * only what is known to call nothing is allowed: a list of the syntax that may be there, not of what may not. A function
 * makes at most one call, of `Atomics`, in its first statement, in which nothing is assigned.
 */

/** Operations that neither block nor run code of others, and are one step. */
const ATOMICS = /^(?:add|and|compareExchange|exchange|load|or|store|sub|xor)$/;

/** What the body of a function may be made of, besides its one call. */
const STATEMENTS = new Set([
  "BlockStatement",
  "VariableDeclaration",
  "VariableDeclarator",
  "ExpressionStatement",
  "IfStatement",
  "ReturnStatement",
  "BinaryExpression",
  "LogicalExpression",
  "UnaryExpression",
  "ConditionalExpression",
  "AssignmentExpression",
  "MemberExpression",
  "TSNonNullExpression",
  "Identifier",
  "Literal",
]);

/** Assignments and calls that a part of a function makes. */
interface Effects {
  readonly calls: Deno.lint.Node[];
  readonly assignments: Deno.lint.Node[];
  readonly others: Deno.lint.Node[];
}

/** Types are not code. */
const TYPES = /^(?:typeAnnotation|returnType|typeParameters|typeArguments)$/;

function children(node: Deno.lint.Node): Deno.lint.Node[] {
  const found: Deno.lint.Node[] = [];
  // What a node has are accessors of its prototype.
  for (const key in node) {
    if (TYPES.test(key)) continue;
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item?.type === "string") found.push(item);
    }
  }
  return found;
}

function isAtomics(node: Deno.lint.Node): boolean {
  return node.type === "CallExpression" && !node.optional &&
    node.callee.type === "MemberExpression" && !node.callee.computed &&
    node.callee.object.type === "Identifier" && node.callee.object.name === "Atomics" &&
    node.callee.property.type === "Identifier" && ATOMICS.test(node.callee.property.name);
}

/** Whether it reads or writes an element of an array, by an index that is no string: what no accessor can be behind. */
function isElement(node: Deno.lint.Node): boolean {
  return node.type === "MemberExpression" && node.computed && !node.optional &&
    !(node.property.type === "Literal" && typeof node.property.value !== "number");
}

function collect(node: Deno.lint.Node, into: Effects): void {
  if (isAtomics(node)) {
    into.calls.push(node);
    const { arguments: args } = node as Deno.lint.CallExpression;
    for (const argument of args) collect(argument, into);
    return;
  }
  if (node.type === "CallExpression") into.calls.push(node);
  else if (!STATEMENTS.has(node.type)) into.others.push(node);
  else if (node.type === "MemberExpression" && !isElement(node)) into.others.push(node);
  else if (node.type === "AssignmentExpression") {
    if (node.left.type === "MemberExpression" && node.operator === "=") into.assignments.push(node);
    else into.others.push(node);
  } else if (node.type === "VariableDeclaration" && node.kind !== "const") into.others.push(node);
  else if (node.type === "VariableDeclarator" && node.id.type !== "Identifier") {
    into.others.push(node);
  }
  for (const child of children(node)) collect(child, into);
}

function effectsOf(node: Deno.lint.Node): Effects {
  const effects: Effects = { calls: [], assignments: [], others: [] };
  collect(node, effects);
  return effects;
}

/** Checks one function. */
function checkFunction(
  { params, body, async, generator }: Deno.lint.FunctionDeclaration,
  report: (node: Deno.lint.Node, message: string) => void,
): void {
  if (body === null) return;
  if (async || generator) report(body, "A kill-safe function runs from beginning to end");
  for (const parameter of params) {
    if (parameter.type !== "Identifier") {
      report(body, "A kill-safe function takes plain parameters");
    }
  }
  const { calls, others } = effectsOf(body);
  for (const other of others) {
    report(other, `${other.type} may run or be interrupted by other code`);
  }
  for (const call of calls) {
    if (!isAtomics(call)) {
      report(call, "A kill-safe function calls nothing but one Atomics operation");
    }
  }
  if (calls.length > 1) report(calls[1]!, "A kill-safe function makes one call, not several");
  const first = body.body[0];
  if (calls.length === 0 || first === undefined) return;
  const start = effectsOf(first.type === "IfStatement" ? first.test : first);
  if (start.calls.length === 0) report(calls[0]!, "The Atomics operation comes first");
  else if (start.assignments.length > 0) {
    report(start.assignments[0]!, "Nothing is assigned before the Atomics operation");
  }
}

/** The rule. */
export const killSafe: Deno.lint.Rule = {
  create(context) {
    if (!/(?:^|\/)ipc\/kill_safe\.ts$/.test(context.filename.replaceAll("\\", "/"))) return {};
    const report = (node: Deno.lint.Node, message: string) =>
      context.report({ node, message, hint: "The head of ipc/kill_safe.ts says why." });
    return {
      Program(program) {
        for (const statement of program.body) {
          const declared = statement.type === "ExportNamedDeclaration"
            ? statement.declaration
            : null;
          if (declared?.type === "FunctionDeclaration") checkFunction(declared, report);
          else if (
            declared?.type !== "VariableDeclaration" || declared.kind !== "const" ||
            declared.declarations.some(({ init }) => init?.type !== "Literal")
          ) {
            report(statement, "kill_safe.ts has functions and constants, and imports nothing");
          }
        }
      },
    };
  },
};
