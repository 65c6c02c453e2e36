// Dumps functions while variables around them have no value yet.
import { dumps } from "@ferry/std/persist/dill";

/** What came of dumping each. */
export const outcomes: unknown[] = [];

async function outcomeOf(fn: () => unknown): Promise<unknown> {
  return await dumps(fn).then((bytes) => bytes.length > 0, (error) => error);
}

async function dumpLocal(): Promise<unknown> {
  const fn = () => later;
  const outcome = await outcomeOf(fn);
  const later = 5;
  fn();
  return outcome;
}

outcomes.push(await dumpLocal());
outcomes.push(await outcomeOf(() => exportedLater));
outcomes.push(await outcomeOf(() => outcomes.length));

/** Has no value while the functions above are dumped. */
export const exportedLater = 1;
