/**
 * Objects that live in one place and are used from many: CPython's `multiprocessing.managers`, in its own protocol, and on Redis.
 *
 * | to | use |
 * | --- | --- |
 * | keep objects for the workers of this program, and for others | {@linkcode Manager.start} |
 * | keep them here | {@linkcode ManagerServer} |
 * | use those of a server, of ours or of CPython | {@linkcode Manager.connect} |
 * | keep them on Redis or Valkey, with no server of ours | `Manager.connect("redis://…")`, see `docs/managers.md` |
 * | mean the same object in two programs | `{ name }`: `manager.dict({}, { name: "scores" })` |
 * | hand an object to a worker | its proxy as an argument of a `Process`, or through a pipe or queue |
 * | use it in a thread that may block | the methods that end in `Sync`, after `Manager.start` |
 * | call methods of your own objects from elsewhere | the option `types` of {@linkcode ManagerServer}, {@linkcode BaseProxy.call} |
 *
 * @example Two programs, one dict
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Map([["eve", 1]]);
 * await using server = new ManagerServer({ port: 0 }, {
 *   authKey: "secret",
 *   types: { get_scores: { factory: () => scores, as: "dict" } },
 * });
 *
 * // In another program, or in Python: m.register("get_scores", proxytype=DictProxy); m.get_scores()
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const dict = await manager.create("get_scores");
 * await dict.call("update", [{ ada: 2 }]);
 * assertEquals(scores.get("ada"), 2);
 * ```
 *
 * ## Where calls go
 * `Manager.start` gives the server a thread of its own. Agents of the same program, workers of any kind, reach it through
 * rings of shared memory; other programs through a socket. Calls of an agent are done in the order in which it made them,
 * whether they wait or block. A call that blocks stops its thread until the server has answered, and nothing else: on the
 * main thread that means its timers, its sockets and the functions that others call back there.
 *
 * ## Guarantees
 * - The protocol is CPython's, 3.8 to 3.13, both ways. Between two ends of ours requests are not answered in turn, so that one
 *   that waits holds up no other.
 * - Nobody without the key is answered, and no pickle is read before it was shown. Pickles make built-in types, and what you
 *   register.
 * - A client that goes away, at whatever moment, leaves no lock or semaphore of our server taken, no reference and no wait
 *   behind; so does a worker that is killed.
 * - In an agent of this program values arrive as through a pipe: what structured clone keeps. Through a socket, as through a
 *   pickle.
 * - What a call with a `signal` has taken when the signal aborts is its result: no item of a queue is lost.
 *
 * ## Limits
 * CPython reads a proxy that comes within a value, such as a list from a dict, with the key of its process: there, set
 * `multiprocessing.current_process().authkey`. An `RLock` or `Condition` belongs to a client, not to a task of it.
 *
 * The key is shown when a connection opens; later messages are neither signed nor encrypted, but for the option `tls`, which
 * only ends of ours know. Functions as arguments can be called by servers of ours only. A managed pool runs functions of agents of
 * its own program; for other programs those that the server has registered as `functions`.
 *
 * An object that another managed object refers to stays until the garbage collector of the server has seen that it does not any
 * more. A proxy through a socket that is sent to another agent must be kept here until it has arrived.
 *
 * ## On Redis and Valkey
 * The same objects and proxies, but for conditions, barriers, pools, types of your own and calls that block, which are
 * `Deno.errors.NotSupported`. What a program held that dies goes to others when its lease is over: items of queues, which are
 * given at least once, and locks, whose guards have a `token` and a `signal`. A change that is sent again because the connection
 * broke is done once.
 *
 * ## Permissions
 * `--allow-net`, but for a manager that is started with `{ address: null }`; for Unix sockets `--allow-read` and
 * `--allow-write` of the path as well. {@linkcode Manager.start} starts a `Process`, and needs what that needs besides.
 *
 * @module
 */
export {
  BaseProxy,
  type ProxyWaitOptions,
  type ProxyWaitSyncOptions,
} from "./client/base_proxy.ts";
export { BarrierProxy } from "./client/barrier.ts";
export { ConditionProxy } from "./client/condition.ts";
export { DictProxy } from "./client/dict.ts";
export { EventProxy } from "./client/event.ts";
export { ListProxy, type SortOptions } from "./client/list.ts";
export { LockProxy, type ManagedGuard, type ManagedSyncGuard } from "./client/lock.ts";
export { ArrayProxy, IteratorProxy, NamespaceProxy, ValueProxy } from "./client/plain.ts";
export {
  AsyncResultProxy,
  type ManagedAsyncOptions,
  type ManagedMapOptions,
  type ManagedPoolOptions,
  PoolProxy,
} from "./client/pool.ts";
export type { ManagedTask } from "./task.ts";
export { QueueProxy } from "./client/queue.ts";
export { SetProxy } from "./client/set.ts";
export { LeaseLostError, RemoteError, ServerAwayError } from "./errors.ts";
export type { ConnectRedisOptions } from "./redis/options.ts";
export { Manager } from "./manager.ts";
export type { ConnectManagerOptions, NamedOptions, StartManagerOptions } from "./options.ts";
export type { Factory, RegisterOptions } from "./server/custom_type.ts";
export { type ManagedType, ManagerServer, type ManagerServerOptions } from "./manager_server.ts";
export { BrokenBarrierError, QueueEmptyError, QueueFullError, TimeoutError } from "../errors.ts";
export { QueueShutDownError } from "../errors.ts";
export { PyException } from "../../persist/types/mod.ts";
