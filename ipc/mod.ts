/**
 * Python's `multiprocessing` for Deno: workers that share memory and run as processes.
 *
 * | to | use |
 * |---|---|
 * | run a function or a module's export in a worker, stop it, get its result, learn how it ended | {@linkcode Process} |
 * | run a function for many items on all processors, one result after the other if you like | {@linkcode Pool} |
 * | hand items to any number of workers, in order | {@linkcode Queue}, {@linkcode JoinableQueue}, {@linkcode SimpleQueue} |
 * | hand over many at a time, several times as fast | {@linkcode Queue.putMany}, {@linkcode Queue.getMany} |
 * | connect two workers, for objects or bytes | {@linkcode Pipe}, {@linkcode Connection} |
 * | share one number, or an array of them, in place | {@linkcode SharedValue}, {@linkcode SharedArray} |
 * | share a map, with keys and values of your own | {@linkcode SharedMap} |
 * | tell many workers the same, each at its own pace | {@linkcode Broadcast}, {@linkcode Subscription} |
 * | let one at a time do something | {@linkcode Lock}, {@linkcode RLock} |
 * | let many read at a time, or one write | {@linkcode ReadWriteLock} |
 * | let a number of them | {@linkcode Semaphore}, {@linkcode BoundedSemaphore} |
 * | wait for a state, a change, or each other | {@linkcode SharedEvent}, {@linkcode Condition}, {@linkcode Barrier} |
 * | wait for the first of several | {@linkcode waitAny} |
 * | share objects with other programs and machines | the entry `ipc/manager` |
 * | share memory with other programs, CPython's too | the entry `ipc/shared-memory` |
 * | use all this in a `Worker` of your own | {@linkcode share}, {@linkcode attach} |
 * | send instances of your classes | {@linkcode registerClass} |
 *
 * The plain name of a method is asynchronous and takes `{ signal, timeout }`, `…Sync` blocks the thread and takes
 * `{ timeout }`, `try…` never waits. Timeouts are milliseconds, absent means for ever, 0 means one try.
 *
 * @example A worker that answers
 * ```ts
 * import { type Connection, Pipe, Process } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const [here, there] = new Pipe<number>();
 * await using worker = new Process((there: Connection<number>) => {
 *   for (;;) there.sendSync(there.recvSync() ** 2);
 * }, { args: [there], daemon: true });
 * worker.start();
 * here.sendSync(12);
 * // Should the worker fail, the wait ends with its error.
 * assertEquals(await here.recv({ signal: worker.signal }), 144);
 * here.close();
 * ```
 *
 * ## What can be sent
 *
 * Through pipes and queues, and as arguments of processes: `undefined`, `null`, booleans, numbers, bigints, strings,
 * arrays (holes included), plain objects, `Map`, `Set`, `Date`, `RegExp`, `URL`, `URLSearchParams`, values of `Temporal`,
 * `ArrayBuffer`, typed arrays, `DataView`, errors with their causes, instances of registered classes, cycles and shared
 * references among them, and all shared objects of this module. Anything else throws an {@linkcode UnsendableError} that names its path.
 *
 * Some of a value is left behind, without an error:
 *
 * - properties that an array, a `Map`, a `Date` or another object of a built-in class has besides what it holds, such as the
 *   `index` of a match; errors keep theirs;
 * - properties whose key is a symbol, or that are not enumerable; getters arrive as what they returned;
 * - the buffer that views share: a view arrives on a buffer of its own that holds what the view shows and no more. Send
 *   the `ArrayBuffer` and make the views anew, if one has to change with the other.
 *
 * The keys of an object are those that it has when it is reached. Where a getter removes a later one, its value is
 * `undefined`; where it adds one, that is not sent.
 *
 * ## Large items
 *
 * A message is copied into shared memory and out again. What costs most of a large one is fresh memory for whoever receives
 * it. So there are ways without: {@linkcode Connection.recvBytesInto} an array of yours; {@linkcode Connection.release} and
 * {@linkcode Queue.release}, which give an array back for the next message; `{ transfer: true }`, which moves a buffer; and, fastest, a few
 * {@linkcode SharedArray}s that go round: sent by its handle, an array stays where it is, and its receiver sends it back when
 * it was read.
 *
 * ## Guarantees
 *
 * - Messages and items arrive whole, once and in order; what cannot be sent is not sent in part.
 * - A worker may die at any moment: its locks go to the next waiter, marked `abandoned`; its ends of pipes are closed;
 *   what it had not taken out of a queue stays there; nobody keeps waiting for it. That happens once its thread has really
 *   stopped, a millisecond or two after `kill()` mostly, whether or not its parent's event loop turns: whoever waits for
 *   anything sees to it. It holds for `Process`es, and within a quarter of a second for a `Worker` of your own that ends.
 * - Code of your own that runs inside an operation (getters, `encode`, `decode`, `update`) may throw, dispose of the
 *   object or use others: no memory but the object's own is touched.
 * - A wait that is aborted or times out leaves no trace, and takes no wake-up from anybody else.
 *
 * ## Limits
 *
 * - A process that is in a long call into the runtime when it is killed (`outputSync()` of a command, a huge
 *   `JSON.parse`) stops when that returns; until then it keeps what it holds, and `join()` waits. There are loops, too, that
 *   V8 does not interrupt, such as one that does nothing but fill new arrays; `maxHeap` does not stop those either.
 * - An awaited wait is woken at once but goes on when its event loop turns: a worker that awaits a lock and then computes
 *   for long without blocking keeps a lock that is its next from the others meanwhile.
 * - Locks are not fair: they go to whoever comes first after a release, those of a `ReadWriteLock` to writers first. A `Semaphore` does not get back the permits of a
 *   dead worker (nor does the system's).
 * - Memory is reserved, not used, up front (64 GiB of address space); what was used once is used again, but not given
 *   back to the system before the program ends.
 * - A process that returns or throws first ends its daemons and waits for its other children; a program waits for its
 *   processes too. Whoever is stopped, or calls `Deno.exit`, takes all of them with it. See {@linkcode Process} for all the
 *   ways in which a process ends.
 * - A target that returns is over: timers and promises that it did not await are dropped (CPython waits for threads).
 * - At most 4,095 workers at a time. An item of a queue has at most 256 MiB, encoded; messages of pipes have no limit.
 * - Deno 2.9 or newer: `Process.start()` throws `Deno.errors.NotSupported` in older ones. Tested on Linux (x64). The main
 *   thread may block, which browsers forbid.
 * - A program that was bundled into one file cannot start processes, unless this package was left out of the bundle;
 *   `start()` says so. `deno compile` embeds what a process needs.
 *
 * ## Permissions
 *
 * None for shared objects. A `Process` needs `--allow-read` for its modules that are on disk: the target, and this package
 * if it was not loaded from a registry.
 *
 * @module
 */
