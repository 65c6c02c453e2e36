/** The functions of section 4 of XPath 1.0. */
import { ATTR_ROW, HEAD, KIND_BITS, PARENT } from "../../store/layout.ts";
import { XML_URI } from "../../tree/namespaces.ts";
import { toText } from "../nodes/convert.ts";
import { numberOf } from "../nodes/in_place.ts";
import { isAttribute, isRow, isText, NodeSet } from "../nodes/node_set.ts";
import { NONE, type Run, type Value } from "../nodes/run.ts";
import type { Expression, ValueType } from "../expressions/expression.ts";
import { limitText } from "./limit_text.ts";
import { elementsById } from "./ids.ts";
import type { FunctionBody, FunctionDefinition } from "./definition.ts";

type Args = readonly Expression[];

function define(
  type: ValueType,
  least: number,
  most: number,
  body: FunctionBody,
  more: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  return { type, least, most, body, ...more };
}

/** A function of strings. */
function onStrings(
  type: ValueType,
  least: number,
  most: number,
  body: (texts: string[], run: Run) => Value,
): FunctionDefinition {
  return define(type, least, most, (args, node, position, size, run) => {
    const texts = args.map((arg) => arg.string(node, position, size, run));
    let work = 0;
    for (const { length } of texts) work += length;
    run.spend(work);
    return body(texts, run);
  });
}

/** A question about two strings. */
function onTwo(body: (a: string, b: string) => boolean): FunctionDefinition {
  return define("boolean", 2, 2, (args, node, position, size, run) => {
    const a = args[0]!.string(node, position, size, run);
    const b = args[1]!.string(node, position, size, run);
    run.spend(a.length);
    return body(a, b);
  });
}

/** A function of numbers. */
function onNumber(body: (value: number) => number): FunctionDefinition {
  return define(
    "number",
    1,
    1,
    ([arg], node, position, size, run) => body(arg!.number(node, position, size, run)),
  );
}

/** The first node of the argument, or the node itself; `NONE` if there is none. */
function subject(args: Args, node: number, position: number, size: number, run: Run): number {
  return args.length === 0 ? node : args[0]!.first(node, position, size, run);
}

/** Number of the name of a node, 0 if it has none; made nodes have a name that is no number. */
function nameOf(id: number, run: Run): number {
  if (isAttribute(id)) return run.store.attrs[~id * ATTR_ROW]!;
  if (id < 0 || isText(id) || run.isDocument(id)) return 0;
  return run.words[id + HEAD]! >>> KIND_BITS;
}

function naming(part: (name: number, run: Run) => string, made: boolean): FunctionDefinition {
  return define("string", 0, 1, (args, node, position, size, run) => {
    const id = subject(args, node, position, size, run);
    if (id === NONE) return "";
    if (id < 0 && !isAttribute(id)) return made ? run.madeAt(id).name : "";
    const name = nameOf(id, run);
    return name === 0 ? "" : part(name, run);
  }, { node: 1, needsNodes: [0] });
}

/** Rounds a half up, and keeps the sign of what becomes 0. */
function round(value: number): number {
  if (value >= -0.5 && value < 0) return -0;
  return Math.abs(value) < 2 ** 52 ? Math.floor(value + 0.5) : value;
}

/** Whether a text has anything but ASCII and other characters of one unit. */
const ASTRAL = /[\ud800-\udbff]/;

function substring(text: string, start: number, length: number): string {
  const units = ASTRAL.test(text) ? [...text] : undefined;
  const size = units?.length ?? text.length;
  const from = round(start);
  const to = from + round(length);
  // NaN is neither in front of nor behind anything.
  if (Number.isNaN(from) || Number.isNaN(to) || !(to > 1) || !(from <= size)) return "";
  const [first, last] = [Math.max(0, from - 1), Math.min(size, to - 1)];
  if (last <= first) return "";
  return units === undefined ? text.slice(first, last) : units.slice(first, last).join("");
}

function translate(text: string, from: string, to: string): string {
  const map = new Map<string, string>();
  const targets = [...to];
  let index = 0;
  for (const sign of from) {
    if (!map.has(sign)) map.set(sign, targets[index] ?? "");
    index++;
  }
  let result = "";
  for (const sign of text) result += map.get(sign) ?? sign;
  return result;
}

function normalize(text: string): string {
  return text.replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "");
}

/** The language in force at a node. */
function languageOf(id: number, run: Run): string | undefined {
  const { store } = run;
  const name = store.names.find("lang", XML_URI, "xml");
  const html = store.language === "html" ? store.names.find("lang") : 0;
  let row = isRow(id) ? id : run.parentOf(id);
  for (; row !== NONE && row >= 0 && !run.isDocument(row); row = run.words[row + PARENT]!) {
    run.spend(4);
    for (const wanted of [name, html]) {
      const at = wanted === 0 ? -1 : store.findAttribute(row, wanted);
      if (at !== -1) return store.attributeText(at);
    }
  }
  return undefined;
}

