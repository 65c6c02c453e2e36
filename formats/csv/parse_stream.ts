import { makeRecords } from "./_records.ts";
import { maxRowsOf } from "./_shaper.ts";
import { Validator } from "./_validate.ts";
import { checkOptions } from "../options.ts";
import { type CsvParseOptions, PARSE_RULES } from "./options.ts";
import type { CsvRow } from "./row.ts";

/**
 * Reads CSV text that comes in chunks: the streaming form of {@linkcode parse}, with the same options.
 *
 * Chunks are strings, cut anywhere, inside a quoted field or a line end too: put a `TextDecoderStream` before it for
 * bytes. Between two chunks it keeps no more than the open record.
 *
 * @example From bytes to objects
 * ```ts
 * import { CsvParseStream } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Blob(["ship,length\n", "Eve,41\nA", "da,12\n"]).stream();
 * const rows = bytes
 *   .pipeThrough(new TextDecoderStream())
 *   .pipeThrough(new CsvParseStream({ skipFirstRow: true }));
 * assertEquals(await Array.fromAsync(rows), [
 *   { ship: "Eve", length: "41" },
 *   { ship: "Ada", length: "12" },
 * ]);
 * ```
 *
 * @typeParam O Type of the options, from which the type of a row follows.
 */
export class CsvParseStream<const O extends CsvParseOptions = CsvParseOptions>
  extends TransformStream<string, CsvRow<O>> {
  /**
   * The stream errors with a `CsvError` where `parse` throws one; it has a place, but no snippet.
   *
   * @example Make one
   * ```ts
   * import { CsvParseStream } from "@ferry/std/formats/csv";
   *
   * const bytes = new Blob(["ship,length\n", "Eve,41\nA", "da,12\n"]).stream();
   * const rows = bytes
   *   .pipeThrough(new TextDecoderStream())
   *   .pipeThrough(new CsvParseStream({ skipFirstRow: true }));
   * ```
   *
   * @param options How the text is written, and what to make of it.
   * @throws {RangeError} If an option is out of range.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: O) {
    const prepared = checkOptions<CsvParseOptions>("Cannot parse CSV", options, PARSE_RULES);
    const records = makeRecords(prepared, true);
    const validator = prepared.schema && new Validator(prepared.schema, prepared);
    let left = maxRowsOf(prepared);
    const step = async (
      read: () => void,
      controller: TransformStreamDefaultController<CsvRow<O>>,
    ): Promise<void> => {
      let fault: { error: unknown } | undefined;
      try {
        read();
      } catch (error) {
        fault = { error };
      }
      const rows = records.take();
      // What follows the records that are asked for is not judged.
      if (fault !== undefined && rows.length < left) throw fault.error;
      for (const row of rows) {
        if (left === 0) break;
        left--;
        const value = validator === undefined ? row : validator.check(row);
        controller.enqueue((value instanceof Promise ? await value : value) as CsvRow<O>);
      }
      if (left === 0) controller.terminate();
    };
    super({
      start(controller): void {
        if (left === 0) controller.terminate();
      },
      async transform(chunk, controller): Promise<void> {
        if (typeof chunk !== "string") {
          throw new TypeError(
            "Cannot parse a chunk of CSV: needed a string, for bytes put a TextDecoderStream before",
          );
        }
        await step(() => records.feed(chunk), controller);
      },
      async flush(controller): Promise<void> {
        await step(() => records.end(), controller);
      },
    });
  }
}
