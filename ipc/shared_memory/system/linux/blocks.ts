import { type Block, type BlockRequest, type Blocks, randomHex } from "../blocks.ts";
import { systemError } from "../errors.ts";
import { type Tracked, Tracker } from "./_tracker.ts";
import type { Libc } from "./libc.ts";
import {
  makeNameless,
  Mapping,
  nameObject,
  openObject,
  sizeObject,
  statOf,
  unlinkObject,
} from "./object.ts";

/**
 * Blocks as files of `/dev/shm`, where `shm_open` has them. A block gets its name when it has its size, all at once; who made it
 * is taken down, so that it is unlinked even after a kill.
 */
export class LinuxBlocks implements Blocks {
  readonly #libc: Libc;
  readonly #tracker: Tracker;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#tracker = new Tracker(libc);
    this.#tracker.sweep();
  }

  create(what: string, { name, size, track, reserve, mode }: BlockRequest): Block {
    const c = this.#libc;
    const tracker = this.#tracker;
    const fd = makeNameless(c, what, mode);
    let mapping: Mapping | undefined;
    try {
      sizeObject(c, what, fd, size, reserve);
      mapping = new Mapping(c, what, fd, size);
      const inode = track ? statOf(c, fd)?.inode : undefined;
      let swept = false;
      for (;;) {
        const candidate = name ?? `psm_${randomHex()}`;
        const tracked = inode === undefined ? undefined : tracker.add(what, candidate, inode);
        let named = false;
        try {
          named = nameObject(c, what, fd, candidate);
        } finally {
          if (!named && tracked !== undefined) tracker.remove(what, tracked);
        }
        if (named) return new MappedBlock(candidate, mapping, tracked);
        if (name === undefined) continue;
        // Whose it was may have been killed.
        if (swept) throw systemError(what, "EEXIST");
        swept = true;
        tracker.sweep();
      }
    } catch (error) {
      mapping?.unmap();
      throw error;
    } finally {
      c.close(fd);
    }
  }

  open(what: string, name: string): Block {
    const c = this.#libc;
    const fd = openObject(c, name);
    if (typeof fd === "string") throw systemError(what, fd);
    try {
      const size = statOf(c, fd)?.size ?? 0;
      if (size === 0) throw new RangeError(`Cannot ${what}: it has no bytes yet`);
      return new MappedBlock(name, new Mapping(c, what, fd, size), undefined);
    } finally {
      c.close(fd);
    }
  }

  unlink(what: string, name: string, made: Block | undefined): boolean {
    const found = unlinkObject(this.#libc, what, name);
    const tracked = made instanceof MappedBlock ? made.tracked : undefined;
    if (tracked !== undefined) this.#tracker.remove(what, tracked);
    return found;
  }
}

class MappedBlock implements Block {
  readonly name: string;
  readonly #mapping: Mapping;
  readonly tracked: Tracked | undefined;

  constructor(name: string, mapping: Mapping, tracked: Tracked | undefined) {
    this.name = name;
    this.#mapping = mapping;
    this.tracked = tracked;
  }

  get buffer(): ArrayBuffer {
    return this.#mapping.buffer;
  }

  unmap(): void {
    this.#mapping.unmap();
  }
}
