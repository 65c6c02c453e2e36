import type { Element } from "../../tree/mod.ts";
import { textContent } from "./text_content.ts";

/** Most columns that a cell may span, and most rows: the standard's limits. */
const MOST_COLUMNS = 1000;
const MOST_ROWS = 65534;
/** How often the texts of a table are repeated at most: a few short tags could ask for billions of cells. */
const MOST_REPEATED = 500_000;

/** What is known of a table while its rows are read. */
interface Grid {
  /** By column: the text of a cell from above, and for how many more rows. */
  readonly above: ({ text: string; left: number } | undefined)[];
  /** How many more cells may be repeated. */
  left: number;
}

function span(cell: Element, name: string, most: number): number {
  const value = Number.parseInt(cell.get(name) ?? "1", 10);
  // No rows are as many as there are.
  if (value === 0 && name === "rowspan") return most;
  return value >= 1 ? Math.min(value, most) : 1;
}

/**
 * The texts of a table, row by row. A cell that spans several columns or rows is in each of them; where a table has more than
 * 500,000 cells of that kind, the others are in their first column and row alone.
 *
 * @param table The `table`; those in its cells are not looked into.
 * @returns The rows.
 *
 * @example Rows of equal length
 * ```ts
 * import { parse, tableRows } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<table><tr><th rowspan=2>a<td>1<td>2<tr><td colspan=2>3</table>");
 * assertEquals(tableRows(page.find("body/table")!), [["a", "1", "2"], ["a", "3", "3"]]);
 * ```
 */
export function tableRows(table: Element): string[][] {
  const rows: string[][] = [];
  const grid: Grid = { above: [], left: MOST_REPEATED };
  for (const part of table) {
    const own = part.tag === "tr" ? [part] : isBody(part.tag) ? [...part.iterChildren("tr")] : [];
    for (const row of own) rows.push(rowOf(row, grid));
    // A cell does not reach beyond its body.
    if (part.tag !== "tr") grid.above.length = 0;
  }
  return rows;
}

function isBody(tag: string): boolean {
  return tag === "thead" || tag === "tbody" || tag === "tfoot";
}

function rowOf(row: Element, grid: Grid): string[] {
  const texts: string[] = [];
  const { above } = grid;
  const fillFromAbove = () => {
    for (
      let from = above[texts.length];
      from !== undefined && from.left > 0 && grid.left > 0;
      from = above[texts.length]
    ) {
      from.left--;
      grid.left--;
      texts.push(from.text);
    }
  };
  for (const cell of row.iterChildren("td", "th")) {
    fillFromAbove();
    const text = textContent(cell);
    const rows = span(cell, "rowspan", MOST_ROWS);
    const columns = Math.min(span(cell, "colspan", MOST_COLUMNS), 1 + grid.left);
    grid.left -= columns - 1;
    for (let count = columns; count > 0; count--) {
      above[texts.length] = rows > 1 ? { text, left: rows - 1 } : undefined;
      texts.push(text);
    }
  }
  fillFromAbove();
  return texts;
}
