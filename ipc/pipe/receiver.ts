/**
 * The receiving half of a connection: takes messages out of a ring, and puts the pieces of large ones together.
 *
 * A piece is consumed as soon as it is copied, so a large message needs no more room in the ring than a small one. The
 * pieces received so far stay here if a receive is aborted; the next receive goes on with them.
 */
import type { Block } from "../memory/arena.ts";
import { copyOf, copyOut } from "./_copy.ts";
import { endUse, type Hold } from "../memory/references.ts";
import { carrierIn, decode, decodeFrom } from "../message/messages.ts";
import { claimBytes } from "../message/moved_buffers.ts";
import { BufferTooShortError } from "../errors.ts";
import { REFERENCES_BYTES, referencesAt } from "../message/message_references.ts";
import { Message, ticketAt } from "./ring/layout.ts";
import { RingReader } from "./ring/reader.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

/** Fewest bytes of a message whose memory is used again: smaller memory is made as fast. */
const WORTH_RELEASING = 16 * 1024;

interface Partial {
  readonly object: boolean;
  bytes: Uint8Array;
  filled: number;
  /** Whether `bytes` belong to whoever receives right now. */
  borrowed: boolean;
}

/** What a receive wants. */
export interface Wanted<T> {
  /** Makes the result from a whole message of bytes. */
  bytes(receiver: Receiver, payload: number, length: number): T;
  /** Where to put a message of bytes that comes in pieces, lent until it is complete or {@linkcode Receiver.keep}. */
  lend?(length: number): Uint8Array | undefined;
  /** Makes the result from bytes that came in pieces or by port; they may be those lent. */
  whole(bytes: Uint8Array<ArrayBuffer>, receiver: Receiver): T;
  /** Makes the result from an object in the ring, or refuses by throwing before it is consumed. */
  object(receiver: Receiver, payload: number, length: number, handles: boolean): T;
  wholeObject(bytes: Uint8Array, receiver: Receiver): T;
  /** Longest message that is accepted. */
  readonly maxLength: number;
  /** Whether objects are refused. */
  readonly bytesOnly: boolean;
}

/** Takes messages out of a ring. */
export class Receiver {
  readonly ring: RingReader;
  /** See `carrierIn()`. */
  readonly carrier: object | undefined;
  #partial: Partial | undefined;
  readonly #held: Hold;
  #decoding = false;
  /** What was given last as an array of its own, and what was given back: memory that is warm. */
  #last: WeakRef<Uint8Array> | undefined;
  #spare: Uint8Array<ArrayBuffer> | undefined;

  /** @param held What keeps the ring alive. */
  constructor(block: Block, held: Hold) {
    this.ring = new RingReader(block);
    this.carrier = carrierIn(block.arena);
    this.#held = held;
  }

  /** Whether some pieces of a large message have arrived, and not all. */
  get midMessage(): boolean {
    return this.#partial !== undefined;
  }

  /** The array that was given back, for a message that its receiver may keep, if it fits exactly. */
  takeSpare(length: number): Uint8Array<ArrayBuffer> | undefined {
    const spare = this.#spare;
    if (spare === undefined || spare.length !== length) return undefined;
    this.#spare = undefined;
    return spare;
  }

  /** Notes what is given. */
  given(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    // Held weakly: whoever drops a message has its memory back. Small ones cost less than that.
    this.#last = bytes.length < WORTH_RELEASING ? undefined : new WeakRef(bytes);
    return bytes;
  }

