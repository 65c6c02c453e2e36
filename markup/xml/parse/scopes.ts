import { XML_URI, XMLNS_URI } from "../../tree/namespaces.ts";

/** Scopes of all documents count on, so that what is remembered of one is never taken for another's. */
let scopes = 0;

/** Which namespaces prefixes stand for while a document is read; a scope is what one start tag declares. */
export class Scopes {
  /** Number of the scope in force; 0 if nothing is declared. */
  current = 0;
  /** What is bound to each prefix, the innermost last. */
  readonly #bound = new Map<string, string[]>();
  /** What to go back to: for each scope, the one before, and how many prefixes were declared before. */
  readonly #before: number[] = [];
  readonly #declared: string[] = [];

  /** Back to nothing. */
  reset(): void {
    this.current = 0;
    this.#bound.clear();
    this.#before.length = 0;
    this.#declared.length = 0;
  }

  /** Begins a scope. */
  open(): void {
    this.#before.push(this.current, this.#declared.length);
    this.current = ++scopes;
    // Numbers live in 32 bits, and 0 and -1 mean something else.
    if (scopes >= 0x7fff_fffe) scopes = 0;
  }

  /** Ends the innermost scope. */
  close(): void {
    const length = this.#before.pop()!;
    this.current = this.#before.pop()!;
    while (this.#declared.length > length) this.#bound.get(this.#declared.pop()!)!.pop();
  }

  /** Declares a prefix in the innermost scope. */
  declare(prefix: string, uri: string): void {
    let stack = this.#bound.get(prefix);
    if (stack === undefined) this.#bound.set(prefix, stack = []);
    stack.push(uri);
    this.#declared.push(prefix);
  }

  /** The namespace of a prefix; "" for the default namespace if there is none, `undefined` if the prefix is not declared. */
  find(prefix: string): string | undefined {
    if (prefix === "xml") return XML_URI;
    const uri = this.#bound.get(prefix)?.at(-1);
    return prefix === "" ? uri ?? "" : uri;
  }
}

/** Why a declaration is wrong, `undefined` if it is not. */
export function wrongDeclaration(prefix: string, uri: string): string | undefined {
  if (prefix === "xmlns") return 'The prefix "xmlns" cannot be declared';
  if (prefix === "xml" && uri !== XML_URI) return `The prefix "xml" stands for ${XML_URI} alone`;
  if (prefix !== "xml" && uri === XML_URI) return `${XML_URI} can have the prefix "xml" alone`;
  if (uri === XMLNS_URI) return `${XMLNS_URI} cannot be declared`;
  if (prefix !== "" && uri === "") return `The prefix "${prefix}" needs a namespace, received ""`;
  return undefined;
}
