/**
 * What holds the columns of a DataFrame or Series: blocks of columns with the same type, and where each of them stands.
 *
 * Since version 1.3 the manager of a DataFrame is called with its blocks and axes; that of a Series, and older ones, have a
 * state: `(axes, values, labels, { "0.14.1": { axes, blocks: [{ values, mgr_locs }] } })`.
 */
import { NdArray } from "../arrays/nd_array.ts";
import { Slice } from "../containers/slice.ts";
import { PyObject } from "../objects/py_object.ts";
import { field, numberOf } from "../recipes/fields.ts";
import { cannotRead, lastName, valuesOf } from "./_values.ts";

/** Columns of one type. */
interface Block {
  readonly values: unknown;
  /** The numbers of its columns. */
  readonly places: readonly number[];
}

/** A manager, ready to be asked. */
export interface Manager {
  /** The axes: columns and rows of a DataFrame, rows of a Series. */
  readonly axes: unknown[];
  readonly blocks: readonly Block[];
}

/** The manager of a DataFrame or Series by its state. */
export function managerOf(state: unknown): Manager {
  const manager = field(state, "_mgr") ?? field(state, "_data");
  if (!(manager instanceof PyObject)) return cannotRead("a block manager", manager);
  const [blocks, axes] = manager.args;
  if (Array.isArray(blocks) && Array.isArray(axes)) {
    return { axes, blocks: blocks.map((block) => blockOf(block)) };
  }
  const parts = Array.isArray(manager.state) ? field(manager.state[3], "0.14.1") : undefined;
  const [old, places] = [field(parts, "axes"), field(parts, "blocks")];
  if (!Array.isArray(old) || !Array.isArray(places)) {
    return cannotRead("a block manager with blocks", manager);
  }
  return {
    axes: old,
    blocks: places.map((block) => ({
      values: field(block, "values"),
      places: placesOf(field(block, "mgr_locs")),
    })),
  };
}

/** `_unpickle_block(values, placement, ndim)`. */
function blockOf(block: unknown): Block {
  if (!(block instanceof PyObject) || !lastName(block.className).endsWith("_block")) {
    return cannotRead("a block", block);
  }
  return { values: block.args[0], places: placesOf(block.args[1]) };
}

function placesOf(placement: unknown): number[] {
  if (placement instanceof NdArray) return valuesOf(placement) as number[];
  if (!(placement instanceof Slice)) return cannotRead("the places of a block", placement);
  const [start, stop] = [numberOf(placement.start) ?? 0, numberOf(placement.stop) ?? 0];
  const step = numberOf(placement.step) ?? 1;
  const length = Math.ceil((stop - start) / step);
  if (!(length >= 0 && length <= 2 ** 20)) return cannotRead("at most 2^20 columns", placement);
  return Array.from({ length }, (_, i) => start + i * step);
}

/** The columns of a block. */
export function columnsOf({ values, places }: Block): unknown[][] {
  const rows = valuesOf(values);
  // An array of numpy has the columns as rows; others have one column, in one or two axes.
  const isTable = rows.length === places.length && rows.every(Array.isArray) &&
    !(places.length === 1 && values instanceof NdArray && values.shape.length === 1);
  const columns = isTable ? rows as unknown[][] : [rows];
  return columns.length === places.length
    ? columns
    : cannotRead(`${places.length} columns in a block`, undefined);
}
