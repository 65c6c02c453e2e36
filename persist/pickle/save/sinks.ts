/** Something that takes bytes and answers how many it took: `Deno.FsFile`, `Deno.stdout`. */
export interface PickleWriter {
  /** Writes some bytes. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Something that takes bytes at once and answers how many it took: `Deno.FsFile`, `Deno.stdout`. */
export interface PickleWriterSync {
  /** Writes some bytes. */
  writeSync(bytes: Uint8Array): number;
}

/** Options of a write that waits. */
export interface DumpWaitOptions {
  /**
   * Ends the wait: the write rejects with the signal's reason. A stream has the whole pickle in its queue by then, and
   * writes it when it can; a file may hold part of it.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
  /**
   * Ends the wait in the same way after so many milliseconds, with `Deno.errors.TimedOut`.
   *
   * @default {Infinity}
   */
  timeout?: number;
}

/** Where pickles are written to. */
export type PickleSink = WritableStream<Uint8Array> | PickleWriter;
