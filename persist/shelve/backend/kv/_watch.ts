/** Deno KV's own `watch` as a stream of ticks. It takes ten keys at a time. */
const KEYS_PER_WATCH = 10;

/** Yields when one of the keys may have changed, until the signal aborts. */
export async function* changesOf(
  kv: Deno.Kv,
  keys: readonly Deno.KvKey[],
  signal: AbortSignal,
): AsyncGenerator<void> {
  const readers: ReadableStreamDefaultReader<unknown>[] = [];
  for (let at = 0; at < keys.length; at += KEYS_PER_WATCH) {
    readers.push(kv.watch(keys.slice(at, at + KEYS_PER_WATCH)).getReader());
  }
  let tick = Promise.withResolvers<void>();
  let failure: { error: unknown } | undefined;
  const stop = () => tick.resolve();
  const follow = async (reader: ReadableStreamDefaultReader<unknown>) => {
    try {
      while (!(await reader.read()).done) tick.resolve();
    } catch (error) {
      failure = { error };
    }
    tick.resolve();
  };
  signal.addEventListener("abort", stop);
  const followers = readers.map(follow);
  try {
    while (!signal.aborted) {
      await tick.promise;
      tick = Promise.withResolvers();
      if (signal.aborted) break;
      if (failure !== undefined) throw failure.error;
      yield;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await Promise.all(readers.map((reader) => reader.cancel().catch(() => {})));
    await Promise.all(followers);
  }
}
