import type { AsyncReader, SyncReader } from "../byte_ports.ts";

/** A file or connection to read from. With `seek` that works, it is read in blocks and moved back to the value's end. */
export type MarshalReader = AsyncReader;

/** A file to read from, blocking. */
export type MarshalReaderSync = SyncReader;

/** Where marshalled values are read from. Of a stream nothing is lost: the next `load` of it goes on behind the value. */
export type MarshalSource = Uint8Array | ReadableStream<Uint8Array> | MarshalReader;

/** Where marshalled values are read from, blocking. */
export type MarshalSourceSync = Uint8Array | MarshalReaderSync;

/** A file or connection to write to. */
export interface MarshalWriter {
  /**
   * Writes some bytes.
   *
   * @param bytes The bytes.
   * @returns How many were written.
   */
  write(bytes: Uint8Array): Promise<number>;
}

/** A file to write to, blocking. */
export interface MarshalWriterSync {
  /**
   * Writes some bytes.
   *
   * @param bytes The bytes.
   * @returns How many were written.
   */
  writeSync(bytes: Uint8Array): number;
}

/** Where marshalled values are written. A stream stays open. */
export type MarshalSink = WritableStream<Uint8Array> | MarshalWriter;
