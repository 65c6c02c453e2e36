/**
 * The arena: all shared objects of a program live in one growable `SharedArrayBuffer`. So a handle is just a number, which
 * can travel through a ring, and creating an object costs no buffer of its own.
 *
 * Roles: any agent may allocate and free. The buffer only grows; freed blocks are kept in free lists by size class.
 *
 * Layout, in 64-byte lines (one cache line, so that two locks never share one):
 *
 * | line | holds |
 * |---|---|
 * | 0 | arena header: magic, allocator lock, bump pointer, lines of the agent and shape tables |
 * | 1-9 | heads of the free lists, one word per size class |
 * | 10… | blocks, back to back: each has a header with its length, which leads to the next one |
 *
 * Block header (words of a block):
 *
 * | word | holds |
 * |---|---|
 * | 0 | kind (`Kind`), 0 = free |
 * | 1 | length of the block in lines, never changes |
 * | 2 | how many references there are to it, see `references.ts` |
 * | 3 | next free block while it is free; keeper, the agent that makes or destroys it, while nobody refers to it |
 * | 4 | generation: how often the block was allocated, so that a stale handle is told from a fresh one |
 *
 * Crash safety: a block leaves and enters the free lists in one step that a kill cannot tear (`kill_safe.ts`). Its word 3
 * then has the number of the agent that makes or destroys it, so that the reaper of a killed agent finds the blocks it was
 * working on. The allocator's lock goes to the next agent.
 *
 * Ordering: the words of the lists are touched only under the lock, which orders them.
 */
import { BLOCK_KEEPER, BLOCK_KIND, install, putFree, takeFree } from "../kill_safe.ts";
import { abandonLockWord, GRANTED_ABANDONED, lockWord, unlockWord } from "./lock_word.ts";
import { notify } from "../wait/queues.ts";

/** Bytes of a line, the unit of addresses and of allocation. */
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
  readWriteLock: 22,
  readers: 23,
  map: 24,
  mapTable: 25,
  broadcast: 26,
  broadcastSegment: 27,
  subscription: 28,
  /** Both ends of a pipe with a name. */
  namedPipe: 29,
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
/** The doorbell, see `doorbell.ts`. */
export const H_DOORBELL = 5;
/** How many agents listen to it. */
export const H_LISTENERS = 6;
/** Words for memory that other programs share, see `named.ts`. */
export const H_SHARED = 7;
/** Two random words that tell this arena from all others. */
const H_IDENTITY = 14;
/** First word of the free lists, in line 1, and how many there are. */
export const FREE_LISTS: number = LINE_WORDS;
const FIRST_LINE = 10;
export const CLASSES: number = (FIRST_LINE - 1) * LINE_WORDS;

const INITIAL_BYTES = 1 << 20;
/** Bits of the address space to reserve: at most 2^30 lines, as addresses are int32. Less where the system refuses. */
const RESERVE_BITS = [36, 34, 32, 31, 30, 28];

/** Where an object lives. */
export class Block {
  readonly arena: Arena;
  /** Number of its first line: the handle. */
  readonly line: number;
  /** The words of just this block. */
  readonly words: Int32Array<SharedArrayBuffer>;

  constructor(arena: Arena, line: number, words: Int32Array<SharedArrayBuffer>) {
    this.arena = arena;
    this.line = line;
    this.words = words;
  }
}

/** Whether a constructor was given the block to wrap, and not the first argument of a user. */
export function isBlock(value: unknown): value is Block {
  return value instanceof Block;
}

/** Whether there is an arena in a buffer. */
export function isArena(buffer: ArrayBufferLike): boolean {
  return buffer.byteLength >= FIRST_LINE * LINE &&
    Atomics.load(new Int32Array(buffer, 0, LINE_WORDS), H_MAGIC) === MAGIC;
}

/** Size class of a block of so many lines: four classes per power of two. */
export function classOf(lines: number): number {
  if (lines <= 4) return lines - 1;
  const top = 31 - Math.clz32(lines - 1);
  return 4 * (top - 1) + ((lines - 1) >>> (top - 2)) - 4;
}

