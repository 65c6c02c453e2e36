/**
 * The arena of one object with a name, which other programs have mapped, too.
 *
 * Layout: as every arena's (`memory/arena.ts`), with these words of the header:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 7 | version of the layout of everything in it | maker |
 * | 8 | line of the table of threads, see `_threads.ts` | maker |
 * | 9 | line of the object itself | maker |
 * | 10 | memory that was reserved, in units of 64 KiB | allocators, under the lock |
 * | 11 | lock word of the reaper, see `_reaper.ts` | |
 *
 * The file is as long as its capacity from the start, but has no memory yet: that is reserved as the arena grows. A write to
 * what is not reserved may find the system without memory, and kills the process.
 *
 * Crash safety: a process can be killed in the middle of changing the free lists. Every block says itself whether it is free. So
 * whoever gets the allocator's lock after a dead one lists all free blocks anew.
 */
import { BLOCK_KIND, BLOCK_NEXT } from "../../kill_safe.ts";
import {
  Arena,
  type Block,
  BLOCK_LINES,
  CLASSES,
  classOf,
  FREE_LISTS,
  H_SHARED,
  isArena,
  Kind,
  LINE_WORDS,
} from "../../memory/arena.ts";

/** Changes with the layout of anything that can live in such an arena. */
const VERSION = 1;
const H_VERSION: number = H_SHARED;
const H_THREADS: number = H_SHARED + 1;
const H_ROOT: number = H_SHARED + 2;
const H_RESERVED: number = H_SHARED + 3;
export const H_REAPER: number = H_SHARED + 4;

/** The unit in which memory is reserved. */
const UNIT = 65536;

/** Reserves memory; the name of the error if there is none. */
export type Reserve = (from: number, to: number) => string | undefined;

/** Such an arena. */
export class NamedArena extends Arena {
  readonly #reserve: Reserve;
  readonly #name: string;
  readonly #what: string;

  /**
   * @param buffer All of the file.
   * @param what What errors call the object, as in "queue".
   */
  constructor(buffer: ArrayBuffer, name: string, what: string, reserve: Reserve) {
    // Atomic operations work on any buffer; what waits is told by the buffer (`wait/queues.ts`).
    super(buffer as unknown as SharedArrayBuffer);
    this.#name = name;
    this.#what = what;
    this.#reserve = reserve;
  }

  override get sharedName(): string {
    return this.#name;
  }

  /** Makes an empty arena of a file of zeros. */
  format(): void {
    this.initialise();
    this.header[H_VERSION] = VERSION;
  }

  /** Whether the file is an arena of this version. */
  get isKnown(): boolean {
    return isArena(this.buffer) && this.header[H_VERSION] === VERSION;
  }

  get threadsLine(): number {
    return this.header[H_THREADS]!;
  }
  set threadsLine(line: number) {
    this.header[H_THREADS] = line;
  }

  /** The object that the arena is for. */
  get root(): Block {
    return this.block(this.header[H_ROOT]!);
  }
  set root({ line }: Block) {
    this.header[H_ROOT] = line;
  }

  protected override grow(end: number, byteLength: number): void {
    const { header } = this;
    const reserved = header[H_RESERVED]! * UNIT;
    if (end <= reserved) return;
    const capacity = this.buffer.byteLength;
    const needed = Math.ceil(end / UNIT);
    // An eighth more than needed: small steps cost a call of the system each.
    const wished = Math.ceil(end * 1.125 / UNIT);
    let code: string | undefined = "capacity";
    for (const units of new Set([wished, needed])) {
      const to = Math.min(units * UNIT, capacity);
      if (end > to) break;
      code = this.#reserve(reserved, to);
      if (code === undefined) {
        header[H_RESERVED] = units;
        return;
      }
    }
    throw new RangeError(
      `Cannot allocate ${byteLength} bytes in the ${this.#what} ${JSON.stringify(this.#name)}: ` +
        (code === "capacity"
          ? `its capacity is ${capacity} bytes`
          : `the system has no more shared memory (${code})`),
    );
  }

  protected override repair(): void {
    const { header } = this;
    header.fill(0, FREE_LISTS, FREE_LISTS + CLASSES);
    const all = this.everything();
    for (let at = this.firstBlock; at < all.length;) {
      const lines = all[at + BLOCK_LINES]!;
      if (lines <= 0) return;
      if (all[at + BLOCK_KIND] === Kind.free) {
        const list = FREE_LISTS + classOf(lines);
        all[at + BLOCK_NEXT] = header[list]!;
        header[list] = at / LINE_WORDS;
      }
      at += lines * LINE_WORDS;
    }
  }
}
