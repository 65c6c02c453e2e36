import { issuesText, type StandardResult, type StandardSchema } from "../standard_schema.ts";
import { CsvError } from "./csv_error.ts";
import type { CsvParseOptions } from "./options.ts";

/** Checks records one after another against the schema of the options. */
export class Validator {
  readonly #schema: StandardSchema;
  #row: number;

  constructor(schema: StandardSchema, options: CsvParseOptions) {
    if (typeof schema?.["~standard"]?.validate !== "function") {
      throw new TypeError(
        `Cannot check CSV records: schema must follow the Standard Schema, received ${typeof schema}`,
      );
    }
    this.#schema = schema;
    this.#row = options.skipFirstRow === true ? 1 : 0;
  }

  /** What the schema makes of a record, now or later. */
  check(record: unknown): unknown {
    const row = ++this.#row;
    const result = this.#schema["~standard"].validate(record);
    return result instanceof Promise
      ? result.then((late) => output(late, row))
      : output(result, row);
  }

  /** What the schema makes of a record; a promise is refused. */
  checkNow(record: unknown): unknown {
    const value = this.check(record);
    if (!(value instanceof Promise)) return value;
    // Its own failure is told by this error.
    value.catch(() => {});
    throw new TypeError(
      "Cannot check CSV records: needed a schema that answers at once, received a promise; use CsvParseStream",
    );
  }
}

function output(result: StandardResult<unknown>, row: number): unknown {
  if (result.issues === undefined) return result.value;
  throw new CsvError(
    `Cannot read record ${row}: it does not fit the schema: ${issuesText(result.issues)}`,
    { row, cause: result.issues },
  );
}
