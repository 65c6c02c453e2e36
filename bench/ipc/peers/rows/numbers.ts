/** Shared values and arrays. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import * as alone from "../one_thread.ts";
import { alongside } from "./alongside.ts";

/** The rows. */
export const numberRows = ({ cpython }: Contenders): Row[] => [
  alongside(cpython, "value: update()", alone.update, "value_locked", 15),
  alongside(cpython, "value: add()", alone.add, "value_locked"),
  alongside(cpython, "value: own lock, value += 1", alone.valueLocked, "value_locked", 15),
  alongside(cpython, "array: locked set", alone.arraySet, "array_set", 10),
  alongside(cpython, "array: locked get", alone.arrayGet, "array_get"),
  alongside(cpython, "array: set, lock: false", alone.rawArraySet, "raw_array_set"),
  {
    name: "array: set through view",
    kind: "time",
    contenders: {
      "ferry": alone.viewSet,
      "Int32Array": alone.plainSet,
      "CPython": cpython.measure("raw_array_set"),
    },
    most: 50_000_000,
    targets: { "Int32Array": 1.1 },
  },
];
