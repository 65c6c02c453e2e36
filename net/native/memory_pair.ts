/**
 * Two connections that are connected with each other, in memory: no network, no permission.
 *
 * @module
 */
import { BrokenPipeError, ClosedError } from "../errors.ts";
import type { RawConn } from "./raw_conn.ts";

const CAPACITY = 64 * 1024;

/** One direction: chunks that wait for their reader, at most 64 KiB. */
class Channel {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #dead = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#dead) throw new ClosedError({ op: "read" });
      const chunk = this.#chunks[0];
      if (chunk !== undefined) {
        const part = chunk.subarray(0, into.length);
        into.set(part);
        if (part.length === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(part.length);
        this.#size -= part.length;
        this.#wakeWriter?.();
        return part.length;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
  }

  async write(from: Uint8Array): Promise<number> {
    while (this.#size >= CAPACITY && !this.#ended && !this.#dead) {
      await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    }
    if (this.#ended || this.#dead) throw new BrokenPipeError({ op: "write" });
    const part = from.slice(0, CAPACITY - this.#size);
    this.#chunks.push(part);
    this.#size += part.length;
    this.#wakeReader?.();
    return part.length;
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reading end is gone. */
  kill(): void {
    this.#dead = true;
    this.#chunks = [];
    this.#wake();
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}

function end(incoming: Channel, outgoing: Channel): RawConn {
  return {
    localAddr: { path: null },
    remoteAddr: { path: null },
    read: (into) => incoming.read(into),
    write: (from) => outgoing.write(from),
    closeWrite: () => Promise.resolve(outgoing.end()),
    close() {
      incoming.kill();
      outgoing.end();
    },
  };
}

/**
 * Makes two connections that are connected with each other. As on a network, at most 64 KiB wait in each direction.
 *
 * @returns Both ends.
 */
export function memoryPair(): [RawConn, RawConn] {
  const [there, back] = [new Channel(), new Channel()];
  return [end(back, there), end(there, back)];
}
