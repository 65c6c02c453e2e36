/**
 * Protocols: objects that are called with what arrives, as asyncio's.
 *
 * @module
 */
import type { Transport } from "./transport.ts";

/** What is called for a connection. Every method may be left out. */
export interface Protocol {
  /** The connection is there. */
  connectionMade?(transport: Transport): void;
  /** Bytes arrived. They are valid during the call only. */
  dataReceived?(data: Uint8Array): void;
  /** The peer has finished. Return `true` to go on writing; else the transport closes. */
  eofReceived?(): boolean | void;
  /** The connection is gone; `error` says why, unless it was closed as intended. */
  connectionLost?(error: Error | undefined): void;
  /** More is waiting to be sent than the high water allows. */
  pauseWriting?(): void;
  /** What is waiting to be sent has come down to the low water. */
  resumeWriting?(): void;
}

/** A protocol that brings its own memory. */
export interface BufferedProtocol extends Omit<Protocol, "dataReceived"> {
  /** Where the next bytes go: at least one byte of room. */
  getBuffer(): Uint8Array;
  /** So many bytes are in the buffer. */
  bufferUpdated(count: number): void;
}
