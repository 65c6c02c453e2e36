import { isTuple } from "../containers/tuple.ts";
import { PyDict } from "../containers/py_dict.ts";
import { PyObject } from "../objects/py_object.ts";
import { columnsOf, type Manager, managerOf } from "./_manager.ts";
import { cannotRead, valuesOf } from "./_values.ts";

/** Most values that {@linkcode DataFrame.toRows} and {@linkcode DataFrame.toRecords} give. */
const MOST = 2 ** 26;

/** Options of {@linkcode DataFrame.toRecords}. */
export interface ToRecordsOptions {
  /**
   * The name under which each record also has the label of its row.
   *
   * @default {undefined}
   */
  index?: string;
}

/** What a DataFrame has been found to hold. */
interface Decoded {
  readonly manager: Manager;
  readonly labels: unknown[];
  readonly rows: unknown[];
  /** The block of each column, and which of the block's columns it is. */
  readonly places: readonly (readonly [block: number, at: number])[];
}

/**
 * A pandas `DataFrame` as it was read, from a pickle of pandas 1.5, 2.2, 3.0, or another that lays it out alike. It is
 * decoded when it is first asked, and written back as it was.
 *
 * Times are Temporal's, categories their values, periods text, intervals objects, what is missing is `null` (NaN in a column
 * of floats is `NaN`).
 *
 * @example Columns and rows
 * ```ts
 * import { DataFrame, loads } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * // pandas.DataFrame({"id": [1, 2]}), pickled by pandas 2.2.
 * const frame = loads(Uint8Array.fromBase64(
 *   "gAWVtQIAAAAAAACMEXBhbmRhcy5jb3JlLmZyYW1llIwJRGF0YUZyYW1llJOUKYGUfZQojARfbWdylIwe" +
 *   "cGFuZGFzLmNvcmUuaW50ZXJuYWxzLm1hbmFnZXJzlIwMQmxvY2tNYW5hZ2VylJOUjBZwYW5kYXMuX2xp" +
 *   "YnMuaW50ZXJuYWxzlIwPX3VucGlja2xlX2Jsb2NrlJOUjBNudW1weS5fY29yZS5udW1lcmljlIwLX2Zy" +
 *   "b21idWZmZXKUk5QolhAAAAAAAAAAAQAAAAAAAAACAAAAAAAAAJSMBW51bXB5lIwFZHR5cGWUk5SMAmk4" +
 *   "lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGJLAUsChpSMAUOUdJRSlIwIYnVpbHRpbnOUjAVz" +
 *   "bGljZZSTlEsASwFLAYeUUpRLAoeUUpSFlF2UKIwYcGFuZGFzLmNvcmUuaW5kZXhlcy5iYXNllIwKX25l" +
 *   "d19JbmRleJSTlGgljAVJbmRleJSTlH2UKIwEZGF0YZSMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxf" +
 *   "cmVjb25zdHJ1Y3SUk5RoEIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsBhZRoEowCTziUiYiHlFKU" +
 *   "KEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlIwCaWSUYXSUYowEbmFtZZROdYaUUpRoJ4wZcGFuZGFz" +
 *   "LmNvcmUuaW5kZXhlcy5yYW5nZZSMClJhbmdlSW5kZXiUk5R9lChoPk6MBXN0YXJ0lEsAjARzdG9wlEsC" +
 *   "jARzdGVwlEsBdYaUUpRlhpRSlIwEX3R5cJSMCWRhdGFmcmFtZZSMCV9tZXRhZGF0YZRdlIwFYXR0cnOU" +
 *   "fZSMBl9mbGFnc5R9lIwXYWxsb3dzX2R1cGxpY2F0ZV9sYWJlbHOUiHN1Yi4=",
 * )) as DataFrame;
 * assertEquals(frame.columns, ["id"]);
 * assertEquals(frame.index, [0, 1]);
 * assertEquals(frame.column("id"), [1, 2]);
 * assertEquals(frame.toRecords(), [{ id: 1 }, { id: 2 }]);
 * ```
 */
export class DataFrame extends PyObject {
  #decoded: Decoded | undefined;
  #blocks: Map<number, unknown[][]> = new Map();
  #byLabel: PyDict<unknown, number> | undefined;

  /**
   * The labels of the columns; those of a `MultiIndex` are tuples.
   *
   * @throws {TypeError} If pandas keeps the data in a way that is not known.
   */
  get columns(): unknown[] {
    return this.#decode().labels;
  }

