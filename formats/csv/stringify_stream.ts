import { Columns } from "./_columns.ts";
import { RecordWriter } from "./_writer.ts";
import { resolveDialect } from "./dialect.ts";
import { checkOptions } from "../options.ts";
import { type CsvRecord, type CsvStringifyOptions, STRINGIFY_RULES } from "./options.ts";

/**
 * Writes records as CSV text, one chunk of text for each: the streaming form of {@linkcode stringify}, with the same
 * options.
 *
 * @example To a file
 * ```ts
 * import { CsvStringifyStream } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const text = ReadableStream.from([{ ship: "Eve", length: 41 }, { ship: "Ada", length: 12 }])
 *   .pipeThrough(new CsvStringifyStream());
 * assertEquals(await Array.fromAsync(text), ["ship,length\r\n", "Eve,41\r\n", "Ada,12\r\n"]);
 * ```
 */
export class CsvStringifyStream extends TransformStream<CsvRecord, string> {
  /**
   * The stream errors where `stringify` throws.
   *
   * @example Make one
   * ```ts
   * import { CsvStringifyStream } from "@ferry/std/formats/csv";
   *
   * const text = ReadableStream.from([{ ship: "Eve", length: 41 }, { ship: "Ada", length: 12 }])
   *   .pipeThrough(new CsvStringifyStream());
   * ```
   *
   * @param options How to write the records.
   * @throws {RangeError} If an option is out of range.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: CsvStringifyOptions) {
    const checked = checkOptions("Cannot write CSV", options, STRINGIFY_RULES);
    const writer = new RecordWriter(resolveDialect(checked));
    const columns = new Columns(checked);
    let headed = checked.headers === false;
    const head = (controller: TransformStreamDefaultController<string>): void => {
      const headers = columns.headers;
      if (headers !== undefined) controller.enqueue(writer.write(headers));
      headed = true;
    };
    super({
      start(controller): void {
        if (checked.bom === true) controller.enqueue("\ufeff");
        if (!headed && checked.columns !== undefined) head(controller);
      },
      transform(record, controller): void {
        const row = columns.row(record);
        if (!headed) head(controller);
        controller.enqueue(writer.write(row));
      },
    });
  }
}
