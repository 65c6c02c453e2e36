// Sources of bytes for tests: cut as wished, held back as wished.
import type { ByteSource } from "@ferry/std/net";

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const text = (data: Uint8Array | null | undefined): string | null | undefined =>
  data && new TextDecoder().decode(data);

/** Gives one chunk at a time, then the end or an error. */
export function chunks(list: Iterable<Uint8Array>, error?: Error): ByteSource {
  const left = [...list];
  return {
    read(into) {
      const next = left[0];
      if (next === undefined) return error ? Promise.reject(error) : Promise.resolve(null);
      const part = next.subarray(0, into.length);
      into.set(part);
      if (part.length === next.length) left.shift();
      else left[0] = next.subarray(part.length);
      return Promise.resolve(part.length);
    },
  };
}

/** The same bytes, cut after every `size` bytes. */
export function* cut(data: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

/** Holds bytes back until they are pushed. */
export class Faucet implements ByteSource {
  #waiting: ((count: number | null) => void) | undefined;
  #into: Uint8Array | undefined;
  #queue: (Uint8Array | null)[] = [];
  reads = 0;

  read(into: Uint8Array): Promise<number | null> {
    this.reads++;
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#into = into;
      this.#pass();
    });
  }

  push(data: string | Uint8Array | null): void {
    this.#queue.push(typeof data === "string" ? bytes(data) : data);
    this.#pass();
  }

  #pass(): void {
    const resolve = this.#waiting;
    if (!resolve || this.#queue.length === 0) return;
    this.#waiting = undefined;
    const next = this.#queue[0]!;
    if (next === null) return resolve(null);
    const part = next.subarray(0, this.#into!.length);
    this.#into!.set(part);
    if (part.length === next.length) this.#queue.shift();
    else this.#queue[0] = next.subarray(part.length);
    resolve(part.length);
  }
}
