/**
 * The parser, acorn, loaded when the first function is dumped: programs that only load dumps never need it.
 *
 * A parser rather than a scanner of our own: where an identifier is a variable and where a property, and whether a slash
 * divides or opens a regular expression, is decided by the whole grammar.
 */
import type { Options, Program } from "acorn";

let acorn: typeof import("acorn") | undefined;

/** Makes {@linkcode parse} usable. */
export async function loadParser(): Promise<void> {
  acorn ??= await import("acorn");
}

/** Whether a text is code of a module (strict, `await` reserved) or of a script. */
export type Goal = "module" | "script";

/**
 * Parses a program. What is only legal inside something, as `super`, is legal everywhere.
 *
 * @throws {SyntaxError} If it does not parse.
 */
export function parse(text: string, goal: Goal): Program {
  const options: Options = {
    ecmaVersion: "latest",
    sourceType: goal,
    allowSuperOutsideMethod: true,
    allowReturnOutsideFunction: true,
    allowHashBang: true,
    checkPrivateFields: false,
  };
  return acorn!.parse(text, options);
}
