// Evaluates expressions here and in lxml, and tells where the results differ.
import { c14n, parse } from "@ferry/std/markup/xml";
import { parse as parseHtml } from "@ferry/std/markup/html";
import { Element, ElementTree } from "@ferry/std/markup";
import { xpath, XPathLimitError, type XPathNode, XPathText } from "@ferry/std/markup/xpath";
import { runLxml } from "../lxml.ts";
import type { Document } from "./documents.ts";
import type { Vocabulary } from "./grammar.ts";

/** How many nodes of a result are compared one by one. */
const MOST = 200;

/** What an expression may cost here; what costs more is not compared, as lxml would take minutes. */
const MOST_WORK = 3_000_000;

/** An expression to evaluate. */
export interface Job {
  readonly document: number;
  /** Number of the node that it begins at; -1 is the document. */
  readonly node: number;
  readonly expression: string;
}

type Shown = readonly [kind: string, value: unknown];

/** A document that is read. */
export class Loaded {
  readonly document: Document;
  readonly tree: ElementTree;
  readonly nodes: Element[] = [];
  readonly namespaces: Record<string, string> = {};
  readonly words: Vocabulary;
  readonly #index = new Map<Element, number>();

  constructor(document: Document) {
    this.document = document;
    const root = document.language === "html"
      ? parseHtml(new TextDecoder().decode(document.source)).getRoot()
      : parse(document.source);
    this.tree = ElementTree.of(root);
    for (const node of this.tree.iter()) this.#index.set(node, this.nodes.push(node) - 1);
    const [elements, attributes, texts] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const prefixes = new Map<string, string>();
    const named = (name: string) => {
      const [, uri, local] = /^(?:\{(.*)\})?(.*)$/.exec(name)!;
      if (uri === undefined) return local!;
      let prefix = uri === "http://www.w3.org/XML/1998/namespace" ? "xml" : prefixes.get(uri);
      if (prefix === undefined) prefixes.set(uri, prefix = `n${prefixes.size}`);
      return `${prefix}:${local}`;
    };
    for (const node of this.nodes) {
      if (node.tag.startsWith("#")) continue;
      elements.add(named(node.tag));
      for (const [name, value] of node.attrib) {
        attributes.add(named(name));
        if (value.length < 20) texts.add(value);
      }
      if (node.text !== undefined && node.text.length < 20) texts.add(node.text);
    }
    for (const [uri, prefix] of prefixes) this.namespaces[prefix] = uri;
    const usable = (name: string) => !/:.*:/.test(name);
    this.words = {
      elements: [...elements].filter(usable),
      attributes: [...attributes].filter(usable),
      texts: [...texts].filter((text) => text.trim() !== "").slice(0, 40),
      prefixes: [...prefixes.values()],
    };
  }

  /** The document in canonical form, to see whether both read it alike. */
  get canonical(): string {
    return c14n(this.tree, { withComments: true });
  }

  #show(node: XPathNode): string {
    if (node instanceof Element) {
      const index = this.#index.get(node);
      return index === undefined ? `m ${node.tag} ${node.text}` : `e ${index}`;
    }
    if (node instanceof XPathText) {
      const parent = node.parent === undefined ? -1 : this.#index.get(node.parent);
      if (node.isAttribute) return `a ${parent} ${node.attributeName} ${node.value}`;
      return `${node.isTail ? "x" : "t"} ${parent} ${node.value}`;
    }
    return typeof node === "string" ? `s ${node}` : `n ${node.prefix} ${node.uri}`;
  }

  /** The result of an expression as evaluate.py shows it. */
  run(node: number, expression: string): Shown {
    let result;
    try {
      const start = node === -1 ? this.tree : this.nodes[node]!;
      result = xpath(start, expression, {
        namespaces: this.namespaces,
        smartStrings: true,
        maxWork: MOST_WORK,
      });
    } catch (error) {
      if (error instanceof XPathLimitError) return ["costly", ""];
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      return ["error", error.message];
    }
    if (!Array.isArray(result)) return [typeof result, result];
    const shown = result.map((node) => this.#show(node));
    if (shown.some((one) => one.startsWith("n "))) shown.sort();
    const half = MOST / 2;
    return [
      "nodes",
      shown.length <= MOST
        ? shown
        : [`${shown.length}`, ...shown.slice(0, half), ...shown.slice(-half)],
    ];
  }
}

function alike(ours: Shown, theirs: Shown): boolean {
  if (ours[0] !== theirs[0]) return false;
  if (ours[0] === "error") return true;
  if (ours[0] === "number") {
    const [a, b] = [ours[1] as number, theirs[1] as string];
    const number = b === "inf"
      ? Infinity
      : b === "-inf"
      ? -Infinity
      : b === "nan"
      ? NaN
      : Number(b);
    return a === number || (Number.isNaN(a) && Number.isNaN(number)) ||
      Math.abs(a - number) < 1e-9 * Math.abs(a);
  }
  return JSON.stringify(ours[1]) === JSON.stringify(theirs[1]);
}

/** A result that is not lxml's. */
export interface Difference {
  readonly document: string;
  readonly node: number;
  readonly expression: string;
  readonly ours: Shown;
  readonly theirs: Shown;
}

/** Evaluates jobs here and there; documents that are read differently are left out. */
export async function compareWithLxml(
  documents: readonly Loaded[],
  jobs: readonly Job[],
): Promise<{ differences: Difference[]; compared: number; documents: number; errors: number }> {
  const shown = jobs.map(({ document, node, expression }) =>
    documents[document]!.run(node, expression)
  );
  const cheap = jobs.filter((_, index) => shown[index]![0] !== "costly");
  const ours = shown.filter(([kind]) => kind !== "costly");
  const { sizes, results } = await runLxml<{ sizes: [number, string][]; results: Shown[] }>(
    new URL("evaluate.py", import.meta.url),
    {
      most: MOST,
      documents: documents.map(({ document: { language, source } }) => ({
        language,
        source: source.toBase64(),
      })),
      jobs: cheap.map((job) => ({ ...job, namespaces: documents[job.document]!.namespaces })),
    },
  );
  const same = documents.map((document, index) =>
    sizes[index]![0] === document.nodes.length &&
    (document.document.language === "html" || sizes[index]![1] === document.canonical)
  );
  const differences: Difference[] = [];
  let [compared, errors] = [0, 0];
  cheap.forEach(({ document, node, expression }, index) => {
    if (!same[document]) return;
    const theirs = results[index]!;
    // At the top of an expression lxml has no position and no size.
    if (theirs[0] === "error" && /Invalid context (size|position)/.test(theirs[1] as string)) {
      return;
    }
    // Comments of the document type are nodes of the document for libxml2; lxml itself does not see them elsewhere.
    if (JSON.stringify(theirs[1]).includes('"m <cyfunction')) return;
    // Of `.//.` libxml2 leaves the node itself out.
    if (/(^|[^.])\.\/\/\.([^.]|$)/.test(expression)) return;
    // In which order namespaces come is up to each implementation; in a union libxml2 has them before their element.
    if (/namespace::\*.*[[|]|\|.*namespace::\*/.test(expression)) return;
    compared++;
    if (theirs[0] === "error") errors++;
    if (!alike(ours[index]!, theirs)) {
      differences.push({
        document: documents[document]!.document.name,
        node,
        expression,
        ours: ours[index]!,
        theirs,
      });
    }
  });
  return { differences, compared, documents: same.filter(Boolean).length, errors };
}
