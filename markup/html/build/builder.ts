import { ATTR_COUNT, ATTR_ROW, ATTRS, PARENT, POS, TEXT, type TreeStore } from "../../store/mod.ts";
import { HtmlLimitError } from "../limit_error.ts";
import { FLAGS, FORMATTING, FOSTER, IMPLIED, IMPLIED_ALL } from "../names/flags.ts";
import { NAME_OF_TAG } from "../names/html_names.ts";
import * as tag from "../names/tags.ts";
import type { HtmlErrorHandler } from "../parse_error.ts";
import { Scanner } from "../scan/scanner.ts";
import { attributeHash } from "./attribute_hash.ts";
import { FormattingList } from "./formatting.ts";
import { IN_BODY, IN_CELL, INITIAL } from "./modes.ts";
import { OpenElements } from "./open_elements.ts";

/** What a parser may not pass. */
export interface BuildLimits {
  readonly maxDepth: number;
  readonly maxAttributes: number;
  readonly maxClones: number;
  readonly maxSearch: number;
}

/**
 * The state of tree construction, and the steps that many rules share: inserting elements, text and comments, and
 * closing elements. The rules themselves are in the folder `modes`.
 *
 * The contents of a template are children of it, as in lxml: there are no document fragments here.
 */
export class Builder extends Scanner {
  /** The insertion mode. */
  mode: number = INITIAL;
  /** The mode to go back to from text in a table. */
  originalMode: number = INITIAL;
  readonly open: OpenElements;
  readonly formatting: FormattingList;
  /** Modes of the open templates. */
  readonly templateModes: number[] = [];
  head = 0;
  /** The open form. */
  form = 0;
  framesetOk = true;
  /** Whether content goes in front of the table now. */
  fostering = false;
  scripting = false;
  quirks = false;
  /** Whether a line feed at the start of the next text is dropped. */
  skipLineFeed = false;
  /** Element of the context of a fragment, -1 for a document. */
  context = -1;
  /** Text in a table that has not been put anywhere yet. */
  tableText = "";
  /** The same, as long as it is one part of the source; -1 if it is not. */
  tableFrom = -1;
  tableTo = -1;
  /** The `selectedcontent` elements. */
  readonly selectedContents: number[] = [];
  /** Index of the open element that the adoption agency made last. */
  adopted = 0;
  /** Whether the encoding of the document was only guessed. */
  guessed = false;
  /** Decodes the document in another encoding than the guessed one. */
  reread: ((encoding: string) => string) | undefined = undefined;
  /** The encoding that a `meta` tells in the place of the guessed one, if the document is to be parsed again. */
  betterEncoding: string | undefined = undefined;
  /** Index of the deepest open element that may have children. */
  readonly #deepest: number;
  readonly #maxClones: number;
  #clones = 0;
  /** Where {@linkcode Builder.#findFosterPlace} found that content goes: the parent. */
  #parent = 0;
  /** Before which node, 0 for the end. */
  #before = 0;

  constructor(
    store: TreeStore,
    source: string,
    limits: BuildLimits,
    onError: HtmlErrorHandler | undefined,
  ) {
    super(store, source, limits.maxAttributes, onError);
    this.formatting = new FormattingList(({ node }) => attributeHash(store, node));
    this.#deepest = Math.max(0, limits.maxDepth - 2);
    this.#maxClones = limits.maxClones;
    const { maxSearch } = limits;
    this.open = new OpenElements(maxSearch, () => {
      throw new HtmlLimitError("maxSearch", maxSearch, this.pos);
    });
  }

