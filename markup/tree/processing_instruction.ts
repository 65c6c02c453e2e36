import { INSTRUCTION, TEXT } from "../store/layout.ts";
import { Element } from "./element.ts";
import { INSTRUCTION_TAG } from "./matcher.ts";
import { nodeOf, registerView, storeOf } from "../store/node_view.ts";
import { checkText, isNcName } from "./tag.ts";
import { nursery } from "./transplant.ts";
import type { TreeStore } from "../store/tree_store.ts";

function checkTarget(target: string): void {
  if (!isNcName(target) || target.toLowerCase() === "xml") {
    throw new RangeError(`A target is a name but "xml", received ${JSON.stringify(target)}`);
  }
}

function makeInstruction(target: string, text: string | undefined): [TreeStore, number] {
  checkTarget(target);
  const store = nursery("xml");
  const node = store.createInstruction(store.names.intern(target));
  if (text !== undefined) {
    checkText(text, "A processing instruction");
    store.setTextAt(node + TEXT, text);
  }
  return [store, node];
}

/**
 * A processing instruction: an element without attributes and children. Its content is its `text`.
 *
 * @example A style sheet
 * ```ts
 * import { Element, ProcessingInstruction } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const root = new Element("root");
 * const style = new ProcessingInstruction("xml-stylesheet", 'href="a.css" type="text/css"');
 * root.addPrevious(style);
 * assertEquals([style.target, style.get("href")], ["xml-stylesheet", "a.css"]);
 * assertEquals(root.getPrevious(), style);
 * ```
 */
export class ProcessingInstruction extends Element {
  /**
   * A new processing instruction, which is in no tree yet.
   *
   * @example Make one
   * ```ts
   * import { Element, ProcessingInstruction } from "@ferry/std/markup";
   *
   * const root = new Element("root");
   * const style = new ProcessingInstruction("xml-stylesheet", 'href="a.css" type="text/css"');
   * ```
   *
   * @param target Its target. (Or a store and the handle of a node in it.)
   * @param text Its content.
   * @throws {RangeError} If the target is no name or "xml", or the text has characters that XML cannot hold.
   */
  constructor(target: string | TreeStore, text?: string | number) {
    const [store, made] = typeof target === "string"
      ? makeInstruction(target, text as string | undefined)
      : [target, text as number] as const;
    super(store, made);
  }

  /** `#processing-instruction`. */
  override get tag(): string {
    return INSTRUCTION_TAG;
  }

  override set tag(_tag: string) {
    throw new TypeError("A processing instruction has a target, not a tag, to set");
  }

  /** The content, "" if there is none. */
  override get text(): string {
    return super.text ?? "";
  }

  override set text(text: string | undefined) {
    super.text = text;
  }

  /** The target. */
  get target(): string {
    return this.localName;
  }

  set target(target: string) {
    checkTarget(target);
    const store = storeOf(this);
    store.rename(nodeOf(this), store.names.intern(target));
  }

  /**
   * A part of the content that is written as an attribute is.
   *
   * @param name Its name.
   * @returns Its value, as it is written.
   */
  override get(name: string): string | undefined {
    for (const [, key, double, single] of this.text.matchAll(PSEUDO_ATTRIBUTE)) {
      if (key === name) return double ?? single;
    }
    return undefined;
  }
}

const PSEUDO_ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

registerView(INSTRUCTION, ProcessingInstruction);
