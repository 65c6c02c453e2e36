/** EXSLT's strings. */
import { NodeSet } from "../../nodes/node_set.ts";
import type { Run, Value } from "../../nodes/run.ts";
import type { ValueType } from "../../expressions/expression.ts";
import type { FunctionDefinition } from "../definition.ts";
import { limitText } from "../limit_text.ts";

function onStrings(
  type: ValueType,
  least: number,
  most: number,
  body: (texts: string[], run: Run) => Value,
): FunctionDefinition {
  return {
    type,
    least,
    most,
    body: (args, node, position, size, run) => {
      const texts = args.map((arg) => arg.string(node, position, size, run));
      for (const { length } of texts) run.spend(length);
      return body(texts, run);
    },
  };
}

function tokens(texts: Iterable<string>, run: Run): NodeSet {
  const set = new NodeSet();
  for (const text of texts) set.push(run.makeElement("token", text));
  run.spend(set.length);
  return set;
}

/** Between any of some signs; of no signs, each sign is a token. */
const tokenize = onStrings("nodes", 1, 2, ([text, signs = "\t\r\n "], run) => {
  if (signs === "") return tokens(text!, run);
  const between = new Set(signs);
  const found: string[] = [];
  let token = "";
  for (const sign of text!) {
    if (!between.has(sign)) token += sign;
    else if (token !== "") {
      found.push(token);
      token = "";
    }
  }
  if (token !== "") found.push(token);
  return tokens(found, run);
});

const split = onStrings("nodes", 1, 2, ([text, pattern = " "], run) => {
  const parts = pattern === "" ? [...text!] : text!.split(pattern).filter((part) => part !== "");
  return tokens(parts, run);
});

const padding: FunctionDefinition = {
  type: "string",
  least: 1,
  most: 2,
  body: ([length, filler], node, position, size, run) => {
    const wanted = Math.trunc(length!.number(node, position, size, run));
    const text = filler === undefined ? " " : filler.string(node, position, size, run);
    if (!(wanted > 0) || text === "") return "";
    limitText(wanted, run);
    const signs = [...text];
    if (signs.length === text.length) {
      return text.repeat(Math.ceil(wanted / text.length)).slice(0, wanted);
    }
    return Array.from({ length: wanted }, (_, index) => signs[index % signs.length]).join("");
  },
};

const align = onStrings("string", 2, 3, ([text, filler, how = "left"]) => {
  const [signs, fill] = [[...text!], [...filler!]];
  const room = fill.length - signs.length;
  if (room <= 0) return signs.slice(0, fill.length).join("");
  const before = how === "right" ? room : how === "center" ? Math.floor(room / 2) : 0;
  return [...fill.slice(0, before), ...signs, ...fill.slice(before + signs.length)].join("");
});

const concat: FunctionDefinition = {
  type: "string",
  least: 1,
  most: 1,
  needsNodes: [0],
  body: ([arg], node, position, size, run) => {
    const set = arg!.nodes(node, position, size, run);
    let text = "";
    for (let i = 0; i < set.length; i++) {
      text += run.stringOf(set.ids[i]!);
      limitText(text.length, run);
    }
    return text;
  },
};

/** One text for another, the longest that is found first; of sets, each node for the node at its place in the other one. */
const replace: FunctionDefinition = {
  type: "string",
  least: 3,
  most: 3,
  body: ([arg, search, by], node, position, size, run) => {
    const text = arg!.string(node, position, size, run);
    const list = (value: Value): string[] => {
      if (!(value instanceof NodeSet)) return [`${value}`];
      return Array.from(value.ids.subarray(0, value.length), (id) => run.stringOf(id));
    };
    const from = list(search!.evaluate(node, position, size, run));
    const to = list(by!.evaluate(node, position, size, run));
    const pairs = from.map((text, index) => [text, to[index] ?? ""] as const)
      .filter(([text]) => text !== "").sort(([a], [b]) => b.length - a.length);
    let result = "";
    for (let at = 0; at < text.length;) {
      run.spend(pairs.length + 1);
      const pair = pairs.find(([from]) => text.startsWith(from, at));
      result += pair === undefined ? text[at] : pair[1];
      at += pair === undefined ? 1 : pair[0].length;
      if (result.length > run.maxStringLength) limitText(result.length, run);
    }
    return limitText(result, run);
  },
};

/** What stays as it is in an address: unreserved signs, and those that part it. */
const UNRESERVED = /[A-Za-z0-9\-_.!~*'()]/;
const RESERVED = /[;/?:@&=+$,[\]]/;

const encodeUri: FunctionDefinition = {
  type: "string",
  least: 2,
  most: 3,
  body: ([arg, all], node, position, size, run) => {
    const text = arg!.string(node, position, size, run).toWellFormed();
    run.spend(text.length);
    const reserved = all!.boolean(node, position, size, run);
    let result = "";
    for (const sign of text) {
      result += UNRESERVED.test(sign) || (!reserved && RESERVED.test(sign))
        ? sign
        : encodeURIComponent(sign);
    }
    return limitText(result, run);
  },
};

const decodeUri = onStrings("string", 1, 2, ([text]) => {
  try {
    return decodeURIComponent(text!);
  } catch {
    return text!;
  }
});

/** The functions of `http://exslt.org/strings`. */
export const STRINGS: Readonly<Record<string, FunctionDefinition>> = {
  tokenize,
  split,
  padding,
  align,
  concat,
  replace,
  "encode-uri": encodeUri,
  "decode-uri": decodeUri,
};
