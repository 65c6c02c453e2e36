import {
  BINGET,
  BINPUT,
  FRAME,
  GET,
  LONG_BINGET,
  LONG_BINPUT,
  MEMOIZE,
  PROTO,
  PUT,
} from "../opcodes.ts";
import { UnpicklingError } from "../errors.ts";
import { instructions } from "./_instructions.ts";

/** Like the pickler: a frame ends at the first instruction boundary past this many bytes, */
const FRAME_TARGET = 64 * 1024;
/** and fewer bytes than this are not worth a frame's header. */
const FRAME_MINIMUM = 4;

/** Bytes `[start, end)` of the input, or what happens to the memo there. */
type Step =
  | { readonly kind: "copy"; readonly start: number; readonly end: number }
  | { readonly kind: "put" | "get"; readonly id: bigint; readonly position: number };

/**
 * Removes the memo entries that nothing refers to and renumbers the others, as `pickletools.optimize` does, byte for
 * byte.
 *
 * The result loads to the same value and is smaller and faster to load. Frames are laid out anew. The protocol stays,
 * unless the pickle uses a later one's memo instructions without saying so. Bytes after STOP are dropped.
 *
 * @param pickle The pickle.
 * @returns The smaller pickle.
 * @throws {UnpicklingError} If the pickle is malformed, or reads a memo entry that was not stored before.
 * @throws {TypeError} If it is no `Uint8Array`.
 *
 * @example A memo entry nobody reads
 * ```ts
 * import { optimize } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const pickle = new TextEncoder().encode("(lp0\nI7\na.");
 * assertEquals(new TextDecoder().decode(optimize(pickle)), "(lI7\na.");
 * ```
 */
export function optimize(pickle: Uint8Array): Uint8Array<ArrayBuffer> {
  const steps: Step[] = [];
  const stored = new Set<bigint>();
  const wanted = new Map<bigint, number | undefined>();
  let protocol = 0;
  let header = 0;
  for (const { opcode, argument, position, end } of instructions(pickle, 0, 0)) {
    switch (opcode.code) {
      case PUT:
      case BINPUT:
      case LONG_BINPUT:
      case MEMOIZE: {
        const id = opcode.code === MEMOIZE
          ? BigInt(stored.size)
          : BigInt(argument as boolean | number | bigint);
        stored.add(id);
        steps.push({ kind: "put", id, position });
        break;
      }
      case GET:
      case BINGET:
      case LONG_BINGET: {
        const id = BigInt(argument as boolean | number | bigint);
        protocol = Math.max(protocol, opcode.protocol);
        wanted.set(id, undefined);
        steps.push({ kind: "get", id, position });
        break;
      }
      case FRAME:
        break;
      case PROTO:
        protocol = Math.max(protocol, argument as number);
        if (position === 0) header = end;
        else steps.push({ kind: "copy", start: position, end });
        break;
      default:
        steps.push({ kind: "copy", start: position, end });
    }
  }
  if (protocol > 5) {
    throw new UnpicklingError(
      `Cannot optimize a pickle: needed a protocol of at most 5, received ${protocol}`,
      { position: 0, opcode: PROTO },
    );
  }
  const out = new FrameWriter(pickle, protocol >= 4);
  out.copy(0, header);
  out.startFraming();
  let next = 0;
  for (const step of steps) {
    if (step.kind === "copy") {
      out.copy(step.start, step.end);
    } else if (step.kind === "put") {
      if (!wanted.has(step.id)) continue;
      out.write(storeInstruction(next, protocol));
      wanted.set(step.id, next++);
    } else {
      const index = wanted.get(step.id);
      if (index === undefined) {
        throw new UnpicklingError(
          `Cannot optimize a pickle: needed memo entry ${step.id} to be stored before it is read, received no such entry`,
          { position: step.position, opcode: pickle[step.position]! },
        );
      }
      out.write(fetchInstruction(index, protocol));
    }
  }
  return out.finish();
}

function storeInstruction(index: number, protocol: number): number[] {
  if (protocol >= 4) return [MEMOIZE];
  return indexed(index, protocol, PUT, BINPUT, LONG_BINPUT);
}

function fetchInstruction(index: number, protocol: number): number[] {
  return indexed(index, protocol, GET, BINGET, LONG_BINGET);
}

function indexed(
  index: number,
  protocol: number,
  text: number,
  short: number,
  long: number,
): number[] {
  if (protocol === 0) {
    return [text, ...String(index).split("").map((digit) => digit.charCodeAt(0)), 0x0a];
  }
  if (index < 256) return [short, index];
  return [long, index & 0xff, (index >> 8) & 0xff, (index >> 16) & 0xff, index >>> 24];
}

/** Collects instructions and puts them into frames. A frame's header is written into the room kept before it. */
class FrameWriter {
  readonly #source: Uint8Array;
  readonly #framed: boolean;
  #out: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** Where the open frame's instructions begin in `#out`, -1 outside of frames. */
  #frame = -1;

  constructor(source: Uint8Array, framed: boolean) {
    this.#source = source;
    this.#framed = framed;
    this.#out = new Uint8Array(source.length + 64);
  }

  startFraming(): void {
    if (this.#framed) this.#frame = this.#length;
  }

  copy(start: number, end: number): void {
    const bytes = this.#source.subarray(start, end);
    // A large argument stands between two frames, so that a reader can take it in one piece.
    if (this.#frame >= 0 && bytes.length > FRAME_TARGET) {
      this.#commit();
      this.#append(bytes);
      this.#frame = this.#length;
    } else {
      this.write(bytes);
    }
  }

  write(bytes: ArrayLike<number>): void {
    if (this.#frame >= 0 && this.#length - this.#frame >= FRAME_TARGET) this.#commit();
    this.#append(bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    if (this.#frame >= 0 && this.#length > this.#frame) this.#commit();
    return this.#out.slice(0, this.#length);
  }

  #append(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#out.length) return;
    const larger = new Uint8Array(Math.max(this.#out.length * 2, this.#length + size));
    larger.set(this.#out.subarray(0, this.#length));
    this.#out = larger;
  }

  /** Ends the open frame and opens the next. */
  #commit(): void {
    const size = this.#length - this.#frame;
    if (size >= FRAME_MINIMUM) {
      this.#reserve(9);
      this.#out.copyWithin(this.#frame + 9, this.#frame, this.#length);
      this.#out[this.#frame] = FRAME;
      new DataView(this.#out.buffer).setBigUint64(this.#frame + 1, BigInt(size), true);
      this.#length += 9;
    }
    this.#frame = this.#length;
  }
}
