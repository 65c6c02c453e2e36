/**
 * The sending half of a connection: puts messages into a ring, large ones in pieces.
 *
 * A message that fits a quarter of the ring is encoded where the reader will find it. A larger one is encoded aside, and
 * copied in pieces as room appears. A sender that gives up in the middle of one (abort, timeout) owes the receiver a mark,
 * "abandoned", which goes out before anything else and makes the receiver drop the pieces that it has.
 */
import type { Block } from "../memory/arena.ts";
import { copyIn } from "./_copy.ts";
import { endUse, type Hold } from "../memory/references.ts";
import { carrierIn, encode, encodeInto, isCarrier, takeReferences } from "../message/messages.ts";
import { hasPort, isMovable, moveBytes } from "../message/moved_buffers.ts";
import { type MessageReferences, REFERENCES_BYTES } from "../message/message_references.ts";
import { Message } from "./ring/layout.ts";
import { RingWriter } from "./ring/writer.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

/** A message on its way into the ring. */
export interface OutgoingMessage {
  readonly bytes: Uint8Array;
  /** How many they were at first. */
  readonly length: number;
  readonly object: boolean;
  readonly references: MessageReferences | undefined;
  /** Whether it goes by port. */
  readonly move?: boolean;
  sent: number;
}

function firstKindOf({ object, references }: OutgoingMessage): number {
  if (!object) return Message.firstOfBytes;
  return references === undefined ? Message.firstOfObject : Message.firstOfObjectWithHandles;
}

function changed(before: number, after: number): TypeError {
  return new TypeError(
    `Cannot send: the buffer of the message had ${before} bytes, and ${after} while it was being sent`,
  );
}

/** Puts messages into a ring. */
export class Sender {
  readonly ring: RingWriter;
  #owesMark = false;
  /** Whether a large message has been sent in part. */
  #inPieces = false;
  #encoding = false;
  readonly #held: Hold;
  readonly #outside: object | undefined;
  readonly #carrier: object | undefined;

  /** @param held What keeps the ring alive. */
  constructor(block: Block, held: Hold) {
    this.ring = new RingWriter(block);
    this.#held = held;
    this.#outside = carrierIn(block.arena);
    this.#carrier = carrierIn(block.arena, this);
  }

