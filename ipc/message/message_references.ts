/**
 * The references of a message.
 *
 * A shared object travels as a handle: its kind and its line. While the message is under way it must keep its objects alive,
 * whoever dies meanwhile. So it has a block of its own that refers to all of them, its *references*, whose line (uint32)
 * ends the message. To hand over that block is to hand over all of them:
 *
 * 1. The sender encodes the message. A slot of its own refers to the block.
 * 2. Publishing the message empties the slot: the block belongs to the message.
 * 3. Consuming the message makes the receiver the keeper of the block, which it destroys. Its wrappers of the objects have
 *    references of their own by then.
 *
 * The second and third are each one step that a kill cannot tear (`kill_safe.ts`). So an agent that is killed at any moment
 * leaves no object without an owner, nor one with two.
 *
 * | word of the block | holds |
 * |---|---|
 * | 5… | lines of the objects; 0 = dropped |
 *
 * A connection moves. It is packed when it is met in a message: from then on it receives nothing, and no buffers are moved to
 * it that only this agent could pass on. Once the message is published, the sender's wrapper is disposed of, but the pipe
 * stays open, as the message refers to it.
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

/** Bytes of the line of the references at the end of a message. */
export const REFERENCES_BYTES = 4;

/** The references of one message, at its sender. */
export class MessageReferences {
  /** What this agent holds until the message is published, in a step that crosses it out. */
  readonly held: Hold;
  readonly #moving: readonly SharedObject[];

  constructor(objects: readonly SharedObject[]) {
    // Code of the message, which ran since, may have disposed of them.
    objects.forEach(assertUsable);
    const block = newBlock(Kind.references, 4 * objects.length);
    this.held = hold(block);
    for (let i = 0; i < objects.length; i++) {
      const { words, line } = blockOf(objects[i]!);
      refer(block.words, BLOCK_BODY + i, words, line);
    }
    this.#moving = objects.filter((object) => infoOf(object)?.moves);
  }

  /** Writes the line of the block at the end of a message. */
  sign(view: DataView, position: number): void {
    view.setUint32(position, this.held.block.line, true);
  }

  /** The message was published, and {@linkcode held} crossed out: connections leave this agent. */
  departed(): void {
    forgetHold(this.held);
    for (const object of this.#moving) {
      holdOf(object).moved = true;
      object[Symbol.dispose]();
    }
  }

  /**
   * The message is not sent.
   *
   * @param crossedOut Whether {@linkcode held} was handed over to another slot, and dropped there.
   */
  stay(crossedOut: boolean = false): void {
    if (this.held.dropped) return;
    if (crossedOut) forgetHold(this.held);
    else dropHold(this.held);
    for (const object of this.#moving) unpack(object);
  }
}

/** Makes an object that was met in a message ready to leave. Throws if it cannot leave now. */
export function pack(object: SharedObject): void {
  infoOf(object)?.pack?.(object);
}

/** Undoes {@linkcode pack}: the message is not sent. */
export function unpack(object: SharedObject): void {
  if (!object.disposed) infoOf(object)?.unpack?.(object);
}

function infoOf(object: SharedObject): KindInfo | undefined {
  return kindInfo(Atomics.load(blockOf(object).words, BLOCK_KIND));
}

/** The references of a message that ends at an offset. */
export function referencesAt(view: DataView, end: number): Block {
  return agent().arena.block(view.getUint32(end - REFERENCES_BYTES, true));
}

registerKind(Kind.references, {
  destroy({ words }) {
    for (let i = BLOCK_BODY; i < words.length; i++) dropSlot(words, i);
  },
});
