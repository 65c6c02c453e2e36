import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  COMMENT,
  FIRST,
  NEXT,
  TAIL,
  TEXT,
  type TreeStore,
} from "@ferry/std/markup/store";

const PREFIXES: Readonly<Record<string, string>> = {
  "http://www.w3.org/2000/svg": "svg ",
  "http://www.w3.org/1998/Math/MathML": "math ",
  "http://www.w3.org/1999/xlink": "xlink ",
  "http://www.w3.org/XML/1998/namespace": "xml ",
  "http://www.w3.org/2000/xmlns/": "xmlns ",
};

/** What is in a node, as the test suites of html5lib write it. */
export function dump(store: TreeStore, top: number): string {
  const lines: string[] = [];
  // What is left to do, the next one last: a node or a line.
  const left: (readonly [number, number] | string)[] = [];
  const addChildren = (node: number, depth: number) => {
    const parts: (readonly [number, number] | string)[] = [];
    const text = store.textAt(node + TEXT);
    if (text !== undefined && text !== "") parts.push(textLine(text, depth));
    for (let at = store.words[node + FIRST]!; at !== 0; at = store.words[at + NEXT]!) {
      parts.push([at, depth]);
      const tail = store.textAt(at + TAIL);
      if (tail !== undefined && tail !== "") parts.push(textLine(tail, depth));
    }
    left.push(...parts.reverse());
  };
  const { doctype } = store.info;
  const showDoctype = () => {
    if (doctype === undefined || top !== store.document) return;
    const { name, publicId, systemId } = doctype;
    const ids = publicId !== undefined || systemId !== undefined
      ? ` "${publicId ?? ""}" "${systemId ?? ""}"`
      : "";
    lines.push(`| <!DOCTYPE ${name}${ids}>`);
  };
  if (store.info.doctypeAfter === 0) showDoctype();
  addChildren(top, 0);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next === "string") {
      lines.push(next);
      continue;
    }
    const [node, depth] = next;
    const indent = "| " + "  ".repeat(depth);
    if (store.kind(node) === COMMENT) {
      lines.push(`${indent}<!-- ${store.textAt(node + TEXT) ?? ""} -->`);
    } else {
      const name = store.name(node);
      const local = store.names.local(name);
      const uri = store.names.uri(name);
      lines.push(`${indent}<${PREFIXES[uri] ?? ""}${local}>`);
      lines.push(...attributeLines(store, node, `${indent}  `));
      if (local === "template" && uri === "") {
        lines.push(`${indent}  content`);
        addChildren(node, depth + 2);
      } else addChildren(node, depth + 1);
    }
    if (node === store.info.doctypeAfter) showDoctype();
  }
  return lines.join("\n");
}

function textLine(text: string, depth: number): string {
  return `| ${"  ".repeat(depth)}"${text}"`;
}

function attributeLines(store: TreeStore, node: number, indent: string): string[] {
  const lines: string[] = [];
  const first = store.words[node + ATTRS]!;
  const count = store.words[node + ATTR_COUNT]! >> 1;
  for (let at = first; at < first + count * ATTR_ROW; at += ATTR_ROW) {
    const name = store.attrs[at]!;
    const local = store.names.local(name);
    const prefix = local === "xmlns" ? "" : PREFIXES[store.names.uri(name)] ?? "";
    lines.push(`${indent}${prefix}${local}="${store.attributeText(at)}"`);
  }
  return lines.sort();
}
