import { COMMENT, TEXT } from "../store/layout.ts";
import { Element } from "./element.ts";
import { COMMENT_TAG } from "./matcher.ts";
import { registerView } from "../store/node_view.ts";
import { checkText } from "./tag.ts";
import { nursery } from "./transplant.ts";
import type { TreeStore } from "../store/tree_store.ts";

function makeComment(text: string): [TreeStore, number] {
  checkText(text, "A comment");
  const store = nursery("xml");
  const node = store.createComment();
  store.setTextAt(node + TEXT, text);
  return [store, node];
}

/**
 * A comment: an element without name, attributes and children. Its content is its `text`.
 *
 * @example Leave a note
 * ```ts
 * import { Comment, Element } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const root = new Element("root");
 * root.append(new Comment(" keep "), new Element("item"));
 * assertEquals([...root.iter(Comment)].map((comment) => comment.text), [" keep "]);
 * assertEquals([...root.iter("*")].map((element) => element.tag), ["root", "item"]);
 * ```
 */
export class Comment extends Element {
  /**
   * A new comment, which is in no tree yet.
   *
   * @example Make one
   * ```ts
   * import { Comment, Element } from "@ferry/std/markup";
   *
   * const root = new Element("root");
   * root.append(new Comment(" keep "), new Element("item"));
   * ```
   *
   * @param text Its content. (Or a store and the handle of a node in it.)
   * @param node See above.
   * @throws {RangeError} If the text has characters that XML cannot hold.
   */
  constructor(text: string | TreeStore = "", node?: number) {
    const [store, made] = typeof text === "string" ? makeComment(text) : [text, node!] as const;
    super(store, made);
  }

  /** `#comment`. */
  override get tag(): string {
    return COMMENT_TAG;
  }

  override set tag(_tag: string) {
    throw new TypeError("A comment has no name to set");
  }

  /** The content. */
  override get text(): string {
    return super.text ?? "";
  }

  override set text(text: string | undefined) {
    super.text = text ?? "";
  }
}

registerView(COMMENT, Comment);
