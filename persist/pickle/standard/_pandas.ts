/** What of pandas has recipes that can be looked into; all else of the package is a `PyObject`. */
import { DataFrame } from "../../types/frames/data_frame.ts";
import { ExtensionArray } from "../../types/frames/extension_array.ts";
import { Index } from "../../types/frames/frame_index.ts";
import { Timedelta, Timestamp } from "../../types/frames/moments.ts";
import { Series } from "../../types/frames/series.ts";
import type { RecipeClass, Registry } from "../registry.ts";

/** Where the versions keep them, and under which names. */
const NAMES: [recipe: RecipeClass, module: string, names: string][] = [
  [DataFrame, "pandas.core.frame", "DataFrame"],
  [DataFrame, "pandas", "DataFrame"],
  [Series, "pandas.core.series", "Series"],
  [Series, "pandas", "Series"],
  [Index, "pandas.core.indexes.base", "_new_Index"],
  [Index, "pandas.core.indexes.datetimes", "_new_DatetimeIndex"],
  [Index, "pandas.core.indexes.period", "_new_PeriodIndex"],
  [Index, "pandas.core.indexes.interval", "_new_IntervalIndex"],
  [Timestamp, "pandas._libs.tslibs.timestamps", "_unpickle_timestamp Timestamp"],
  [Timedelta, "pandas._libs.tslibs.timedeltas", "_timedelta_unpickle Timedelta"],
  [ExtensionArray, "pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked"],
  [ExtensionArray, "pandas._libs.interval", "__pyx_unpickle_IntervalMixin"],
  [ExtensionArray, "pandas.core.arrays.categorical", "Categorical"],
  [ExtensionArray, "pandas.core.arrays.integer", "IntegerArray"],
  [ExtensionArray, "pandas.core.arrays.floating", "FloatingArray"],
  [ExtensionArray, "pandas.core.arrays.boolean", "BooleanArray"],
  [ExtensionArray, "pandas.core.arrays.datetimes", "DatetimeArray"],
  [ExtensionArray, "pandas.core.arrays.timedeltas", "TimedeltaArray"],
  [ExtensionArray, "pandas.core.arrays.period", "PeriodArray"],
  [ExtensionArray, "pandas.core.arrays.interval", "IntervalArray"],
  [ExtensionArray, "pandas.core.arrays.string_", "StringArray"],
  [ExtensionArray, "pandas.core.arrays.sparse.array", "SparseArray"],
  [
    ExtensionArray,
    "pandas.arrays",
    "IntegerArray FloatingArray BooleanArray SparseArray IntervalArray",
  ],
];

/** Registers them. */
export function registerPandas(registry: Registry): void {
  for (const [recipe, module, names] of NAMES) {
    for (const name of names.split(" ")) registry.register(module, name, { recipe });
  }
}
