import type { Element } from "../../tree/mod.ts";
import { textContent } from "./text_content.ts";

/** Most columns that a cell may span, and most rows: the standard's limits. */
const MOST_COLUMNS = 1000;
const MOST_ROWS = 65534;

function span(cell: Element, name: string, most: number): number {
  const value = Number.parseInt(cell.get(name) ?? "1", 10);
  return value >= 1 ? Math.min(value, most) : 1;
}

/**
 * The texts of a table, row by row. A cell that spans several columns or rows is in each of them.
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
  /** By column: the text of a cell from above, and for how many more rows. */
  const above: ({ text: string; left: number } | undefined)[] = [];
  for (const part of table) {
    const own = part.tag === "tr" ? [part] : isBody(part.tag) ? [...part.iterChildren("tr")] : [];
    for (const row of own) rows.push(rowOf(row, above));
    // A cell does not reach beyond its body.
    if (part.tag !== "tr") above.length = 0;
  }
  return rows;
}

function isBody(tag: string): boolean {
  return tag === "thead" || tag === "tbody" || tag === "tfoot";
}

function rowOf(row: Element, above: ({ text: string; left: number } | undefined)[]): string[] {
  const texts: string[] = [];
  const fillFromAbove = () => {
    for (
      let from = above[texts.length];
      from !== undefined && from.left > 0;
      from = above[texts.length]
    ) {
      from.left--;
      texts.push(from.text);
    }
  };
  for (const cell of row.iterChildren("td", "th")) {
    fillFromAbove();
    const text = textContent(cell);
    const rows = span(cell, "rowspan", MOST_ROWS);
    for (let count = span(cell, "colspan", MOST_COLUMNS); count > 0; count--) {
      above[texts.length] = rows > 1 ? { text, left: rows - 1 } : undefined;
      texts.push(text);
    }
  }
  fillFromAbove();
  return texts;
}
