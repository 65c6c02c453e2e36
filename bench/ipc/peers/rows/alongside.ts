/** A job in one thread, here and in CPython. */
import type { CPython } from "../cpython.ts";
import type { Measure, Row } from "../measure.ts";

/** The row of a job: ours, and the name of CPython's in cpython.py. */
export const alongside = (
  cpython: CPython,
  name: string,
  ours: Measure,
  theirs: string,
  target?: number,
): Row => ({
  name,
  kind: "rate",
  contenders: { "ferry": ours, "CPython": cpython.measure(theirs) },
  ...(target === undefined ? {} : { targets: { "CPython": target } }),
});
