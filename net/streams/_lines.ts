/**
 * Lines of text out of batches of bytes.
 */
import type { Intake } from "./_intake.ts";

const LF = 10;

/** Where the lines come from. */
interface TextLines {
  /** All complete lines that have arrived, with their ends, not read yet; `undefined` if there is none. */
  batch(): Uint8Array | undefined;
  /** Reads the next bytes of the batch; `false` if somebody else has read some since. */
  advance(count: number): boolean;
}

/** The lines of at most `limit` bytes that have arrived. */
function batches(intake: Intake, limit: number): TextLines {
  // Where the rest of the batch lies, while that is its place.
  let slab = intake.slab;
  let epoch = -1;
  let at = -1;
  return {
    batch() {
      slab = intake.slab;
      // Within the limit no line can be too long; what lies behind it is for the next batch.
      const until = Math.min(slab.end, slab.start + limit) - 1;
      if (intake.busy || until < slab.start) return undefined;
      const last = slab.bytes.lastIndexOf(LF, until);
      if (last < slab.start) return undefined;
      ({ epoch, start: at } = slab);
      return slab.look(last + 1 - at);
    },
    advance(count) {
      if (intake.busy || slab.epoch !== epoch || slab.start !== at) return false;
      slab.skip(count);
      at += count;
      return true;
    },
  };
}

/** Decodes many lines at once where many have arrived: far cheaper than one at a time. */
export function textLines(
  intake: Intake,
  limit: number,
  readLine: () => Promise<Uint8Array | null>,
  options: { encoding?: string | undefined; fatal?: boolean | undefined },
): AsyncIterableIterator<string> {
  const decoder = new TextDecoder(options.encoding ?? "utf-8", {
    fatal: options.fatal ?? false,
    ignoreBOM: true,
  });
  if (decoder.encoding.startsWith("utf-16")) {
    throw new RangeError(
      `Cannot read lines: an encoding that contains ASCII is needed, received ${decoder.encoding}`,
    );
  }
  const source = batches(intake, limit);
  // There the byte of a line's end can be a part of a broken character: what is decoded together has fewer lines.
  const single = decoder.encoding === "iso-2022-jp";
  let batch: string[] = [];
  let next = 0;
  /** The bytes of the batch where some characters have several; the line begins at `from`. */
  let bytes: Uint8Array | undefined;
  let from = 0;

  const wait = async (): Promise<IteratorResult<string>> => {
    const line = await readLine();
    if (line === null) return { done: true, value: undefined };
    return { done: false, value: decoder.decode(line) };
  };
  const refill = (): boolean => {
    batch = [];
    next = 0;
    const found = single ? undefined : source.batch();
    if (found === undefined) return false;
    let text: string;
    try {
      text = decoder.decode(found);
    } catch {
      return false; // One of them is no text: each by itself, so that the error comes with that one.
    }
    batch = text.split("\n");
    batch.pop(); // what is behind the last end of a line: nothing
    bytes = text.length === found.length ? undefined : found;
    from = 0;
    return true;
  };
  /** Reads the line that is next. */
  const advance = (): boolean => {
    if (bytes === undefined) return source.advance(batch[next]!.length + 1);
    const end = bytes.indexOf(LF, from) + 1;
    const read = source.advance(end - from);
    from = end;
    return read;
  };
  return {
    next() {
      const read = next < batch.length && advance() || refill() && advance();
      if (!read) return wait();
      const line = batch[next++]!;
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