  /** Takes back what was given last; `false` if it is something else, or was moved elsewhere. */
  release(bytes: Uint8Array): boolean {
    if (bytes.length === 0 || bytes !== this.#last?.deref()) return false;
    this.#spare = bytes as Uint8Array<ArrayBuffer>;
    this.#last = undefined;
    return true;
  }

  /** Consumes what is there; PENDING if no whole message is. */
  take<T>(wanted: Wanted<T>): T | typeof PENDING {
    if (this.#decoding) {
      throw new Deno.errors.Busy(
        "Cannot receive: a message of this end is being decoded, and its class's own code tried to receive the next",
      );
    }
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
      if (kind === Message.object || kind === Message.objectWithHandles) {
        this.#decoding = true;
        this.#held.uses++;
        try {
          return wanted.object(this, payload, length, kind === Message.objectWithHandles);
        } finally {
          this.#decoding = false;
          endUse(this.#held);
        }
      }
      const whole = this.#piece(kind, payload, length, wanted);
      if (whole === undefined) continue;
      const bytes = whole.bytes as Uint8Array<ArrayBuffer>;
      if (!whole.object) return wanted.whole(bytes, this);
      return this.#wholeObject(bytes, kind === Message.lastWithHandles, wanted);
    }
    return PENDING;
  }

  /** Decodes a large message. Its last piece, when it has handles, still lies in the ring. */
  #wholeObject<T>(bytes: Uint8Array, handles: boolean, wanted: Wanted<T>): T {
    const { ring } = this;
    const references = handles
      ? referencesAt(ring.memory.view, ring.payload + ring.length)
      : undefined;
    this.#decoding = true;
    this.#held.uses++;
    try {
      return wanted.wholeObject(handles ? bytes.subarray(0, -REFERENCES_BYTES) : bytes, this);
    } finally {
      if (references !== undefined) ring.consumeWith(references);
      this.#decoding = false;
      endUse(this.#held);
    }
  }

  /** Takes in one piece of a large message; the message when it is complete. */
  #piece(
    kind: number,
    payload: number,
    length: number,
    wanted: Wanted<unknown>,
  ): Partial | undefined {
    const { ring } = this;
    const { maxLength } = wanted;
    const { bytes, view } = ring.memory;
    switch (kind) {
      case Message.firstOfBytes:
      case Message.firstOfObject:
      case Message.firstOfObjectWithHandles: {
        const total = view.getFloat64(payload, true);
        if (total > maxLength) throw tooLong(total, maxLength);
        const object = kind !== Message.firstOfBytes;
        if (object && wanted.bytesOnly) throw notAnObject();
        const lent = object ? undefined : wanted.lend?.(total);
        this.#partial = {
          object,
          bytes: lent ?? ((object ? undefined : this.takeSpare(total)) ?? new Uint8Array(total)),
          filled: length - 8,
          borrowed: lent !== undefined,
        };
        copyOut(bytes, payload + 8, length - 8, this.#partial.bytes, 0);
        break;
      }
      case Message.piece:
      case Message.lastWithHandles: {
        const partial = this.#partial!;
        // Its first pieces may have come to another kind of receive, which was given up.
        if (partial.object && wanted.bytesOnly) throw notAnObject();
        if (partial.bytes.length > maxLength) throw tooLong(partial.bytes.length, maxLength);
        copyOut(bytes, payload, length, partial.bytes, partial.filled);
        partial.filled += length;
        break;
      }
      case Message.abandoned:
        this.#partial = undefined;
        break;
      case Message.ticketOfBytes: {
        const { ticket, length: total, sender } = ticketAt(view, payload);
        if (total > maxLength) throw tooLong(total, maxLength);
        // In this order: a sender that waits for its turn to move a buffer looks when it is told of the advance.
        ring.arrived();
        ring.advance();
        const claimed = claimBytes(sender, ticket);
        return { object: false, bytes: claimed, filled: total, borrowed: false };
      }
    }
    // The last piece with handles lies there until it is decoded: it keeps alive what the message refers to.
    if (kind !== Message.lastWithHandles) ring.advance();
    const partial = this.#partial;
    if (partial === undefined || partial.filled < partial.bytes.length) return undefined;
    this.#partial = undefined;
    return partial;
  }

  /** A receive ends without a message: what it lent for the pieces that have come must not be used any more. */
  keep(): void {
    const partial = this.#partial;
    if (partial === undefined || !partial.borrowed) return;
    const own = new Uint8Array(partial.bytes.length);
    own.set(partial.bytes.subarray(0, partial.filled));
    partial.bytes = own;
    partial.borrowed = false;
  }

  /** The end is to move to another agent; throws where something would be left behind. */
  leave(): void {
    if (this.#partial !== undefined || this.#decoding || !this.ring.leave()) {
      throw new Deno.errors.Busy(
        "Cannot move this end of a pipe to another worker: it is in the middle of receiving a large message",
      );
    }
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
  bytesOnly: false,
  bytes: copied,
  whole: (bytes) => bytes,
  object: ({ ring, carrier }, payload, length, handles) => {
    const end = payload + length;
    // Also when it does not decode: the pipe stays usable.
    if (!handles) {
      try {
        return decodeFrom(ring.memory, payload, end, carrier);
      } finally {
        ring.advance();
      }
    }
    const references = referencesAt(ring.memory.view, end);
    try {
      return decodeFrom(ring.memory, payload, end - REFERENCES_BYTES, carrier);
    } finally {
      ring.consumeWith(references);
    }
  },
  wholeObject: (bytes, { carrier }) => decode(bytes, carrier),
};

/** Messages of bytes, each in an array of its own. */
export function bytesWanted(maxLength: number): Wanted<Uint8Array<ArrayBuffer>> {
  return {
    maxLength,
    bytesOnly: true,
    bytes: copied,
    whole: (bytes, receiver) => receiver.given(bytes),
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
  readonly bytesOnly: boolean = true;
  target: Uint8Array = new Uint8Array(0);
  /**
   * Whether pieces go straight into the target. Only while the thread is blocked: otherwise its owner could do anything
   * with it, or give up, while they come.
   */
  readonly lends: boolean;
  #lent: Uint8Array | undefined;

  constructor(lends: boolean) {
    this.lends = lends;
  }

  bytes(receiver: Receiver, payload: number, length: number): number {
    const { target } = this;
    if (length > target.length) {
      throw new BufferTooShortError(copied(receiver, payload, length), target.length);
    }
    copyOut(receiver.ring.memory.bytes, payload, length, target, 0);
    return length;
  }

  lend(length: number): Uint8Array | undefined {
    if (!this.lends || length > this.target.length) return undefined;
    return this.#lent = this.target.subarray(0, length);
  }

  whole(bytes: Uint8Array<ArrayBuffer>): number {
    const lent = this.#lent;
    this.#lent = undefined;
    if (bytes === lent) return bytes.length;
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

function copied(receiver: Receiver, payload: number, length: number): Uint8Array<ArrayBuffer> {
  const { bytes } = receiver.ring.memory;
  const spare = receiver.takeSpare(length);
  if (spare === undefined) return receiver.given(copyOf(bytes, payload, length));
  copyOut(bytes, payload, length, spare, 0);
  return receiver.given(spare);
}
