/** Watching a store that does not say when it changes: its version is asked for again and again. */

/** Milliseconds between two looks. One costs a few microseconds. */
const INTERVAL = 25;

/** Yields whenever `version` gives another number, until the signal aborts. */
export async function* poll(version: () => number, signal: AbortSignal): AsyncGenerator<void> {
  let last = version();
  // What changed between the caller's first read and the first version is not missed this way.
  yield;
  while (!signal.aborted) {
    await pause(signal);
    if (signal.aborted) return;
    const now = version();
    if (now !== last) {
      last = now;
      yield;
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(done, INTERVAL);
  signal.addEventListener("abort", done);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
  });
}
