/** Counts the blocks of a program's shared memory, as it is laid out in `ipc/memory/arena.ts`. */
import { share, type SharedObject } from "@ferry/std/ipc";

const LINE_WORDS = 16;
const FIRST_LINE = 10;
const BUMP = 2;
const LINES = 1;
const REFERENCES = 2;
/** Pages of holdings are kept by their agent, the tables of agents and shapes by the program. */
const KEPT = new Set([0, 1, 2, 3]);

/** How many blocks there are of each kind that users' objects are made of, and to how many nobody refers. */
export function census(object: SharedObject): { kinds: Record<number, number>; orphans: number } {
  const { buffer } = share(object);
  const words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 64) * LINE_WORDS);
  const kinds: Record<number, number> = {};
  let orphans = 0;
  for (let line = FIRST_LINE; line < words[BUMP]!; line += words[line * LINE_WORDS + LINES]!) {
    const kind = words[line * LINE_WORDS]!;
    if (KEPT.has(kind)) continue;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (words[line * LINE_WORDS + REFERENCES] === 0) orphans++;
  }
  return { kinds, orphans };
}
