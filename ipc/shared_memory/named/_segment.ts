/**
 * The file of an object with a name: who makes it, who opens it, who unlinks it.
 *
 * Whoever has it open has it locked together with the others (`flock`), as long as its descriptor is open; the system unlocks it
 * when the process ends in whatever way. So who gets the lock alone knows that nobody else is alive:
 *
 * - who closes it last unlinks it;
 * - who opens it and is alone has found what killed processes have left: it unlinks that and makes a new one;
 * - the first one to open any name in a program looks for what else was left.
 *
 * A file gets its name, all at once, when all is in it. One that was unlinked between opening and locking has no name left, and
 * is not used.
 */
import { systemError } from "../system/errors.ts";
import { errno, type Libc } from "../system/linux/libc.ts";
import {
  lockAlone,
  lockTogether,
  makeNameless,
  Mapping,
  nameObject,
  namesWith,
  openObject,
  processSpace,
  reserveMemory,
  sizeObject,
  type Stat,
  statOf,
  unlinkOwn,
} from "../system/linux/object.ts";

/** Before the names of these files. */
export const PREFIX = "ferry-ipc-";

/** An open file. */
export class Segment {
  readonly #libc: Libc;
  readonly #file: string;
  readonly #fd: number;
  readonly mapping: Mapping;

  constructor(libc: Libc, file: string, fd: number, mapping: Mapping) {
    this.#libc = libc;
    this.#file = file;
    this.#fd = fd;
    this.mapping = mapping;
  }

  /** Opens the file with a name; `undefined` if nobody has it open. */
  static open(libc: Libc, what: string, file: string): Segment | undefined {
    for (;;) {
      const fd = openObject(libc, file);
      if (fd === "ENOENT") return undefined;
      if (typeof fd === "string") throw systemError(what, fd);
      let mapping: Mapping | undefined;
      try {
        const stat = ownStat(libc, what, fd);
        if (lockAlone(libc, fd)) {
          unlinkOwn(libc, file, stat.inode);
          continue;
        }
        if (!lockTogether(libc, fd)) throw systemError(what, errno());
        if (ownStat(libc, what, fd).links === 0) continue;
        mapping = new Mapping(libc, what, fd, stat.size);
        return new Segment(libc, file, fd, mapping);
      } finally {
        if (mapping === undefined) libc.close(fd);
      }
    }
  }

  /**
   * Makes a file that has no name yet.
   *
   * @param size Its length.
   */
  static make(libc: Libc, what: string, file: string, size: number): Segment {
    const fd = makeNameless(libc, what, 0o600);
    try {
      if (!lockTogether(libc, fd)) throw systemError(what, errno());
      sizeObject(libc, what, fd, size, false);
      return new Segment(libc, file, fd, new Mapping(libc, what, fd, size));
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  }

  /** Takes memory for a part of it; the name of the error if there is none. */
  reserve(from: number, to: number): string | undefined {
    return reserveMemory(this.#libc, this.#fd, from, to);
  }

  /** Gives it its name; `false` if the name is taken. */
  publish(what: string): boolean {
    return nameObject(this.#libc, what, this.#fd, this.#file);
  }

  /** Unlinks it if nobody else has it open. */
  unlinkIfLast(): void {
    if (!lockAlone(this.#libc, this.#fd)) return;
    unlinkOwn(this.#libc, this.#file, statOf(this.#libc, this.#fd)?.inode);
  }

  /** Gives memory and descriptor back. */
  close(): void {
    this.mapping.unmap();
    this.#libc.close(this.#fd);
  }
}

/** Unlinks the files that killed processes have left. */
export function sweepSegments(libc: Libc): void {
  for (const file of namesWith(libc, PREFIX)) {
    const fd = openObject(libc, file);
    if (typeof fd === "string") continue;
    const stat = statOf(libc, fd);
    if (stat?.owner === libc.geteuid() && lockAlone(libc, fd)) unlinkOwn(libc, file, stat.inode);
    libc.close(fd);
  }
}

/** The number of this process's space of process numbers. */
export function spaceOf(libc: Libc): bigint {
  return processSpace(libc);
}

/** What the system says of a file that is this user's. */
function ownStat(libc: Libc, what: string, fd: number): Stat {
  const stat = statOf(libc, fd);
  if (stat?.owner === libc.geteuid()) return stat;
  throw new Deno.errors.PermissionDenied(`Cannot ${what}: the name is another user's`);
}
