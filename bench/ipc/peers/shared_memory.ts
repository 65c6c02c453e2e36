/** Named shared memory: blocks of this process, and lists in them. */
import { ShareableList, SharedMemory } from "@ferry/std/ipc/shared-memory";
import type { Measure } from "./measure.ts";

function timed(n: number, work: (i: number) => void): number {
  const start = performance.now();
  for (let i = 0; i < n; i++) work(i);
  return (performance.now() - start) / 1000;
}

/** Makes and unlinks a block of one page. */
export function createUnlink(n: number): number {
  return timed(n, () => {
    const memory = SharedMemory.create({ size: 4096 });
    memory.close();
    memory.unlink();
  });
}

/** Copies bytes into a block and out again. */
export function copy(size: number): Measure {
  return (n) => {
    using memory = SharedMemory.create({ size });
    const local = new Uint8Array(size).fill(1);
    memory.bytes.set(local);
    const seconds = timed(n, () => {
      memory.bytes.set(local);
      local.set(memory.bytes);
    });
    memory.unlink();
    return seconds;
  };
}

/** The same between two arrays of this process: the machine's own speed. */
export function copyLocal(size: number): Measure {
  return (n) => {
    const local = new Uint8Array(size).fill(1);
    const other = new Uint8Array(size).fill(1);
    return timed(n, () => {
      other.set(local);
      local.set(other);
    });
  };
}

function onList(work: (list: ShareableList<number>, i: number) => void): Measure {
  return (n) => {
    using list = ShareableList.create(Array.from({ length: 1024 }, (_, i) => i));
    const seconds = timed(n, (i) => work(list, i));
    list.sharedMemory.unlink();
    return seconds;
  };
}

/** Replaces items of a list. */
export const listSet: Measure = onList((list, i) => list.set(i & 1023, i));

/** Reads items of a list. */
export const listGet: Measure = onList((list, i) => void list.get(i & 1023));
