/** Classes of the standard library and of packages whose objects are recipes, most with a way to look into them. */
import { ChainMap } from "../../types/recipes/chain_map.ts";
import { DataFrame } from "../../types/frames/data_frame.ts";
import { ExtensionArray } from "../../types/frames/extension_array.ts";
import { Index } from "../../types/frames/frame_index.ts";
import { Timedelta, Timestamp } from "../../types/frames/moments.ts";
import { Series } from "../../types/frames/series.ts";
import { ForeignZone } from "../../types/recipes/foreign_zone.ts";
import { IpAddress } from "../../types/recipes/ip_address.ts";
import { Partial } from "../../types/recipes/partial.ts";
import { Pattern } from "../../types/recipes/pattern.ts";
import { SimpleNamespace } from "../../types/recipes/simple_namespace.ts";
import { StructTime } from "../../types/recipes/struct_time.ts";
import { UserData } from "../../types/recipes/user_data.ts";
import { JoblibArray } from "../joblib_array.ts";
import type { RecipeClass, Registry } from "../registry.ts";

const NAMES: [recipe: RecipeClass, module: string, names: string][] = [
  [ChainMap, "collections", "ChainMap"],
  [UserData, "collections", "UserDict UserList UserString"],
  [SimpleNamespace, "types", "SimpleNamespace"],
  [Pattern, "re", "_compile"],
  [
    IpAddress,
    "ipaddress",
    "IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface",
  ],
  [StructTime, "time", "struct_time"],
  [Partial, "functools", "partial"],
  [ForeignZone, "pytz", "_UTC _p FixedOffset"],
  [ForeignZone, "dateutil.tz.tz", "tzutc tzoffset tzfile tzlocal tzstr"],
  [ForeignZone, "dateutil.zoneinfo", "tzfile"],
  // Where the versions of pandas keep them, and under which names.
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
  // What joblib writes in the place of arrays.
  [JoblibArray, "joblib.numpy_pickle", "NumpyArrayWrapper"],
];

/** Packages whose objects are data to most who read them: all that is not known in detail is a `PyObject`. */
const PACKAGES = ["numpy", "pandas", "scipy", "sklearn", "networkx", "dateutil", "pytz", "joblib"];

/** Registers them. */
export function registerRecipes(registry: Registry): void {
  for (const name of PACKAGES) registry.registerPackage(name);
  for (const [recipe, module, names] of NAMES) {
    for (const name of names.split(" ")) registry.register(module, name, { recipe });
  }
}
