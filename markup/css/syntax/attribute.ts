import type { AttributeOperator, AttributeTest } from "./ast.ts";
import { readQualifiedName } from "./qualified_name.ts";
import type { Scanner } from "./scanner.ts";

const OPERATORS: readonly AttributeOperator[] = ["=", "~=", "|=", "^=", "$=", "*=", "!="];

/**
 * Reads the test of an attribute; the offset is at the bracket.
 *
 * @param scan Where to read.
 * @param namespaces What prefixes stand for. A name without one has no namespace.
 */
export function readAttribute(
  scan: Scanner,
  namespaces: Readonly<Record<string, string>>,
): AttributeTest {
  scan.expect("[");
  scan.skipSpace();
  const start = scan.at;
  const name = readQualifiedName(scan, namespaces, "the name of an attribute");
  if (name.local === undefined) throw scan.wrong("the name of an attribute", start);
  const uri = name.prefixed ? name.uri : "";
  scan.skipSpace();
  const operator = OPERATORS.find((sign) => scan.take(sign)) ?? "";
  let value = "";
  let flag: AttributeTest["flag"] = "";
  if (operator !== "") {
    scan.skipSpace();
    const quoted = scan.unit() === 34 || scan.unit() === 39;
    value = quoted ? scan.string() : scan.name("a string or a name");
    scan.skipSpace();
    if (scan.atName()) {
      const at = scan.at;
      const word = scan.name().toLowerCase();
      if (word !== "i" && word !== "s") throw scan.wrong("the flag i or s, or ]", at);
      flag = word;
      scan.skipSpace();
    }
  }
  if (!scan.take("]")) {
    throw scan.wrong(operator === "" ? "an operator such as =, or ]" : "the flag i or s, or ]");
  }
  return { kind: "attribute", uri, local: name.local, operator, value, flag };
}
