/** Rounds that alternate between contenders, and the table of what they took. */

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** One contender: does the thing once, and gives the milliseconds it took. */
export type Contender = () => Promise<number>;

/** Rounds that do not count: caches are filled. */
const UNCOUNTED = 3;

/** Measures contenders in alternation; the first one is the base of the ratios. */
export async function table(
  title: string,
  contenders: Record<string, Contender>,
  rounds: number,
): Promise<void> {
  const names = Object.keys(contenders);
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (let round = -UNCOUNTED; round < rounds; round++) {
    // The order turns, so that nobody always runs first.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + UNCOUNTED) % names.length]!;
      const took = await contenders[name]!();
      if (round >= 0) found[name]!.push(took);
    }
  }
  const ratio = (name: string, to: string) =>
    median(found[name]!.map((took, round) => took / found[to]![round]!)).toFixed(2);
  console.log(`\n${title}, ${rounds} rounds`);
  for (const name of names) {
    const middle = median(found[name]!).toFixed(1).padStart(7);
    const least = Math.min(...found[name]!).toFixed(1).padStart(7);
    const here = name.replace(/there$/, "here");
    const beside = here === name ? "" : `  ${ratio(here, name)} = here / there`;
    console.log(
      `${name.padEnd(32)} ${middle} ms, least ${least}  ${ratio(name, names[0]!)} x${beside}`,
    );
  }
}