  /**
   * The labels of the rows.
   *
   * @throws {TypeError} If pandas keeps the data in a way that is not known.
   */
  get index(): unknown[] {
    return this.#decode().rows;
  }

  /**
   * How many rows and columns there are.
   *
   * @throws {TypeError} If pandas keeps the data in a way that is not known.
   */
  get shape(): [rows: number, columns: number] {
    return [this.index.length, this.columns.length];
  }

  /**
   * The values of a column.
   *
   * @param label Its label; of several with the same, the first is meant.
   * @returns The values, `undefined` if there is no such column.
   * @throws {TypeError} If pandas keeps the column in a way that is not known.
   */
  column(label: unknown): unknown[] | undefined {
    if (this.#byLabel === undefined) {
      this.#byLabel = new PyDict();
      for (const [i, name] of this.columns.entries()) {
        if (!this.#byLabel.has(name)) this.#byLabel.set(name, i);
      }
    }
    const at = this.#byLabel.get(label);
    return at === undefined ? undefined : this.#column(at);
  }

  /**
   * The rows, each with its values in the order of the columns.
   *
   * @returns The rows.
   * @throws {TypeError} If pandas keeps a column in a way that is not known.
   * @throws {RangeError} If there are more than 2^26 values.
   */
  toRows(): unknown[][] {
    const columns = this.#all();
    return Array.from({ length: this.index.length }, (_, i) => columns.map((column) => column[i]));
  }

  /**
   * The rows as objects.
   *
   * @param options Whether they have the label of the row.
   * @returns The rows, each with its values by the columns' names; the parts of a tuple are joined by a dot.
   * @throws {TypeError} If two columns have the same name, or pandas keeps one in a way that is not known.
   * @throws {RangeError} If there are more than 2^26 values.
   */
  toRecords(options: ToRecordsOptions = {}): Record<string, unknown>[] {
    const columns = this.#all();
    const names = this.columns.map(nameOf);
    if (options.index !== undefined) {
      names.unshift(options.index);
      columns.unshift(this.index);
    }
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new TypeError(
        `Cannot make records of a DataFrame: needed columns of different names, received two of ${
          JSON.stringify(twice)
        }`,
      );
    }
    return Array.from({ length: this.index.length }, (_, i) => {
      const record: Record<string, unknown> = {};
      for (const [n, name] of names.entries()) setOwn(record, name, columns[n]![i]);
      return record;
    });
  }

  /**
   * The rows as objects, for `JSON.stringify` and `toPlain`.
   *
   * @returns What {@linkcode toRecords} gives.
   */
  toJSON(): Record<string, unknown>[] {
    return this.toRecords();
  }

  #all(): unknown[][] {
    const [rows, columns] = this.shape;
    if (rows * columns > MOST) {
      throw new RangeError(
        `Cannot list the rows of a DataFrame: needed at most ${MOST} values, received ${
          rows * columns
        }`,
      );
    }
    return this.columns.map((_, i) => this.#column(i));
  }

  #column(at: number): unknown[] {
    const { manager, places, rows } = this.#decode();
    const [block, n] = places[at] ?? cannotRead("a block for each column", undefined);
    let columns = this.#blocks.get(block);
    if (columns === undefined) {
      this.#blocks.set(block, columns = columnsOf(manager.blocks[block]!));
    }
    const column = columns[n]!;
    if (column.length !== rows.length) return cannotRead(`${rows.length} values`, undefined);
    return column;
  }

  #decode(): Decoded {
    if (this.#decoded !== undefined) return this.#decoded;
    const manager = managerOf(this.state);
    const [labels, rows] = manager.axes.map((axis) => valuesOf(axis));
    if (labels === undefined || rows === undefined) return cannotRead("two axes", undefined);
    const places: [number, number][] = new Array(labels.length);
    for (const [b, block] of manager.blocks.entries()) {
      for (const [n, place] of block.places.entries()) {
        if (!(place >= 0 && place < labels.length)) {
          return cannotRead("places of columns", undefined);
        }
        places[place] = [b, n];
      }
    }
    return this.#decoded = { manager, labels, rows, places };
  }
}

function nameOf(label: unknown): string {
  return isTuple(label) ? label.map(String).join(".") : String(label);
}

/** Sets a property whatever its name. */
function setOwn(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") record[name] = value;
  else {
    Object.defineProperty(record, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}
