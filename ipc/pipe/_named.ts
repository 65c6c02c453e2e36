/**
 * Pipes with a name: each end belongs to one thread of some program, which claims it.
 *
 * | word of the block | holds | written by |
 * |---|---|---|
 * | 5, 6 | lines of the two ends, each a connection's block | maker |
 * | 7, 8 | who has them: the number of a thread, 0 = nobody yet, -1 = it is closed | who claims it, by compareExchange; who closes it |
 *
 * An end is closed by its owner, or by the reaper of that one. It is not claimed again.
 */
import { refer } from "../kill_safe.ts";
import { type Arena, type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { kindInfo, registerKind } from "../memory/kinds.ts";
import { namedBlock, type NamedOptions } from "../memory/named.ts";
import { dropHold, hold } from "../memory/references.ts";
import { newBlock } from "../memory/shared_object.ts";
import { shown } from "../wait/shown.ts";
import { closeReading } from "./ring/reader.ts";
import { makeRing } from "./ring/layout.ts";
import { closeWriting } from "./ring/writer.ts";

const ENDS = BLOCK_BODY;
const OWNERS: number = BLOCK_BODY + 2;
const CLOSED = -1;

/** The block of a connection, which receives from one ring and sends to another. */
export function makeEnd(
  incoming: Block | undefined,
  outgoing: Block | undefined,
  arena?: Arena,
): Block {
  const block = newBlock(Kind.connection, 8, undefined, arena);
  if (incoming !== undefined) refer(block.words, BLOCK_BODY, incoming.words, incoming.line);
  if (outgoing !== undefined) refer(block.words, BLOCK_BODY + 1, outgoing.words, outgoing.line);
  return block;
}

/**
 * Claims an end of the pipe with a name; makes the pipe if there is none.
 *
 * @param wanted Which end: 0, 1, or either.
 * @throws {Deno.errors.Busy} If another thread has, or had, that end.
 */
export function claimEnd(
  options: NamedOptions,
  duplex: boolean,
  capacity: number,
  wanted: 0 | 1 | undefined,
): Block {
  const rings = (duplex ? 2 : 1) * 2 ** Math.ceil(Math.log2(Math.max(capacity, 1024)));
  const root = namedBlock({ name: options.name }, {
    kind: Kind.namedPipe,
    what: "pipe",
    // The allocator has four sizes of blocks for each power of two.
    bytes: 1.25 * rings + 8192,
    make: (arena) => makeNamed(arena, duplex, capacity),
  })!;
  const { words, arena } = root;
  for (const end of wanted === undefined ? [0, 1] : [wanted]) {
    if (Atomics.compareExchange(words, OWNERS + end, 0, arena.me) === 0) {
      return arena.block(words[ENDS + end]!);
    }
  }
  // Taken and dropped, it is closed.
  dropHold(hold(root));
  const which = wanted === undefined ? "both of its ends have" : "that end has";
  throw new Deno.errors.Busy(
    `Cannot open the pipe ${shown(options.name)}: ${which} an owner already`,
  );
}

function makeNamed(arena: Arena, duplex: boolean, capacity: number): Block {
  const forth = duplex ? makeRing(capacity, arena) : undefined;
  const back = makeRing(capacity, arena);
  const root = newBlock(Kind.namedPipe, 16, undefined, arena);
  [makeEnd(back, forth, arena), makeEnd(forth, back, arena)].forEach(({ words, line }, i) => {
    refer(root.words, ENDS + i, words, line);
  });
  return root;
}

/** Closes the ends that a thread has. */
function closeEndsOf({ words, arena }: Block, owner: number): void {
  for (const end of [0, 1]) {
    if (Atomics.load(words, OWNERS + end) !== owner) continue;
    const connection = arena.block(words[ENDS + end]!).words;
    const [incoming, outgoing] = [connection[BLOCK_BODY]!, connection[BLOCK_BODY + 1]!];
    if (incoming !== 0) closeReading(arena.block(incoming));
    if (outgoing !== 0) closeWriting(arena.block(outgoing));
    Atomics.store(words, OWNERS + end, CLOSED);
  }
}

registerKind(Kind.namedPipe, {
  leave: (root) => closeEndsOf(root, root.arena.me),
  ownerDied: closeEndsOf,
  wake({ words, arena }) {
    const { words: first } = arena.block(words[ENDS]!);
    for (const line of [first[BLOCK_BODY]!, first[BLOCK_BODY + 1]!]) {
      if (line !== 0) kindInfo(Kind.ring)?.wake?.(arena.block(line));
    }
  },
});
