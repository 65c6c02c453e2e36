/**
 * Changes of a TOML text that leave all else as it is.
 *
 * @example Bump a version
 * ```ts
 * import { edit } from "@ferry/std/formats/toml-edit";
 * import { assertEquals } from "@std/assert";
 *
 * const text = '[package]\nname = "ferry" # npm\nversion = "1.0.0"\n';
 * assertEquals(
 *   edit(text, ["package", "version"], "1.0.1"),
 *   '[package]\nname = "ferry" # npm\nversion = "1.0.1"\n',
 * );
 * ```
 *
 * ## Guarantees
 * - Lines that no change is about stay byte for byte as they are: comments, order, spelling, white space, line breaks.
 * - The result is read again and compared before it is handed out.
 * - Changes of one kind in a row cost one pass over the text: values, keys and items that are changed, added or removed,
 *   tables that are added or removed. Where the kind changes, another pass may be needed.
 *
 * ## Limits
 * 512 nested tables and arrays. Errors are {@linkcode TomlError}, a `SyntaxError` with line, column and offset.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

import { defineOwn } from "../define_own.ts";
import { ANY, checkOptions, OBJECT, type OptionRules } from "../options.ts";
import { parse } from "./parse.ts";
import { stringify } from "./stringify.ts";
import { TomlEditor } from "./source/editor.ts";
import { TomlError } from "./toml_error.ts";
import type { TomlTable, TomlValue } from "./types.ts";

export { TomlError, type TomlErrorOptions } from "./toml_error.ts";
export { FormatError, type FormatErrorOptions } from "../format_error.ts";

/** One change to a TOML text. */
export interface TomlEdit {
  /** Way to the value: keys of tables, indices of arrays. An index equal to the length appends. */
  path: readonly (string | number)[];
  /**
   * The new value, as `stringify` takes it; undefined removes the entry or item.
   *
   * @default {undefined}
   */
  value?: unknown;
}

const EDIT_RULES: OptionRules<TomlEdit> = { path: OBJECT, value: ANY };

/**
 * Changes values in a TOML text and leaves all the rest as it is, byte for byte. Removing a value removes no comment but
 * those within it. What is missing on the way is made; what is added goes behind its neighbours, in the form they have:
 * pairs below pairs, headers below headers, dotted keys below dotted keys.
 *
 * @example Bump a version
 * ```ts
 * import { edit } from "@ferry/std/formats/toml-edit";
 * import { assertEquals } from "@std/assert";
 *
 * const text = '# package\n[package]\nversion = "1.0.0" # semver\nold = true\n';
 * assertEquals(
 *   edit(text, [
 *     { path: ["package", "version"], value: "1.0.1" },
 *     { path: ["package", "old"] },
 *   ]),
 *   '# package\n[package]\nversion = "1.0.1" # semver\n',
 * );
 * ```
 *
 * @param text The text.
 * @param edits The changes, done in order.
 * @returns The new text. Its value is that of the old one with the changes, which is checked.
 * @throws {TomlError} If the text is not TOML, or cannot be changed so without loss.
 * @throws {TypeError} If a path leads through something that is no table or array, a value has no form in TOML, or a
 * change has another key than `path` and `value`.
 */
export function edit(text: string, edits: readonly TomlEdit[]): string;
/**
 * Changes one value in a TOML text, as `edit` does with a list of changes.
 *
 * @example One value
 * ```ts
 * import { edit } from "@ferry/std/formats/toml-edit";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(edit("a = 1 # one\n", ["a"], 2), "a = 2 # one\n");
 * ```
 *
 * @param text The text.
 * @param path Way to the value: keys of tables, indices of arrays.
 * @param value The new value; undefined removes the entry or item.
 * @returns The new text.
 * @throws {TomlError} If the text is not TOML, or cannot be changed so without loss.
 * @throws {TypeError} If the path does not fit, or the value has no form in TOML.
 */
export function edit(text: string, path: readonly (string | number)[], value: unknown): string;
export function edit(
  text: string,
  changes: readonly TomlEdit[] | readonly (string | number)[],
  ...rest: [value?: unknown]
): string {
  const edits = rest.length > 0
    ? [{ path: changes as readonly (string | number)[], value: rest[0] }]
    : changes as readonly TomlEdit[];
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const source = text.slice(mark.length);
  const expected = parse(text, { bigint: "all" });
  const editor = new TomlEditor(source);
  for (const change of edits) {
    const { path, value } = checkOptions("Cannot edit TOML", change, EDIT_RULES);
    editor.edit(path, apply(expected, path, value));
  }
  const changed = editor.text;
  let read: TomlTable;
  try {
    read = parse(changed, { bigint: "all" });
  } catch (cause) {
    throw new TomlError("Cannot edit this TOML text: the result is not TOML", { cause });
  }
  if (isSame(read, expected)) return mark + changed;
  throw new TomlError("Cannot edit this TOML text without loss: the result reads differently", {});
}

/** Changes the text's value as the text is to be changed. Gives the new value as the reader would. */
function apply(
  root: TomlTable,
  path: readonly (string | number)[],
  value: unknown,
): TomlValue | undefined {
  if (path.length === 0) throw new TypeError("Cannot edit TOML at an empty path");
  let at: TomlValue = root;
  for (const [depth, step] of path.slice(0, -1).entries()) {
    let next: TomlValue | undefined = child(at, step, path);
    if (next === undefined) {
      if (value === undefined) return undefined;
      next = typeof path[depth + 1] === "number" ? [] : {};
      defineOwn(at as object, step, next);
    }
    at = next;
  }
  const last = path.at(-1)!;
  const old = child(at, last, path);
  if (value !== undefined) {
    const fresh = normalize(value, old);
    defineOwn(at as object, last, fresh);
    return fresh;
  }
  if (Array.isArray(at)) at.splice(last as number, old === undefined ? 0 : 1);
  else delete (at as TomlTable)[last];
  return undefined;
}

/** The value at a step, after a check that the step fits. */
function child(
  at: TomlValue,
  step: string | number,
  path: readonly (string | number)[],
): TomlValue | undefined {
  if (Array.isArray(at)) {
    if (typeof step === "number" && step >= 0 && step <= at.length && Number.isInteger(step)) {
      return at[step];
    }
  } else if (typeof at === "object" && Object.getPrototypeOf(at) === Object.prototype) {
    if (typeof step === "string") {
      return Object.hasOwn(at, step) ? (at as TomlTable)[step] : undefined;
    }
  }
  throw new TypeError(`Cannot edit TOML at ${path.join(".")}: ${step} does not fit there`);
}

/** A value as the reader would give it; a number stays a float where a float stood. */
function normalize(value: unknown, old: TomlValue | undefined): TomlValue {
  const numbers = typeof old === "number" && typeof value === "number" ? "float" : "auto";
  return parse(stringify({ value }, { numbers }), { bigint: "all" }).value!;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  const prototype = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  if (prototype !== Object.prototype) return String(a) === String(b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) =>
      Object.hasOwn(b, key) &&
      isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
    );
}
