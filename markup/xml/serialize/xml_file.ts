import { ATTR_ROW, ATTRS, ROW } from "../../store/layout.ts";
import { BOOLEAN, checkOptions, LIMIT, type OptionRules, STRING } from "../../options.ts";
import { nodeOf, storeOf } from "../../store/node_view.ts";
import { TreeStore } from "../../store/tree_store.ts";
import type { Element } from "../../tree/element.ts";
import { type ElementOptions, makeRow } from "../../tree/make_row.ts";
import { checkText } from "../../tree/tag.ts";
import { AS_IS, ByteWriter } from "./byte_writer.ts";
import { TreeWriter } from "./tree_writer.ts";

/** Where an {@linkcode XmlFile} writes to: an open file, a connection. */
export interface XmlSink {
  /** Writes bytes, and tells how many of them it took. */
  write(bytes: Uint8Array): Promise<number>;
}

/** How an {@linkcode XmlFile} writes. */
export interface XmlFileOptions {
  /**
   * Whether it begins with a declaration.
   *
   * @default {true}
   */
  xmlDeclaration?: boolean;
  /**
   * Document type declaration before the root, written as it is.
   *
   * @default {undefined}
   */
  doctype?: string;
  /**
   * How many bytes are gathered before they are written.
   *
   * @default {65_536}
   */
  bufferBytes?: number;
}

const RULES: OptionRules<XmlFileOptions> = {
  xmlDeclaration: BOOLEAN,
  doctype: STRING,
  bufferBytes: LIMIT,
};

/** Rows after which those of elements that have ended are left behind. */
const MANY = 4096;

/**
 * Writes a document bit by bit: larger than the memory, or before its end is known. Everything that was begun is ended in turn.
 *
 * @example As many records as there are
 * ```ts
 * import { E } from "@ferry/std/markup";
 * import { XmlFile } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * {
 *   using file = await Deno.open(path, { write: true });
 *   await using xml = new XmlFile(file, { xmlDeclaration: false });
 *   await using _ = await xml.element("list", { attrib: { kind: "numbers" } });
 *   for (let n = 1; n <= 3; n++) await xml.write(E("n", n));
 * }
 * assertEquals(await Deno.readTextFile(path), '<list kind="numbers"><n>1</n><n>2</n><n>3</n></list>');
 * await Deno.remove(path);
 * ```
 */
export class XmlFile implements AsyncDisposable {
  readonly #sink: XmlSink;
  readonly #out: ByteWriter;
  readonly #writer: TreeWriter;
  readonly #most: number;
  #store = new TreeStore("xml");
  /** Handles of the open elements, below that of the document. */
  #open: number[];
  #begun = false;
  #closed = false;
  /** The error that the caller was told of last: to throw it again at the end would hide what it was. */
  #told: unknown = undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * Begins a document.
   *
   * @example Make one
   * ```ts
   * import { E } from "@ferry/std/markup";
   * import { XmlFile } from "@ferry/std/markup/xml";
   *
   * const path = await Deno.makeTempFile();
   * {
   *   using file = await Deno.open(path, { write: true });
   *   await using xml = new XmlFile(file, { xmlDeclaration: false });
   *   await using _ = await xml.element("list", { attrib: { kind: "numbers" } });
   *   for (let n = 1; n <= 3; n++) await xml.write(E("n", n));
   * }
   * ```
   *
   * @param sink Where to; it is not closed.
   * @param options How.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(sink: XmlSink, options?: XmlFileOptions) {
    const { xmlDeclaration = true, doctype, bufferBytes = 65_536 } = checkOptions(
      "Cannot write an XML file",
      options,
      RULES,
    );
    this.#sink = sink;
    this.#most = bufferBytes;
    this.#out = new ByteWriter(1024);
    this.#writer = new TreeWriter(this.#out, { html: false, indent: undefined });
    this.#open = [this.#store.document];
    if (xmlDeclaration) this.#out.text('<?xml version="1.0" encoding="UTF-8"?>\n', AS_IS);
    if (doctype !== undefined) this.#out.text(`${doctype}\n`, AS_IS);
  }

  /**
   * Begins an element in the one that is open.
   *
   * @param tag `local` or `{uri}local`.
   * @param options Attributes, prefixes, text.
   * @returns What ends it when it is disposed of, and all that is still open in it.
   * @throws {TypeError} If the root has ended, the document is closed, or an option is unknown or of the wrong type.
   * @throws {RangeError} If a name is none, or a text has characters that XML cannot hold.
   */
  element(tag: string, options?: ElementOptions): Promise<AsyncDisposable> {
    return this.#do(() => this.#element(tag, options));
  }

