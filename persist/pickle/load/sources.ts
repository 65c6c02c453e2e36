/** Something bytes can be read from: `Deno.FsFile`, `Deno.stdin`, a connection. */
export interface PickleReader {
  /**
   * Reads some bytes.
   *
   * @param into Where to.
   * @returns How many, `null` at the end.
   */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Moves in a file; with it, the file is read in blocks, and what lies behind a pickle is given back.
   *
   * @param offset How far.
   * @param whence From where.
   * @returns The new position.
   */
  seek?(offset: number, whence: Deno.SeekMode): Promise<number>;
}

/** Something bytes can be read from at once: `Deno.FsFile`, `Deno.stdin`. */
export interface PickleReaderSync {
  /**
   * Reads some bytes.
   *
   * @param into Where to.
   * @returns How many, `null` at the end.
   */
  readSync(into: Uint8Array): number | null;
  /**
   * Moves in a file; with it, the file is read in blocks, and what lies behind a pickle is given back.
   *
   * @param offset How far.
   * @param whence From where.
   * @returns The new position.
   */
  seekSync?(offset: number, whence: Deno.SeekMode): number;
}

/** Where pickles are read from. Of a stream, nothing behind the pickle is lost: the next `load` of it goes on there. */
export type PickleSource = Uint8Array | ReadableStream<Uint8Array> | PickleReader;

/** Where pickles are read from, blocking. */
export type PickleSourceSync = Uint8Array | PickleReaderSync;