  /** Finds the place in front of the table. */
  #findFosterPlace(): void {
    const { open, store } = this;
    for (let at = open.top; at >= 0; at--) {
      const id = open.tags[at]!;
      if (id !== tag.TEMPLATE && id !== tag.TABLE) continue;
      const node = open.nodes[at]!;
      open.searched(open.top - at);
      if (id === tag.TEMPLATE) return this.#place(node, 0);
      const parent = store.words[node + PARENT]!;
      return parent !== 0 ? this.#place(parent, node) : this.#place(open.nodes[at - 1]!, 0);
    }
    this.#place(open.nodes[0]!, 0);
  }

  #place(parent: number, before: number): void {
    this.#parent = parent;
    this.#before = before;
  }

  /** Puts a node that is nowhere at the appropriate place, of the current node or of another one. */
  insertNode(node: number, target: number, targetTag: number): void {
    if (this.fostering && (FLAGS[targetTag]! & FOSTER) !== 0) {
      this.#findFosterPlace();
      this.store.insertBefore(this.#parent, node, this.#before);
    } else this.store.append(target, node);
  }

  /** Whether the text is put into the tree whatever its characters are: whether it is white space is of no interest any more. */
  override isOpaque(): boolean {
    return (this.mode === IN_BODY || this.mode === IN_CELL) && !this.framesetOk &&
      !this.skipLineFeed;
  }

  /** Inserts the text of the scanner. */
  insertText(): void {
    if (this.from >= this.to) return;
    const { store, open } = this;
    const target = open.nodes[open.top]!;
    let place: number;
    if (this.fostering && (FLAGS[open.tags[open.top]!]! & FOSTER) !== 0) {
      this.#findFosterPlace();
      place = this.#before === 0 ? store.placeAtEnd(this.#parent) : store.placeBefore(this.#before);
    } else place = store.placeAtEnd(target);
    if (this.raw) store.addRawAt(place, this.from, this.to);
    else if (this.plain) store.addRangeAt(place, this.from, this.to);
    else store.addTextAt(place, this.text.slice(this.from, this.to));
  }

  /** Makes an element with the attributes of the current tag. */
  createElement(name: number): number {
    const { store } = this;
    const node = store.createElement(name, this.tagStart);
    const count = this.attrCount;
    if (count > 0) {
      store.words[node + ATTRS] = this.attrFirst;
      store.words[node + ATTR_COUNT] = count << 1;
    }
    return node;
  }

  /** Inserts and opens an element for the current tag. */
  insertElement(id: number, name: number): number {
    const node = this.createElement(name);
    const { open } = this;
    const top = open.top;
    if (this.fostering && (FLAGS[open.tags[top]!]! & FOSTER) !== 0) {
      this.insertNode(node, open.nodes[top]!, open.tags[top]!);
    } else {
      this.store.append(this.parentForOpen(), node);
    }
    open.push(node, id, name);
    return node;
  }

  /** The parent of an element that is opened now: what is deeper than the limit is put beside instead of inside. */
  parentForOpen(): number {
    const { open } = this;
    return open.nodes[Math.min(open.top, this.#deepest)]!;
  }

  /** Inserts and opens an element of HTML for the current tag. */
  insertHtml(): number {
    return this.insertElement(this.tag, this.name);
  }

  /** Inserts an element of HTML for the current tag that has no content. */
  insertVoid(): void {
    this.insertHtml();
    this.open.pop();
  }

  /** Inserts and opens an element without attributes that no tag stands for. */
  insertImplied(id: number): number {
    const count = this.attrCount;
    this.attrCount = 0;
    const node = this.insertElement(id, NAME_OF_TAG[id]!);
    this.attrCount = count;
    return node;
  }

  /** Makes an element as another one, with a copy of its attributes. */
  clone(node: number, name: number): number {
    if (++this.#clones > this.#maxClones) {
      throw new HtmlLimitError("maxClones", this.#maxClones, this.pos);
    }
    const { store } = this;
    const copy = store.createElement(name, store.words[node + POS]! - 1);
    const { words } = store;
    const count = words[node + ATTR_COUNT]! >> 1;
    if (count > 0) {
      store.growAttributes(count);
      const first = words[node + ATTRS]!;
      store.attrs.copyWithin(store.attrEnd, first, first + count * ATTR_ROW);
      words[copy + ATTRS] = store.attrEnd;
      words[copy + ATTR_COUNT] = count << 1;
      store.attrEnd += count * ATTR_ROW;
    }
    return copy;
  }

  /** Inserts the text of the scanner as a comment at the end of a node, or of the current one if that is 0. */
  insertComment(position: number, parent: number): void {
    const { store, open } = this;
    const node = store.createComment(position);
    const place = node + TEXT;
    if (this.plain && this.from < this.to) store.addRangeAt(place, this.from, this.to);
    else store.setTextAt(place, this.text.slice(this.from, this.to));
    if (parent === 0) this.insertNode(node, open.node, open.tag);
    else store.append(parent, node);
  }

  /** Closes the current node. */
  pop(): void {
    const { open } = this;
    if ((FLAGS[open.tag]! & FORMATTING) !== 0) this.formatting.closed(open.node);
    open.pop();
  }

  /** Closes elements down to an index, that one included. */
  popTo(index: number): void {
    while (this.open.top >= index) this.pop();
  }

  /** Closes elements until one of a kind is closed. */
  popUntil(id: number): void {
    const { open } = this;
    while (open.top > 0) {
      const last = open.tag;
      this.pop();
      if (last === id) return;
    }
  }

  /** Closes elements until one with a flag is closed. */
  popUntilFlag(flag: number): void {
    const { open } = this;
    while (open.top > 0) {
      const last = open.tag;
      this.pop();
      if ((FLAGS[last]! & flag) !== 0) return;
    }
  }

  /** Closes elements whose end tags may be left out, but for one kind. */
  impliedEndTags(except: number): void {
    const { open } = this;
    for (let id = open.tag; (FLAGS[id]! & IMPLIED) !== 0 && id !== except; id = open.tag) {
      this.pop();
    }
  }

  /** As {@linkcode Builder.impliedEndTags}, but for those of a name. */
  impliedEndTagsButName(name: number): void {
    const { open } = this;
    while ((FLAGS[open.tag]! & IMPLIED) !== 0 && open.names[open.top] !== name) this.pop();
  }

  /** Closes elements whose end tags may be left out, parts of tables included. */
  allImpliedEndTags(): void {
    while ((FLAGS[this.open.tag]! & IMPLIED_ALL) !== 0) this.pop();
  }

  /** Whether an element is in scope. */
  inScope(id: number, bounds: number): boolean {
    return this.open.inScope(id, NAME_OF_TAG[id]!, bounds);
  }

  /** Closes a `p` that is in button scope. */
  closeP(): void {
    if (!this.open.hasP) return;
    this.impliedEndTags(tag.P);
    this.popUntil(tag.P);
  }

  /** Adds the attributes of the current tag that a node does not have. */
  mergeAttributes(node: number): void {
    const { store, attrFirst, attrCount } = this;
    if (store.attributeCount(node) + attrCount > this.maxAttributes) this.refuseAttributes();
    const known = attrCount > 8 ? new Set<number>() : undefined;
    if (known !== undefined) {
      const first = store.words[node + ATTRS]!;
      const end = first + store.attributeCount(node) * ATTR_ROW;
      for (let row = first; row < end; row += ATTR_ROW) known.add(store.attrs[row]!);
    }
    for (let row = attrFirst; row < attrFirst + attrCount * ATTR_ROW; row += ATTR_ROW) {
      const name = store.attrs[row]!;
      if (known === undefined ? store.findAttribute(node, name) !== -1 : known.has(name)) continue;
      store.addAttribute(node, name, store.attributeText(row));
    }
  }
}
