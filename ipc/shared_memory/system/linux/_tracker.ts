import { randomHex } from "../blocks.ts";
import { systemError } from "../errors.ts";
import { cString, errno, type Libc, uninterrupted } from "./libc.ts";
import {
  lockAlone,
  makeNameless,
  nameObject,
  namesWith,
  openObject,
  statOf,
  unlinkOwn,
} from "./object.ts";

// A record is itself an object of shared memory, which its owner holds locked. The system takes the lock away when the owner
// ends in whatever way, so that whoever can lock a record knows that its owner is gone, whatever number it had.
//
//   slot 0            slot 1            slot 2
//   inode | name      0     | (free)    inode | name      264 bytes each; a name ends with a NUL
//
// A name stands in its slot before the object has it: a kill between the two leaves a slot whose inode nobody has.
const PREFIX = "ferry-shm-";
const SLOT = 264;
const NAME = 8;
/** Most slots that are read of a record of another process. */
const MAX_SLOTS = 65_536;

/** A tracked name's place in the record. */
export interface Tracked {
  readonly slot: number;
  readonly name: string;
  readonly inode: bigint;
}

/** Keeps account of the names that this agent has made, so that they are unlinked when it ends, even by a kill. */
export class Tracker {
  readonly #libc: Libc;
  readonly #tracked = new Set<Tracked>();
  readonly #free: number[] = [];
  #slots = 0;
  #record: { readonly fd: number; readonly name: string } | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
    addEventListener("unload", () => this.#end());
  }

  /** Takes a name down, before the object with this inode is given it. */
  add(what: string, name: string, inode: bigint): Tracked {
    const { fd } = this.#record ??= this.#makeRecord(what);
    const slot = this.#free.pop() ?? this.#slots++;
    const text = cString(name);
    const bytes = new Uint8Array(NAME + text.length);
    new DataView(bytes.buffer).setBigUint64(0, inode, true);
    bytes.set(text, NAME);
    this.#write(what, fd, slot, bytes);
    const tracked = { slot, name, inode };
    this.#tracked.add(tracked);
    return tracked;
  }

  /** Forgets a name that is no more. */
  remove(what: string, tracked: Tracked): void {
    if (!this.#tracked.delete(tracked)) return;
    this.#write(what, this.#record!.fd, tracked.slot, new Uint8Array(NAME));
    this.#free.push(tracked.slot);
  }

  /** Unlinks what agents have left that are gone. */
  sweep(): void {
    for (const record of namesWith(this.#libc, PREFIX)) {
      if (record !== this.#record?.name) sweepRecord(this.#libc, record);
    }
  }

  #makeRecord(what: string): { fd: number; name: string } {
    const fd = makeNameless(this.#libc, what, 0o600);
    try {
      // Locked before it has a name: nobody takes it for one that was left.
      if (!lockAlone(this.#libc, fd)) throw systemError(what, errno());
      for (;;) {
        const name = `${PREFIX}${Deno.pid}-${randomHex()}`;
        if (nameObject(this.#libc, what, fd, name)) return { fd, name };
      }
    } catch (error) {
      this.#libc.close(fd);
      throw error;
    }
  }

  #write(what: string, fd: number, slot: number, bytes: Uint8Array<ArrayBuffer>): void {
    const at = BigInt(slot * SLOT);
    const length = BigInt(bytes.length);
    const done = uninterrupted(() => Number(this.#libc.pwrite(fd, bytes, length, at)));
    if (done < bytes.length) throw systemError(what, done < 0 ? errno() : "ENOSPC");
  }

  #end(): void {
    for (const { name, inode } of this.#tracked) unlinkOwn(this.#libc, name, inode);
    this.#tracked.clear();
    if (this.#record === undefined) return;
    unlinkOwn(this.#libc, this.#record.name, undefined);
    this.#libc.close(this.#record.fd);
    this.#record = undefined;
  }
}

function sweepRecord(libc: Libc, record: string): void {
  const fd = openObject(libc, record);
  if (typeof fd === "string") return;
  try {
    const stat = statOf(libc, fd);
    // A record of somebody else's is not believed: it could name what is not theirs.
    if (stat === undefined || stat.owner !== libc.geteuid()) return;
    if (!lockAlone(libc, fd)) return;
    const slots = Math.min(Math.floor(stat.size / SLOT) + 1, MAX_SLOTS);
    const bytes = new Uint8Array(slots * SLOT);
    libc.pread(fd, bytes, BigInt(bytes.length), 0n);
    for (let slot = 0; slot < slots; slot++) {
      const { name, inode } = readSlot(bytes.subarray(slot * SLOT, (slot + 1) * SLOT));
      if (inode !== 0n && name !== "" && !name.includes("/")) unlinkOwn(libc, name, inode);
    }
    unlinkOwn(libc, record, stat.inode);
  } finally {
    libc.close(fd);
  }
}

function readSlot(bytes: Uint8Array): { name: string; inode: bigint } {
  const inode = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const end = bytes.indexOf(0, NAME);
  return { inode, name: new TextDecoder().decode(bytes.subarray(NAME, end < 0 ? SLOT : end)) };
}
