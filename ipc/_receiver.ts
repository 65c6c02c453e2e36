/**
 * The receiving half of a connection: takes messages out of a ring and puts the pieces of large ones together.
 *
 * A piece is consumed as soon as it is copied, so a large message needs no more room in the ring than a small one. What
 * has been assembled stays here when a receive is aborted: the next one goes on with it.
 */
import type { Block } from "./_arena.ts";
import { decode, decodeFrom, dropManifest, manifestOf } from "./_messages.ts";
import { claimBytes } from "./_ports.ts";
import { BufferTooShortError } from "./errors.ts";
import { Message, RingReader } from "./_ring.ts";
import { type Attempt, PENDING } from "./_wait.ts";

/** Longest message that is copied byte by byte; above, making a subarray and calling `set` is faster. */
const SHORT_COPY = 96;

interface Partial {
  readonly object: boolean;
  readonly handles: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
  filled: number;
}

/** What the receiver is asked for. */
export interface Wanted<T> {
  /** Makes the result from a whole message of bytes. */
  bytes(receiver: Receiver, payload: number, length: number): T;
  /** Makes the result from bytes that came in pieces or by port. */
  whole(bytes: Uint8Array<ArrayBuffer>): T;
  /** Makes the result from an object in the ring, or refuses by throwing before it is consumed. */
  object(receiver: Receiver, payload: number, length: number, handles: boolean): T;
  wholeObject(bytes: Uint8Array<ArrayBuffer>, handles: boolean): T;
  /** Longest message that is welcome. */
  readonly maxLength: number;
}

/** Takes messages out of a ring. */
export class Receiver {
  readonly ring: RingReader;
  #partial: Partial | undefined;

  constructor(block: Block) {
    this.ring = new RingReader(block);
  }

  /** Whether a large message has arrived in part. */
  get midMessage(): boolean {
    return this.#partial !== undefined;
  }

  /** Consumes what is there; PENDING when no whole message is. */
  take<T>(wanted: Wanted<T>): T | typeof PENDING {
    const { ring } = this;
    while (ring.peek()) {
      const { kind, payload, length } = ring;
      if (kind === Message.bytes) {
        if (length > wanted.maxLength) throw tooLong(length, wanted.maxLength);
        try {
          return wanted.bytes(this, payload, length);
        } finally {
          ring.advance();
        }
      }
      if (kind === Message.object) return wanted.object(this, payload, length, false);
      if (kind === Message.objectWithHandles) return wanted.object(this, payload, length, true);
      const whole = this.#piece(kind, payload, length, wanted.maxLength);
      if (whole !== undefined) {
        return whole.object
          ? wanted.wholeObject(whole.bytes, whole.handles)
          : wanted.whole(whole.bytes);
      }
    }
    return PENDING;
  }

  /** Takes in one piece of a large message; the message when it is complete. */
  #piece(kind: number, payload: number, length: number, maxLength: number): Partial | undefined {
    const { ring } = this;
    const { bytes, view } = ring.memory;
    switch (kind) {
      case Message.firstOfBytes:
      case Message.firstOfObject:
      case Message.firstOfObjectWithHandles: {
        const total = view.getFloat64(payload, true);
        if (total > maxLength) throw tooLong(total, maxLength);
        this.#partial = {
          object: kind !== Message.firstOfBytes,
          handles: kind === Message.firstOfObjectWithHandles,
          bytes: new Uint8Array(total),
          filled: length - 8,
        };
        this.#partial.bytes.set(bytes.subarray(payload + 8, payload + length));
        break;
      }
      case Message.piece:
      case Message.lastWithHandles: {
        const partial = this.#partial!;
        partial.bytes.set(bytes.subarray(payload, payload + length), partial.filled);
        partial.filled += length;
        break;
      }
      case Message.abandoned:
        this.#partial = undefined;
        break;
      case Message.ticketOfBytes: {
        const ticket = view.getFloat64(payload, true);
        const total = view.getFloat64(payload + 8, true);
        if (total > maxLength) throw tooLong(total, maxLength);
        ring.advance();
        ring.arrived();
        const content = claimBytes(ring.writer, ticket);
        return { object: false, handles: false, bytes: content, filled: total };
      }
    }
    ring.advance();
    if (kind === Message.lastWithHandles) ring.publish();
    const partial = this.#partial;
    if (partial === undefined || partial.filled < partial.bytes.length) return undefined;
    this.#partial = undefined;
    return partial;
  }

  /** Refuses to move to another agent where something would be left behind. */
  checkMovable(): void {
    if (this.#partial !== undefined || this.ring.moving) {
      throw new Deno.errors.Busy(
        "Cannot move this end of a pipe to another worker: it is in the middle of receiving a large message",
      );
    }
  }

  /** Gives consumed space back, for an end that moves to another agent. */
  leave(): void {
    this.ring.publish();
  }
}

