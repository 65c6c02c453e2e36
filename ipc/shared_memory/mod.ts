/**
 * Memory with a name that any process of the machine can open, in CPython's names and layouts; and locks, events, queues, pipes
 * and maps of `ipc` with a name, which programs share that do not know each other.
 *
 * | to | use |
 * | --- | --- |
 * | share bytes, or typed arrays on them, with another process | {@linkcode SharedMemory} |
 * | share a few numbers and texts with a CPython process | {@linkcode ShareableList} |
 * | make several, and be rid of all at once | {@linkcode SharedMemoryManager} |
 * | exchange objects with another Deno program | `new Queue({ name })`, `Pipe.connect({ name })` of `ipc` |
 * | exclude, signal, share a map with one | `new Lock({ name })`, `new SharedEvent({ name })`, `new SharedMap(null, { name })` |
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
 * @example A queue between programs
 * ```ts
 * import { Queue } from "@ferry/std/ipc";
 * import "@ferry/std/ipc/shared-memory"; // opens names
 * import { assertEquals } from "@std/assert";
 *
 * using jobs = new Queue<{ id: number }>({ name: "example-jobs" });
 * using same = new Queue<{ id: number }>({ name: "example-jobs" }); // usually in another program
 * await jobs.put({ id: 1 });
 * assertEquals(await same.get(), { id: 1 });
 * ```
 *
 * ## Objects with a name
 * On Linux `Lock`, `SharedEvent`, `Queue`, `JoinableQueue`, `SharedMap` and `Pipe.connect` take `{ name }` once this module is
 * imported.
 * All methods are there, blocking and awaiting; `waitAny` waits for them, `waitAnySync` does not.
 *
 * - Who comes first makes the object, the others open it. It lives until the last program that has it open has closed it or
 *   has ended; a worker that is killed has closed nothing. If the last ones were killed, the next one to open the name makes a
 *   new object.
 * - A program may be killed at any instruction. A lock that it held goes to the next one that wants it, marked `abandoned`; its
 *   end of a pipe is closed; a change of a queue or map is made or not made; memory that it was about to use is used again.
 *   Whoever waits finds out, within about a quarter of a second. A getter that is killed takes at most the items with it
 *   that it had already taken.
 * - What goes through them are copies, of everything that a `Queue` can carry but shared objects without a name. Those with one
 *   travel by it, except for ends of pipes: keep yours open until the receiver has opened its own.
 * - Eight awaits of such objects sleep at a time in each thread; those beyond that look every ten milliseconds whether they can
 *   go on.
 * - They are this user's, on this machine, in this container: at most 511 threads have one open. An object takes 64 KiB of
 *   shared memory or more, and grows to its `capacity`; if there is no more, the put or set throws a `RangeError`.
 *
 * ## Guarantees
 * - No read or write of a closed block: its views are empty, a block whose buffer was transferred elsewhere stays mapped.
 * - On Linux and Windows a block gets its name when it has its size: nobody opens a half-made one. On macOS that is a
 *   `RangeError` of {@linkcode SharedMemory.open}.
 * - What a process created and did not unlink is unlinked when it ends; on Linux, if it was killed, when the next Ferry
 *   program uses shared memory, or wants the same name. Nothing else is unlinked: blocks are told apart by more than their
 *   names.
 * - On Linux and Windows memory is reserved: a full machine is an error of {@linkcode SharedMemory.create}, not a death later.
 *
 * ## Systems
 * | | Linux | macOS | Windows |
 * | --- | --- | --- | --- |
 * | `SharedMemory`, `ShareableList`, `SharedMemoryManager` | yes | yes | yes |
 * | objects with a name | yes | `NotSupported` | `NotSupported` |
 * | names by themselves | `psm_…` | `psm_…` | `wnsm_…` |
 * | longest name in bytes | 255 | 30 | 255 |
 * | a name goes | by `unlink`, or with its tracked maker, even by a kill | by `unlink`, or when its tracked maker ends by itself | with the last process that has it open |
 * | length for who opens it | as made | whole pages | whole pages |
 *
 * Linux on x64 is where all of it is tested. What Windows does was run with Deno for Windows under Wine, not on Windows itself.
 * The calls of macOS, on ARM64 and x64, were only made to a stand-in for its library that has Apple's numbers and layouts.
 *
 * ## Limits
 * Little-endian machines. Somebody who makes the file of a block shorter while it is in use ends the processes that touch what
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
