import { checkOptions } from "../options.ts";
import {
  type Column,
  COLUMN_RULES,
  type ColumnDetails,
  type CsvStringifyOptions,
} from "./options.ts";

type Path = readonly (string | number)[];

interface Prepared {
  readonly header: string;
  readonly path: Path;
}

function prepare(column: Column): Prepared {
  if (typeof column !== "object") return { header: String(column), path: [column] };
  const details = Array.isArray(column)
    ? undefined
    : checkOptions("Cannot write a CSV column", column as ColumnDetails, COLUMN_RULES);
  const prop = details === undefined ? column as Path : details.prop;
  const path: Path = typeof prop === "object" ? prop : [prop];
  if (path.length === 0) {
    throw new RangeError("Cannot write a CSV column: its path needs a key, received none");
  }
  return { header: details?.header ?? String(path.at(-1)), path };
}

/** A property; an own one where all objects have such, as of `__proto__` and `constructor`. */
function get(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const found = (value as Record<string | number, unknown>)[key];
  if (typeof found !== "function" && key !== "__proto__") return found;
  return key in Object.prototype && !Object.hasOwn(value, key) ? undefined : found;
}

/** Turns records into rows of values, by the columns that are given or that the first object has. */
export class Columns {
  readonly #options: CsvStringifyOptions;
  #columns: Prepared[] | undefined;
  /** Top-level keys that have a column; only where others are refused. */
  #known: Set<string> | undefined;
  #simple = false;
  #rows = 0;

  constructor(options: CsvStringifyOptions) {
    this.#options = options;
    if (options.columns !== undefined) this.#set(options.columns, "ignore");
  }

  /** Names for the header line; `undefined` while no columns are known. */
  get headers(): string[] | undefined {
    return this.#columns?.map((column) => column.header);
  }

  row(record: unknown): readonly unknown[] {
    this.#rows++;
    if (typeof record !== "object" || record === null) {
      throw new TypeError(
        `Cannot write record ${this.#rows} as CSV: needed an array or an object, received ${
          record === null ? "null" : typeof record
        }`,
      );
    }
    if (Array.isArray(record)) {
      const byPosition = this.#columns === undefined ||
        this.#columns.every((column) => typeof column.path[0] === "string");
      if (byPosition) return record;
    } else if (this.#columns === undefined) this.#set(Object.keys(record), "raise");
    this.#checkExtras(record);
    const columns = this.#columns!;
    const { restValue = "" } = this.#options;
    const out = new Array<unknown>(columns.length);
    for (let i = 0; i < columns.length; i++) {
      const { path } = columns[i]!;
      let value = get(record, path[0]!);
      if (!this.#simple) { for (let k = 1; k < path.length; k++) value = get(value, path[k]!); }
      out[i] = value === undefined ? restValue : value;
    }
    return out;
  }

  #set(columns: readonly Column[], extras: "raise" | "ignore"): void {
    this.#columns = columns.map(prepare);
    this.#simple = this.#columns.every((column) => column.path.length === 1);
    if ((this.#options.extrasAction ?? extras) === "raise") {
      this.#known = new Set(this.#columns.map((column) => String(column.path[0])));
    }
  }

  #checkExtras(record: object): void {
    const known = this.#known;
    if (known === undefined) return;
    for (const key in record) {
      if (known.has(key) || !Object.hasOwn(record, key)) continue;
      throw new RangeError(
        `Cannot write record ${this.#rows} as CSV: it has the key ${
          JSON.stringify(key)
        }, which has no column`,
      );
    }
  }
}
