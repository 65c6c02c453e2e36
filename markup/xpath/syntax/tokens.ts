/** Cuts an expression into tokens, by the rules of section 3.7 of XPath 1.0. */
import { NC_NAME_SOURCE } from "../../tree/tag.ts";
import { XPathSyntaxError } from "./xpath_syntax_error.ts";

/** What a token is: a sign or operator as it is written, or a class of tokens. */
export type TokenKind =
  | "("
  | ")"
  | "["
  | "]"
  | "."
  | ".."
  | "@"
  | ","
  | "::"
  | "/"
  | "//"
  | "|"
  | "+"
  | "-"
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  /** The operators that look like names, and the sign of multiplication. */
  | "and"
  | "or"
  | "mod"
  | "div"
  | "multiply"
  /** `local`, `prefix:local`, `prefix:*` or `*`. */
  | "name"
  | "literal"
  | "number"
  | "variable"
  | "end";

/** A token. */
export interface Token {
  readonly kind: TokenKind;
  /** The name, the literal without its quotes, the digits of the number. */
  readonly text: string;
  /** Offset in the expression. */
  readonly at: number;
}

const QNAME = new RegExp(`${NC_NAME_SOURCE}(?::(?!:)(?:${NC_NAME_SOURCE}|\\*))?`, "yu");
const NUMBER = /\d+(?:\.\d*)?|\.\d+/y;
const SPACE = /[ \t\r\n]*/y;

/** Signs of two characters; each begins with one that is a sign by itself, but `!=`. */
const LONG_SIGNS = new Set<string>(["::", "//", "..", "!=", "<=", ">="]);
const SIGNS = new Set<string>([
  "(",
  ")",
  "[",
  "]",
  ".",
  "@",
  ",",
  "/",
  "|",
  "+",
  "=",
  "<",
  ">",
  "-",
]);

/** Signs behind which a name is a name and `*` is a name test; so it is at the start. */
const BEFORE_OPERAND = new Set<TokenKind>(
  ["@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="],
);
const OPERATORS = new Map<string, TokenKind>([
  ["and", "and"],
  ["or", "or"],
  ["mod", "mod"],
  ["div", "div"],
]);
for (const kind of [...OPERATORS.values(), "multiply"] as const) BEFORE_OPERAND.add(kind);

/** Where what a sticky pattern matches at an offset ends; the offset itself if it matches nothing. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/**
 * The tokens of an expression, and an `end` behind them.
 *
 * @param expression The expression.
 * @throws {XPathSyntaxError} If a sign begins no token.
 */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  let operand = true;
  const add = (kind: TokenKind, text: string, at: number) => {
    tokens.push({ kind, text, at });
    operand = BEFORE_OPERAND.has(kind);
  };
  for (let at = 0; at < expression.length;) {
    const sign = expression[at]!;
    const both = expression.slice(at, at + 2);
    if (sign === " " || sign === "\t" || sign === "\r" || sign === "\n") at++;
    else if (sign === '"' || sign === "'") {
      const end = expression.indexOf(sign, at + 1);
      if (end === -1) {
        throw new XPathSyntaxError("A literal needs a closing quote", expression, at);
      }
      add("literal", expression.slice(at + 1, end), at);
      at = end + 1;
    } else if (sign === "*") {
      add(operand ? "name" : "multiply", "*", at++);
    } else if (LONG_SIGNS.has(both)) {
      add(both as TokenKind, "", at);
      at += 2;
    } else if ((sign >= "0" && sign <= "9") || (sign === "." && /\.\d/.test(both))) {
      const end = endOf(NUMBER, expression, at);
      add("number", expression.slice(at, end), at);
      at = end;
    } else if (SIGNS.has(sign)) add(sign as TokenKind, "", at++);
    else if (sign === "$") {
      const start = endOf(SPACE, expression, at + 1);
      const end = endOf(QNAME, expression, start);
      if (end === start || expression[end - 1] === "*") {
        throw new XPathSyntaxError("A variable needs a name", expression, at);
      }
      add("variable", expression.slice(start, end), at);
      at = end;
    } else {
      const end = endOf(QNAME, expression, at);
      if (end === at) {
        throw new XPathSyntaxError(
          `An expression cannot have ${JSON.stringify(sign)} here`,
          expression,
          at,
        );
      }
      const name = expression.slice(at, end);
      add(operand ? "name" : OPERATORS.get(name) ?? "name", name, at);
      at = end;
    }
  }
  tokens.push({ kind: "end", text: "", at: expression.length });
  return tokens;
}
