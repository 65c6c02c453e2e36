/** Scopes of a program: what each declares, and what is used in it. */
import type { Identifier, Node } from "acorn";

/** How a name came into being. */
export type DeclarationKind =
  | "var"
  | "let"
  | "const"
  | "function"
  | "class"
  | "parameter"
  | "import";

/** A declared name. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** Whether it may change after its initialisation. */
  assigned: boolean;
  /** What an import names: the specifier, and the export, `*` for the namespace. */
  readonly imported: { readonly specifier: string; readonly name: string } | undefined;
}

/** A use of a name. */
export interface Reference {
  readonly identifier: Identifier;
  readonly scope: Scope;
  /** `{ x }`: renaming it has to write `{ x: y }`. */
  readonly shorthand: boolean;
  readonly writes: boolean;
  /** `typeof x`: does not throw without a variable. */
  readonly inTypeof: boolean;
}

/** A use of what functions, classes and modules give without a name. */
export interface LexicalUse {
  readonly kind: "this" | "arguments" | "super" | "new.target" | "import.meta" | "eval" | "private";
  /** The private name, with its `#`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly scope: Scope;
}

/** A literal specifier of an `import()`. */
export interface ImportUse {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a scope belongs to. A `function` has a `this` of its own; initialisers of fields and static blocks are functions.
 */
export type ScopeKind = "program" | "function" | "arrow" | "block" | "class";

/** A scope, and the way out of it. */
export class Scope {
  readonly kind: ScopeKind;
  readonly node: Node;
  readonly parent: Scope | undefined;
  readonly declarations: Map<string, Declaration> = new Map();
  /** The private names a class declares. */
  readonly privateNames: Set<string> = new Set();

  constructor(kind: ScopeKind, node: Node, parent: Scope | undefined) {
    this.kind = kind;
    this.node = node;
    this.parent = parent;
  }

  /** Adds a name; the first declaration of a name counts. */
  declare(
    name: string,
    kind: DeclarationKind,
    imported?: Declaration["imported"],
  ): Declaration {
    const known = this.declarations.get(name);
    if (known !== undefined) {
      known.assigned ||= kind !== "parameter";
      return known;
    }
    // A `var` may be initialised many times, in a loop.
    const declaration: Declaration = { name, kind, assigned: kind === "var", imported };
    this.declarations.set(name, declaration);
    return declaration;
  }

  /** The declaration that a name refers to here. */
  lookup(name: string): Declaration | undefined {
    return this.declarations.get(name) ?? this.parent?.lookup(name);
  }

  /** Where a `var` is declared. */
  get variableScope(): Scope {
    return this.kind === "block" || this.kind === "class" ? this.parent!.variableScope : this;
  }

  /** The function, or the program, that `this` and `arguments` come from. */
  get thisScope(): Scope {
    return this.kind === "function" || this.kind === "program" ? this : this.parent!.thisScope;
  }

  /** Whether a scope is this one or inside it. */
  contains(other: Scope): boolean {
    for (let scope: Scope | undefined = other; scope !== undefined; scope = scope.parent) {
      if (scope === this) return true;
    }
    return false;
  }
}
