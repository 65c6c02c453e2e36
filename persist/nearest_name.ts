/** Which name was meant. */

/** Letters that have to be changed, added or taken away to make one text of another, by Wagner and Fischer. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * The name that a misspelt one is nearest to.
 *
 * @param name The misspelt name; of a long one nothing is near.
 * @param names Those that there are.
 * @returns The nearest, or undefined if none differs by less than a third of its letters or by one or two.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > 50) return undefined;
  const [best] = names.map((other) => ({
    other,
    far: distance(name.toLowerCase(), other.toLowerCase()),
  })).filter(({ other, far }) => far <= Math.max(2, other.length / 3) && far < other.length)
    .sort((a, b) => a.far - b.far);
  return best?.other;
}
