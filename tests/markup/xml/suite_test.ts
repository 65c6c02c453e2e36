// The W3C's conformance suite: what is to be accepted is, what is to be refused is, and what is read is what is written there.
import { assert } from "@std/assert";
import { Comment, type Element, ElementTree, ProcessingInstruction } from "@ferry/std/markup";
import { ATTR_ROW, ATTRS, nodeOf, storeOf } from "@ferry/std/markup/store";
import { parse } from "@ferry/std/markup/xml";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  type: "valid" | "invalid" | "not-wf";
  xml_base64: string;
  canonical_base64?: string;
  desc: string;
}

const cases = conformanceCases<Case>("w3c-xmlconf");

const SIGNS: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function escaped(text: string | undefined): string {
  return (text ?? "").replace(/[&<>"\t\n\r]/g, (sign) => SIGNS[sign]!);
}

/** The suite's own canonical form, which is older than that of the W3C: no comments, attributes by their names as written. */
function canonical(element: Element): string {
  if (element instanceof Comment) return "";
  if (element instanceof ProcessingInstruction) {
    return `<?${element.target} ${element.text ?? ""}?>`;
  }
  const store = storeOf(element);
  const node = nodeOf(element);
  const attributes: [string, string][] = [];
  for (let i = 0; i < store.attributeCount(node); i++) {
    const at = store.words[node + ATTRS]! + i * ATTR_ROW;
    attributes.push([store.names.qualified(store.attrs[at]!), store.attributeText(at)]);
  }
  attributes.sort(([a], [b]) => a < b ? -1 : 1);
  const name = store.names.qualified(store.name(node));
  let text = `<${name}`;
  for (const [name, value] of attributes) text += ` ${name}="${escaped(value)}"`;
  text += `>${escaped(element.text)}`;
  for (const child of element) text += canonical(child) + escaped(child.tail);
  return `${text}</${name}>`;
}

/** At least so much must be right; what is wrong is listed either way. */
function judge(wrong: string[], all: number, least: number): void {
  console.log(`${all - wrong.length} of ${all}`);
  assert((all - wrong.length) / all >= least, wrong.join("\n"));
}

Deno.test({
  name: "xml.parse() accepts and refuses what the suite says, at least 99.5%",
  ignore: cases === undefined,
  fn: () => {
    const wrong: string[] = [];
    for (const { id, type, desc, xml_base64 } of cases!) {
      let why = "accepted";
      try {
        parse(Uint8Array.fromBase64(xml_base64));
      } catch (error) {
        why = String(error);
        // Nothing but errors in the text may be thrown.
        assert(error instanceof SyntaxError, `${id}: ${why}`);
      }
      if ((why === "accepted") !== (type !== "not-wf")) wrong.push(`${id}: ${desc}: ${why}`);
    }
    judge(wrong, cases!.length, 0.995);
  },
});

Deno.test({
  name: "xml.parse() reads what the suite says, at least 99%",
  ignore: cases === undefined,
  fn: () => {
    const wrong: string[] = [];
    let all = 0;
    for (const { id, xml_base64, canonical_base64 } of cases!) {
      if (!canonical_base64) continue;
      all++;
      const expected = new TextDecoder().decode(Uint8Array.fromBase64(canonical_base64));
      const tree = ElementTree.of(parse(Uint8Array.fromBase64(xml_base64)));
      const text = [...tree].map(canonical).join("");
      if (text !== expected) wrong.push(`${id}:\n  ${text}\n  ${expected}`);
    }
    judge(wrong, all, 0.99);
  },
});
