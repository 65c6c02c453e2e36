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

const QNAME = `${NC_NAME_SOURCE}(?::(?!:)(?:${NC_NAME_SOURCE}|\\*))?`;
const TOKEN = new RegExp(
  [
    "[ \\t\\r\\n]+",
    "(?<number>\\d+(?:\\.\\d*)?|\\.\\d+)",
    "(?<literal>\"[^\"]*\"|'[^']*')",
    `(?<name>${QNAME}|\\*)`,
    `\\$[ \\t\\r\\n]*(?<variable>${QNAME})`,
    "(?<sign>::|//|\\.\\.|!=|<=|>=|[()[\\].@,/|+=<>-])",
  ].join("|"),
  "yu",
);

/** Signs behind which a name is a name and `*` is a name test; so it is at the start. */
const BEFORE_OPERAND = new Set<TokenKind>(
  ["@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="],
);
const OPERATORS = new Map<string, TokenKind>([
  ["and", "and"],
  ["or", "or"],
  ["mod", "mod"],
  ["div", "div"],
  ["*", "multiply"],
]);
for (const kind of OPERATORS.values()) BEFORE_OPERAND.add(kind);

/**
 * The tokens of an expression, and an `end` behind them.
 *
 * @param expression The expression.
 * @throws {XPathSyntaxError} If a sign begins no token.
 */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  let operand = true;
  for (let at = 0; at < expression.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(expression)?.groups;
    if (groups === undefined) {
      const sign = expression[at]!;
      const why = sign === '"' || sign === "'"
        ? "A literal needs a closing quote"
        : `An expression cannot have ${JSON.stringify(sign)} here`;
      throw new XPathSyntaxError(why, expression, at);
    }
    const { number, literal, name, variable, sign } = groups;
    let kind: TokenKind;
    let text = "";
    if (name !== undefined) {
      kind = operand ? "name" : OPERATORS.get(name) ?? "name";
      text = name;
    } else if (sign !== undefined) kind = sign as TokenKind;
    else if (literal !== undefined) {
      kind = "literal";
      text = literal.slice(1, -1);
    } else if (number !== undefined) {
      kind = "number";
      text = number;
    } else if (variable !== undefined) {
      kind = "variable";
      text = variable;
      if (text.endsWith("*")) {
        throw new XPathSyntaxError("A variable needs a name", expression, at);
      }
    } else continue;
    tokens.push({ kind, text, at });
    operand = BEFORE_OPERAND.has(kind);
  }
  tokens.push({ kind: "end", text: "", at: expression.length });
  return tokens;
}
