import type { Element } from "../../tree/mod.ts";
import { tableRows } from "../text/table_rows.ts";
import { textContent } from "../text/text_content.ts";
import { fence, inline, inlineOf, isHidden, MOST_LEVELS } from "./inline.ts";

/** Elements that are blocks. */
const BLOCKS = new Set(
  ("address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 " +
    "h6 header hgroup hr html li main menu nav ol p pre search section summary table ul").split(
      " ",
    ),
);

/** A block: the text of its lines, or what other blocks are in. */
type Block = string | List | Quote;

interface List {
  readonly items: readonly Item[];
}

interface Item {
  readonly marker: string;
  readonly blocks: readonly Block[];
}

interface Quote {
  readonly quoted: readonly Block[];
}

/** A line that would begin something else than text. */
function guard(text: string): string {
  return text.trim().replace(/^(\d+)([.)])(?=\s|$)/gm, "$1\\$2").replace(
    /^([#+-]|={3,})/gm,
    "\\$1",
  );
}

function listOf(list: Element, level: number): List[] {
  const ordered = list.tag === "ol";
  let number = Number.parseInt(list.get("start") ?? "1", 10);
  if (!(number >= 0)) number = 1;
  const items: Item[] = [];
  for (const item of list) {
    if (item.tag !== "li") continue;
    const marker = ordered ? `${number++}. ` : "- ";
    items.push({ marker, blocks: blocksOf(item, level + 1) });
  }
  return items.length === 0 ? [] : [{ items }];
}

function tableOf(table: Element): string {
  const rows = tableRows(table).map((row) =>
    row.map((cell) => cell.replace(/\s+/g, " ").trim().replace(/[\\|`*_[\]<>]/g, "\\$&"))
  );
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width === 0) return "";
  const line = (row: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, k) => row[k] ?? "").join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), `|${" --- |".repeat(width)}`, ...body.map(line)].join("\n");
}

function codeBlock(pre: Element): string {
  const text = [...pre.iterText({ withTail: false })].join("").replace(/\n$/, "");
  const language = /\blang(?:uage)?-([\w+#-]+)/.exec(
    pre.find("code")?.get("class") ?? pre.get("class") ?? "",
  );
  const ticks = fence(text, "`", 3);
  return `${ticks}${language?.[1] ?? ""}\n${text}\n${ticks}`;
}

/** The block that an element is, or those in it. */
function blockOf(element: Element, level: number): Block[] {
  if (level > MOST_LEVELS) return [guard(textContent(element))];
  const { tag } = element;
  switch (tag) {
    case "h1":
    case "h2":
    case "h3":
    case "h4":
    case "h5":
    case "h6": {
      const text = inline(element, level).replaceAll("\\\n", " ").trim();
      return text === "" ? [] : [`${"#".repeat(Number(tag[1]))} ${text}`];
    }
    case "hr":
      return ["---"];
    case "pre":
      return [codeBlock(element)];
    case "ul":
    case "ol":
    case "menu":
    case "dir":
      return listOf(element, level);
    case "table":
      return [tableOf(element)];
    case "blockquote":
      return [{ quoted: blocksOf(element, level + 1) }];
    default:
      return blocksOf(element, level + 1);
  }
}

/** The blocks in an element; what stands in lines between them are paragraphs. */
function blocksOf(element: Element, level: number): Block[] {
  const blocks: Block[] = [];
  let text = element.text;
  let run: Element[] = [];
  const endParagraph = () => {
    const paragraph = guard(inlineOf(text, run, level)).replace(/\\\n*$/, "").trim();
    if (paragraph !== "") blocks.push(paragraph);
    run = [];
    text = undefined;
  };
  for (const child of element) {
    if (!hasBlocks(child)) {
      run.push(child);
      continue;
    }
    endParagraph();
    blocks.push(...blockOf(child, level));
    text = child.tail;
  }
  endParagraph();
  return blocks.filter((block) => block !== "");
}

/** Whether an element is a block, or one in a line that has blocks in it. */
function hasBlocks(element: Element): boolean {
  if (isHidden(element)) return false;
  for (const one of element.iter("*")) if (BLOCKS.has(one.tag)) return true;
  return false;
}

/** What stands before the lines of a block: its first one, the others, and those that are empty. */
interface Margin {
  readonly first: string;
  readonly rest: string;
  readonly empty: string;
}

const TOP: Margin = { first: "", rest: "", empty: "" };

/** Writes blocks, one after the other; each line once, however deep it is. */
function writeAll(
  blocks: readonly Block[],
  lines: string[],
  margin: Margin,
  tight: boolean,
): void {
  let at = margin;
  for (const [k, block] of blocks.entries()) {
    if (k > 0 && !tight) lines.push(margin.empty);
    write(block, lines, at);
    at = { ...margin, first: margin.rest };
  }
}

function write(block: Block, lines: string[], { first, rest, empty }: Margin): void {
  if (typeof block === "string") {
    for (const [k, line] of block.split("\n").entries()) {
      lines.push(line === "" ? empty : (k === 0 ? first : rest) + line);
    }
    return;
  }
  if ("quoted" in block) {
    if (block.quoted.length === 0) return void lines.push(`${first}>`);
    const margin = { first: `${first}> `, rest: `${rest}> `, empty: `${rest}>` };
    return writeAll(block.quoted, lines, margin, false);
  }
  const loose = block.items.some(({ blocks }) => !isTight(blocks));
  for (const [k, { marker, blocks }] of block.items.entries()) {
    if (k > 0 && loose) lines.push(empty);
    const begin = (k === 0 ? first : rest) + marker;
    if (blocks.length === 0) lines.push(begin);
    const margin = { first: begin, rest: rest + " ".repeat(marker.length), empty };
    writeAll(blocks, lines, margin, isTight(blocks));
  }
}

/** Whether no empty line is needed between them: a list in an item needs none, other blocks do. */
function isTight(blocks: readonly Block[]): boolean {
  const [, second] = blocks;
  return blocks.length <= 1 ||
    blocks.length === 2 && typeof second === "object" && "items" in second;
}

/**
 * The contents of an element as Markdown (CommonMark, with GitHub's tables and `~~`).
 *
 * @param element The element, for instance the root of a page.
 * @returns The text, without a line feed at its end.
 *
 * @example An article
 * ```ts
 * import { parse, toMarkdown } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<h1>Ports</h1><p>See <a href=/kiel><b>Kiel</b></a>:<ul><li>1*2<li>x</ul>");
 * assertEquals(toMarkdown(page), "# Ports\n\nSee [**Kiel**](/kiel):\n\n- 1\\*2\n- x");
 * ```
 */
export function toMarkdown(element: Element): string {
  const lines: string[] = [];
  writeAll(blockOf(element, 0).filter((block) => block !== ""), lines, TOP, false);
  return lines.join("\n") || inline(element, 0).trim();
}
