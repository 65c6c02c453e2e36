// Documents of this machine, as trees, to run selectors on.
import { ElementTree } from "@ferry/std/markup";
import type { Element } from "@ferry/std/markup";
import { parse as parseHtml } from "@ferry/std/markup/html";
import { parse as parseXml, serialize } from "@ferry/std/markup/xml";

/** A document. */
export interface RealTree {
  readonly path: string;
  readonly html: boolean;
  readonly root: Element;
  /** The elements in document order. */
  readonly order: ReadonlyMap<Element, number>;
  /** As XML, for others to read the same tree. */
  readonly xml: string;
  /** As it was found. */
  readonly text: string;
}

function* files(folder: string, pattern: RegExp, depth = 0): Generator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return;
  }
  for (const { name, isDirectory, isFile } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory && depth < 8) yield* files(path, pattern, depth + 1);
    else if (isFile && pattern.test(name)) yield path;
  }
}

/** The document at a path; `undefined` if it is not XML, or cannot be written as such. */
export function treeAt(path: string, html: boolean): RealTree | undefined {
  const bytes = Deno.readFileSync(path);
  try {
    const root = html ? parseHtml(bytes) : parseXml(bytes);
    // cssselect knows no quirks mode: ids and classes are compared as they are.
    if (html) ElementTree.of(root).info.quirks = "no-quirks";
    const xml = serialize(root);
    if (html) parseXml(xml);
    const order = new Map([...root.iter("*")].map((element, index) => [element, index]));
    return { path, html, root, order, xml, text: new TextDecoder().decode(bytes) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function spread(html: boolean, count: number): RealTree[] {
  const [folder, pattern] = html
    ? ["/usr/share/doc", /\.html?$/] as const
    : ["/usr/share", /\.(xml|svg|ui|rng|xsl)$/] as const;
  const paths = [...files(folder, pattern)].filter((path) => {
    const { size } = Deno.statSync(path);
    return size > 2000 && size < 30_000;
  });
  const found: RealTree[] = [];
  for (let at = 0; at < paths.length && found.length < count; at++) {
    // Spread over all there are: neighbours are alike.
    const tree = treeAt(paths[at * 7919 % paths.length]!, html);
    if (tree === undefined || tree.order.size < 30) continue;
    // Names in selectors of cssselect have no namespace.
    if (!/\sxmlns[=:]/.test(tree.xml)) found.push(tree);
  }
  return found;
}

/** So many pages of HTML and documents of XML, without namespaces; said on the console if there are none. */
export function realTrees(pages: number, documents: number): RealTree[] {
  const trees = [
    ...spread(true, pages),
    ...spread(false, documents),
  ];
  if (trees.length === 0) console.warn("skipped: no documents in /usr/share");
  return trees;
}
