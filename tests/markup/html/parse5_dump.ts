import { type DefaultTreeAdapterMap, parse, parseFragment } from "npm:parse5@8.1.1";

type Node = DefaultTreeAdapterMap["node"];

const PREFIXES: Readonly<Record<string, string>> = {
  "http://www.w3.org/2000/svg": "svg ",
  "http://www.w3.org/1998/Math/MathML": "math ",
};

/** The tree that parse5 builds, as `dump` writes ours: neighbouring texts are one. */
export function parse5Dump(html: string, context?: string): string {
  const lines: string[] = [];
  const top = context === undefined
    ? parse(html, { scriptingEnabled: false })
    : fragment(html, context);
  // Nodes that are left to do, the next one last.
  const left: [Node, number][] = [];
  let text = "";
  let textDepth = 0;
  const flush = () => {
    if (text !== "") lines.push(`| ${"  ".repeat(textDepth)}"${text}"`);
    text = "";
  };
  const addChildren = (children: readonly Node[], depth: number) => {
    for (let k = children.length - 1; k >= 0; k--) left.push([children[k]!, depth]);
  };
  addChildren(top.childNodes, 0);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [node, depth] = next;
    if (node.nodeName === "#text" && "value" in node) {
      if (text !== "" && textDepth !== depth) flush();
      textDepth = depth;
      text += node.value;
      continue;
    }
    flush();
    const indent = "| " + "  ".repeat(depth);
    if ("data" in node) lines.push(`${indent}<!-- ${node.data} -->`);
    else if ("publicId" in node) {
      const { name, publicId, systemId } = node;
      const ids = publicId !== "" || systemId !== "" ? ` "${publicId}" "${systemId}"` : "";
      lines.push(`${indent}<!DOCTYPE ${name}${ids}>`);
    } else if ("tagName" in node) {
      lines.push(`${indent}<${PREFIXES[node.namespaceURI] ?? ""}${node.tagName}>`);
      lines.push(
        ...node.attrs.map(({ name, prefix, value }) =>
          `${indent}  ${
            prefix === undefined || prefix === "" ? "" : `${prefix} `
          }${name}="${value}"`
        ).sort(),
      );
      if ("content" in node) {
        lines.push(`${indent}  content`);
        // Text behind the contents is not a part of them.
        addChildren(node.content.childNodes, depth + 2);
      } else addChildren(node.childNodes, depth + 1);
    }
  }
  flush();
  return lines.join("\n");
}

function fragment(html: string, context: string): DefaultTreeAdapterMap["documentFragment"] {
  const holder = parseFragment(`<${context}></${context}>`);
  const element = holder.childNodes[0];
  if (element === undefined || !("tagName" in element)) {
    throw new TypeError(`No context: ${context}`);
  }
  return parseFragment(element, html, { scriptingEnabled: false });
}
