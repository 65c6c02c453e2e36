import type { Element } from "../tree/element.ts";
import { xpath } from "../xpath/mod.ts";

/** What is wrong with a document. */
export interface XmlFault {
  /** What is wrong. */
  readonly message: string;
  /** Line, from 1: of the text that was given, or that an element was read from; `undefined` if it is not known. */
  readonly line: number | undefined;
  /** The element that is wrong, if an element was given and the fault lies in it. */
  readonly element: Element | undefined;
  /** The XPath that leads to the element. */
  readonly path: string | undefined;
}

/** A fault as libxml2 tells it. */
interface Detail {
  readonly message: string;
  readonly line: number;
  readonly xpath?: string;
}

/** Prefixes that the path of a fault may have, as they are declared where it leads. */
function namespacesIn(root: Element, path: string): Record<string, string> {
  const found: Record<string, string> = {};
  const wanted = new Set(Array.from(path.matchAll(/([^/:[\]]+):/g), (match) => match[1]!));
  if (wanted.size === 0) return found;
  for (const element of root.iter("*")) {
    const { prefix, namespace } = element;
    if (wanted.delete(prefix)) found[prefix] = namespace;
    if (wanted.size === 0) break;
  }
  return found;
}

function elementAt(root: Element, path: string | undefined): Element | undefined {
  if (path === undefined || path === "") return undefined;
  try {
    const result = xpath(root, path, { namespaces: namespacesIn(root, path) });
    return Array.isArray(result) ? result[0] as Element | undefined : undefined;
  } catch (error) {
    // A prefix that means different things in different places.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Faults as users see them. */
export function faultsOf(details: readonly Detail[], root: Element | undefined): XmlFault[] {
  return details.map(({ message, line, xpath: path }) => {
    const element = root === undefined ? undefined : elementAt(root, path);
    const known = root === undefined ? line : element?.sourceLine;
    return {
      message: message.trim(),
      line: known === undefined || known <= 0 ? undefined : known,
      element,
      path,
    };
  });
}

/**
 * A document that is not valid, or a schema that is none.
 *
 * @example What is wrong, and where
 * ```ts
 * import { validate, XmlValidationError } from "@ferry/std/markup/validate";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const dtd = "<!ELEMENT fleet (ship+)><!ELEMENT ship EMPTY>";
 * const error = await assertRejects(
 *   () => validate("<fleet>\n <boat/>\n</fleet>", { dtd }),
 *   XmlValidationError,
 * );
 * assertEquals(error.faults.at(-1)?.line, 2);
 * ```
 */
export class XmlValidationError extends Deno.errors.InvalidData {
  /** Name of the class. */
  override readonly name: string = "XmlValidationError";
  /** What is wrong, in the order of the document. */
  readonly faults: readonly XmlFault[];

  /**
   * An error.
   *
   * @param message What was attempted.
   * @param faults What is wrong.
   */
  constructor(message: string, faults: readonly XmlFault[]) {
    const [first] = faults;
    const more = faults.length > 1 ? `, and ${faults.length - 1} more` : "";
    const place = first?.line === undefined ? "" : ` (line ${first.line})`;
    super(first === undefined ? message : `${message}: ${first.message}${place}${more}`);
    this.faults = faults;
  }

  /** Line of the first fault that has one. */
  get line(): number | undefined {
    return this.faults.find(({ line }) => line !== undefined)?.line;
  }
}