  async #element(tag: string, options: ElementOptions | undefined): Promise<AsyncDisposable> {
    this.#check("an element");
    if (this.#store.end > MANY * ROW) this.#renew();
    const depth = this.#open.length;
    const node = makeRow(this.#store, this.#open.at(-1)!, tag, options);
    this.#begun = true;
    this.#open.push(node);
    this.#writer.open(this.#store, node);
    if (options?.text !== undefined) this.#writer.text(options.text);
    await this.#flush(this.#most);
    return { [Symbol.asyncDispose]: () => this.#once(() => this.#end(depth)) };
  }

  /**
   * Writes texts and elements into the element that is open; comments and processing instructions beside the root, too.
   *
   * @param content Texts, which are escaped, and elements with all in them and their tails.
   * @throws {TypeError} If no element is open for it, or the document is closed.
   * @throws {RangeError} If a text has characters that XML cannot hold.
   */
  write(...content: (string | Element)[]): Promise<void> {
    return this.#do(() => this.#write(content));
  }

  async #write(content: readonly (string | Element)[]): Promise<void> {
    for (const part of content) {
      const outside = this.#open.length === 1;
      if (typeof part === "string") {
        if (outside || this.#closed) {
          throw new TypeError("A text needs an element that is open around it");
        }
        checkText(part, "The text of an element");
        this.#writer.text(part);
        continue;
      }
      const isElement = !part.tag.startsWith("#");
      this.#check(isElement ? "an element" : "a comment");
      this.#writer.write(storeOf(part), nodeOf(part));
      if (outside && isElement) this.#begun = true;
      else if (!outside && part.tail !== undefined) this.#writer.text(part.tail);
    }
    await this.#flush(this.#most);
  }

  /** Writes what has been gathered. */
  flush(): Promise<void> {
    return this.#do(() => this.#flush(0));
  }

  /**
   * Ends what is open, and writes what has been gathered. The sink stays open.
   *
   * @throws {TypeError} If there is no root.
   */
  close(): Promise<void> {
    return this.#do(() => this.#close(false));
  }

  async #close(mayBeEmpty: boolean): Promise<void> {
    if (this.#closed) return;
    await this.#end(1);
    this.#closed = true;
    await this.#flush(0);
    if (!this.#begun && !mayBeEmpty) {
      throw new TypeError("A document needs a root element, none was written");
    }
  }

  /** As {@linkcode XmlFile.close}; an error that was thrown before is not thrown again, and no root is none after an error. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#once(() => this.#close(this.#told !== undefined));
  }

  /** Ends something; an error that the caller knows of is not thrown again. */
  async #once(end: () => Promise<void>): Promise<void> {
    try {
      await end();
    } catch (error) {
      if (error === this.#told) return;
      this.#told = error;
      throw error;
    }
  }

  /** Does what the caller asked for. */
  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#told = error;
      throw error;
    }
  }

  #check(what: string): void {
    if (this.#closed) throw new TypeError("The document is closed");
    if (what === "an element" && this.#open.length === 1 && this.#begun) {
      throw new TypeError("A document has one root, which has ended");
    }
  }

  /** Ends elements until so many are open. */
  async #end(depth: number): Promise<void> {
    while (this.#open.length > depth) {
      this.#store.detach(this.#open.pop()!);
      this.#writer.close();
    }
    await this.#flush(this.#most);
  }

  /** Another store, with the elements that are open. */
  #renew(): void {
    const old = this.#store;
    const store = this.#store = new TreeStore("xml");
    let parent = store.document;
    this.#open = this.#open.map((node, depth) => {
      if (depth === 0) return store.document;
      const copy = store.appendElement(parent, store.names.adopt(old.name(node), old.names));
      for (let i = 0; i < old.attributeCount(node); i++) {
        const at = old.words[node + ATTRS]! + i * ATTR_ROW;
        store.addAttribute(
          copy,
          store.names.adopt(old.attrs[at]!, old.names),
          old.attributeText(at),
        );
      }
      return parent = copy;
    });
  }

  /** Writes what has been gathered if that is more than so many bytes. */
  async #flush(most: number): Promise<void> {
    if (this.#out.length <= most) return;
    const bytes = this.#out.bytes.slice();
    this.#out.clear();
    // One after another, should the caller not wait.
    this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#sink.write(bytes.subarray(at));
    });
    await this.#writing;
  }
}
