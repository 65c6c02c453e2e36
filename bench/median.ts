/** The middle of several numbers. */

/** The middle one; of an even number of them the upper of the two, of none NaN. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}
