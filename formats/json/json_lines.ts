import { checkOptions } from "../options.ts";
import {
  type JsonParseOptions,
  type JsonStringifyOptions,
  PARSE_RULES,
  STRINGIFY_RULES,
} from "./options.ts";
import { JsonError } from "./json_error.ts";
import { checkBytes, parseText, tooLong } from "./parse.ts";
import { write } from "./stringify.ts";

const BLANK = /^[ \t\r]*$/;

/** Default of `maxBytes` for each value in a stream. */
export const MAX_STREAM_BYTES: number = 2 ** 27;

/** Refuses bytes, of which nonsense would be made otherwise. */
export function checkChunk(chunk: unknown): void {
  if (typeof chunk === "string") return;
  throw new TypeError(
    "Cannot parse a chunk of JSON: needed a string, for bytes put a TextDecoderStream before",
  );
}

function parseLine(line: string, number: number, options: JsonParseOptions): unknown {
  try {
    checkBytes(line, options.maxBytes ?? MAX_STREAM_BYTES);
    return parseText(line, options);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    // The same fault, placed in the stream instead of in its line.
    const { column = 1 } = error;
    const message = error.message.replace(/ \(line \d+, column \d+\)$/, "");
    throw new JsonError(message, { line: number, column, cause: error });
  }
}

/**
 * Reads JSON Lines (also called NDJSON): one value in each line, from text cut anywhere. Blank lines are skipped.
 *
 * Chunks are strings: put a `TextDecoderStream` before it for bytes. An error names the line in the stream; its
 * `cause` has the snippet.
 *
 * @example A log
 * ```ts
 * import { JsonLinesParseStream } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const values = ReadableStream.from(['{"a":1}\n{"a"', ":2}\n", "[3]"])
 *   .pipeThrough(new JsonLinesParseStream());
 * assertEquals(await Array.fromAsync(values), [{ a: 1 }, { a: 2 }, [3]]);
 * ```
 *
 * @typeParam T The type that the values are taken to be; it is not checked.
 */
export class JsonLinesParseStream<T = unknown> extends TransformStream<string, T> {
  /**
   * The stream errors with a `JsonError` at the first line that is not JSON or exceeds a limit.
   *
   * @example Make one
   * ```ts
   * import { JsonLinesParseStream } from "@ferry/std/formats/json";
   *
   * const values = ReadableStream.from(['{"a":1}\n{"a"', ":2}\n", "[3]"])
   *   .pipeThrough(new JsonLinesParseStream());
   * ```
   *
   * @param options What to make of each line, and limits.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: JsonParseOptions) {
    const checked = checkOptions("Cannot parse JSON", options, PARSE_RULES);
    const { maxBytes = MAX_STREAM_BYTES } = checked;
    let rest = "";
    let number = 0;
    let hasBegun = false;
    const emit = (line: string, controller: TransformStreamDefaultController<T>): void => {
      number++;
      // Blank lines too: where they come in pieces nobody knows yet what they are.
      if (line.length > maxBytes) throw tooLong(maxBytes, { line: number, column: 1 });
      if (BLANK.test(line)) return;
      controller.enqueue(parseLine(line, number, checked) as T);
    };
    super({
      transform(chunk, controller): void {
        checkChunk(chunk);
        let start = 0;
        if (!hasBegun && chunk !== "") {
          hasBegun = true;
          if (chunk.charCodeAt(0) === 0xfeff) start = 1;
        }
        for (let end = chunk.indexOf("\n", start); end !== -1; end = chunk.indexOf("\n", start)) {
          const line = chunk.substring(start, end);
          emit(rest === "" ? line : rest + line, controller);
          rest = "";
          start = end + 1;
        }
        rest += start === 0 ? chunk : chunk.substring(start);
        if (rest.length > maxBytes) throw tooLong(maxBytes, { line: number + 1, column: 1 });
      },
      flush(controller): void {
        if (rest !== "") emit(rest, controller);
      },
    });
  }
}

const { indent: _, ...LINE_RULES } = STRINGIFY_RULES;

/**
 * Writes JSON Lines: each value in one line.
 *
 * @example A log
 * ```ts
 * import { JsonLinesStringifyStream } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const text = ReadableStream.from([{ id: 1n }, [2]]).pipeThrough(new JsonLinesStringifyStream());
 * assertEquals(await Array.fromAsync(text), ['{"id":1}\n', "[2]\n"]);
 * ```
 */
export class JsonLinesStringifyStream extends TransformStream<unknown, string> {
  /**
   * The stream errors where `stringify` throws.
   *
   * @example Make one
   * ```ts
   * import { JsonLinesStringifyStream } from "@ferry/std/formats/json";
   *
   * const text = ReadableStream.from([{ id: 1n }, [2]]).pipeThrough(new JsonLinesStringifyStream());
   * ```
   *
   * @param options How to write the values.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: Omit<JsonStringifyOptions, "indent">) {
    const inOneLine = checkOptions("Cannot write JSON Lines", options, LINE_RULES);
    super({
      transform(value, controller): void {
        controller.enqueue(write(value, inOneLine) + "\n");
      },
    });
  }
}
