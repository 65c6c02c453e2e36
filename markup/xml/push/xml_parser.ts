import type { Doctype } from "../../store/document_info.ts";
import { checkOptions, OBJECT, type OptionRules } from "../../options.ts";
import type { Element } from "../../tree/element.ts";
import "../../tree/comment.ts";
import "../../tree/processing_instruction.ts";
import { PARSE_RULES } from "../parse/options.ts";
import { rootElement } from "../parse/parse.ts";
import type { XmlEvent } from "./events.ts";
import type { Pieces } from "./carry.ts";
import { RecoveringWindow } from "./recovering_window.ts";
import { Window } from "./window.ts";
import { EventParser, type XmlParseStreamOptions } from "./xml_parse_stream.ts";

/** What is told of a document while it is read: SAX, as lxml's parser targets have it. Each method may be left out. */
export interface XmlTarget<T = unknown> {
  /** An element begins; `nsmap` is what its start tag declares. */
  start?(
    tag: string,
    attributes: Readonly<Record<string, string>>,
    nsmap: Readonly<Record<string, string>>,
  ): void;
  /** An element ends. */
  end?(tag: string): void;
  /** Text. */
  data?(text: string): void;
  /** A comment. */
  comment?(text: string): void;
  /** A processing instruction. */
  pi?(target: string, text: string): void;
  /** The document type declaration. */
  doctype?(doctype: Doctype): void;
  /** The document has ended: what {@linkcode XmlParser.close} is to give. */
  close?(): T;
}

/** Options of {@linkcode XmlParser}. */
export interface XmlParserOptions<T> extends XmlParseStreamOptions {
  /**
   * What is told of the document, instead of a tree.
   *
   * @default {undefined}
   */
  target?: XmlTarget<T>;
  /**
   * Whether what is not well-formed is read as far as it makes sense, as {@linkcode parse} does; not with a target.
   *
   * @default {false}
   */
  recover?: boolean;
  /**
   * Is told of the faults of a document that is read with `recover`, of the first 1,000.
   *
   * @default {undefined}
   */
  onError?: (error: SyntaxError) => void;
}

const RULES: OptionRules<XmlParserOptions<unknown>> = { ...PARSE_RULES, target: OBJECT };

function tell(target: XmlTarget, event: XmlEvent): void {
  switch (event.type) {
    case "start":
      return target.start?.(event.tag, event.attributes, event.nsmap);
    case "end":
      return target.end?.(event.tag);
    case "text":
      return target.data?.(event.text);
    case "comment":
      return target.comment?.(event.text);
    case "pi":
      return target.pi?.(event.target, event.text);
    case "doctype": {
      const { type: _, ...doctype } = event;
      return target.doctype?.(doctype);
    }
  }
}

/**
 * Reads a document that comes in pieces: `feed` takes them, `close` gives the root, or what a target made of it.
 *
 * @typeParam T What `close` gives.
 *
 * @example A tree
 * ```ts
 * import { XmlParser } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const parser = new XmlParser();
 * for (const piece of ["<note>Ah", "oy</not", "e>"]) parser.feed(piece);
 * assertEquals(parser.close().text, "Ahoy");
 * ```
 */
export class XmlParser<T = Element> {
  readonly #window: Pieces | undefined;
  readonly #events: EventParser | undefined;
  readonly #target: XmlTarget<T> | undefined;

  /**
   * Begins a document.
   *
   * @example Make one
   * ```ts
   * import { XmlParser } from "@ferry/std/markup/xml";
   *
   * const parser = new XmlParser();
   * ```
   *
   * @param options How to read it, and what is told of it.
   * @throws {RangeError} If a limit is not a number from 0 on.
   * @throws {TypeError} If there are a target and `recover`, or an option is unknown or of the wrong type.
   */
  constructor(options?: XmlParserOptions<T>) {
    const checked = checkOptions<XmlParserOptions<T>>("Cannot parse XML", options, RULES);
    const { target, recover = false } = checked;
    if (target !== undefined && recover) {
      throw new TypeError('The option "recover" needs a tree, received a target');
    }
    this.#target = target;
    if (target === undefined) {
      this.#window = new (recover ? RecoveringWindow : Window)(checked, () => 1);
    } else this.#events = new EventParser(checked, (event) => tell(target, event));
  }

  /**
   * Reads a piece.
   *
   * @param piece Bytes or text, cut anywhere.
   * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
   * @throws {TypeError} If the document was closed.
   */
  feed(piece: Uint8Array | string): void {
    if (this.#window === undefined) return this.#events!.feed(piece);
    this.#window.add(piece);
    this.#read(this.#window);
  }

  #read(window: Pieces): void {
    do window.log.length = 0; while (window.more());
  }

  /**
   * Ends the document.
   *
   * @returns The root, or what the target's `close` gives.
   * @throws {XmlSyntaxError} If the document is not well-formed, or goes beyond a limit.
   */
  close(): T {
    if (this.#window === undefined) {
      this.#events!.close();
      return this.#target!.close?.() as T;
    }
    this.#window.close();
    this.#read(this.#window);
    return rootElement(this.#window.store) as T;
  }
}
