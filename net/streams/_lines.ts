/**
 * Lines of text out of batches of bytes.
 */

/** Where the lines come from. */
export interface TextLines {
  /** All complete lines that have arrived, with their ends; `undefined` if there is none. */
  batch(): Uint8Array | undefined;
  /** Waits for the next line, without its end. */
  next(): Promise<Uint8Array | null>;
}

/** Decodes many lines at once where many have arrived: far cheaper than one at a time. */
export function textLines(
  source: TextLines,
  options: { encoding?: string | undefined; fatal?: boolean | undefined },
): AsyncIterableIterator<string> {
  const decoder = new TextDecoder(options.encoding ?? "utf-8", {
    fatal: options.fatal ?? false,
    ignoreBOM: true,
  });
  let batch: string[] = [];
  let at = 0;

  const wait = async (): Promise<IteratorResult<string>> => {
    const line = await source.next();
    if (line === null) return { done: true, value: undefined };
    return { done: false, value: decoder.decode(line) };
  };
  const refill = (): boolean => {
    const bytes = source.batch();
    if (bytes === undefined) return false;
    batch = decoder.decode(bytes).split("\n");
    batch.pop(); // what is behind the last end of a line: nothing
    at = 0;
    return true;
  };
  return {
    next() {
      try {
        if (at === batch.length && !refill()) return wait();
      } catch (error) {
        return Promise.reject(error);
      }
      const line = batch[at++]!;
      return Promise.resolve({
        done: false,
        value: line.endsWith("\r") ? line.slice(0, -1) : line,
      });
    },
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
