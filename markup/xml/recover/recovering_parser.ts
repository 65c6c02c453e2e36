import { TreeStore } from "../../store/tree_store.ts";
import { TEXT } from "../../store/layout.ts";
import { XMLNS_URI } from "../../tree/namespaces.ts";
import { isNcName } from "../../tree/tag.ts";
import { DefaultBudget, DocumentType } from "../dtd/document_type.ts";
import { readSubset, ValueError } from "../dtd/read_subset.ts";
import type { Settings } from "../parse/options.ts";
import { Scopes, wrongDeclaration } from "../parse/scopes.ts";
import type { NameTable } from "../../store/name_table.ts";
import { doctypeAt } from "./doctype_at.ts";
import { isWhole } from "./is_whole.ts";
import type { RecoverSource } from "./recover_source.ts";
import { type Report, TagReader } from "./tag_reader.ts";

/** Thrown by what reads declarations: the rest of them is left out. */
const LEFT_OUT = Symbol("left out");

interface Open {
  readonly name: string;
  readonly scoped: boolean;
}

/**
 * Reads what is not well-formed as far as it makes sense, and reports each fault:
 *
 * - `&` and `<` that begin nothing are text; so are references to entities that are not known.
 * - An end tag ends the innermost element of its name, and all that is open in it; one that ends nothing is left out.
 * - What is open at the end ends there.
 * - Attributes may lack quotes, or a value; of two of a name, the first counts.
 * - A prefix that is not declared is part of the name.
 * - Characters that XML cannot hold are left out, and so is all but comments and instructions beside the root.
 */
export class RecoveringParser {
  readonly #source: RecoverSource;
  readonly #settings: Settings;
  readonly #report: Report;
  /** The tree. Another one may take its place between two calls of `read`. */
  store: TreeStore;
  /** Handles of the open elements, from 1 on. */
  readonly nodes: number[] = [0];
  /** Nodes that begin, and, below 0, elements that end, if anybody wants to know. */
  log: number[] | undefined;
  readonly #tags: TagReader;
  readonly #scopes = new Scopes();
  readonly #type = new DocumentType();
  readonly #budget: DefaultBudget;
  readonly #open: Open[] = [];
  /** How many elements of each name are open. */
  readonly #count = new Map<string, number>();
  /** What has been read. */
  at = 0;
  #rooted = false;
  #done = false;

  /**
   * Begins.
   *
   * @param source The document, as far as it is there.
   * @param settings Limits; that of the depth holds here, too.
   * @param report Is told of each fault.
   * @param names Names for the tree.
   */
  constructor(source: RecoverSource, settings: Settings, report: Report, names?: NameTable) {
    this.#source = source;
    this.#settings = settings;
    this.#budget = new DefaultBudget(settings.maxEntityBytes);
    this.#report = report;
    this.store = new TreeStore("xml", "", 0, 16, 8, names);
    this.#tags = new TagReader(source, settings, this.#type, report);
  }

