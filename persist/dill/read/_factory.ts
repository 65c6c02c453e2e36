/**
 * The program that makes the functions and classes of a dump: one scope with all captured variables, and in it each text.
 * The texts call back through one object, whose name occurs in none of them.
 */
import type { Body, CodeEntry, SpanEntry } from "../format/body.ts";
import { type Edit, EditedText } from "../source/edits.ts";

/** What the program calls. */
export interface Callbacks {
  /** Whether instances are made without running constructors. */
  reviving: boolean;
  cells(setters: readonly ((value: unknown) => void)[]): void;
  code(index: number, fn: unknown): void;
  /** A method, getter or setter, as the only property of an object. */
  method(index: number, holder: object): void;
  /** What a class extends. */
  heritage(index: number): unknown;
  /** A computed name of a class. */
  key(index: number, number: number): unknown;
  /** What sets static private fields of a class. */
  statics(index: number, setters: Record<string, (value: unknown) => void>): void;
  /** What sets private fields of instances. */
  fields(index: number, setters: Record<string, (object: object, value: unknown) => void>): void;
}

/** The program's text; its parameter is `parameter`, for {@linkcode Callbacks}. */
export function factoryText({ cells, code }: Body): { parameter: string; text: string } {
  let parameter = "$dill";
  for (
    let n = 1;
    code.some(({ source }) => source.includes(parameter)) ||
    cells.some(([name]) => name.startsWith(parameter));
    n++
  ) parameter = `$dill${n}`;
  const names = cells.map(([name]) => name);
  const inside = Map.groupBy(code.keys(), (index) => code[index]!.within);
  const items = (strict: boolean) =>
    code.map((entry, index) =>
      entry.strict === strict && entry.within === undefined
        ? itemText(entry, index, parameter, inside.get(index) ?? [], code)
        : ""
    ).join("");
  const text = (names.length > 0 ? `let ${names.join(", ")};\n` : "") +
    `${parameter}.cells([${
      names.map((name) => `(${parameter}v) => { ${name} = ${parameter}v; }`).join(", ")
    }]);\n` +
    items(false) + `(function () { "use strict";\n${items(true)}})();\n`;
  return { parameter, text };
}

function itemText(
  entry: CodeEntry,
  index: number,
  $: string,
  inside: readonly number[],
  code: readonly CodeEntry[],
): string {
  switch (entry.form) {
    case "function":
    case "arrow":
      return `${$}.code(${index}, (${entry.source}));\n`;
    case "class":
      return `${$}.code(${index}, (${classText(entry, index, $, inside, code)}));\n`;
    default:
      return `${$}.method(${index}, ({ ${entry.source} }));\n`;
  }
}

function classText(
  { source, class: cls }: CodeEntry,
  index: number,
  $: string,
  inside: readonly number[],
  code: readonly CodeEntry[],
): string {
  const { heritage, body, keys, statics, revive } = cls!;
  const part = ([start, end]: SpanEntry) => source.slice(start, end);
  const edits: Edit[] = keys.map(([span], number) => ({
    span,
    text: `${$}.key(${index}, ${number})`,
  }));
  if (heritage !== undefined && heritage.name === undefined) {
    edits.push({ span: heritage.span, text: `${$}.heritage(${index})` });
  }
  let added = "";
  const setters = (names: readonly string[], parameters: string, object: string) =>
    names.map((name) => `${JSON.stringify(name)}: (${parameters}) => { ${object}.${name} = v; }`)
      .join(", ");
  if (statics.length > 0) {
    const names = statics.map(([name]) => name);
    added += ` static { ${$}.statics(${index}, { ${setters(names, "v", "this")} }); }`;
  }
  if (revive !== undefined) {
    added += ` static { ${$}.fields(${index}, { ${
      setters(revive.privateFields, "o, v", "o")
    } }); }`;
    for (const span of revive.fields) {
      edits.push({ span, text: `${$}.reviving ? void 0 : (${part(span)})` });
    }
    if (revive.constructor !== null) {
      const { params, body } = revive.constructor;
      const skip = revive.derived ? `{ super(...${$}args); return; }` : "return;";
      edits.push({
        span: [params[0], body[1]],
        text: `(...${$}args) { if (${$}.reviving) ${skip} ` +
          `return (${part(params)} => ${part(body)})(...${$}args); }`,
      });
    }
  }
  for (const number of inside) {
    added += ` static { ${itemText(code[number]!, number, $, [], code)} }`;
  }
  if (added !== "") edits.push({ span: [body, body], text: added });
  const { text } = new EditedText(source, edits);
  return heritage?.name === undefined
    ? text
    : `((${heritage.name}) => ${text})(${$}.heritage(${index}))`;
}
