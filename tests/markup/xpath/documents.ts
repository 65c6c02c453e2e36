// Documents to search: as this machine has them, and made here with all kinds of nodes in all kinds of places.
import type { Random } from "../../_support/random.ts";

/** A document. */
export interface Document {
  readonly name: string;
  readonly language: "xml" | "html";
  readonly source: Uint8Array;
}

const FOLDERS = ["/usr/share", "/usr/lib/python3"];
const MOST_BYTES = 30_000;

function* files(folder: string, depth: number): Generator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return;
  }
  let found = 0;
  for (const { name, isDirectory, isFile } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory && depth < 7) yield* files(path, depth + 1);
    // Documents of one folder are much alike.
    else if (
      isFile && found < 2 && /\.(xml|svg|rng|xsd|xsl|xslt|ui|rss|atom|xhtml|gir)$/.test(name)
    ) {
      const { size } = Deno.statSync(path);
      if (size > 300 && size < MOST_BYTES && ++found) yield path;
    }
  }
}

/** Paths of documents on this machine, from as many folders as there are. */
export function realPaths(): string[] {
  return FOLDERS.flatMap((folder) => [...files(folder, 0)]);
}

const NAMES = ["a", "b", "c", "d", "p:a", "p:b", "q:c"];
const TEXTS = [
  "x",
  "y",
  "1",
  "2",
  "10",
  " 3 ",
  "-4",
  "a b",
  "été",
  "x&amp;y",
  "&lt;",
  "😀z",
  " \n ",
];

/** A document of XML with every kind of node. */
export function madeXml(random: Random, size: number): Document {
  let left = size;
  let ids = 0;
  const text = () => random.below(3) === 0 ? random.pick(TEXTS) : "";
  const attributes = () => {
    let found = "";
    if (random.below(2) === 0) found += ` k="${random.pick(["v", "w", "1", "2"])}"`;
    if (random.below(4) === 0) found += ` n="${random.below(20)}"`;
    if (random.below(8) === 0) found += ` p:k="${random.pick(["v", "1"])}"`;
    if (random.below(12) === 0) found += ` xml:id="i${ids++}"`;
    if (random.below(12) === 0) found += ` xml:lang="${random.pick(["en", "en-GB", "de"])}"`;
    if (random.below(16) === 0) found += ` xmlns:r="urn:r${random.below(2)}"`;
    return found;
  };
  const element = (depth: number): string => {
    left--;
    const name = random.pick(NAMES);
    let content = text();
    while (left > 0 && depth < 12 && random.below(5) !== 0) {
      const kind = random.below(12);
      if (kind === 0) content += `<!--${random.pick(["note", "x", ""])}-->`;
      else if (kind === 1) {
        content += `<?${random.pick(["pi", "target"])} ${random.pick(["x", "d"])}?>`;
      } else if (kind === 2) content += `<![CDATA[${random.pick(["x", "<", "1"])}]]>`;
      else content += element(depth + 1);
      content += text();
    }
    return `<${name}${attributes()}>${content}</${name}>`;
  };
  let inside = "";
  while (left > 0) inside += element(1) + text();
  const source = `<?xml version="1.0"?>\n<!-- before --><?pi before?>
<root xmlns:p="urn:p" xmlns:q="urn:q">${inside}</root>\n<?target after?><!--after-->`;
  return { name: `made ${size}`, language: "xml", source: new TextEncoder().encode(source) };
}

/** A page that is read alike by all: nothing is left out that may be. */
export function madeHtml(random: Random, size: number): Document {
  let left = size;
  const text = () =>
    random.below(2) === 0 ? random.pick(["One", "two words", "3", "é&amp;", "4.5"]) : "";
  const block = (depth: number): string => {
    left--;
    const name = random.pick(["div", "section", "ul", "p", "span", "a"]);
    let content = text();
    const inline = name === "p" || name === "span" || name === "a";
    while (left > 0 && depth < 8 && random.below(4) !== 0) {
      if (name === "ul") content += `<li>${block(depth + 1)}</li>`;
      else if (inline) {
        left--;
        content += `<b class="${random.pick(["x", "y", "x y"])}">${text()}</b>`;
      } else content += block(depth + 1);
      if (name !== "ul") content += text();
    }
    const id = random.below(3) === 0 ? ` id="i${left}"` : "";
    const kind = random.below(2) === 0 ? ` class="${random.pick(["x", "y", "x y", "main"])}"` : "";
    const link = name === "a" ? ` href="/${left}"` : "";
    return `<${name}${id}${kind}${link}>${content}</${name}>`;
  };
  let inside = "";
  while (left > 0) inside += `<div>${block(1)}</div>`;
  const source =
    `<!DOCTYPE html><html><head><title>Made</title></head><body>${inside}<!--end--></body></html>`;
  return { name: `page ${size}`, language: "html", source: new TextEncoder().encode(source) };
}