/** Lines of the blocks of a size class: the inverse of {@linkcode classOf}, rounded up. */
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
  /** This thread's number among its agents. */
  me: number = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.header = new Int32Array(buffer, 0, FIRST_LINE * LINE_WORDS);
  }

  /** A new, empty arena. */
  static create(): Arena {
    const arena = new Arena(reserve());
    arena.initialise();
    return arena;
  }

  /** Makes an empty arena of zeros. */
  protected initialise(): void {
    this.header[H_BUMP] = FIRST_LINE;
    // Random values cannot be drawn into shared memory.
    this.header.set(crypto.getRandomValues(new Int32Array(2)), H_IDENTITY);
    Atomics.store(this.header, H_MAGIC, MAGIC);
  }

  /**
   * The arena in a buffer that came in a message.
   *
   * @throws {TypeError} If there is none in it.
   */
  static attach(buffer: SharedArrayBuffer): Arena {
    if (!isArena(buffer)) {
      throw new TypeError("Cannot attach shared memory: the buffer is not a Ferry arena");
    }
    return new Arena(buffer);
  }

  /** Whether other programs may share it: what lives in it has a name, and no references. */
  get isNamed(): boolean {
    return this.sharedName !== undefined;
  }

  /** The name by which other programs know it. */
  get sharedName(): string | undefined {
    return undefined;
  }

  /**
   * Whether a buffer that came in a message is this arena's. The objects cannot be compared: each message makes a new one
   * for the same memory.
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
  /** Makes a block the table of object shapes, unless there is one already. Whether it did. */
  offerShapes({ line, words }: Block): boolean {
    return install(this.header, H_SHAPES, words, line);
  }

  /**
   * A zeroed block with room for `byteLength` bytes after its header. Nobody refers to it yet.
   *
   * @param owner The agent that allocates, and is the block's keeper.
   * @param zeroed How many of its words must be zero, if not all: to clear a large block takes a while.
   * @throws {RangeError} If the arena's address space is used up.
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
    if (lockWord(header, H_LOCK, owner) === GRANTED_ABANDONED) this.repair();
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

  /** Makes a block of lines at the end that were never used; grows the buffer if it must. */
  #extend(lines: number, byteLength: number, owner: number): number {
    const header = this.header;
    const line = header[H_BUMP]!;
    const end = (line + lines) * LINE;
    this.grow(end, byteLength);
    const fresh = new Int32Array(this.buffer, line * LINE, BLOCK_BODY);
    fresh[BLOCK_LINES] = lines;
    fresh[BLOCK_KEEPER] = owner;
    fresh[BLOCK_KIND] = Kind.unfinished;
    Atomics.store(header, H_BUMP, line + lines);
    return line;
  }

  /**
   * Makes sure that there is memory up to an end.
   *
   * @throws {RangeError} If there is no more.
   */
  protected grow(end: number, byteLength: number): void {
    const { buffer } = this;
    if (end <= buffer.byteLength) return;
    // An eighth more than needed, in whole pages of 64 KiB: what nobody touches costs nothing.
    const wish = Math.ceil((end * 1.125 + INITIAL_BYTES) / 65536) * 65536;
    try {
      buffer.grow(Math.min(wish, buffer.maxByteLength));
    } catch {
      // As much as is needed may still fit.
    }
    if (end <= buffer.byteLength) return;
    try {
      buffer.grow(Math.ceil(end / 65536) * 65536);
    } catch (cause) {
      throw new RangeError(
        `Cannot allocate ${byteLength} bytes of shared memory: ` +
          `${buffer.byteLength} of at most ${buffer.maxByteLength} bytes are in use`,
        { cause },
      );
    }
  }

  /** Puts the free lists right after whoever changed them has died. Within a program nothing tears them. */
  protected repair(): void {}

  /** Frees a block that nobody refers to, and whose keeper is `owner`. */
  free(block: Block, owner: number): void {
    const header = this.header;
    const words = block.words;
    const slot = FREE_LISTS + classOf(words[BLOCK_LINES]!);
    const { line } = block;
    if (lockWord(header, H_LOCK, owner) === GRANTED_ABANDONED) this.repair();
    // Killed before this, the block has a keeper, whose reaper frees it.
    putFree(header, slot, words, line, Kind.free);
    unlockWord(header, H_LOCK);
  }

  /**
   * The block that begins at a line.
   *
   * @throws {RangeError} If there can be none.
   */
  block(line: number): Block {
    if (!(line >= FIRST_LINE && line < Atomics.load(this.header, H_BUMP))) {
      throw new RangeError(`No shared object at line ${line}`);
    }
    const lines = new Int32Array(this.buffer, line * LINE, BLOCK_BODY)[BLOCK_LINES]!;
    return new Block(this, line, new Int32Array(this.buffer, line * LINE, lines * LINE_WORDS));
  }

  /** One view of all memory that was allocated so far. */
  everything(): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.buffer, 0, Atomics.load(this.header, H_BUMP) * LINE_WORDS);
  }

  /** Index of the first block in it. */
  readonly firstBlock: number = FIRST_LINE * LINE_WORDS;

  /** Unlocks the allocator if a dead agent has locked it. */
  recover(dead: number): void {
    if (!abandonLockWord(this.header, H_LOCK, dead)) notify(this.header, H_LOCK, 1);
  }

  /** Wakes all who wait to allocate, to try again. */
  wakeAllocators(): void {
    notify(this.header, H_LOCK);
  }
}