  get #text(): string {
    return this.#source.text;
  }

  /** How many elements are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** Whether there is a root. */
  get rooted(): boolean {
    return this.#rooted;
  }

  /** Reads what is there: to the end, or up to what goes on in what is not there yet. */
  read(): void {
    const { more } = this.#source;
    const text = this.#text;
    while (this.at < text.length && !this.#done) {
      if (more && !isWhole(text, this.at, this.#rooted, this.#tags)) return;
      if (text[this.at] !== "<") this.#readText();
      else if (!this.#readMarkup()) this.#done = true;
    }
    if (this.#done) this.at = text.length;
    if (more || this.#open.length === 0) return;
    this.#report(`<${this.#open.at(-1)!.name}> has no end`, text.length);
    while (this.#open.length > 0) this.#close();
  }

  get #parent(): number {
    return this.#open.length === 0 ? this.store.document : this.nodes[this.#open.length]!;
  }

  #readText(): void {
    const next = this.#text.indexOf("<", this.at);
    const end = next === -1 ? this.#text.length : next;
    this.#addText(this.at, end);
    this.at = end;
  }

  #addText(start: number, end: number): void {
    const raw = this.#text.slice(start, end);
    if (this.#open.length > 0) {
      if (this.#settings.ignoreWhitespace && raw.trim() === "") return;
      this.store.appendText(this.#parent, this.#tags.decoded(raw, start, false));
    } else if (raw.trim() !== "") this.#report("Text beside the root is left out", start);
  }

  /** Reads what begins with `<`; tells whether to go on. */
  #readMarkup(): boolean {
    const text = this.#text;
    const start = this.at;
    if (text.startsWith("<!--", start)) this.#comment(start);
    else if (text.startsWith("<![CDATA[", start)) {
      const end = this.#until("]]>", start + 9);
      if (this.#open.length > 0) this.store.appendText(this.#parent, this.#clean(start + 9, end));
      else this.#report("Text beside the root is left out", start);
    } else if (text.startsWith("<?", start)) this.#instruction(start);
    else if (/^<!DOCTYPE/i.test(text.slice(start, start + 9)) && !this.#rooted) {
      this.#doctype(start);
    } else if (text[start + 1] === "/") this.#endTag(start);
    else if (this.#tags.startsName(start + 1)) {
      if (this.#rooted && this.#open.length === 0) {
        this.#report("A second root, and all behind it, is left out", start);
        return false;
      }
      this.#startTag(start);
    } else {
      this.#report('"<" begins nothing', start);
      if (this.#open.length > 0) this.store.appendText(this.#parent, "<");
      this.at++;
    }
    return true;
  }

  /** Where a text is; the end of the document, with a report, if it is not there. Goes on behind it. */
  #until(mark: string, from: number): number {
    const end = this.#text.indexOf(mark, from);
    this.at = end === -1 ? this.#text.length : end + mark.length;
    if (end === -1) this.#report(`"${mark}" is needed, received the end`, from);
    return end === -1 ? this.#text.length : end;
  }

  #clean(start: number, end: number): string {
    return this.#tags.clean(this.#text.slice(start, end), start);
  }

  #comment(start: number): void {
    const end = this.#until("-->", start + 4);
    const content = this.#clean(start + 4, end);
    if (content.includes("--")) this.#report('A comment cannot have "--" in it', start);
    if (this.#settings.ignoreComments) return;
    const node = this.store.createComment();
    // What cannot be written is not kept.
    this.store.setTextAt(node + TEXT, content.replace(/-(?=-)/g, "- ").replace(/-$/, "- "));
    this.store.append(this.#parent, node);
    this.log?.push(node);
  }

  #instruction(start: number): void {
    const end = this.#until("?>", start + 2);
    const [, target = "", content = ""] = /^(\S*)\s*([^]*)$/.exec(this.#clean(start + 2, end))!;
    if (target === "xml" && start + this.#source.offset === 0) return;
    if (!isNcName(target) || target.toLowerCase() === "xml") {
      return this.#report("An instruction without a target is left out", start);
    }
    if (this.#settings.ignoreProcessingInstructions) return;
    const node = this.store.createInstruction(this.store.names.intern(target));
    if (content !== "") this.store.setTextAt(node + TEXT, content.replaceAll("?>", "? >"));
    this.store.append(this.#parent, node);
    this.log?.push(node);
  }

  #doctype(start: number): void {
    const { end, doctype } = doctypeAt(this.#text, start);
    this.at = end;
    if (doctype === undefined) return this.#report("A document type is left out", start);
    this.store.info.doctype = doctype;
    try {
      readSubset(doctype.internalSubset ?? "", {
        type: this.#type,
        standalone: false,
        maxDepth: this.#settings.maxEntityDepth,
        count: (length) => this.#tags.count(length),
        expand: (value) => value,
      }, (message): never => {
        this.#report(message, start);
        throw LEFT_OUT;
      });
    } catch (error) {
      if (error !== LEFT_OUT && !(error instanceof ValueError)) throw error;
    }
  }

  #endTag(start: number): void {
    const text = this.#text;
    const name = this.#tags.nameAt(start + 2);
    const behind = start + 2 + name.length;
    const close = /\s*>/y;
    close.lastIndex = behind;
    if (close.test(text)) this.at = close.lastIndex;
    else {
      this.#report('An end tag needs ">"', behind);
      this.at = behind;
    }
    if ((this.#count.get(name) ?? 0) === 0) return this.#report(`</${name}> ends nothing`, start);
    if (this.#open.at(-1)!.name !== name) {
      this.#report(`<${this.#open.at(-1)!.name}> has no end`, start);
    }
    while (this.#close() !== name);
  }

  /** Ends the innermost element, and gives its name. */
  #close(): string {
    const { name, scoped } = this.#open.pop()!;
    const node = this.nodes.pop()!;
    this.log?.push(-node);
    this.#count.set(name, this.#count.get(name)! - 1);
    if (scoped) this.#scopes.close();
    return name;
  }

  #startTag(start: number): void {
    const { name, attributes, empty, end } = this.#tags.read(start);
    this.at = end;
    this.#addDefaults(name, attributes, start);
    const { names } = this.store;
    let scoped = false;
    for (const [attribute, value] of attributes) {
      const prefix = attribute === "xmlns" ? "" : /^xmlns:(.+)/.exec(attribute)?.[1];
      if (prefix === undefined) continue;
      const wrong = prefix === "" || isNcName(prefix)
        ? wrongDeclaration(prefix, value)
        : "A prefix is a name without a colon";
      if (wrong !== undefined) {
        this.#report(wrong, start);
        attributes.delete(attribute);
        continue;
      }
      if (!scoped) this.#scopes.open();
      scoped = true;
      this.#scopes.declare(prefix, value);
    }
    const node = this.store.appendElement(this.#parent, this.#name(name, false, start));
    for (const [attribute, value] of attributes) {
      const id = attribute === "xmlns"
        ? names.intern("xmlns", XMLNS_URI)
        : /^xmlns:./.test(attribute)
        ? names.intern(attribute.slice(6), XMLNS_URI, "xmlns")
        : this.#name(attribute, true, start);
      if (this.store.findAttribute(node, id) === -1) this.store.addAttribute(node, id, value);
    }
    this.#rooted = true;
    this.#open.push({ name, scoped });
    this.nodes.push(node);
    this.log?.push(node);
    this.#count.set(name, (this.#count.get(name) ?? 0) + 1);
    if (empty) this.#close();
    if (this.#open.length > this.#settings.maxDepth) {
      this.#tags.refuse(`Elements are more than maxDepth (${this.#settings.maxDepth}) deep`, start);
    }
  }

  #addDefaults(element: string, attributes: Map<string, string>, at: number): void {
    const defaults = this.#type.attributes.get(element)?.defaults;
    if (defaults === undefined) return;
    if (!this.#budget.take(defaults.length, this.#source.offset + at)) {
      const { maxEntityBytes } = this.#settings;
      this.#tags.refuse(
        `A document has more default attributes than maxEntityBytes (${maxEntityBytes}) allows`,
        at,
      );
    }
    for (const [name, value] of defaults) if (!attributes.has(name)) attributes.set(name, value);
  }

  /** Number of a name as it is written. */
  #name(written: string, attribute: boolean, at: number): number {
    const { names } = this.store;
    const colon = written.indexOf(":");
    const prefix = colon === -1 ? "" : written.slice(0, colon);
    const uri = colon === 0
      ? undefined
      : attribute && colon === -1
      ? ""
      : this.#scopes.find(prefix);
    if (uri !== undefined && isNcName(written.slice(colon + 1))) {
      return names.intern(written.slice(colon + 1), uri, prefix);
    }
    this.#report(`The prefix "${prefix}" is not declared`, at);
    return names.intern(written.replaceAll(":", "_"));
  }
}
