import { checkOptions, type OptionRules } from "../../options.ts";
import { PARSE_RULES, type XmlParseOptions } from "../parse/options.ts";
import { Events, type XmlEvent } from "./events.ts";
import { Window } from "./window.ts";

/** Options of {@linkcode XmlParseStream}. */
export type XmlParseStreamOptions = Omit<XmlParseOptions, "recover" | "onError">;

const { recover: _, onError: __, ...REST } = PARSE_RULES;
/** What {@linkcode XmlParseStreamOptions} may be. */
export const STREAM_RULES: OptionRules<XmlParseStreamOptions> = REST;

/** Reads a document piece by piece and hands its events on. */
export class EventParser {
  readonly #window: Window;
  readonly #events = new Events();
  readonly #use: (event: XmlEvent) => void;

  /**
   * Begins a document.
   *
   * @param options How to read it.
   * @param use Is given each event.
   */
  constructor(options: XmlParseStreamOptions, use: (event: XmlEvent) => void) {
    this.#window = new Window(options, () => Infinity);
    this.#use = use;
  }

  /** Reads a piece. */
  feed(piece: Uint8Array | string): void {
    this.#window.add(piece);
    this.#drain();
  }

  /** Ends the document. */
  close(): void {
    this.#window.close();
    this.#drain();
  }

  #drain(): void {
    const window = this.#window;
    const { log } = window;
    let more: boolean;
    do {
      more = false;
      try {
        more = window.more();
      } finally {
        // What was right before a fault is told of before it.
        const { store } = window;
        for (const entry of log) this.#events.tell(store, entry, this.#use);
        log.length = 0;
      }
    } while (more);
  }
}

/**
 * Makes events of a document as it comes: a `TransformStream` from pieces of bytes or text.
 *
 * However the document is cut, the events are the same; a text is one event, whatever it is written as.
 *
 * @example From a response, for instance
 * ```ts
 * import { XmlParseStream } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const pieces = ReadableStream.from(["<a>1 &l", "t; 2<![CDATA[!]]", "></a>"]);
 * const events = await Array.fromAsync(pieces.pipeThrough(new XmlParseStream()));
 * assertEquals(events.map((event) => event.type), ["start", "text", "end"]);
 * assertEquals(events[1], { type: "text", text: "1 < 2!" });
 * ```
 */
export class XmlParseStream extends TransformStream<Uint8Array | string, XmlEvent> {
  /**
   * Begins a document.
   *
   * @example Make one
   * ```ts
   * import { XmlParseStream } from "@ferry/std/markup/xml";
   *
   * const pieces = ReadableStream.from(["<a>1 &l", "t; 2<![CDATA[!]]", "></a>"]);
   * const events = await Array.fromAsync(pieces.pipeThrough(new XmlParseStream()));
   * ```
   *
   * @param options How to read it.
   * @throws {RangeError} If a limit is not a number from 0 on.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: XmlParseStreamOptions) {
    const checked = checkOptions("Cannot parse XML", options, STREAM_RULES);
    let parser: EventParser;
    super({
      start: (controller) => {
        parser = new EventParser(checked, (event) => controller.enqueue(event));
      },
      transform: (piece) => parser.feed(piece),
      flush: () => parser.close(),
    });
  }
}
