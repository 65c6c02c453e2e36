import type { Builder } from "../../build/builder.ts";
import { FLAGS, TABLE_SCOPE } from "../../names/flags.ts";
import * as tag from "../../names/tags.ts";

/** Closes elements up to the table. */
export function clearToTable(builder: Builder): void {
  const { open } = builder;
  while (open.tag !== tag.TABLE && open.tag !== tag.TEMPLATE && open.tag !== tag.HTML) {
    builder.pop();
  }
}

/** Closes elements up to a body of a table. */
export function clearToTableBody(builder: Builder): void {
  const { open } = builder;
  while (!isTableBody(open.tag) && open.tag !== tag.TEMPLATE && open.tag !== tag.HTML) {
    builder.pop();
  }
}

/** Closes elements up to a row. */
export function clearToRow(builder: Builder): void {
  const { open } = builder;
  while (open.tag !== tag.TR && open.tag !== tag.TEMPLATE && open.tag !== tag.HTML) builder.pop();
}

/** Whether an element is a body, head or foot of a table. */
export function isTableBody(id: number): boolean {
  return id === tag.TBODY || id === tag.THEAD || id === tag.TFOOT;
}

/** Whether one of some elements is in table scope. */
export function anyInTableScope(builder: Builder, ...ids: number[]): boolean {
  const { open } = builder;
  for (let at = open.top; at >= 0; at--) {
    if (ids.includes(open.tags[at]!)) return true;
    if ((FLAGS[open.tags[at]!]! & TABLE_SCOPE) === 0) continue;
    open.searched(open.top - at);
    return false;
  }
  return false;
}
