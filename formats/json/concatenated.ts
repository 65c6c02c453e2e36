import { Cursor } from "../cursor.ts";
import { JsonError } from "./json_error.ts";
import { checkChunk, MAX_STREAM_BYTES } from "./json_lines.ts";
import { copyOptions } from "../options.ts";
import { type JsonParseOptions, PARSE_RULES } from "./options.ts";
import { checkBytes, parseText, tooLong } from "./parse.ts";

// States between two characters.
const BETWEEN = 0;
const CONTAINER = 1;
const STRING = 2;
const ESCAPE = 3;
/** In a number or a word at top level, or in what is no JSON at all: it ends where a value can begin. */
const SCALAR = 4;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/**
 * Reads JSON values that follow each other with white space or nothing between them, from text cut anywhere. Two
 * numbers or words need white space between them.
 *
 * Chunks are strings: put a `TextDecoderStream` before it for bytes.
 *
 * @example Values one after another
 * ```ts
 * import { ConcatenatedJsonParseStream } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const values = ReadableStream.from(['{"a":', '1}{"a":2}\n[3', ']4 "5"'])
 *   .pipeThrough(new ConcatenatedJsonParseStream());
 * assertEquals(await Array.fromAsync(values), [{ a: 1 }, { a: 2 }, [3], 4, "5"]);
 * ```
 *
 * @typeParam T The type that the values are taken to be; it is not checked.
 */
export class ConcatenatedJsonParseStream<T = unknown> extends TransformStream<string, T> {
  /**
   * The stream errors with a `JsonError` at the first value that is not JSON or exceeds a limit.
   *
   * @example Make one
   * ```ts
   * import { ConcatenatedJsonParseStream } from "@ferry/std/formats/json";
   *
   * const values = ReadableStream.from(['{"a":', '1}{"a":2}\n[3', ']4 "5"'])
   *   .pipeThrough(new ConcatenatedJsonParseStream());
   * ```
   *
   * @param options What to make of each value, and limits.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: JsonParseOptions) {
    const scanner = new Scanner(copyOptions("Cannot parse JSON", options, PARSE_RULES));
    super({
      transform(chunk, controller): void {
        checkChunk(chunk);
        scanner.feed(chunk, (value) => controller.enqueue(value as T));
      },
      flush(controller): void {
        scanner.end((value) => controller.enqueue(value as T));
      },
    });
  }
}

/**
 * Finds where values end by counting brackets outside strings, and leaves the rest to the parser. It looks at each
 * character once; a value over several chunks is kept as a rope until it is whole.
 */
class Scanner {
  readonly #options: JsonParseOptions;
  readonly #maxDepth: number;
  readonly #maxBytes: number;
  #state: number = BETWEEN;
  #depth = 0;
  /** What earlier chunks hold of the open value. */
  #held = "";
  /** Stands at the start of `#held`, or of the chunk while nothing is held. */
  readonly #cursor = new Cursor();
  #first = true;

  constructor(options: JsonParseOptions) {
    const { maxDepth = 10_000, maxBytes = MAX_STREAM_BYTES, ...rest } = options;
    // Depth is counted here: the parser need not.
    this.#options = rest;
    this.#maxDepth = maxDepth;
    this.#maxBytes = maxBytes;
  }

  feed(text: string, emit: (value: unknown) => void): void {
    const end = text.length;
    if (end === 0) return;
    let pos = 0;
    /** Start of the open value in this chunk. */
    let start = 0;
    if (this.#first) {
      this.#first = false;
      if (text.charCodeAt(0) === 0xfeff) pos = 1;
    }
    let state = this.#state;
    let depth = this.#depth;
    const finish = (to: number): void => {
      emit(this.#parse(text, start, to));
      if (this.#held !== "") {
        this.#cursor.advance(this.#held);
        this.#held = "";
      }
      state = BETWEEN;
    };
    while (pos < end) {
      const c = text.charCodeAt(pos);
      switch (state) {
        case BETWEEN:
          if (isSpace(c)) {
            pos++;
            break;
          }
          start = pos;
          if (c === OPEN_BRACE || c === OPEN_BRACKET) state = CONTAINER;
          else {
            state = c === QUOTE ? STRING : SCALAR;
            pos++;
          }
          break;
        case CONTAINER:
          pos++;
          if (c === QUOTE) state = STRING;
          else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
            if (++depth > this.#maxDepth) throw this.#deep(text, pos - 1);
          } else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) finish(pos);
          break;
        case STRING: {
          let p = pos;
          let unit = c;
          while (p < end && unit !== QUOTE && unit !== BACKSLASH) unit = text.charCodeAt(++p);
          pos = Math.min(p + 1, end);
          if (p >= end) break;
          if (unit === BACKSLASH) state = ESCAPE;
          else if (depth > 0) state = CONTAINER;
          else finish(pos);
          break;
        }
        case ESCAPE:
          pos++;
          state = STRING;
          break;
        case SCALAR:
          if (isSpace(c) || c === QUOTE || c === OPEN_BRACE || c === OPEN_BRACKET) finish(pos);
          else pos++;
          break;
      }
    }
    this.#state = state;
    this.#depth = depth;
    if (state === BETWEEN) this.#cursor.advance(text);
    else {
      if (this.#held === "") this.#cursor.advance(text.substring(0, start));
      this.#held += text.substring(start);
      if (this.#held.length > this.#maxBytes) {
        throw tooLong(this.#maxBytes, this.#place("", -this.#held.length));
      }
    }
  }

  end(emit: (value: unknown) => void): void {
    if (this.#state !== BETWEEN) emit(this.#parse("", 0, 0));
  }

  #deep(text: string, index: number): JsonError {
    return new JsonError(
      `Cannot parse JSON: nesting is deeper than maxDepth = ${this.#maxDepth}`,
      this.#place(text, index),
    );
  }

  /** The place of `text[index]`, where `text` is the chunk. */
  #place(text: string, index: number): { offset: number; line: number; column: number } {
    const { offset, line, column } = this.#cursor.at(this.#held + text, this.#held.length + index);
    return { offset, line, column };
  }

  #parse(chunk: string, start: number, end: number): unknown {
    const value = this.#held + chunk.substring(start, end);
    try {
      checkBytes(value, this.#maxBytes);
      return parseText(value, this.#options);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      // The same fault, placed in the stream instead of in its value.
      const message = error.message.replace(/ \(line \d+, column \d+\)$/, "");
      const place = this.#place(chunk, start + (error.offset ?? 0) - this.#held.length);
      throw new JsonError(message, { ...place, cause: error });
    }
  }
}
