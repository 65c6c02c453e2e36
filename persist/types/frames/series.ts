import { PyObject } from "../objects/py_object.ts";
import { field } from "../recipes/fields.ts";
import { columnsOf, managerOf } from "./_manager.ts";
import { cannotRead, valuesOf } from "./_values.ts";

/**
 * A pandas `Series` as it was read, from a pickle of pandas 1.5, 2.2, 3.0, or another that lays it out alike. It is decoded
 * when it is first asked, and written back as it was.
 *
 * @example Values and labels
 * ```ts
 * import { loads, Series } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * // pandas.Series([1.5, 2.5], name="x"), pickled by pandas 2.2.
 * const series = loads(Uint8Array.fromBase64(
 *   "gAWVUwIAAAAAAACMEnBhbmRhcy5jb3JlLnNlcmllc5SMBlNlcmllc5STlCmBlH2UKIwEX21ncpSMHnBh" +
 *   "bmRhcy5jb3JlLmludGVybmFscy5tYW5hZ2Vyc5SMElNpbmdsZUJsb2NrTWFuYWdlcpSTlCmBlChdlIwY" +
 *   "cGFuZGFzLmNvcmUuaW5kZXhlcy5iYXNllIwKX25ld19JbmRleJSTlIwZcGFuZGFzLmNvcmUuaW5kZXhl" +
 *   "cy5yYW5nZZSMClJhbmdlSW5kZXiUk5R9lCiMBG5hbWWUTowFc3RhcnSUSwCMBHN0b3CUSwKMBHN0ZXCU" +
 *   "SwF1hpRSlGFdlIwTbnVtcHkuX2NvcmUubnVtZXJpY5SMC19mcm9tYnVmZmVylJOUKJYQAAAAAAAAAAAA" +
 *   "AAAAAPg/AAAAAAAABECUjAVudW1weZSMBWR0eXBllJOUjAJmOJSJiIeUUpQoSwOMATyUTk5OSv////9K" +
 *   "/////0sAdJRiSwKFlIwBQ5R0lFKUYV2UaA1oEH2UKGgSTmgTSwBoFEsCaBVLAXWGlFKUYX2UjAYwLjE0" +
 *   "LjGUfZQojARheGVzlGgKjAZibG9ja3OUXZR9lCiMBnZhbHVlc5RoKIwIbWdyX2xvY3OUjAhidWlsdGlu" +
 *   "c5SMBXNsaWNllJOUSwBLAksBh5RSlHVhdXN0lGKMBF90eXCUjAZzZXJpZXOUjAlfbWV0YWRhdGGUXZSM" +
 *   "BV9uYW1llGGMBWF0dHJzlH2UjAZfZmxhZ3OUfZSMF2FsbG93c19kdXBsaWNhdGVfbGFiZWxzlIhzaECM" +
 *   "AXiUdWIu",
 * )) as Series;
 * assertEquals([series.name, series.values, series.index], ["x", [1.5, 2.5], [0, 1]]);
 * ```
 */
export class Series extends PyObject {
  #decoded: { values: unknown[]; index: unknown[] } | undefined;

  /** The name, `null` if there is none. */
  get name(): unknown {
    return field(this.state, "_name") ?? field(this.state, "name") ?? null;
  }

  /**
   * The values, as a column of a `DataFrame` has them.
   *
   * @throws {TypeError} If pandas keeps the data in a way that is not known.
   */
  get values(): unknown[] {
    return this.#decode().values;
  }

  /**
   * The labels of the values.
   *
   * @throws {TypeError} If pandas keeps the data in a way that is not known.
   */
  get index(): unknown[] {
    return this.#decode().index;
  }

  /** How many values there are. */
  get length(): number {
    return this.values.length;
  }

  /**
   * Labels and values.
   *
   * @returns An iterator of pairs.
   */
  *entries(): Generator<[label: unknown, value: unknown], void> {
    const { values, index } = this.#decode();
    for (const [i, value] of values.entries()) yield [index[i], value];
  }

  /**
   * The values, for `JSON.stringify` and `toPlain`.
   *
   * @returns The values.
   */
  toJSON(): unknown[] {
    return this.values;
  }

  #decode(): { values: unknown[]; index: unknown[] } {
    if (this.#decoded !== undefined) return this.#decoded;
    const { axes: [axis], blocks } = managerOf(this.state);
    const index = valuesOf(axis);
    const [block] = blocks;
    // The places are those of the rows, or of the one column.
    const values = block === undefined ? [] : columnsOf({ values: block.values, places: [0] })[0]!;
    if (values.length !== index.length) return cannotRead(`${index.length} values`, undefined);
    return this.#decoded = { values, index };
  }
}
