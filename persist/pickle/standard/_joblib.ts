import { JoblibArray } from "../joblib_array.ts";
import type { Registry } from "../registry.ts";

/** Registers what joblib writes in the place of arrays. What it wrote before version 0.10 stands in other files. */
export function registerJoblib(registry: Registry): void {
  registry.register("joblib.numpy_pickle", "NumpyArrayWrapper", { recipe: JoblibArray });
}
