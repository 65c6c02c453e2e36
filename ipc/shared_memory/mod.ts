/**
 * Memory with a name that any process of the machine can open, in CPython's names and layouts.
 *
 * | to | use |
 * | --- | --- |
 * | share bytes, or typed arrays on them, with another process | {@linkcode SharedMemory} |
 * | share a few numbers and texts with a CPython process | {@linkcode ShareableList} |
 * | make several, and be rid of all at once | {@linkcode SharedMemoryManager} |
 *
 * @example An array for numpy
 * ```ts
 * import { SharedMemory } from "@ferry/std/ipc/shared-memory";
 *
 * using memory = SharedMemory.create({ size: 8 * 1000 });
 * const numbers = new Float64Array(memory.bytes.buffer);
 * numbers.fill(0.5);
 * // In Python: shm = SharedMemory(name); numpy.ndarray(1000, "<f8", shm.buf)
 * memory.unlink();
 * ```
 *
 * ## Guarantees
 * - No read or write of a closed block: its views are empty, a block whose buffer was transferred elsewhere stays mapped.
 * - A block gets its name when it has its size: nobody opens a half-made one.
 * - What a process created and did not unlink is unlinked when it ends; if it was killed, when the next Ferry program
 *   uses shared memory, or wants the same name. Nothing else is unlinked: blocks are told apart by more than their names.
 * - Memory is reserved: a full machine is an error of {@linkcode SharedMemory.create}, not a death later.
 *
 * ## Limits
 * Linux, little-endian. Somebody who makes the file of a block shorter while it is in use ends the processes that touch what
 * is gone: the system gives no way to notice. Blocks in `/dev/shm` count as memory, and containers often have only 64 MiB.
 *
 * ## Permissions
 * `--allow-ffi`.
 *
 * @module
 */

import "./named/open.ts";

export {
  type CreateShareableListOptions,
  type Shareable,
  ShareableList,
} from "./shareable_list.ts";
export { type CreateSharedMemoryOptions, SharedMemory } from "./shared_memory.ts";
export { SharedMemoryManager } from "./shared_memory_manager.ts";
