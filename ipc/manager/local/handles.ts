/**
 * Proxies on their way between the agents of a program.
 *
 * A proxy is sent as the way to its server and the number of its object. If the server is in this program, that is its door
 * and the object's anchor: both are shared objects, which the message itself keeps. Else it is the server's address and the
 * key, which stay in this program; who sends such a proxy keeps it until it has arrived, as with CPython's.
 *
 * @module
 */
import type { Address } from "../../../net/errors.ts";
import type { Connection } from "../../pipe/connection.ts";
import type { Queue } from "../../queue/queue.ts";
import type { Lock } from "../../sync/lock.ts";
import { BaseProxy, partsOf } from "../client/base_proxy.ts";
import { transportTo } from "../client/local/transport.ts";
import { makeProxy } from "../client/make_proxy.ts";
import {
  addressOf,
  proxyElsewhere,
  type SocketTransport,
  type SocketTransportOptions,
} from "../client/socket_transport.ts";
import { redisProxyElsewhere, RedisTransport, type SentRedis } from "../redis/transport.ts";
import { type Home, ProxyReference, Token } from "../wire.ts";
import type { LocalReply, LocalRequest } from "./door.ts";

type DoorQueue = Queue<Connection<LocalRequest, LocalReply>>;

/** The way to a server in this program, and what keeps the object. */
type Near = readonly [queue: DoorQueue, alive: Lock, anchor: Disposable | undefined];

/** The way to a server elsewhere. */
type Far = readonly [
  address: Address,
  options: SocketTransportOptions,
  /** Whether the server is one of ours, as far as that is known. */
  cancels: boolean,
];

/** What is sent of a proxy. */
export type Handle = readonly [
  typeId: string,
  ident: string,
  proxyType: string,
  exposed: readonly string[] | undefined,
  tokenAddress: unknown,
  near: Near | undefined,
  far: Far | SentRedis | undefined,
];

/** The servers of this agent, by their doors. */
const homes = new WeakMap<DoorQueue, Home>();

/** A server of this agent has opened its door. */
export function serveHere(queue: DoorQueue, home: Home): void {
  homes.set(queue, home);
}

/** What is sent of a proxy. */
export function handleOf(proxy: BaseProxy): Handle {
  const { token, transport } = partsOf(proxy);
  const { typeId, ident, address } = token;
  const { proxyType, exposed } = BaseProxy.referenceOf(proxy);
  const { local } = transport;
  if (local !== undefined) {
    const { queue, alive } = local.door;
    const near: Near = [queue, alive, local.anchorOf(ident)];
    return [typeId, ident, proxyType, exposed, address, near, undefined];
  }
  if (transport instanceof RedisTransport) {
    return [typeId, ident, proxyType, exposed, address, undefined, transport.sent];
  }
  const { address: where, options, cancels } = transport as SocketTransport;
  const { registry: _, signal: _signal, ...sent } = options;
  return [typeId, ident, proxyType, exposed, address, undefined, [where, sent, cancels]];
}

/** What is sent of a reference that a server has. */
export function handleOfReference(
  { token, proxyType, exposed, home, authKey }: ProxyReference,
): Handle {
  const { typeId, ident, address } = token;
  if (home?.door !== undefined) {
    const { queue, alive } = home.door;
    const near: Near = [queue, alive, home.table.anchorOf(ident) as Disposable | undefined];
    return [typeId, ident, proxyType, exposed, home.token, near, undefined];
  }
  const where = addressOf(address);
  if (where === undefined || authKey === undefined) {
    throw new TypeError("Cannot send a proxy of another manager: it has no address");
  }
  return [typeId, ident, proxyType, exposed, address, undefined, [where, { authKey }, true]];
}

/** The proxy of a handle that has arrived; in the server's own agent a reference to its object. */
export function arrive(handle: Handle): unknown {
  const [typeId, ident, proxyType, exposed, address, near, far] = handle;
  const token = new Token(typeId, address, ident);
  if (near === undefined) {
    if (typeof far![0] === "string") {
      const [url, options] = far as SentRedis;
      return redisProxyElsewhere(url, options, token, { exposed: exposed ?? [], proxyType });
    }
    const [where, options, cancels] = far as Far;
    return proxyElsewhere(where, options, cancels, token, { exposed: exposed ?? [], proxyType });
  }
  const [queue, alive, anchor] = near;
  const home = homes.get(queue);
  if (home !== undefined) return home.own(new ProxyReference(token, proxyType, exposed));
  const transport = transportTo({ queue, alive });
  transport.hold(ident, anchor);
  return makeProxy({
    transport,
    token,
    exposed: exposed ?? [],
    release: () => transport.release(ident),
  }, proxyType);
}
