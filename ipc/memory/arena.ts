/**
 * The arena: every shared object of one program lives in ONE growable `SharedArrayBuffer`, so that a handle is just a
 * number and can travel through a ring, and so that creating an object costs no allocation of its own.
 *
 * Roles: any agent may allocate and free. The buffer only grows; freed blocks are kept in free lists by size class.
 *
 * Layout, in 64-byte lines (one cache line, so that two locks never share one):
 *
 * | line | holds |
 * |---|---|
 * | 0 | arena header: magic, allocator lock, bump pointer, lines of the agent and shape tables |
 * | 1-9 | heads of the free lists, one word per size class |
 * | 10… | blocks, back to back: every block starts with a block header and can be walked to the next one |
 *
 * Block header (words of a block):
 *
 * | word | holds |
 * |---|---|
 * | 0 | kind (`Kind`), 0 = free |
 * | 1 | length of the block in lines, never changes |
 * | 2 | references: local wrappers in all agents + handles in flight |
 * | 3 | next free block while free; while nobody refers to it, the agent that is making or destroying it |
 * | 4 | generation: counts the uses of this block, so that a stale handle is told from a fresh one |
 *
 * Crash safety: a block leaves and enters the free lists in one kill-safe step (`references.ts` says what that means), with the number of
 * the agent that makes or destroys it in word 3, so that the reaper of a killed agent finds what it had in its hands. Its lock
 * is given to the next allocator then.
 *
 * Ordering: list words are only touched under the lock; the lock's acquire and release order them.
 */
import { BLOCK_KEEPER, BLOCK_KIND, install, putFree, takeFree } from "../kill_safe.ts";
import { abandonLockWord, lockWord, unlockWord } from "./lock_word.ts";

/** Bytes of a line: the unit of addresses and of allocation. */
export const LINE = 64;
export const LINE_WORDS: number = LINE / 4;

/** What a block holds. */
export const Kind = {
  free: 0,
  agents: 1,
  shapes: 2,
  holdings: 3,
  segment: 4,
  ring: 5,
  connection: 6,
  queue: 7,
  lock: 8,
  rlock: 9,
  semaphore: 10,
  event: 11,
  condition: 12,
  barrier: 13,
  value: 14,
  array: 15,
  boundedSemaphore: 16,
  waiters: 17,
  references: 18,
  unfinished: 19,
  /** Not a block: the handle of the lock inside the block it names. */
  lockOf: 20,
  offer: 21,
} as const;
/** One of the values of {@linkcode Kind}. */
export type Kind = number;

/** Words of a block header; the others are in `kill_safe.ts`. */
export const BLOCK_LINES = 1;
export const BLOCK_GENERATION = 4;
/** First word of a block that its kind may use as it likes (byte 20 of the block). */
export const BLOCK_BODY = 5;

const MAGIC = 0x46455259;
const H_MAGIC = 0;
const H_LOCK = 1;
const H_BUMP = 2;
const H_AGENTS = 3;
const H_SHAPES = 4;
/** Counts events for those who wait for several objects at once; see `doorbell.ts`. */
export const H_DOORBELL = 5;
/** How many of them there are. */
export const H_LISTENERS = 6;
/** Two random words that tell this arena from every other. */
const H_IDENTITY = 14;
const FREE_LISTS = LINE_WORDS; // first word of line 1
const FIRST_LINE = 10;
const CLASSES = (FIRST_LINE - 1) * LINE_WORDS;

const INITIAL_BYTES = 1 << 20;
/** Most that may be reserved: addresses are lines in an int32, so 2^30 lines. Smaller when the system refuses. */
const RESERVE_BITS = [36, 34, 32, 31, 30, 28];

/** Where an object lives. */
export class Block {
  readonly arena: Arena;
  /** Line number: the handle. */
  readonly line: number;
  /** The words of just this block. */
  readonly words: Int32Array<SharedArrayBuffer>;

  constructor(arena: Arena, line: number, words: Int32Array<SharedArrayBuffer>) {
    this.arena = arena;
    this.line = line;
    this.words = words;
  }
}

