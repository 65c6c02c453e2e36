import { checkOptions } from "../options.ts";
import { Element } from "../tree/mod.ts";
import {
  depthLimit,
  Keys,
  NAME_RULES,
  type ObjectNameOptions,
  tooDeep,
  type XmlValue,
} from "./options.ts";

class Writer {
  readonly #keys: Keys;
  readonly #maxDepth: number;
  readonly #nsmap: Readonly<Record<string, string>>;

  constructor({ namespaces, maxDepth }: ObjectNameOptions) {
    this.#keys = new Keys(namespaces);
    this.#nsmap = namespaces ?? {};
    this.#maxDepth = depthLimit(maxDepth);
  }

  element(key: string, value: unknown, path: string, depth: number): Element {
    if (depth > this.#maxDepth) throw tooDeep(this.#maxDepth);
    const tag = this.#keys.tagOf(key, false);
    const element = depth === 1 ? new Element(tag, { nsmap: this.#nsmap }) : new Element(tag);
    const text = textOf(value);
    if (text !== undefined) {
      if (text !== "") element.text = text;
    } else if (value instanceof Map || value instanceof Set) {
      throw wrong(path, "a plain object", value);
    } else if (isObject(value)) {
      for (const [name, part] of Object.entries(value)) this.#add(element, name, part, path, depth);
    } else throw wrong(path, "a text, a number, a boolean or an object", value);
    return element;
  }

  #add(element: Element, key: string, value: unknown, path: string, depth: number): void {
    if (value === undefined) return;
    const at = `${path}.${key}`;
    if (key.startsWith("@")) {
      element.set(this.#keys.tagOf(key.slice(1), true), needText(value, at));
    } else if (key === "#text") addText(element, needText(value, at));
    else if (key === "#content") this.#addContent(element, value, at, depth);
    else if (Array.isArray(value)) {
      value.forEach((one, index) =>
        element.append(this.element(key, one, `${at}[${index}]`, depth + 1))
      );
    } else element.append(this.element(key, value, at, depth + 1));
  }

  #addContent(element: Element, content: unknown, path: string, depth: number): void {
    if (!Array.isArray(content)) throw wrong(path, "an array", content);
    content.forEach((part, index) => {
      const at = `${path}[${index}]`;
      if (!isObject(part)) return addText(element, needText(part, at));
      for (const [key, value] of Object.entries(part)) this.#add(element, key, value, at, depth);
    });
  }
}

/** Adds text behind what is in an element. */
function addText(element: Element, text: string): void {
  if (text === "") return;
  const last = element.at(-1);
  if (last === undefined) element.text = (element.text ?? "") + text;
  else last.tail = (last.tail ?? "") + text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a value that has one: what is nothing has an empty one. */
function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
    case "undefined":
      return value === undefined ? "" : String(value);
    case "object":
      if (value === null) return "";
      // Dates, Temporal's values, URLs.
      if ("toJSON" in value && typeof value.toJSON === "function") {
        const text: unknown = value.toJSON();
        if (typeof text === "string") return text;
      }
  }
  return undefined;
}

function needText(value: unknown, path: string): string {
  const text = textOf(value);
  if (text === undefined) throw wrong(path, "a text, a number or a boolean", value);
  return text;
}

function wrong(path: string, needed: string, value: unknown): TypeError {
  const received = Array.isArray(value)
    ? "an array"
    : value instanceof Map || value instanceof Set
    ? `a ${value.constructor.name}`
    : typeof value;
  return new TypeError(`The value of ${path} needs ${needed}, received ${received}`);
}

/**
 * The element that an object stands for: the other way round of {@linkcode toObject}. Numbers, booleans, dates and what else has a
 * `toJSON` that gives a string are texts; `null` is an empty element, `undefined` none.
 *
 * @param name Name of the element: `local`, `prefix:local` or `{uri}local`.
 * @param value Its value.
 * @param options What prefixes stand for, and limits.
 * @throws {TypeError} If a value is none that an element can have. The message has its path. Or if an option is unknown or
 * of the wrong type.
 * @throws {RangeError} If a name is none, a text has characters that XML cannot hold, or objects are nested too deep.
 *
 * @example There and back
 * ```ts
 * import { fromObject, toObject } from "@ferry/std/markup/objects";
 * import { serialize } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const port = fromObject("port", { "@id": 7, name: "Kiel", berth: ["A", "B"] });
 * assertEquals(
 *   serialize(port),
 *   '<port id="7"><name>Kiel</name><berth>A</berth><berth>B</berth></port>',
 * );
 * assertEquals(toObject(port), { "@id": "7", name: "Kiel", berth: ["A", "B"] });
 * ```
 */
export function fromObject(
  name: string,
  value: XmlValue,
  options?: ObjectNameOptions,
): Element {
  const checked = checkOptions("Cannot make an element", options, NAME_RULES);
  return new Writer(checked).element(name, value, name, 1);
}
