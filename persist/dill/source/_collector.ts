/** One walk over a syntax tree that finds scopes, declarations and uses. Names are resolved afterwards. */
import type {
  AnyNode,
  Class,
  Function as FunctionNode,
  ImportDeclaration,
  Node,
  Pattern,
} from "acorn";
import {
  type DeclarationKind,
  type ImportUse,
  type LexicalUse,
  type Reference,
  Scope,
} from "./scope.ts";

/** The children of a node, whatever it is. */
function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof child.type === "string") {
        yield child as AnyNode;
      }
    }
  }
}

export class Collector {
  readonly references: Reference[] = [];
  readonly uses: LexicalUse[] = [];
  readonly imports: ImportUse[] = [];
  /** The scope of each function and class. */
  readonly scopes: Map<Node, Scope> = new Map();
  /** Exported names by the local names behind them. */
  readonly exported: Map<string, string> = new Map();

  visit(node: AnyNode | null | undefined, scope: Scope): void {
    if (node === null || node === undefined) return;
    switch (node.type) {
      case "Identifier":
        return this.#reference(node, scope, {});
      case "FunctionDeclaration":
        if (node.id) scope.declare(node.id.name, "function");
        return this.#function(node, scope, "function");
      case "FunctionExpression": {
        if (!node.id) return this.#function(node, scope, "function");
        const named = new Scope("block", node, scope);
        named.declare(node.id.name, "const");
        return this.#function(node, named, "function");
      }
      case "ArrowFunctionExpression":
        return this.#function(node, scope, "arrow");
      case "ClassDeclaration":
        if (node.id) scope.declare(node.id.name, "class");
        return this.#class(node, scope);
      case "ClassExpression":
        return this.#class(node, scope);
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) {
          this.#declare(id, node.kind as DeclarationKind, scope);
          this.visit(init, scope);
        }
        return;
      case "CatchClause": {
        const inner = new Scope("block", node, scope);
        if (node.param) this.#declare(node.param, "let", inner);
        return this.visit(node.body, inner);
      }
      case "BlockStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "SwitchStatement": {
        const inner = new Scope("block", node, scope);
        if (node.type === "ForInStatement" || node.type === "ForOfStatement") {
          if (node.left.type !== "VariableDeclaration") this.#assign(node.left, inner);
          else this.visit(node.left, inner);
          this.visit(node.right, inner);
          return this.visit(node.body, inner);
        }
        for (const child of childrenOf(node)) this.visit(child, inner);
        return;
      }
      case "AssignmentExpression":
        this.#assign(node.left, scope);
        return this.visit(node.right, scope);
      case "UpdateExpression":
        return this.#assign(node.argument as Pattern, scope);
      case "UnaryExpression":
        if (node.operator === "typeof" && node.argument.type === "Identifier") {
          return this.#reference(node.argument, scope, { inTypeof: true });
        }
        return this.visit(node.argument, scope);
      case "MemberExpression":
        this.visit(node.object, scope);
        if (node.computed || node.property.type === "PrivateIdentifier") {
          this.visit(node.property, scope);
        }
        return;
      case "Property":
        if (node.computed) this.visit(node.key, scope);
        if (node.shorthand && node.value.type === "Identifier") {
          return this.#reference(node.value, scope, { shorthand: true });
        }
        return this.visit(node.value, scope);
      case "LabeledStatement":
        return this.visit(node.body, scope);
      case "BreakStatement":
      case "ContinueStatement":
      case "ImportAttribute":
      case "ExportAllDeclaration":
        return;
      case "ThisExpression":
        return this.#use("this", node, scope);
      case "Super":
        return this.#use("super", node, scope);
      case "PrivateIdentifier":
        return this.#use("private", node, scope, `#${node.name}`);
      case "MetaProperty":
        return this.#use(node.meta.name === "new" ? "new.target" : "import.meta", node, scope);
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval") {
          this.#use("eval", node, scope);
        }
        break;
      case "ImportExpression": {
        const { source } = node;
        if (source.type === "Literal" && typeof source.value === "string") {
          this.imports.push({ specifier: source.value, start: source.start, end: source.end });
        }
        break;
      }
      case "ImportDeclaration":
        return this.#import(node, scope);
      case "ExportNamedDeclaration":
        if (node.source) return;
        this.visit(node.declaration, scope);
        for (const { local, exported } of node.specifiers) {
          if (local.type !== "Identifier") continue;
          this.exported.set(local.name, "name" in exported ? exported.name : `${exported.value}`);
        }
        if (node.declaration) {
          for (const name of declaredNames(node.declaration)) this.exported.set(name, name);
        }
        return;
      case "ExportDefaultDeclaration":
        if ("id" in node.declaration && node.declaration.id) {
          this.exported.set(node.declaration.id.name, "default");
        } else if (node.declaration.type === "Identifier") {
          this.exported.set(node.declaration.name, "default");
        }
        break;
    }
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  #reference(
    identifier: Reference["identifier"],
    scope: Scope,
    { shorthand = false, writes = false, inTypeof = false },
  ): void {
    this.references.push({ identifier, scope, shorthand, writes, inTypeof });
  }

  #use(kind: LexicalUse["kind"], { start, end }: Node, scope: Scope, name: string = kind): void {
    this.uses.push({ kind, name, start, end, scope });
  }

  #function(node: FunctionNode, scope: Scope, kind: "function" | "arrow"): void {
    const inner = new Scope(kind, node, scope);
    this.scopes.set(node, inner);
    for (const param of node.params) this.#declare(param, "parameter", inner);
    if (node.body.type !== "BlockStatement") return this.visit(node.body, inner);
    for (const statement of node.body.body) this.visit(statement, inner);
  }

  #class(node: Class, scope: Scope): void {
    const inner = new Scope("class", node, scope);
    this.scopes.set(node, inner);
    if (node.id) inner.declare(node.id.name, "const");
    this.visit(node.superClass, inner);
    for (const element of node.body.body) {
      if (element.type === "StaticBlock") {
        const block = new Scope("function", element, inner);
        for (const statement of element.body) this.visit(statement, block);
        continue;
      }
      if (element.key.type === "PrivateIdentifier") inner.privateNames.add(`#${element.key.name}`);
      else if (element.computed) this.visit(element.key, inner);
      if (element.type === "MethodDefinition") this.visit(element.value, inner);
      else if (element.value) this.visit(element.value, new Scope("function", element, inner));
    }
  }

  #import(node: ImportDeclaration, scope: Scope): void {
    const specifier = String(node.source.value);
    for (const item of node.specifiers) {
      let name = "*";
      if (item.type === "ImportDefaultSpecifier") name = "default";
      else if (item.type === "ImportSpecifier") {
        name = item.imported.type === "Identifier"
          ? item.imported.name
          : String(item.imported.value);
      }
      scope.declare(item.local.name, "import", { specifier, name });
    }
  }

  /** Declares the names of a pattern, and visits its defaults and computed keys. */
  #declare(pattern: Pattern, kind: DeclarationKind, scope: Scope): void {
    const home = kind === "var" ? scope.variableScope : scope;
    this.#pattern(pattern, scope, (name) => {
      home.declare(name.name, kind);
    });
  }

  /** Notes the variables that a pattern assigns to. */
  #assign(pattern: Pattern, scope: Scope): void {
    this.#pattern(pattern, scope, (identifier, shorthand) => {
      this.#reference(identifier, scope, { shorthand, writes: true });
    });
  }

  #pattern(
    node: Pattern | null,
    scope: Scope,
    name: (identifier: Reference["identifier"], shorthand: boolean) => void,
    shorthand = false,
  ): void {
    switch (node?.type) {
      case undefined:
        return;
      case "Identifier":
        return name(node, shorthand);
      case "ObjectPattern":
        for (const property of node.properties) {
          if (property.type === "RestElement") this.#pattern(property.argument, scope, name);
          else {
            if (property.computed) this.visit(property.key, scope);
            this.#pattern(property.value, scope, name, property.shorthand);
          }
        }
        return;
      case "ArrayPattern":
        for (const element of node.elements) this.#pattern(element, scope, name);
        return;
      case "RestElement":
        return this.#pattern(node.argument, scope, name);
      case "AssignmentPattern":
        this.#pattern(node.left, scope, name, shorthand);
        return this.visit(node.right, scope);
      default:
        this.visit(node, scope);
    }
  }
}

/** The names that a declaration declares. */
function* declaredNames(node: AnyNode): Generator<string> {
  if (node.type === "VariableDeclaration") {
    for (const { id } of node.declarations) yield* namesOf(id);
  } else if ("id" in node && node.id) yield (node.id as { name: string }).name;
}

function* namesOf(node: Pattern | null): Generator<string> {
  if (node === null) return;
  if (node.type === "Identifier") yield node.name;
  else if (node.type === "RestElement") yield* namesOf(node.argument);
  else if (node.type === "AssignmentPattern") yield* namesOf(node.left);
  else if (node.type === "ArrayPattern") { for (const item of node.elements) yield* namesOf(item); }
  else if (node.type === "ObjectPattern") {
    for (const item of node.properties) {
      yield* namesOf(item.type === "RestElement" ? item.argument : item.value);
    }
  }
}