/** `count`, for which nodes need not be listed where they can be counted. */
const count = define(
  "number",
  1,
  1,
  ([arg], node, position, size, run) => arg!.count(node, position, size, run),
  { needsNodes: [0] },
);

/** The number of nodes in the list. */
export const LAST: FunctionDefinition = define(
  "number",
  0,
  0,
  (_args, _node, _position, size) => size,
  { positional: true },
);

/** Where the node is in the list. */
export const POSITION: FunctionDefinition = define(
  "number",
  0,
  0,
  (_args, _node, position) => position,
  { positional: true },
);

/** Whether one text is in another one. */
export const CONTAINS: FunctionDefinition = onTwo((text, part) => text.includes(part));

/** The functions, by their names. */
export const CORE: ReadonlyMap<string, FunctionDefinition> = new Map<string, FunctionDefinition>([
  ["last", LAST],
  ["position", POSITION],
  ["count", count],
  [
    "id",
    define("nodes", 1, 1, ([arg], node, position, size, run) => {
      const value = arg!.evaluate(node, position, size, run);
      if (!(value instanceof NodeSet)) return elementsById([toText(value, run)], run);
      const texts: string[] = [];
      for (let i = 0; i < value.length; i++) texts.push(run.stringOf(value.ids[i]!));
      return elementsById(texts, run);
    }),
  ],
  ["local-name", naming((name, { store }) => store.names.local(name), true)],
  ["namespace-uri", naming((name, { store }) => store.names.uri(name), false)],
  ["name", naming((name, { store }) => store.names.qualified(name), true)],
  [
    "string",
    define(
      "string",
      0,
      1,
      ([arg], node, position, size, run) =>
        arg === undefined ? run.stringOf(node) : arg.string(node, position, size, run),
      { node: 1 },
    ),
  ],
  ["concat", onStrings("string", 2, Infinity, (texts, run) => limitText(texts.join(""), run))],
  ["starts-with", onTwo((text, start) => text.startsWith(start))],
  ["contains", CONTAINS],
  [
    "substring-before",
    onStrings("string", 2, 2, ([text, part]) => text!.slice(0, Math.max(0, text!.indexOf(part!)))),
  ],
  [
    "substring-after",
    onStrings("string", 2, 2, ([text, part]) => {
      const at = text!.indexOf(part!);
      return at === -1 ? "" : text!.slice(at + part!.length);
    }),
  ],
  [
    "substring",
    define("string", 2, 3, ([text, start, length], node, position, size, run) => {
      const whole = text!.string(node, position, size, run);
      run.spend(whole.length);
      return substring(
        whole,
        start!.number(node, position, size, run),
        length === undefined ? Infinity : length.number(node, position, size, run),
      );
    }),
  ],
  [
    "string-length",
    define("number", 0, 1, ([arg], node, position, size, run) => {
      const text = arg === undefined ? run.stringOf(node) : arg.string(node, position, size, run);
      if (!ASTRAL.test(text)) return text.length;
      let length = 0;
      for (const _ of text) length++;
      return length;
    }, { node: 1 }),
  ],
  [
    "normalize-space",
    define(
      "string",
      0,
      1,
      ([arg], node, position, size, run) =>
        normalize(arg === undefined ? run.stringOf(node) : arg.string(node, position, size, run)),
      { node: 1 },
    ),
  ],
  ["translate", onStrings("string", 3, 3, ([text, from, to]) => translate(text!, from!, to!))],
  [
    "boolean",
    define(
      "boolean",
      1,
      1,
      ([arg], node, position, size, run) => arg!.boolean(node, position, size, run),
    ),
  ],
  [
    "not",
    define(
      "boolean",
      1,
      1,
      ([arg], node, position, size, run) => !arg!.boolean(node, position, size, run),
    ),
  ],
  ["true", define("boolean", 0, 0, () => true)],
  ["false", define("boolean", 0, 0, () => false)],
  [
    "lang",
    define("boolean", 1, 1, ([arg], node, position, size, run) => {
      const wanted = arg!.string(node, position, size, run).toLowerCase();
      const language = languageOf(node, run)?.toLowerCase();
      return language !== undefined && (language === wanted || language.startsWith(`${wanted}-`));
    }, { node: 2 }),
  ],
  [
    "number",
    define(
      "number",
      0,
      1,
      ([arg], node, position, size, run) =>
        arg === undefined ? numberOf(node, run) : arg.number(node, position, size, run),
      { node: 1 },
    ),
  ],
  [
    "sum",
    define("number", 1, 1, ([arg], node, position, size, run) => {
      const set = arg!.nodes(node, position, size, run);
      let sum = 0;
      for (let i = 0; i < set.length; i++) sum += numberOf(set.ids[i]!, run);
      run.spend(set.length);
      return sum;
    }, { needsNodes: [0] }),
  ],
  ["floor", onNumber(Math.floor)],
  ["ceiling", onNumber(Math.ceil)],
  ["round", onNumber(round)],
]);
