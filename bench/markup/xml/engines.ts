/** What npm has to read XML with: each engine does the tasks that it has. */

/** What is measured. */
export type Task =
  | "parse"
  | "walk"
  | "serialize"
  | "iterparse"
  | "events"
  | "memory"
  | `xpath:${string}`;

/** Prepares a task: what is returned does it; `undefined` if the engine cannot. */
export type Engine = (task: Task, bytes: Uint8Array, path: string) => (() => unknown) | undefined;

/** What the prefix of queries stands for. */
export const NAMESPACES = { o: "http://example.org/" };

const decoder = new TextDecoder();

/** An engine that makes a tree of a string, walks it and writes it, as far as it can. */
function ofTrees<T>(
  parse: (text: string) => T,
  more: { walk?: (tree: T) => unknown; serialize?: (tree: T) => unknown } = {},
): Engine {
  const trees = new Map<string, T>();
  return (task, bytes, path) => {
    if (task === "parse") return () => parse(decoder.decode(bytes));
    if (task !== "walk" && task !== "serialize") return undefined;
    const action = more[task];
    if (action === undefined) return undefined;
    let tree = trees.get(path);
    if (tree === undefined) trees.set(path, tree = parse(decoder.decode(bytes)));
    return () => action(tree);
  };
}

/** What the trees of the DOM's kind have. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
  readonly nodeValue: string | null;
}

/** Reads names of elements and texts, as the walk of the other engines does. */
function walkDom(top: DomNode): number {
  let total = 0;
  for (let node = top.firstChild; node !== null; node = node.nextSibling) {
    total += node.nodeType === 1
      ? node.nodeName.length + walkDom(node)
      : node.nodeValue?.length ?? 0;
  }
  return total;
}

async function libxml2(): Promise<Engine> {
  const { XmlDocument } = await import("npm:libxml2-wasm@0.7.2");
  const trees = new Map<string, InstanceType<typeof XmlDocument>>();
  return (task, bytes, path) => {
    if (task === "parse") return () => XmlDocument.fromBuffer(bytes).dispose();
    if (task !== "serialize" && !task.startsWith("xpath:")) return undefined;
    const tree = trees.get(path) ?? XmlDocument.fromBuffer(bytes);
    trees.set(path, tree);
    if (task !== "serialize") return () => tree.eval(task.slice(6), NAMESPACES);
    return () => tree.toString({ format: false });
  };
}

async function saxes(): Promise<Engine> {
  const { SaxesParser } = await import("npm:saxes@6.0.0");
  return (task, bytes) =>
    task !== "events" ? undefined : () => {
      const parser = new SaxesParser({ xmlns: true });
      let total = 0;
      parser.on("opentag", (tag) => void (total += tag.name.length));
      parser.on("text", (text) => void (total += text.length));
      parser.write(decoder.decode(bytes)).close();
      return total;
    };
}

async function xmldom(): Promise<Engine> {
  const { DOMParser, XMLSerializer } = await import("npm:@xmldom/xmldom@0.9.12");
  const parser = new DOMParser();
  const writer = new XMLSerializer();
  return ofTrees((text) => parser.parseFromString(text, "text/xml"), {
    walk: (tree) => walkDom(tree as unknown as DomNode),
    serialize: (tree) => writer.serializeToString(tree),
  });
}

async function linkedom(): Promise<Engine> {
  const { DOMParser } = await import("npm:linkedom@0.18.15");
  const parser = new DOMParser();
  return ofTrees((text) => parser.parseFromString(text, "text/xml"), {
    walk: (tree) => walkDom(tree as unknown as DomNode),
    serialize: (tree) => tree.toString(),
  });
}

async function fastXmlParser(): Promise<Engine> {
  const { XMLBuilder, XMLParser } = await import("npm:fast-xml-parser@5.12.1");
  const options = { preserveOrder: true, ignoreAttributes: false, trimValues: false };
  const limits = { maxTotalExpansions: 1e9, maxExpandedLength: 1e9 };
  const parser = new XMLParser({ ...options, processEntities: { enabled: true, ...limits } });
  const builder = new XMLBuilder(options);
  return ofTrees((text): unknown => parser.parse(text), {
    serialize: (tree) => builder.build(tree),
  });
}

async function htmlparser2(): Promise<Engine> {
  const { parseDocument } = await import("npm:htmlparser2@12.0.0");
  return ofTrees((text) => parseDocument(text, { xmlMode: true }));
}

async function parseXml(): Promise<Engine> {
  const { parseXml } = await import("npm:@rgrove/parse-xml@5.0.0");
  return ofTrees((text) => parseXml(text));
}

async function txml(): Promise<Engine> {
  const { parse } = await import("npm:txml@6.0.3");
  return ofTrees((text): unknown => parse(text, { keepWhitespace: true }));
}

const ENGINES: Readonly<Record<string, [name: string, load: () => Promise<Engine>]>> = {
  "libxml2-wasm": ["libxml2-wasm 0.7.2", libxml2],
  htmlparser2: ["htmlparser2 12.0.0", htmlparser2],
  saxes: ["saxes 6.0.0", saxes],
  // Not well-formed documents are no error to it, and references stay as they are.
  txml: ["txml 6.0.3", txml],
  "parse-xml": ["@rgrove/parse-xml 5.0.0", parseXml],
  "fast-xml-parser": ["fast-xml-parser 5.12.1", fastXmlParser],
  xmldom: ["@xmldom/xmldom 0.9.12", xmldom],
  linkedom: ["linkedom 0.18.15", linkedom],
};

/** The names of the engines, as {@linkcode load} takes them. */
export const NAMES: readonly string[] = Object.keys(ENGINES);

/** An engine, and its name with its version. */
export async function load(key: string | undefined): Promise<{ name: string; engine: Engine }> {
  const [name, make] = ENGINES[key ?? ""] ?? [];
  if (make === undefined) {
    throw new TypeError(`An engine is one of ${NAMES.join(", ")}, received ${key}`);
  }
  return { name: name!, engine: await make() };
}
