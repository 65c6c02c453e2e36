import { assertEquals, AssertionError } from "@std/assert";
import type { Duplex } from "@ferry/std/net/connection";

/** A stream of bytes that a test plays the peer of. */
export class Script implements Duplex {
  /** All that was written, in pieces. */
  readonly written: Uint8Array[] = [];
  /** Most bytes that one write takes. */
  most: number = Infinity;
  /** How many reads were begun. */
  reads = 0;
  /** The largest room that a read was given. */
  largestRoom = 0;
  closed = false;
  readonly #chunks: (Uint8Array | Error | null)[] = [];
  #waiting: { room: Uint8Array; resolve(count: number | null): void; reject(e: Error): void }[] =
    [];
  /** A stream that somebody reads from keeps the program alive, as a socket does. */
  #alive: ReturnType<typeof setInterval> | undefined;
  #stuck: PromiseWithResolvers<void> | undefined;

  /** The peer sends bytes. */
  feed(...bytes: (Uint8Array | number[])[]): void {
    for (const each of bytes) this.#chunks.push(Uint8Array.from(each));
    this.#serve();
  }

  /** The peer closes, or the connection breaks. */
  end(error: Error | null = null): void {
    this.#chunks.push(error);
    this.#serve();
  }

  /** Writes are not taken any more, until the function that is returned is called. */
  jam(): () => void {
    const stuck = this.#stuck = Promise.withResolvers<void>();
    return () => {
      this.#stuck = undefined;
      stuck.resolve();
    };
  }

  /** All that was written. */
  get output(): Uint8Array {
    return join(...this.written);
  }

  read(room: Uint8Array): Promise<number | null> {
    this.reads++;
    this.largestRoom = Math.max(this.largestRoom, room.length);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ room, resolve, reject });
      this.#serve();
    });
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#stuck?.promise;
    if (this.closed) throw new Deno.errors.BadResource("closed");
    const taken = bytes.slice(0, this.most);
    this.written.push(taken);
    return taken.length;
  }

  close(): void {
    this.closed = true;
    clearInterval(this.#alive);
    this.#alive = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(new Deno.errors.BadResource("closed"));
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#chunks.length > 0) {
      const { room, resolve, reject } = this.#waiting.shift()!;
      const chunk = this.#chunks[0]!;
      if (chunk === null) resolve(null); // Stays: the end is the end.
      else if (chunk instanceof Error) reject(chunk);
      else {
        const count = Math.min(chunk.length, room.length);
        room.set(chunk.subarray(0, count));
        if (count === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(count);
        resolve(count);
      }
    }
    if (this.#waiting.length > 0) this.#alive ??= setInterval(() => {}, 1_000_000);
    else {
      clearInterval(this.#alive);
      this.#alive = undefined;
    }
  }
}

/** Bytes behind one another. */
export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A message as CPython frames it. */
export function frame(body: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const header = new Uint8Array(4);
  new DataView(header.buffer).setInt32(0, bytes.length);
  return join(header, bytes);
}

/** A header of the long form. */
export function longHeader(length: bigint): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(12);
  new DataView(header.buffer).setInt32(0, -1);
  new DataView(header.buffer).setBigUint64(4, length);
  return header;
}

/** Compares bytes; assertEquals() looks at a megabyte of them for a second. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i]) throw new AssertionError(`The bytes differ from ${i} on`);
  }
}

/** Bytes that differ from place to place. */
export function pattern(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + (i >> 8) * 7 + seed;
  return bytes;
}

/** Lets everything that is ready run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
