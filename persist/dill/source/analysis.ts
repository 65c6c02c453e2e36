/** A program's scopes, and which uses in it refer to what. */
import type { Node, Program } from "acorn";
import { Collector } from "./_collector.ts";
import { type ImportUse, type LexicalUse, type Reference, Scope } from "./scope.ts";

/** What is known of a program. */
export interface Analysis {
  readonly program: Program;
  readonly root: Scope;
  /** The scope of each function and class. */
  readonly scopes: ReadonlyMap<Node, Scope>;
  readonly references: readonly Reference[];
  readonly uses: readonly LexicalUse[];
  readonly imports: readonly ImportUse[];
  /** Exported names by the local names behind them. */
  readonly exported: ReadonlyMap<string, string>;
}

/** Analyses a parsed program. */
export function analyse(program: Program): Analysis {
  const root = new Scope("program", program, undefined);
  const collector = new Collector();
  for (const statement of program.body) collector.visit(statement, root);
  for (const { identifier, scope, writes } of collector.references) {
    const declaration = writes ? scope.lookup(identifier.name) : undefined;
    if (declaration !== undefined) declaration.assigned = true;
  }
  return { program, root, ...collector };
}
