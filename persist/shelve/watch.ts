/** Watching keys of any store: its ticks say when to look, and the entries' tokens what has changed. */
import type { Backend, Stored } from "./backend/backend.ts";
import { checkKey, sameBytes } from "./keys.ts";

/** The longest time that a timer can wait. */
const LONGEST_DELAY = 0x7fffffff;

/** Yields each key with its entry, then again whenever it has changed, until the signal aborts. */
export async function* watchEntries(
  backend: Backend,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<[string, Stored | undefined]> {
  for (const key of keys) checkKey(key);
  const stop = new AbortController();
  const ticks = backend.changes(keys, AbortSignal.any([signal, stop.signal]))
    [Symbol.asyncIterator]();
  // The ticks begin before the first look, so that nothing is missed in between.
  let tick = nextTick(ticks);
  const tokens = new Map<string, unknown>();
  try {
    while (true) {
      let wake = Infinity;
      for (const key of keys) {
        signal.throwIfAborted();
        const stored = await backend.get(key);
        wake = Math.min(wake, stored?.expires ?? Infinity);
        if (tokens.has(key) && isSame(tokens.get(key), stored?.token)) continue;
        tokens.set(key, stored?.token);
        yield [key, stored];
      }
      if (await next(tick, wake)) tick = nextTick(ticks);
      signal.throwIfAborted();
    }
  } catch (error) {
    // What breaks off because the watching ends is no failure of its own.
    signal.throwIfAborted();
    throw error;
  } finally {
    stop.abort();
    await tick.catch(() => {});
    await ticks.return?.();
  }
}

/** The next tick. If it fails while nobody waits for it, whoever waits next learns of that. */
function nextTick(ticks: AsyncIterator<void>): Promise<IteratorResult<void>> {
  const tick = ticks.next();
  tick.catch(() => {});
  return tick;
}

/** Waits for a tick or until an entry expires; whether it was a tick. */
async function next(tick: Promise<IteratorResult<void>>, wake: number): Promise<boolean> {
  if (wake === Infinity) {
    await tick;
    return true;
  }
  const { promise, resolve } = Promise.withResolvers<false>();
  const delay = Math.min(LONGEST_DELAY, Math.max(1, wake - Date.now() + 1));
  const timer = setTimeout(() => resolve(false), delay);
  try {
    return await Promise.race([tick.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? sameBytes(a, b) : a === b;
}
