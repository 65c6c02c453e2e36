import { LoadError } from "../errors.ts";
import type { LoadLimits } from "../options.ts";
import type { Body, CodeEntry } from "./body.ts";
import type { Container } from "./container.ts";

/** Most bytes of a dump. */
export const MAX_BYTES: number = 2 ** 30;
/** Most numbered objects, functions and variables. */
export const MAX_OBJECTS: number = 2 ** 24;

/**
 * Reads the text of a dump and checks its outline. Evaluates nothing.
 *
 * @throws {LoadError} If it is no text of a dump.
 */
export function parseBody(
  { text, data }: Container,
  { maxObjects = MAX_OBJECTS }: LoadLimits,
): Body {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text));
  } catch (cause) {
    throw new LoadError("Cannot load the dump: its text is no JSON", { cause });
  }
  if (!isBody(body)) throw new LoadError("Cannot load the dump: its text is not that of a dump");
  const { cells, code, objects, buffers } = body;
  const count = cells.length + code.length + objects.length;
  if (count > maxObjects) {
    throw new LoadError(
      `Cannot load the dump: it has ${count} numbered objects, functions and variables, maxObjects is ${maxObjects}`,
    );
  }
  if (buffers.reduce((sum, length) => sum + length, 0) !== data.length) {
    throw new LoadError("Cannot load the dump: the lengths of its buffers do not fit");
  }
  return body;
}

function isBody(body: unknown): body is Body {
  if (!isRecord(body) || !("root" in body)) return false;
  const { modules, cells, code, objects, buffers } = body;
  return isList(modules, (item) => typeof item === "string") &&
    isList(cells, (item) => Array.isArray(item) && item.length === 2 && isName(item[0])) &&
    isList(code, isCode) &&
    isList(objects, (item) => Array.isArray(item) && typeof item[0] === "string") &&
    isList(buffers, (item) => Number.isSafeInteger(item) && item as number >= 0);
}

/** The names of variables become code: nothing but an identifier may be one. */
function isName(name: unknown): boolean {
  return typeof name === "string" &&
    /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name);
}

const FORMS: ReadonlySet<unknown> = new Set(
  ["function", "arrow", "class", "method", "getter", "setter"] satisfies CodeEntry["form"][],
);

function isCode(item: unknown): boolean {
  return isRecord(item) && FORMS.has(item.form) && typeof item.source === "string" &&
    (item.name === null || typeof item.name === "string") && typeof item.strict === "boolean" &&
    isList(item.captures, Number.isInteger) &&
    (item.form === "class") === isRecord(item.class);
}

function isList(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
