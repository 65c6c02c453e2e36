/**
 * The references that travel inside a message.
 *
 * A shared object in a message is a handle: its kind and line. While the message is under way it must keep the objects
 * alive, whoever dies meanwhile. So it has a block of its own, its *references*, which refers to all of them; the message
 * ends with the line of that block (uint32), and to change who owns all its references is to cross out one word and
 * write another, in one kill-safe step with the publishing of the message or its taking away (see `memory/references.ts` for what that means).
 *
 * | word of the block | holds |
 * |---|---|
 * | 5… | lines of the objects; 0 = given back |
 *
 * Its owner is, one after the other: the agent that sends (it holds the block), the message once it is published
 * (`RingWriter.commit`, `QueueCore.put`, the table entry of a starting process), and who takes the message, which takes
 * references of its own for what it keeps and gives this one back.
 *
 * A connection moves: it is packed when it is put into a message (its end of the pipe takes no buffers any more that only
 * this agent could hand over, and nothing is received), and once the message is published the sender's wrapper is given
 * up, without closing the pipe: the message refers to it.
 */
import { BLOCK_KIND, refer } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { type KindInfo, kindInfo, registerKind } from "../memory/kinds.ts";
import { dropHold, dropSlot, forgetHold, type Hold, hold } from "../memory/references.ts";
import {
  assertUsable,
  blockOf,
  holdOf,
  newBlock,
  type SharedObject,
} from "../memory/shared_object.ts";

/** Bytes that the line of the references takes at the end of a message. */
export const REFERENCES_BYTES = 4;

/** The references of one message, at its sender. */
export class MessageReferences {
  /** What this agent holds until the message is published; cross it out in one kill-safe step with that. */
  readonly held: Hold;
  readonly #moving: readonly SharedObject[];

  constructor(objects: readonly SharedObject[]) {
    // The message's own code may have disposed of what was met before.
    objects.forEach(assertUsable);
    const block = newBlock(Kind.references, 4 * objects.length);
    this.held = hold(block);
    for (let i = 0; i < objects.length; i++) {
      const { words, line } = blockOf(objects[i]!);
      refer(block.words, BLOCK_BODY + i, words, line);
    }
    this.#moving = objects.filter((object) => infoOf(object)?.moves);
  }

  /** Puts the line of the block at the end of a message. */
  sign(view: DataView, position: number): void {
    view.setUint32(position, this.held.block.line, true);
  }

  /** The message is published and {@linkcode held} crossed out: connections leave this agent. */
  departed(): void {
    forgetHold(this.held);
    for (const object of this.#moving) {
      holdOf(object).moved = true;
      object[Symbol.dispose]();
    }
  }

  /**
   * The message will not be sent.
   *
   * @param crossedOut Whether {@linkcode held} was given to another word, and given back there.
   */
  stay(crossedOut: boolean = false): void {
    if (this.held.dropped) return;
    if (crossedOut) forgetHold(this.held);
    else dropHold(this.held);
    for (const object of this.#moving) unpack(object);
  }
}

/** An object was met in a message that is being encoded; throws when it cannot travel now. */
export function pack(object: SharedObject): void {
  infoOf(object)?.pack?.(object);
}

/** The message does not come about. */
export function unpack(object: SharedObject): void {
  if (!object.disposed) infoOf(object)?.unpack?.(object);
}

function infoOf(object: SharedObject): KindInfo | undefined {
  return kindInfo(Atomics.load(blockOf(object).words, BLOCK_KIND));
}

/** The references of a message, from its end. */
export function referencesAt(view: DataView, end: number): Block {
  return agent().arena.block(view.getUint32(end - REFERENCES_BYTES, true));
}

registerKind(Kind.references, {
  destroy({ words }) {
    for (let i = BLOCK_BODY; i < words.length; i++) dropSlot(words, i);
  },
});
