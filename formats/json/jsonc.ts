/**
 * JSON with comments and trailing commas: read it, and change it without losing them.
 *
 * @module
 */

import { Parser } from "./_parser.ts";
import { remove } from "./edit/remove.ts";
import { set } from "./edit/set.ts";
import { BOOLEAN, checkOptions, NUMBER, type OptionRules, STRING } from "../options.ts";
import { type JsonParseOptions, PARSE_RULES } from "./options.ts";
import { checkBytes } from "./parse.ts";

/** Deepest nesting of a text that is edited. */
const MAX_EDIT_DEPTH = 500;

/** Options of {@linkcode edit}. */
export interface EditOptions {
  /**
   * Indentation of what is inserted: a number of spaces, or `"\t"`.
   *
   * @default {what the text has, or 2}
   */
  indent?: number | "\t";
  /**
   * Whether a value is inserted before the element of an array that the path names, rather than in its place.
   *
   * @default {false}
   */
  insert?: boolean;
}

const EDIT_RULES: OptionRules<EditOptions> = { indent: NUMBER | STRING, insert: BOOLEAN };

/**
 * Reads JSON with `//` and block comments and with trailing commas.
 *
 * @example A configuration file
 * ```ts
 * import { jsonc } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(jsonc.parse('{ "port": 80, // the usual\n}'), { port: 80 });
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param text The text.
 * @param options What to make of it, and limits.
 * @returns The value.
 * @throws {JsonError} If the text is not JSON with comments, or exceeds a limit.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parse<T = unknown>(text: string, options?: JsonParseOptions): T {
  const checked = checkOptions("Cannot parse JSON", options, PARSE_RULES);
  if (checked.maxBytes !== undefined) checkBytes(text, checked.maxBytes);
  const parser = new Parser(text, checked, 0, true);
  const value = parser.value();
  parser.end();
  return value as T;
}

/** What a level of nesting adds, if the caller says so. */
function unitOf(indent: number | string | undefined): string | undefined {
  if (indent === undefined || indent === "\t") return indent;
  if (typeof indent === "string") {
    throw new TypeError(
      `Cannot edit JSON: indent must be a number or "\\t", received ${JSON.stringify(indent)}`,
    );
  }
  if (Number.isInteger(indent) && indent >= 0 && indent <= 10) return " ".repeat(indent);
  throw new RangeError(
    `Cannot edit JSON: indent must be an integer from 0 to 10, received ${indent}`,
  );
}

/**
 * Changes one value in a text, and leaves everything else byte for byte as it is: comments, order, white space.
 * Removing a value removes no comment either. What is missing on the way is made.
 *
 * What is added stands on a line of its own if the last of its neighbours does, and otherwise in their line. Of a key
 * that an object has twice the last value is changed, which is the one that {@linkcode parse} gives; all are removed.
 *
 * @example Set and remove
 * ```ts
 * import { jsonc } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const text = '{\n  // where we listen\n  "port": 80,\n  "old": true\n}\n';
 * const changed = jsonc.edit(jsonc.edit(text, ["port"], 8080), ["old"], undefined);
 * assertEquals(changed, '{\n  // where we listen\n  "port": 8080\n}\n');
 * ```
 *
 * @param text The text, JSON with comments.
 * @param path Keys and indices that lead to the value; an index equal to the length, or -1, appends.
 * @param value The new value; `undefined` removes the member or element, if there is one.
 * @param options How to write what is inserted.
 * @returns The changed text.
 * @throws {JsonError} If the text is not JSON with comments, or nests deeper than 500 levels.
 * @throws {RangeError} If the path leads through a value that is neither array nor object, or beside an array; or
 * `indent` is out of range.
 * @throws {TypeError} If the value has no JSON form, or an option is unknown or of the wrong type.
 */
export function edit(
  text: string,
  path: readonly (string | number)[],
  value: unknown,
  options?: EditOptions,
): string {
  const { indent, insert = false } = checkOptions("Cannot edit JSON", options, EDIT_RULES);
  const unit = unitOf(indent);
  // A broken text must not be broken further.
  parse(text, { maxDepth: MAX_EDIT_DEPTH });
  if (value === undefined) {
    if (path.length === 0) {
      throw new RangeError(
        "Cannot edit JSON: needed a path to what is removed, received the whole text",
      );
    }
    return remove(text, path);
  }
  const edited = set(text, path, value, { unit, insert });
  if (edited !== undefined) return edited;
  throw new RangeError(
    `Cannot edit JSON: the path ${JSON.stringify(path)} does not lead through arrays and objects`,
  );
}
