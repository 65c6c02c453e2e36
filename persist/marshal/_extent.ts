import type { Extent } from "../byte_ports.ts";
import * as code from "./_codes.ts";

/** A dict ends where it says so; its values to come are counted as none. */
const OPEN = -1;

/**
 * Follows the nesting of a value just enough to know where it ends.
 *
 * Bytes that no value begins with end it at once: the decoder then says what is wrong with them.
 */
export class ValueExtent implements Extent {
  /** Bytes looked at. */
  end = 0;
  /** Values to come, per open container; {@linkcode OPEN} for a dict. */
  readonly #left: number[] = [1];
  /** Values and ends of dicts to come in all, each of which takes a byte at least. */
  #pending = 1;
  /** Payload bytes to pass over. */
  #skip = 0;

  need(bytes: Uint8Array, end: number): number {
    const left = this.#left;
    while (true) {
      const passed = Math.min(this.#skip, end - this.end);
      this.end += passed;
      this.#skip -= passed;
      if (this.#skip === 0 && left.length === 0) return 0;
      if (this.end === end) return this.#skip + this.#pending;
      const size = headSize(bytes[this.end]!);
      if (size === 0) return this.#stop(end);
      const missing = this.end + size - end;
      // The rest of this head, and what stands behind it.
      if (missing > 0) return missing + this.#pending - 1;
      this.#enter(bytes, this.end);
      this.end += size;
    }
  }

  #stop(end: number): number {
    this.end = end;
    this.#left.length = 0;
    this.#pending = 0;
    return 0;
  }

  /** Takes note of the object whose head stands at `at`. */
  #enter(bytes: Uint8Array, at: number): void {
    const left = this.#left;
    const type = bytes[at]! & ~code.REF_FLAG;
    let count = 0;
    switch (type) {
      case code.INT:
      case code.REF:
        this.#skip = 4;
        break;
      case code.INT64:
      case code.FLOAT:
        this.#skip = 8;
        break;
      case code.COMPLEX:
        this.#skip = 16;
        break;
      case code.TEXT_FLOAT:
      case code.SHORT_ASCII:
      case code.SHORT_ASCII_INTERNED:
        this.#skip = bytes[at + 1]!;
        break;
      case code.TEXT_COMPLEX:
        // The second text is like one more float without a type byte, which is why its length is looked up here.
        this.#skip = bytes[at + 1]!;
        break;
      case code.BYTES:
      case code.UNICODE:
      case code.INTERNED:
      case code.ASCII:
      case code.ASCII_INTERNED:
        this.#skip = Math.max(0, int32(bytes, at + 1));
        break;
      case code.LONG:
        this.#skip = 2 * Math.abs(int32(bytes, at + 1));
        break;
      case code.SMALL_TUPLE:
        count = bytes[at + 1]!;
        break;
      case code.TUPLE:
      case code.LIST:
      case code.SET:
      case code.FROZEN_SET:
        count = Math.max(0, int32(bytes, at + 1));
        break;
      case code.SLICE:
        count = 3;
        break;
      case code.DICT:
        count = OPEN;
        break;
    }
    this.#pending--;
    if (type === code.NULL && left.at(-1) === OPEN) {
      left.pop();
    } else if (left.at(-1) !== OPEN) {
      left[left.length - 1]!--;
    }
    if (count !== 0) {
      left.push(count);
      this.#pending += count === OPEN ? 1 : count;
    } else if (left.at(-1) === OPEN && type !== code.NULL) {
      // Within a dict the next key, value or end.
      this.#pending++;
    }
    while (left.at(-1) === 0) left.pop();
  }
}
