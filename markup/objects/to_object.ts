import { checkOptions } from "../options.ts";
import { Comment, type Element, ProcessingInstruction } from "../tree/mod.ts";
import {
  depthLimit,
  Keys,
  TO_OBJECT_RULES,
  type ToObjectOptions,
  tooDeep,
  type XmlObject,
} from "./options.ts";

class Reader {
  readonly #keys: Keys;
  readonly #maxDepth: number;
  readonly #ordered: boolean;
  readonly #isArray: (key: string) => boolean;
  readonly #convert: (text: string, key: string) => unknown;

  constructor({ namespaces, maxDepth, ordered, arrays, convert }: ToObjectOptions) {
    this.#keys = new Keys(namespaces);
    this.#maxDepth = depthLimit(maxDepth);
    this.#ordered = ordered ?? false;
    const names = typeof arrays === "function" ? undefined : new Set(arrays ?? []);
    this.#isArray = typeof arrays === "function" ? arrays : (key) => names!.has(key);
    if (typeof convert === "function") this.#convert = convert;
    else {
      const byKey = new Map(Object.entries(convert ?? {}));
      this.#convert = (text, key) => {
        const own = byKey.get(key);
        return own === undefined ? text : own(text);
      };
    }
  }

  value(element: Element, key: string, depth: number): unknown {
    if (depth > this.#maxDepth) throw tooDeep(this.#maxDepth);
    const children = [...element].filter(isElement);
    const object: Record<string, unknown> = {};
    for (const [name, value] of element.attrib) {
      const attribute = `@${this.#keys.keyOf(name, true)}`;
      put(object, attribute, this.#convert(value, attribute));
    }
    if (children.length === 0) {
      const text = textBeside(element).join("");
      if (Object.keys(object).length === 0) return this.#convert(text, key);
      if (text !== "") put(object, "#text", this.#convert(text, key));
    } else if (this.#ordered) this.#addContent(object, element, depth);
    else this.#addChildren(object, element, children, depth);
    return object;
  }

  #addChildren(
    object: Record<string, unknown>,
    element: Element,
    children: readonly Element[],
    depth: number,
  ): void {
    const text = textBeside(element).join("");
    if (text.trim() !== "") put(object, "#text", text);
    const groups = Map.groupBy(children, (child) => this.#keys.keyOf(child.tag, false));
    for (const [key, group] of groups) {
      const values = group.map((child) => this.value(child, key, depth + 1));
      put(object, key, values.length > 1 || this.#isArray(key) ? values : values[0]);
    }
  }

  #addContent(object: Record<string, unknown>, element: Element, depth: number): void {
    const content: unknown[] = [];
    let text = element.text ?? "";
    for (const child of element) {
      if (isElement(child)) {
        if (text !== "") content.push(text);
        const key = this.#keys.keyOf(child.tag, false);
        const entry: Record<string, unknown> = {};
        put(entry, key, this.value(child, key, depth + 1));
        content.push(entry);
        text = "";
      }
      text += child.tail ?? "";
    }
    if (text !== "") content.push(text);
    put(object, "#content", content);
  }
}

function isElement(node: Element): boolean {
  return !(node instanceof Comment || node instanceof ProcessingInstruction);
}

/** The texts directly in an element. */
function textBeside(element: Element): string[] {
  return [element.text, ...[...element].map((child) => child.tail)]
    .filter((text) => text !== undefined);
}

/** Sets a key, `__proto__` included, which is a name as any other. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else {
    Object.defineProperty(object, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/**
 * An element as a plain object, in the manner of lxml's objectify. An element with nothing but text is that text. Any other one
 * is an object: `@name` for attributes, `#text` for the text beside them, the names of children for their values, with an array
 * where there are several of one name. White space between children goes, and so do comments and processing instructions.
 *
 * @typeParam T What the result is thought to be. Nothing checks that it is.
 * @param element The element. Its own name is not in the result.
 * @param options Names, conversions, arrays.
 * @throws {RangeError} If elements are nested deeper than `maxDepth`.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example Numbers where they are wanted
 * ```ts
 * import { toObject } from "@ferry/std/markup/objects";
 * import { parse } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * interface Port {
 *   "@id": number;
 *   name: string;
 *   berth: string[];
 * }
 * const root = parse(`<port id="7"><name>Kiel</name><berth>A</berth></port>`);
 * const port = toObject<Port>(root, { convert: { "@id": Number }, arrays: ["berth"] });
 * assertEquals(port, { "@id": 7, name: "Kiel", berth: ["A"] });
 * ```
 */
export function toObject<T = string | XmlObject>(
  element: Element,
  options?: ToObjectOptions,
): T {
  const checked = checkOptions("Cannot make an object", options, TO_OBJECT_RULES);
  const key = new Keys(checked.namespaces).keyOf(element.tag, false);
  return new Reader(checked).value(element, key, 1) as T;
}
