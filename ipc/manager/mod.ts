/**
 * Objects that live in one place and are used from many: CPython's `multiprocessing.managers`, in its own protocol.
 *
 * | to | use |
 * | --- | --- |
 * | keep objects for others, in a process of their own | {@linkcode Manager.start} |
 * | keep them here | {@linkcode ManagerServer} |
 * | use those of a server, of ours or of CPython | {@linkcode Manager.connect} |
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
 * ## Guarantees
 * - The protocol is CPython's, 3.8 to 3.13, both ways. Between two ends of ours requests are not answered in turn, so that one
 *   that waits holds up no other.
 * - Nobody without the key is answered, and no pickle is read before it was shown. Pickles make built-in types, and what you
 *   register.
 * - A client that goes away, at whatever moment, leaves no lock or semaphore of our server taken, and no wait behind.
 * - What a call with a `signal` has taken when the signal aborts is its result: no item of a queue is lost.
 *
 * ## Limits
 * CPython reads a proxy that comes within a value, such as a list from a dict, with the key of its process: there, set
 * `multiprocessing.current_process().authkey`. An `RLock` or `Condition` belongs to a client, not to a task of it.
 *
 * The key is shown when a connection opens; later messages are neither signed nor encrypted. CPython's `Pool` as a managed type,
 * and functions as arguments, are not to be had.
 *
 * ## Permissions
 * `--allow-net`; for Unix sockets `--allow-read` and `--allow-write` of the path as well.
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
export { QueueProxy } from "./client/queue.ts";
export { SetProxy } from "./client/set.ts";
export { RemoteError } from "./errors.ts";
export { type ConnectManagerOptions, Manager, type StartManagerOptions } from "./manager.ts";
export type { Factory, RegisterOptions } from "./server/custom_type.ts";
export { type ManagedType, ManagerServer, type ManagerServerOptions } from "./manager_server.ts";
export { BrokenBarrierError, QueueEmptyError, QueueFullError, TimeoutError } from "../errors.ts";
export { QueueShutDownError } from "../errors.ts";
export { PyException } from "../../persist/types/mod.ts";