  /** Encodes an object into the ring; false when there is no room now. */
  trySend(value: unknown): boolean {
    const { ring } = this;
    this.#checkPeer();
    if (this.#owesMark && !this.#payDebt()) return false;
    const start = ring.offer();
    if (start === 0) return false;
    // The value's own getters and codecs run now: they may send elsewhere, but not into the room that is being filled.
    this.#encoding = true;
    this.#held.uses++;
    try {
      const end = encodeInto(value, ring.memory, start, start + ring.room, this.#carrier);
      if (end < 0) return false;
      const references = takeReferences();
      if (references === undefined) ring.commit(Message.object, start, end - start);
      else ring.commitWith(Message.objectWithHandles, start, end - start, references);
      return true;
    } finally {
      this.#encoding = false;
      endUse(this.#held);
    }
  }

  /** Copies bytes into the ring; false when there is no room now or they are too many for one piece. */
  trySendBytes(data: Uint8Array): boolean {
    const { ring } = this;
    this.#checkPeer();
    if (this.#owesMark && !this.#payDebt()) return false;
    const { length } = data;
    if (length > ring.inline) return false;
    const start = ring.reserve(length);
    if (start === 0) return false;
    copyIn(data, ring.memory.bytes, start);
    ring.commit(Message.bytes, start, length);
    return true;
  }

  /** Whether the reader is an agent that buffers can be moved to. */
  get canMove(): boolean {
    return this.#outside === undefined && hasPort(this.ring.reader);
  }

  /** Moves a buffer to the reader; false when there is no room for its ticket now, or no way to move it any more. */
  tryMove(data: Uint8Array): boolean {
    const { ring } = this;
    this.#checkPeer();
    if (this.#owesMark && !this.#payDebt()) return false;
    const start = ring.reserveTicket();
    if (start === 0) return false;
    const reader = ring.beginMove();
    if (!hasPort(reader)) {
      ring.cancelMove();
      return false;
    }
    const { length } = data;
    const ticket = moveBytes(reader, data);
    if (ticket === undefined) {
      ring.cancelMove();
      return false;
    }
    ring.commitTicket(start, ticket, length);
    return true;
  }

  /** Whether a message is to be moved, and can be. */
  moves({ move, bytes }: OutgoingMessage): boolean {
    return move === true && this.canMove && isMovable(bytes.buffer);
  }

  /** Encodes an object aside. */
  pack(value: unknown, copy: boolean): OutgoingMessage {
    const bytes = encode(value, this.#outside);
    return {
      bytes: copy ? bytes.slice() : bytes,
      length: bytes.length,
      object: true,
      references: takeReferences(),
      sent: -1,
    };
  }

  /** An operation that sends a message, whole or in pieces. */
  sending(message: OutgoingMessage): Attempt<true> {
    return new SendAttempt(this, message);
  }

  /** Sends what there is room for; true when all is sent. */
  advance(message: OutgoingMessage): boolean {
    const { ring } = this;
    this.#checkPeer();
    if (this.#owesMark && !this.#payDebt()) return false;
    const { bytes } = message;
    // Its buffer may have been taken away meanwhile, or the other end may have moved to where no buffer can go.
    if (bytes.length !== message.length) throw changed(message.length, bytes.length);
    if (this.moves(message)) {
      if (this.tryMove(bytes)) return true;
      if (this.moves(message)) return false;
    }
    const target = ring.memory.bytes;
    if (bytes.length <= ring.inline) {
      const start = ring.reserve(bytes.length);
      if (start === 0) return false;
      copyIn(bytes, target, start);
      if (message.references === undefined) {
        ring.commit(message.object ? Message.object : Message.bytes, start, bytes.length);
      } else ring.commitWith(Message.objectWithHandles, start, bytes.length, message.references);
      return true;
    }
    if (message.sent < 0) {
      const start = ring.reserve(ring.inline);
      if (start === 0) return false;
      ring.memory.view.setFloat64(start, bytes.length, true);
      message.sent = ring.inline - 8;
      copyIn(bytes.subarray(0, message.sent), target, start + 8);
      this.#inPieces = true;
      ring.commit(firstKindOf(message), start, ring.inline);
    }
    while (message.sent < bytes.length) {
      const left = bytes.length - message.sent;
      let length = Math.min(ring.inline, left);
      // The line of the references must not be torn apart.
      if (length < left && message.references !== undefined) {
        const cut = REFERENCES_BYTES - (left - length);
        if (cut > 0) length -= cut;
      }
      const start = ring.reserve(length);
      if (start === 0) return false;
      copyIn(bytes.subarray(message.sent, message.sent + length), target, start);
      message.sent += length;
      if (message.references !== undefined && message.sent === bytes.length) {
        ring.commitWith(Message.lastWithHandles, start, length, message.references);
      } else ring.commit(Message.piece, start, length);
    }
    this.#inPieces = false;
    return true;
  }

  /** The message will not be sent to its end. `usable`: the ring is still ours to write to. */
  giveUp(message: OutgoingMessage, usable: boolean): void {
    message.references?.stay();
    if (message.sent >= 0) {
      this.#owesMark = true;
      this.#inPieces = false;
    }
    if (this.#owesMark && usable && !this.ring.broken) this.#payDebt();
  }

  /** Whether the end may move to another agent: not in the middle of a message, which only this one can end. */
  get movable(): boolean {
    if (this.#owesMark && !this.ring.broken) this.#payDebt();
    // In the middle of encoding only with the very message that is being encoded.
    return !this.#owesMark && !this.#inPieces && (!this.#encoding || isCarrier(this));
  }

  #payDebt(): boolean {
    const start = this.ring.reserve(0);
    if (start === 0) return false;
    this.ring.commit(Message.abandoned, start, 0);
    this.#owesMark = false;
    return true;
  }

  #checkPeer(): void {
    if (this.#encoding) {
      throw new Deno.errors.Busy(
        "Cannot send: a value is being sent on this end, and it tried to send itself",
      );
    }
    if (this.ring.broken) {
      throw new Deno.errors.BrokenPipe("Cannot send: the other end of the pipe was closed");
    }
  }
}

class SendAttempt implements Attempt<true> {
  readonly #sender: Sender;
  readonly #message: OutgoingMessage;
  readonly #pieceSpace: Attempt<boolean>;
  readonly #ticketSpace: Attempt<boolean>;
  #space: Attempt<boolean>;

  constructor(sender: Sender, message: OutgoingMessage) {
    this.#sender = sender;
    this.#message = message;
    this.#pieceSpace = sender.ring.space(Math.min(message.bytes.length, sender.ring.inline));
    this.#ticketSpace = sender.ring.spaceForTicket();
    this.#space = this.#pieceSpace;
  }

  get words(): Int32Array {
    return this.#space.words;
  }
  get index(): number {
    return this.#space.index;
  }
  get expected(): number {
    return this.#space.expected;
  }

  attempt(): true | typeof PENDING {
    for (;;) {
      if (this.#sender.advance(this.#message)) return true;
      // The other end may move to another agent meanwhile, which decides how the message goes.
      this.#space = this.#sender.moves(this.#message) ? this.#ticketSpace : this.#pieceSpace;
      // Room for as much as the next step needs, or the peer is gone: then `advance` throws.
      if (this.#space.attempt() === PENDING) return PENDING;
    }
  }
}
