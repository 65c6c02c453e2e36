// What each party does in the barrier tests, in processes and in the test itself: CPython's functions of these names.
import {
  type Barrier,
  BrokenBarrierError,
  type Lock,
  type Queue,
  type SharedArray,
} from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };

/** What is counted: who went on, who found the barrier broken, who passed it again. */
export const PASSED = 0;
export const BROKEN = 1;
export const AGAIN = 2;
const COMING = 3;

/** Who has this place in a round is the one that makes trouble. */
const TROUBLE = 2;

/** Passes a barrier, blocking or awaiting. */
async function pass(
  barrier: Barrier,
  blocks: boolean,
  options: { timeout?: number } = LONG,
): Promise<number> {
  return blocks ? barrier.waitSync(options) : await barrier.wait(options);
}

async function passOrCount(
  barrier: Barrier,
  blocks: boolean,
  counts: SharedArray,
  options?: { timeout?: number },
): Promise<void> {
  try {
    await pass(barrier, blocks, options);
    counts.add(PASSED, 1);
  } catch (error) {
    if (!(error instanceof BrokenBarrierError)) throw error;
    counts.add(BROKEN, 1);
  }
}

/** Waits without a wait, as nothing wakes who waits for this. */
function until(condition: () => boolean): void {
  const deadline = performance.now() + LONG.timeout;
  while (!condition()) {
    if (performance.now() > deadline) throw new RangeError(`not in time: ${condition}`);
  }
}

export async function waitReturn(
  blocks: boolean,
  barrier: Barrier,
  rounds: number,
  places: Queue<[round: number, place: number]>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    places.putSync([round, await pass(barrier, blocks)]);
  }
}

export async function action(
  blocks: boolean,
  barrier: Barrier,
  rounds: number,
  count: SharedArray,
): Promise<void> {
  barrier.action = () => count.add(0, 1);
  for (let round = 1; round <= rounds; round++) {
    await pass(barrier, blocks);
    // The next round's cannot have run: this party has not come to it.
    if (count.get(0) !== round) throw new RangeError(`${count.get(0)} actions in ${round} rounds`);
  }
}

export async function abort(blocks: boolean, barrier: Barrier, counts: SharedArray): Promise<void> {
  if (await pass(barrier, blocks) === TROUBLE) barrier.abort();
  else await passOrCount(barrier, blocks, counts);
}

export async function reset(blocks: boolean, barrier: Barrier, counts: SharedArray): Promise<void> {
  if (await pass(barrier, blocks) === TROUBLE) {
    // All have left the first round, and are back.
    until(() => counts.get(COMING) === barrier.parties - 1);
    until(() => barrier.waiting === barrier.parties - 1);
    barrier.reset();
  } else {
    counts.add(COMING, 1);
    await passOrCount(barrier, blocks, counts);
  }
  await pass(barrier, blocks);
  counts.add(AGAIN, 1);
}

export async function abortAndReset(
  blocks: boolean,
  barrier: Barrier,
  counts: SharedArray,
  other: Barrier,
): Promise<void> {
  await abort(blocks, barrier, counts);
  // All have left it before it is reset, and nobody comes to it before that.
  if (await pass(other, blocks) === TROUBLE) barrier.reset();
  await pass(other, blocks);
  await pass(barrier, blocks);
  counts.add(AGAIN, 1);
}

/** One party is late: it comes when the barrier is broken. */
export async function late(
  blocks: boolean,
  barrier: Barrier,
  counts: SharedArray,
  options: { timeout?: number },
): Promise<void> {
  if (await pass(barrier, blocks) === TROUBLE) until(() => barrier.broken);
  await passOrCount(barrier, blocks, counts, options);
}

/** Writes the number of each round down, in plain memory that the lock alone keeps whole: word 0 says how much there is. */
export async function thousand(
  blocks: boolean,
  barrier: Barrier,
  passes: number,
  log: SharedArray,
  lock: Lock,
): Promise<void> {
  const { view } = log;
  for (let i = 0; i < passes; i++) {
    await pass(barrier, blocks);
    using _held = lock.acquireSync(LONG);
    view[++view[0]!] = i;
  }
}
