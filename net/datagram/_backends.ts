/**
 * Sockets for datagrams: Deno's, which needs `--unstable-net`, or `node:dgram`'s, which costs about three times as much CPU.
 */
import type { Address, InetAddress } from "../errors.ts";
import { hasUnstableNet } from "../native/listen.ts";
import { requireNet } from "../native/permission.ts";
import { plainAddress } from "../native/raw_conn.ts";

/** What is needed of a socket for datagrams. */
export interface RawDatagram {
  /** Where it is bound. */
  readonly address: Address;
  /** The next datagram, in the buffer or in memory of its own. */
  receive(into: Uint8Array): Promise<[data: Uint8Array, from: Address]>;
  /** Sends a datagram. */
  send(data: Uint8Array, to: Address): Promise<number>;
  /** Closes it; a pending `receive` rejects. */
  close(): void;
  /** Datagrams that were dropped because nobody received them. */
  readonly dropped: number;
}

/** How a socket is bound. */
export interface BindOptions {
  address: Address;
  broadcast: boolean;
  multicast: { group: string; interface?: string | undefined } | undefined;
  ttl: number | undefined;
  maxQueue: number;
}

export function bind(options: BindOptions): Promise<RawDatagram> | RawDatagram {
  const { address } = options;
  const unix = "path" in address;
  if (unix && !hasUnstableNet()) {
    throw new Deno.errors.NotSupported(
      "Cannot bind a Unix socket for datagrams: Deno offers it only with --unstable-net",
    );
  }
  // What Deno's socket has no option for goes to node's.
  const plain = options.multicast === undefined && options.ttl === undefined;
  if (hasUnstableNet() && plain) return bindDeno(address);
  return bindNode(options);
}

function bindDeno(address: Address): RawDatagram {
  const socket = "path" in address
    ? Deno.listenDatagram({ transport: "unixpacket", path: address.path ?? "" })
    : Deno.listenDatagram({ transport: "udp", hostname: address.hostname, port: address.port });
  const transport = "path" in address ? "unixpacket" : "udp";
  return {
    address: plainAddress(socket.addr),
    dropped: 0,
    async receive(into) {
      const [data, from] = await socket.receive(into);
      return [data, plainAddress(from)];
    },
    send: (data, to) => socket.send(data, { transport, ...to } as Deno.Addr),
    close: () => socket.close(),
  };
}

async function bindNode(options: BindOptions): Promise<RawDatagram> {
  const { createSocket } = await import("node:dgram");
  const { hostname, port } = options.address as InetAddress;
  await requireNet(hostname, port);
  const socket = createSocket(hostname.includes(":") ? "udp6" : "udp4");
  const queue: [Uint8Array, Address][] = [];
  let waiting: PromiseWithResolvers<[Uint8Array, Address]> | undefined;
  let failure: Error | undefined;
  let dropped = 0;
  /** Sends that are under way: node forgets them when it closes the socket. */
  const sending = new Set<(reason: Error) => void>();
  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
  };
  socket.on("message", (data, { address, port }) => {
    const item: [Uint8Array, Address] = [
      new Uint8Array(data.buffer, data.byteOffset, data.length),
      { hostname: address, port },
    ];
    if (waiting) {
      waiting.resolve(item);
      waiting = undefined;
    } else if (queue.length < options.maxQueue) queue.push(item);
    else dropped++;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: hostname, port }, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  socket.on("error", fail);
  try {
    if (options.broadcast) socket.setBroadcast(true);
    const { multicast, ttl } = options;
    if (multicast) socket.addMembership(multicast.group, multicast.interface);
    if (ttl !== undefined) multicast ? socket.setMulticastTTL(ttl) : socket.setTTL(ttl);
  } catch (error) {
    socket.close();
    throw error;
  }
  const bound = socket.address();
  return {
    address: { hostname: bound.address, port: bound.port },
    get dropped() {
      return dropped;
    },
    receive() {
      const item = queue.shift();
      if (item) return Promise.resolve(item);
      if (failure) return Promise.reject(failure);
      waiting = Promise.withResolvers();
      return waiting.promise;
    },
    send(data, to) {
      const { hostname, port } = to as InetAddress;
      return new Promise((resolve, reject) => {
        sending.add(reject);
        socket.send(data, port, hostname, (error) => {
          sending.delete(reject);
          error ? reject(error) : resolve(data.length);
        });
      });
    },
    close() {
      fail(new Deno.errors.BadResource("closed"));
      for (const reject of sending) reject(failure!);
      socket.close();
    },
  };
}
