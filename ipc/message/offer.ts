/**
 * Offering an object that has one owner, an end of a pipe, to whichever worker takes it.
 *
 * A handle that is posted to a `Worker` (`share()`) can get lost, or be posted to several. So the object moves into a
 * block of its own, the *offer*, whose line is in the handle; the first worker that claims it has the object.
 *
 * Roles: the agent that makes an offer refers to it, until it finds it claimed; any agent may claim it, once.
 *
 * | word of the block | holds | written by |
 * |---|---|---|
 * | 5 | slot: line of the object; 0 = claimed | the maker, then the claimant or its reaper |
 * | 6 | the agent that has claimed it, 0 = nobody | one compareExchange |
 * | 7, 8 | line and generation of the object, which tell the claimant its own object again | the maker |
 *
 * Whoever dies: with the maker, an offer that nobody has claimed goes, and with it the object, so that the other end of
 * the pipe sees its end. A claimant that dies between claiming and emptying the slot leaves that to its reaper
 * (`ownerDied`): then nobody has the object, and its reference must not stay with a maker that will not look again.
 */
import { BLOCK_KIND, refer } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, BLOCK_GENERATION, Kind } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { dropHold, dropSlot, type Hold, hold } from "../memory/references.ts";
import { adopt, wrapperAt } from "../memory/wrappers.ts";
import { blockOf, holdOf, newBlock, type SharedObject } from "../memory/shared_object.ts";
import { pack, unpack } from "./message_references.ts";

const OBJECT = BLOCK_BODY;
const CLAIMANT = BLOCK_BODY + 1;
const OBJECT_LINE = BLOCK_BODY + 2;
const OBJECT_GENERATION = BLOCK_BODY + 3;

/** The offers of this agent that nobody had claimed when it looked last. */
const open = new Set<Hold>();

/** Offers an object; it is moved, and cannot be used here any more. Throws when it cannot move now. */
export function offer(object: SharedObject): Block {
  dropClaimed();
  const { words, line } = blockOf(object);
  pack(object);
  let held: Hold;
  try {
    held = hold(newBlock(Kind.offer, 16));
  } catch (error) {
    unpack(object);
    throw error;
  }
  const { block } = held;
  block.words[OBJECT_LINE] = line;
  block.words[OBJECT_GENERATION] = words[BLOCK_GENERATION]!;
  refer(block.words, OBJECT, words, line);
  open.add(held);
  holdOf(object).moved = true;
  object[Symbol.dispose]();
  return block;
}

/**
 * Takes what is offered, or gives what this agent took before. The caller refers to the offer.
 *
 * @returns The object; `undefined` if somebody else has it, or had it.
 */
export function claim({ words, arena }: Block): object | undefined {
  const me = agent().id;
  const line = words[OBJECT_LINE]!;
  const claimant = Atomics.compareExchange(words, CLAIMANT, 0, me);
  if (claimant === 0) {
    const object = adopt(Atomics.load(arena.block(line).words, BLOCK_KIND), line);
    dropSlot(words, OBJECT);
    return object;
  }
  if (claimant !== me) return undefined;
  const known = wrapperAt(line);
  return known !== undefined &&
      arena.block(line).words[BLOCK_GENERATION] === words[OBJECT_GENERATION]
    ? known
    : undefined;
}

/** What was claimed needs this agent's reference no more. */
function dropClaimed(): void {
  for (const held of open) {
    if (Atomics.load(held.block.words, CLAIMANT) === 0) continue;
    open.delete(held);
    dropHold(held);
  }
}

registerKind(Kind.offer, {
  destroy: ({ words }) => dropSlot(words, OBJECT),
  ownerDied({ words }, dead) {
    if (Atomics.load(words, CLAIMANT) === dead) dropSlot(words, OBJECT);
  },
});