import "./supported.ts";
export {
  Barrier,
  type BarrierAction,
  type BarrierOptions,
  BrokenBarrierError,
} from "./sync/barrier.ts";
export { BoundedSemaphore } from "./sync/bounded_semaphore.ts";
export { Condition } from "./sync/condition.ts";
export {
  type BytesLike,
  Connection,
  type RecvBytesOptions,
  type RecvBytesSyncOptions,
  type SendBytesOptions,
  type SendBytesSyncOptions,
} from "./pipe/connection.ts";
export {
  cpuCount,
  type CurrentProcess,
  currentProcess,
  type ParentProcess,
  parentProcess,
} from "./process/current_process.ts";
export {
  Broadcast,
  type BroadcastOptions,
  type SlowPolicy,
  type SubscribeOptions,
  Subscription,
} from "./collections/broadcast/broadcast.ts";
export {
  SharedMap,
  type SharedMapKey,
  type SharedMapOptions,
} from "./collections/map/shared_map.ts";
export {
  BroadcastShutDownError,
  BrokenPoolError,
  BufferTooShortError,
  MapFullError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  ResultEncodingError,
  SubscriberLaggedError,
  TimeoutError,
  WorkerDiedError,
} from "./errors.ts";
export { SharedEvent, SharedEvent as Event } from "./sync/event.ts";
export { type ExclusiveLock, type Guard, type Lockable, LockNotHeldError } from "./sync/guard.ts";
export { JoinableQueue } from "./queue/joinable_queue.ts";
export { Lock } from "./sync/lock.ts";
export type { NamedOptions, NamedStoreOptions } from "./memory/named.ts";
export type {
  BigNumericType,
  NumericArray,
  NumericInput,
  NumericType,
  NumericTypeName,
  NumericValue,
} from "./numbers/numeric.ts";
export { type NamedPipeOptions, Pipe, type PipeOptions } from "./pipe/pipe.ts";
export {
  activeChildren,
  type ModuleTarget,
  type Prestarted,
  type PrestartOptions,
  Process,
  ProcessExitError,
  type ProcessOptions,
  type TargetFunction,
} from "./process/process.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./queue/queue.ts";
export { type ClassCodec, registerClass } from "./codec/register_class.ts";
export { type LockSide, ReadWriteLock } from "./sync/read_write_lock.ts";
export { RLock } from "./sync/rlock.ts";
export { Semaphore } from "./sync/semaphore.ts";
export { SharedArray, type SliceRange } from "./numbers/shared_array.ts";
export {
  type ApplyOptions,
  type AsyncOptions,
  AsyncResult,
  type ImapOptions,
  type MapOptions,
  Pool,
  type PoolEvents,
  type PoolOptions,
  type PoolStats,
  type PoolTask,
  type StreamOptions,
  type TaskOptions,
  type Times,
} from "./pool/pool.ts";
export { attach, share, type SharedHandle, SharedObject } from "./share.ts";
export { type SharedNumberOptions, SharedValue } from "./numbers/shared_value.ts";
export { SimpleQueue } from "./queue/simple_queue.ts";
export { UnsendableError, type UnsendableErrorOptions } from "./codec/unsendable_error.ts";
export { type Waitable, waitAny, waitAnySync, type Watch } from "./wait_any.ts";
export type { WaitOptions, WaitSyncOptions } from "./wait/options.ts";