/** Tells the block that a wrapper is made for from a user's first argument. */
export function isBlock(value: unknown): value is Block {
  return value instanceof Block;
}

/** Size class of a block of `lines`: four classes per power of two. */
function classOf(lines: number): number {
  if (lines <= 4) return lines - 1;
  const top = 31 - Math.clz32(lines - 1);
  return 4 * (top - 1) + ((lines - 1) >>> (top - 2)) - 4;
}

/** Length of the blocks of a size class, in lines: the inverse of {@linkcode classOf}, rounding up. */
function linesOf(sizeClass: number): number {
  if (sizeClass < 4) return sizeClass + 1;
  const top = (sizeClass >> 2) + 1;
  return (((sizeClass & 3) + 4) << (top - 2)) + (1 << (top - 2));
}

function reserve(): SharedArrayBuffer {
  let cause: unknown;
  for (const bits of RESERVE_BITS) {
    try {
      return new SharedArrayBuffer(INITIAL_BYTES, { maxByteLength: 2 ** bits });
    } catch (error) {
      cause = error;
    }
  }
  throw new Deno.errors.NotSupported(
    "Cannot reserve address space for shared memory: 256 MiB were refused",
    { cause },
  );
}

/** One growable shared buffer and its allocator. */
export class Arena {
  readonly buffer: SharedArrayBuffer;
  /** The header's words. */
  readonly header: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.header = new Int32Array(buffer, 0, FIRST_LINE * LINE_WORDS);
  }

  /** A new, empty arena. */
  static create(): Arena {
    const arena = new Arena(reserve());
    arena.header[H_BUMP] = FIRST_LINE;
    // Drawn in memory of its own: random values cannot be drawn into shared memory.
    arena.header.set(crypto.getRandomValues(new Int32Array(2)), H_IDENTITY);
    Atomics.store(arena.header, H_MAGIC, MAGIC);
    return arena;
  }

  /** The arena in a buffer that came from another agent, or from anywhere. */
  static attach(buffer: SharedArrayBuffer): Arena {
    if (
      buffer.byteLength < FIRST_LINE * LINE ||
      Atomics.load(new Int32Array(buffer, 0, LINE_WORDS), H_MAGIC) !== MAGIC
    ) {
      throw new TypeError("Cannot attach shared memory: the buffer is not a Ferry arena");
    }
    return new Arena(buffer);
  }

  /**
   * Whether a buffer that came in a message is this arena's. Each message makes a new object for the same memory, so
   * that objects cannot be compared.
   */
  isIn(buffer: SharedArrayBuffer): boolean {
    if (buffer === this.buffer) return true;
    if (buffer.byteLength < FIRST_LINE * LINE) return false;
    const other = new Int32Array(buffer, 0, LINE_WORDS);
    return other[H_MAGIC] === MAGIC &&
      other[H_IDENTITY] === this.header[H_IDENTITY] &&
      other[H_IDENTITY + 1] === this.header[H_IDENTITY + 1];
  }

  /** A name that no other arena has. */
  get name(): string {
    return `${this.header[H_IDENTITY]! >>> 0}-${this.header[H_IDENTITY + 1]! >>> 0}`;
  }

  /** Line of the agent table, 0 before there is one. */
  get agentsLine(): number {
    return Atomics.load(this.header, H_AGENTS);
  }
  set agentsLine(line: number) {
    Atomics.store(this.header, H_AGENTS, line);
  }

  /** Line of the table of object shapes, 0 before there is one. */
  get shapesLine(): number {
    return Atomics.load(this.header, H_SHAPES);
  }
  /** Makes a block the table of shapes, unless another agent was first. */
  offerShapes({ line, words }: Block): boolean {
    return install(this.header, H_SHAPES, words, line);
  }

  /**
   * A zeroed block of at least `byteLength` bytes after the block header, to which nobody refers yet.
   *
   * @param zeroed How many of its words need be zero; clearing a large one that was used before takes a while.
   * @throws {RangeError} when the arena's address space is used up.
   */
  allocate(kind: Kind, byteLength: number, owner: number, zeroed?: number): Block {
    const needed = Math.ceil((byteLength + BLOCK_BODY * 4) / LINE);
    const sizeClass = classOf(needed);
    if (!(sizeClass < CLASSES)) {
      throw new RangeError(`Cannot allocate ${byteLength} bytes of shared memory: too large`);
    }
    const header = this.header;
    let line: number;
    let reused = true;
    lockWord(header, H_LOCK, owner);
    try {
      line = header[FREE_LISTS + sizeClass]!;
      if (line !== 0) {
        const free = new Int32Array(this.buffer, line * LINE, BLOCK_BODY);
        takeFree(header, FREE_LISTS + sizeClass, free, owner, Kind.unfinished);
      } else {
        reused = false;
        line = this.#extend(linesOf(sizeClass), byteLength, owner);
      }
    } finally {
      unlockWord(header, H_LOCK);
    }
    const block = this.block(line);
    if (reused) block.words.fill(0, BLOCK_BODY, zeroed);
    block.words[BLOCK_GENERATION]!++;
    Atomics.store(block.words, BLOCK_KIND, kind);
    return block;
  }

  /** Takes never used lines from the end, growing the buffer; the new block can be walked over at once. */
  #extend(lines: number, byteLength: number, owner: number): number {
    const header = this.header;
    const line = header[H_BUMP]!;
    const end = (line + lines) * LINE;
    if (end > this.buffer.byteLength) {
      // Grow by an eighth more than needed (page-rounded): pages that nobody touches cost nothing.
      const wish = Math.ceil((end * 1.125 + INITIAL_BYTES) / 65536) * 65536;
      try {
        this.buffer.grow(Math.min(wish, this.buffer.maxByteLength));
      } catch {
        // Refused as a whole: the exact need may still fit.
      }
      if (end > this.buffer.byteLength) {
        try {
          this.buffer.grow(Math.ceil(end / 65536) * 65536);
        } catch (cause) {
          throw new RangeError(
            `Cannot allocate ${byteLength} bytes of shared memory: ` +
              `${this.buffer.byteLength} of at most ${this.buffer.maxByteLength} bytes are in use`,
            { cause },
          );
        }
      }
    }
    const fresh = new Int32Array(this.buffer, line * LINE, BLOCK_BODY);
    fresh[BLOCK_LINES] = lines;
    fresh[BLOCK_KEEPER] = owner;
    fresh[BLOCK_KIND] = Kind.unfinished;
    Atomics.store(header, H_BUMP, line + lines);
    return line;
  }

  /** Gives a block back, to which nobody refers any more. */
  free(block: Block, owner: number): void {
    const header = this.header;
    const words = block.words;
    const slot = FREE_LISTS + classOf(words[BLOCK_LINES]!);
    const { line } = block;
    lockWord(header, H_LOCK, owner);
    // Until here it is a block that is being destroyed, and can be found by that.
    putFree(header, slot, words, line, Kind.free);
    unlockWord(header, H_LOCK);
  }

  /** The block that starts at `line`. */
  block(line: number): Block {
    if (!(line >= FIRST_LINE && line < Atomics.load(this.header, H_BUMP))) {
      throw new RangeError(`No shared object at line ${line}`);
    }
    const lines = new Int32Array(this.buffer, line * LINE, BLOCK_BODY)[BLOCK_LINES]!;
    return new Block(this, line, new Int32Array(this.buffer, line * LINE, lines * LINE_WORDS));
  }

  /** One view of all memory that was handed out so far. */
  everything(): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.buffer, 0, Atomics.load(this.header, H_BUMP) * LINE_WORDS);
  }

  /** Where in it the first block begins. */
  readonly firstBlock: number = FIRST_LINE * LINE_WORDS;

  /** Frees the allocator when the agent that was inside it is dead. */
  recover(dead: number): void {
    if (!abandonLockWord(this.header, H_LOCK, dead)) Atomics.notify(this.header, H_LOCK, 1);
  }

  /** Wakes all who wait to allocate, to look again. */
  wakeAllocators(): void {
    Atomics.notify(this.header, H_LOCK);
  }
}
