import { BOOLEAN, checkOptions, NUMBER, type OptionRules, STRING } from "../../options.ts";
import { sniffEncoding } from "../encoding/sniff.ts";
import type { HtmlEvent } from "./events.ts";
import { TokenReader } from "./token_reader.ts";

/** How a stream of HTML is read. */
export interface HtmlParseStreamOptions {
  /**
   * Label of the encoding that the transport layer tells; of use for bytes alone.
   *
   * @default {undefined}
   */
  encoding?: string;
  /**
   * Whether the contents of `noscript` are text.
   *
   * @default {false}
   */
  scripting?: boolean;
  /**
   * How many attributes an element may have; more are an error.
   *
   * @default {65536}
   */
  maxAttributes?: number;
  /**
   * How long a tag or comment may be, in UTF-16 units; a longer one is an error.
   *
   * @default {33554432}
   */
  maxToken?: number;
}

const RULES: OptionRules<HtmlParseStreamOptions> = {
  encoding: STRING,
  scripting: BOOLEAN,
  maxAttributes: NUMBER,
  maxToken: NUMBER,
};

/** So many bytes are looked at to find the encoding. */
const SNIFF = 1024;

/** Decodes bytes in the encoding that their first ones tell. */
class SniffingDecoder {
  readonly #label: string | undefined;
  #decoder: TextDecoder | undefined;
  #first: Uint8Array = new Uint8Array(0);

  constructor(label: string | undefined) {
    this.#label = label;
  }

  decode(bytes: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#decoder.decode(bytes, { stream: true });
    const first = new Uint8Array(this.#first.length + bytes.length);
    first.set(this.#first);
    first.set(bytes, this.#first.length);
    this.#first = first;
    return first.length < SNIFF ? "" : this.#begin();
  }

  #begin(): string {
    const { encoding } = sniffEncoding(this.#first, this.#label);
    // These two have no decoder; what is ASCII of them is read.
    const known = encoding === "replacement" || encoding === "x-user-defined"
      ? "windows-1252"
      : encoding;
    this.#decoder = new TextDecoder(known);
    const text = this.#decoder.decode(this.#first, { stream: true });
    this.#first = new Uint8Array(0);
    return text;
  }

  end(): string {
    const text = this.#decoder === undefined ? this.#begin() : "";
    return text + this.#decoder!.decode();
  }
}

/**
 * Makes events of a document of HTML as it comes: a `TransformStream` from pieces of bytes or text. Memory is bounded by the
 * longest tag or comment, however long the document is.
 *
 * Events are what is written: no tree is built, so tags that may be left out are not made up, and misnested ones are not put
 * right. References are replaced, and in `script`, `style`, `title`, `textarea` and the like tags are text, as in `parse`.
 * However the document is cut, the events are the same. A text is one event, unless it is longer than 65,536 units.
 *
 * @example The links of a page
 * ```ts
 * import { HtmlParseStream } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const pieces = ReadableStream.from(["<p><a hr", "ef=/x?a&a", "mp;b>1</a><a name=y>2</a>"]);
 * const links: string[] = [];
 * for await (const event of pieces.pipeThrough(new HtmlParseStream())) {
 *   if (event.type === "start" && event.attributes.href !== undefined) links.push(event.attributes.href);
 * }
 * assertEquals(links, ["/x?a&b"]);
 * ```
 */
export class HtmlParseStream extends TransformStream<Uint8Array | string, HtmlEvent> {
  /**
   * Begins a document.
   *
   * @example Make one
   * ```ts
   * import { HtmlParseStream } from "@ferry/std/markup/html";
   *
   * const pieces = ReadableStream.from(["<p><a hr", "ef=/x?a&a", "mp;b>1</a><a name=y>2</a>"]);
   * const links: string[] = [];
   * for await (const event of pieces.pipeThrough(new HtmlParseStream())) {
   *   if (event.type === "start" && event.attributes.href !== undefined) links.push(event.attributes.href);
   * }
   * ```
   *
   * @param options How to read it.
   * @throws {RangeError} If a limit is not a number from 1 on.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: HtmlParseStreamOptions) {
    const checked = checkOptions("Cannot parse HTML", options, RULES);
    const { maxAttributes = 65536, maxToken = 33_554_432, scripting = false } = checked;
    for (const [name, value] of Object.entries({ maxAttributes, maxToken })) {
      if (!(value >= 1)) {
        throw new RangeError(`The option ${name} needs a number from 1 on, received ${value}`);
      }
    }
    const decoder = new SniffingDecoder(checked.encoding);
    let reader: TokenReader;
    let isBytes = false;
    super({
      start(controller) {
        reader = new TokenReader(
          { maxAttributes, maxToken, scripting },
          (event) => controller.enqueue(event),
        );
      },
      transform(piece) {
        if (typeof piece === "string") return reader.push(piece);
        isBytes = true;
        reader.push(decoder.decode(piece));
      },
      flush() {
        if (isBytes) reader.push(decoder.end());
        reader.close();
      },
    });
  }
}