function tooLong(length: number, maxLength: number): RangeError {
  return new RangeError(
    `Cannot receive the next message: it has ${length} bytes, at most ${maxLength} are accepted; it was left in the pipe`,
  );
}

/** Receives as an operation that may have to wait. */
export class ReceiveAttempt<T> implements Attempt<T> {
  readonly #receiver: Receiver;
  readonly #wanted: Wanted<T>;
  readonly #arrival: Attempt<boolean>;

  constructor(receiver: Receiver, wanted: Wanted<T>) {
    this.#receiver = receiver;
    this.#wanted = wanted;
    this.#arrival = receiver.ring.arrival();
  }

  get words(): Int32Array {
    return this.#arrival.words;
  }
  get index(): number {
    return this.#arrival.index;
  }
  get expected(): number {
    return this.#arrival.expected;
  }

  attempt(): T | typeof PENDING {
    for (;;) {
      const arrived = this.#arrival.attempt();
      if (arrived === PENDING) return PENDING;
      if (arrived === false) throw endOfPipe(this.#receiver.midMessage);
      const taken = this.#receiver.take(this.#wanted);
      if (taken !== PENDING) return taken;
    }
  }
}

function endOfPipe(midMessage: boolean): Error {
  return new Deno.errors.UnexpectedEof(
    midMessage
      ? "Cannot receive: the other end was closed in the middle of a message"
      : "Cannot receive: the other end was closed and no message is left",
  );
}

function notAnObject(): TypeError {
  return new TypeError(
    "Cannot receive bytes: the next message is an object sent with send(); use recv(), it was left in the pipe",
  );
}

/** Any message: objects decoded, bytes as they are. */
export const ANYTHING: Wanted<unknown> = {
  maxLength: Infinity,
  bytes: copyOut,
  whole: (bytes) => bytes,
  object: ({ ring }, payload, length, handles) => {
    const end = payload + length;
    const manifest = handles ? manifestOf(ring.memory.view, end) : NO_LINES;
    try {
      return decodeFrom(ring.memory, payload, handles ? end - 4 * (manifest.length + 1) : end);
    } finally {
      // Also when it does not decode: the pipe stays usable.
      ring.advance();
      if (handles) {
        // Published before its references are dropped, lest they be dropped again should this agent die.
        ring.publish();
        dropManifest(manifest);
      }
    }
  },
  wholeObject: (bytes, handles) => {
    if (!handles) return decode(bytes);
    const manifest = manifestOf(new DataView(bytes.buffer), bytes.length);
    try {
      return decode(bytes.subarray(0, bytes.length - 4 * (manifest.length + 1)));
    } finally {
      dropManifest(manifest);
    }
  },
};

const NO_LINES: readonly number[] = [];

/** Messages of bytes, each in an array of its own. */
export function bytesWanted(maxLength: number): Wanted<Uint8Array<ArrayBuffer>> {
  return {
    maxLength,
    bytes: copyOut,
    whole: (bytes) => bytes,
    object: () => {
      throw notAnObject();
    },
    wholeObject: () => {
      throw notAnObject();
    },
  };
}

/** Messages of any length, in arrays of their own. */
export const ANY_BYTES: Wanted<Uint8Array<ArrayBuffer>> = bytesWanted(Infinity);

/** Messages of bytes, into one array that is used again and again. The result is the length. */
export class IntoWanted implements Wanted<number> {
  readonly maxLength: number = Infinity;
  target: Uint8Array = new Uint8Array(0);

  bytes(receiver: Receiver, payload: number, length: number): number {
    const { target } = this;
    if (length > target.length) {
      throw new BufferTooShortError(copyOut(receiver, payload, length), target.length);
    }
    const source = receiver.ring.memory.bytes;
    if (length <= SHORT_COPY) {
      for (let i = 0; i < length; i++) target[i] = source[payload + i]!;
    } else target.set(source.subarray(payload, payload + length));
    return length;
  }

  whole(bytes: Uint8Array<ArrayBuffer>): number {
    if (bytes.length > this.target.length) throw new BufferTooShortError(bytes, this.target.length);
    this.target.set(bytes);
    return bytes.length;
  }

  object(): number {
    throw notAnObject();
  }

  wholeObject(): number {
    throw notAnObject();
  }
}

function copyOut(receiver: Receiver, payload: number, length: number): Uint8Array<ArrayBuffer> {
  const source = receiver.ring.memory.bytes;
  const copy = new Uint8Array(length);
  if (length <= SHORT_COPY) {
    for (let i = 0; i < length; i++) copy[i] = source[payload + i]!;
  } else copy.set(source.subarray(payload, payload + length));
  return copy;
}
