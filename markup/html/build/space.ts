import { isSpace } from "../scan/tag.ts";
import type { Builder } from "./builder.ts";

/** Where the white space at the start of the text ends. */
export function spaceEnd(builder: Builder): number {
  const { text, to } = builder;
  let at = builder.from;
  while (at < to && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/**
 * Lets the white space at the start of the text be inserted, and leaves the rest as the text.
 *
 * @returns Whether there is a rest.
 */
export function insertLeadingSpace(builder: Builder): boolean {
  const end = spaceEnd(builder);
  const to = builder.to;
  if (end > builder.from) {
    builder.to = end;
    builder.insertText();
    builder.to = to;
    builder.from = end;
  }
  return end < to;
}

/** Drops the white space at the start of the text; returns whether there is a rest. */
export function dropLeadingSpace(builder: Builder): boolean {
  builder.from = spaceEnd(builder);
  return builder.from < builder.to;
}

/** Whether the text is white space throughout. */
export function isAllSpace(builder: Builder): boolean {
  return spaceEnd(builder) === builder.to;
}

/** Inserts the white space of the text, wherever it is, and drops all else. */
export function insertOnlySpace(builder: Builder): void {
  if (!isAllSpace(builder)) {
    builder.takeString(builder.text.slice(builder.from, builder.to).replace(/[^\t\n\f\r ]+/g, ""));
  }
  builder.insertText();
}
