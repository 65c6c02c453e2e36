import { checkOptions, pickOptions } from "../../persist/options.ts";
import type { Address } from "../../net/errors.ts";
import type { AuthKey, ListenAddress } from "../../net/connection/mod.ts";
import type { Process } from "../process/process.ts";
import { transportTo } from "./client/local/transport.ts";
import { SocketTransport, type SocketTransportOptions } from "./client/socket_transport.ts";
import type { Transport } from "./client/transport.ts";
import type { Door } from "./local/door.ts";
import { CONNECT_RULES, type ConnectManagerOptions } from "./options.ts";
import { checkedOptions, type ConnectRedisOptions, isUrl, redisUrl } from "./redis/options.ts";
import { RedisTransport, type SentRedis } from "./redis/transport.ts";

/** What a manager is made of. */
export class Way {
  readonly transport: Transport;
  readonly address: Address | undefined;
  readonly authKey: AuthKey;
  /** That of the server, if it was started for this manager. */
  readonly process: Process | undefined;

  constructor(
    transport: Transport,
    address: Address | undefined,
    authKey: AuthKey,
    process?: Process,
  ) {
    this.transport = transport;
    this.address = address;
    this.authKey = authKey;
    this.process = process;
  }
}

/** Connects to a server, or to Redis. */
export async function connectTo(
  address: Address | ListenAddress | string | URL,
  options: ConnectManagerOptions | ConnectRedisOptions | undefined,
): Promise<Way> {
  if (isUrl(address)) {
    const transport = new RedisTransport(
      redisUrl(address),
      checkedOptions((options ?? {}) as ConnectRedisOptions),
    );
    await transport.open();
    return new Way(transport, transport.address, "");
  }
  if (typeof options !== "object" || options === null || !hasKey(options)) {
    throw new TypeError("Cannot connect to a manager: needed { authKey }");
  }
  checkOptions("Cannot connect to a manager", options, CONNECT_RULES);
  const full: Address = "path" in address
    ? address as Address
    : { hostname: "127.0.0.1", ...address } as Address;
  const transport = new SocketTransport(
    full,
    pickOptions<ConnectManagerOptions>(options, CONNECT_RULES),
  );
  await transport.open();
  return new Way(transport, full, options.authKey);
}

function hasKey(options: object): options is ConnectManagerOptions {
  return (options as { authKey?: unknown }).authKey !== undefined;
}

/** What is sent of a manager: the way to its server, for agents of this program. */
export type Sent = readonly [
  door: Door | undefined,
  address: Address | undefined,
  authKey: AuthKey,
  socket: readonly [options: SocketTransportOptions, cancels: boolean] | SentRedis | undefined,
];

/** What is sent of a way. */
export function sentWay(
  transport: Transport,
  address: Address | undefined,
  authKey: AuthKey,
): Sent {
  const { local } = transport;
  if (local !== undefined) return [local.door, address, authKey, undefined];
  if (transport instanceof RedisTransport) return [undefined, address, authKey, transport.sent];
  const { options, cancels } = transport as SocketTransport;
  const { registry: _, signal: _signal, ...sent } = options;
  return [undefined, address, authKey, [sent, cancels]];
}

/** A way that was sent here. */
export function arrivedWay([door, address, authKey, socket]: Sent): Way {
  const transport = door !== undefined
    ? transportTo(door)
    : typeof socket![0] === "string"
    ? new RedisTransport(...socket as SentRedis)
    : new SocketTransport(address!, ...socket as [SocketTransportOptions, boolean]);
  return new Way(transport, address, authKey);
}
