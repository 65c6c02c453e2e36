import { shown } from "../wait/shown.ts";

/** A run of indexes: `count` of them, from `first`, `step` apart. */
export interface Run {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** An index into something `length` long; negative ones count from the end. */
export function indexOf(index: number, length: number): number {
  const at = index < 0 ? index + length : index;
  if (at >= 0 && at < length && Math.trunc(at) === at) return at;
  if (!Number.isInteger(index)) {
    throw new TypeError(
      `Cannot use ${
        typeof index === "number" ? index : `a ${typeof index}`
      } as an index: a whole number is needed`,
    );
  }
  throw new RangeError(`Index ${index} is out of range: the array has ${length} elements`);
}

function bound(given: number | undefined, absent: number, low: number, high: number, n: number) {
  if (given === undefined) return absent;
  if (typeof given !== "number" || Number.isNaN(given)) {
    throw new TypeError(`Cannot slice: bounds must be numbers, received ${shown(given)}`);
  }
  const at = Math.trunc(given);
  return Math.min(Math.max(at < 0 ? at + n : at, low), high);
}

/** The indexes of Python's `start:end:step` in something `length` long. Bounds are clamped, never out of range. */
export function runOf(
  length: number,
  start: number | undefined,
  end: number | undefined,
  step: number | undefined,
): Run {
  const by = step ?? 1;
  if (!Number.isInteger(by)) {
    throw new TypeError(`Cannot slice: step must be a whole number, received ${shown(step)}`);
  }
  if (by === 0) throw new RangeError("Cannot slice: step must not be 0");
  const forward = by > 0;
  const low = forward ? 0 : -1;
  const high = forward ? length : length - 1;
  const first = bound(start, forward ? low : high, low, high, length);
  const last = bound(end, forward ? high : low, low, high, length);
  return { first, step: by, count: Math.max(0, Math.ceil((last - first) / by)) };
}
