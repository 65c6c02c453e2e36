/**
 * Which class of proxy stands for an object.
 *
 * @module
 */
import { Global, tuple } from "../../../persist/types/mod.ts";
import type { Registry } from "../../../persist/pickle/mod.ts";
import { BaseProxy, type ProxyParts } from "./base_proxy.ts";
import { BarrierProxy } from "./barrier.ts";
import { ConditionProxy } from "./condition.ts";
import { DictProxy } from "./dict.ts";
import { EventProxy } from "./event.ts";
import { ListProxy } from "./list.ts";
import { LockProxy } from "./lock.ts";
import { ArrayProxy, IteratorProxy, NamespaceProxy, ValueProxy } from "./plain.ts";
import { AsyncResultProxy, PoolProxy } from "./pool.ts";
import { QueueProxy } from "./queue.ts";
import { REDIS_PROXIES } from "../redis/proxies.ts";
import { SetProxy } from "./set.ts";

type ProxyClass = new (parts: ProxyParts) => BaseProxy;

/** Which proxy stands for an object, by the name of its type or of CPython's proxy. */
const CLASSES: ReadonlyMap<string, ProxyClass> = new Map<string, ProxyClass>([
  ["AcquirerProxy", LockProxy],
  ["Array", ArrayProxy],
  ["AsyncResult", AsyncResultProxy],
  ["ArrayProxy", ArrayProxy],
  ["Barrier", BarrierProxy],
  ["BarrierProxy", BarrierProxy],
  ["BoundedSemaphore", LockProxy],
  ["Condition", ConditionProxy],
  ["ConditionProxy", ConditionProxy],
  ["DictProxy", DictProxy],
  ["Event", EventProxy],
  ["EventProxy", EventProxy],
  ["Iterator", IteratorProxy],
  ["IteratorProxy", IteratorProxy],
  ["JoinableQueue", QueueProxy],
  ["ListProxy", ListProxy],
  ["Lock", LockProxy],
  ["Namespace", NamespaceProxy],
  ["NamespaceProxy", NamespaceProxy],
  ["Pool", PoolProxy],
  ["PoolProxy", PoolProxy],
  ["Queue", QueueProxy],
  ["RLock", LockProxy],
  ["Semaphore", LockProxy],
  ["SetProxy", SetProxy],
  ["Value", ValueProxy],
  ["ValueProxy", ValueProxy],
  ["dict", DictProxy],
  ["list", ListProxy],
  ["set", SetProxy],
]);

/** All classes of proxies. */
export const PROXY_CLASSES: ReadonlySet<ProxyClass> = new Set([
  ...CLASSES.values(),
  ...REDIS_PROXIES.values(),
  BaseProxy,
]);

/**
 * Makes a proxy.
 *
 * @param proxyType CPython's class of proxy, if that is known.
 */
export function makeProxy(parts: ProxyParts, proxyType = ""): BaseProxy {
  const { typeId } = parts.token;
  const Class = parts.transport.proxies?.get(typeId) as ProxyClass | undefined ??
    CLASSES.get(proxyType) ?? CLASSES.get(typeId) ?? BaseProxy;
  return new Class(parts);
}

/** Lets proxies be pickled as CPython's are. */
export function registerProxyWriters(registry: Registry): void {
  for (const type of PROXY_CLASSES) {
    registry.registerWriter(type, "multiprocessing.managers", "RebuildProxy", (proxy) => {
      const { token, proxyType, exposed } = BaseProxy.referenceOf(proxy);
      return {
        args: [
          new Global("multiprocessing.managers", proxyType),
          token,
          "pickle",
          proxyType === "AutoProxy" ? { exposed: tuple(...exposed ?? []) } : {},
        ],
      };
    });
  }
}
