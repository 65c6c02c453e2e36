/** A script or module of the program: its text, its scopes, and where a function is in it. */
import { analyse, type Analysis } from "./analysis.ts";
import { parse } from "./parser.ts";
import type { Scope } from "./scope.ts";

/** What the engine says of a script. */
export interface ScriptFacts {
  readonly id: string;
  /** Empty for what `eval` and `new Function` made. */
  readonly url: string;
  readonly isModule: boolean;
}

/** A script of the program. */
export class Script implements ScriptFacts {
  readonly id: string;
  readonly url: string;
  readonly isModule: boolean;
  readonly source: string;
  #analysis: Analysis | null | undefined;
  #lines: number[] | undefined;
  readonly #located: Map<string, { readonly text: string; readonly scope: Scope | undefined }> =
    new Map();

  constructor(facts: ScriptFacts, source: string) {
    this.id = facts.id;
    this.url = facts.url;
    this.isModule = facts.isModule;
    this.source = source;
  }

  /** Its scopes; `undefined` if the parser does not know its syntax. */
  get analysis(): Analysis | undefined {
    if (this.#analysis === undefined) {
      try {
        this.#analysis = analyse(parse(this.source, this.isModule ? "module" : "script"));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        this.#analysis = null;
      }
    }
    return this.#analysis ?? undefined;
  }

  /** The scope of the function or class that is at a place and has this text. */
  locate(line: number, column: number, text: string): Scope | undefined {
    const place = `${line}:${column}`;
    const known = this.#located.get(place);
    if (known?.text === text) return known.scope;
    const scope = this.#search(line, column, text);
    this.#located.set(place, { text, scope });
    return scope;
  }

  #search(line: number, column: number, text: string): Scope | undefined {
    const { analysis } = this;
    if (analysis === undefined) return undefined;
    const position = this.#lineStart(line) + column;
    let found: Scope | undefined;
    for (const [node, scope] of analysis.scopes) {
      // A method's node starts at its parameters, its text at its name.
      if (node.end < position || node.end - text.length > position) continue;
      if (found !== undefined && found.node.start >= node.start) continue;
      if (this.source.startsWith(text, node.end - text.length)) found = scope;
    }
    return found;
  }

  #lineStart(line: number): number {
    if (this.#lines === undefined) {
      this.#lines = [0];
      for (let at = 0; (at = this.source.indexOf("\n", at) + 1) > 0;) this.#lines.push(at);
    }
    return this.#lines[line] ?? this.source.length;
  }
}
