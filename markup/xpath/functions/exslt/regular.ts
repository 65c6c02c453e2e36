/** EXSLT's regular expressions, see `LinearRegExp` for what they may be. */
import { NodeSet } from "../../nodes/node_set.ts";
import type { Run } from "../../nodes/run.ts";
import { LinearRegExp, type Match } from "../../regex/linear_reg_exp.ts";
import type { Expression } from "../../expressions/expression.ts";
import type { FunctionDefinition } from "../definition.ts";
import { limitText } from "../limit_text.ts";

/** How many compiled expressions are kept, and the longest that is. */
const KEPT = 64;
const LONGEST_KEPT = 1000;
const kept = new Map<string, LinearRegExp>();

function compiled(pattern: string, ignoreCase: boolean): LinearRegExp {
  const key = `${ignoreCase ? "i" : "c"}${pattern}`;
  let found = kept.get(key);
  if (found === undefined) {
    found = new LinearRegExp(pattern, ignoreCase);
    if (pattern.length > LONGEST_KEPT) return found;
    if (kept.size >= KEPT) kept.clear();
    kept.set(key, found);
  }
  return found;
}

function part(text: string, match: Match, group: number): string {
  const start = match[2 * group]!;
  return start < 0 ? "" : text.slice(start, match[2 * group + 1]);
}

/** What a replacement stands for: `$1` and `\1` for groups, `$&` for all, `$$` and `\\` for the signs. */
function expand(replacement: string, text: string, match: Match): string {
  return replacement.replace(/[$\\](\d|[$&\\])/g, (whole, sign: string) => {
    if (sign === "&") return whole === "$&" ? part(text, match, 0) : whole;
    if (sign === "$" || sign === "\\") return whole[0] === sign ? sign : whole;
    return 2 * Number(sign) < match.length ? part(text, match, Number(sign)) : "";
  });
}

type Focus = [node: number, position: number, size: number, run: Run];

function texts(args: readonly Expression[], ...focus: Focus): string[] {
  return args.map((arg) => arg.string(...focus));
}

function matchesOf(run: Run, text: string, pattern: string, flags: string, limit: number): Match[] {
  return compiled(pattern, flags.includes("i")).matches(text, (work) => run.spend(work), limit);
}

const test: FunctionDefinition = {
  type: "boolean",
  least: 2,
  most: 3,
  body: (args, node, position, size, run) => {
    const [text, pattern, flags = ""] = texts(args, node, position, size, run);
    return matchesOf(run, text!, pattern!, flags, 1).length > 0;
  },
};

const match: FunctionDefinition = {
  type: "nodes",
  least: 2,
  most: 3,
  body: (args, node, position, size, run) => {
    const [text, pattern, flags = ""] = texts(args, node, position, size, run);
    const all = flags.includes("g");
    const set = new NodeSet();
    for (const found of matchesOf(run, text!, pattern!, flags, all ? 0 : 1)) {
      const groups = found.length / 2;
      if (all) {
        // As lxml does: of an expression with groups, these, joined.
        let joined = groups === 1 ? part(text!, found, 0) : "";
        for (let group = 1; group < groups; group++) joined += part(text!, found, group);
        set.push(run.makeElement("match", joined));
      } else {
        for (let group = 0; group < groups; group++) {
          set.push(run.makeElement("match", part(text!, found, group)));
        }
      }
    }
    return set;
  },
};

const replace: FunctionDefinition = {
  type: "string",
  least: 4,
  most: 4,
  body: (args, node, position, size, run) => {
    const [text, pattern, flags, replacement] = texts(args, node, position, size, run);
    let result = "";
    let end = 0;
    for (const found of matchesOf(run, text!, pattern!, flags!, flags!.includes("g") ? 0 : 1)) {
      result += text!.slice(end, found[0]) + expand(replacement!, text!, found);
      end = found[1]!;
      limitText(result.length, run);
    }
    return limitText(result + text!.slice(end), run);
  },
};

/** The functions of `http://exslt.org/regular-expressions`. */
export const REGULAR: Readonly<Record<string, FunctionDefinition>> = { test, match, replace };
