/**
 * Datagrams: UDP, and Unix sockets with `--unstable-net`.
 *
 * @module
 */
import { checkOptions, type RulesOf, shown } from "../../persist/options.ts";
import {
  type Address,
  BusyError,
  ClosedError,
  formatAddress,
  NetError,
  type NetErrorInit,
  TimeoutError,
  toNetError,
} from "../errors.ts";
import { inetNtop, inetPton, unmap } from "../address/inet.ts";
import { getAddrInfo } from "../address/resolve.ts";
import { Deadline } from "../time/mod.ts";
import { checkShape } from "../native/check_address.ts";
import { checkPort } from "../native/listen.ts";
import type { WaitOptions } from "../streams/mod.ts";
import { checkWait } from "../wait_options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";
import { bind, type RawDatagram } from "./_backends.ts";

/** The largest datagram of UDP over IPv4. */
const LARGEST = 65507;
const SLAB = 256 * 1024;

/** A datagram. */
export interface Datagram {
  /** The bytes: a view that stays valid. */
  data: Uint8Array;
  /** Who sent it. */
  from: Address;
}

/** How an endpoint is made. */
export interface DatagramOptions {
  /** Sends to this address only, and drops what others send. A name is resolved once, to an address of the same family. */
  remote?: Address | undefined;
  /**
   * Allows to send to a broadcast address.
   *
   * @default {false}
   */
  broadcast?: boolean | undefined;
  /** Receives what is sent to a multicast group. */
  multicast?: { group: string; interface?: string | undefined } | undefined;
  /** How many routers a datagram may pass. */
  ttl?: number | undefined;
  /**
   * Datagrams kept while nobody receives; those after them are dropped, and counted. Without `--unstable-net` only: Deno's
   * own socket leaves them to the kernel.
   *
   * @default {1024}
   */
  maxQueue?: number | undefined;
}

/** What {@linkcode DatagramOptions} may be. */
export const DATAGRAM_RULES: RulesOf<DatagramOptions> = {
  remote: "object",
  broadcast: "boolean",
  multicast: "object",
  ttl: "number",
  maxQueue: "number",
};

const MULTICAST_RULES: RulesOf<NonNullable<DatagramOptions["multicast"]>> = {
  group: "string",
  interface: "string",
};

/**
 * Sends and receives datagrams. Made by {@linkcode createDatagramEndpoint}.
 *
 * A `receive` that times out or is aborted loses no datagram. Whether a datagram arrives nobody says; a port that is
 * closed is not reported either.
 *
 * @example All datagrams, until it is closed
 * ```ts
 * import { createDatagramEndpoint } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * using endpoint = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 });
 * for (const word of ["one", "two", "end"]) await endpoint.send(word, endpoint.address);
 * const words: string[] = [];
 * for await (const { data } of endpoint) {
 *   words.push(new TextDecoder().decode(data));
 *   if (words.at(-1) === "end") endpoint.close();
 * }
 * assertEquals(words, ["one", "two", "end"]);
 * ```
 */
export class DatagramEndpoint implements AsyncIterable<Datagram>, Disposable, Waitable {
  /** Where it is bound. */
  readonly address: Address;
  /** The only address it talks with, if it was made so. */
  readonly remote: Address | undefined;
  readonly #raw: RawDatagram;
  #slab: Uint8Array = new Uint8Array(0);
  #used = 0;
  #ready: Datagram | undefined;
  #failure: Error | undefined;
  #pending = false;
  #closed = false;
  #wake: (() => void) | undefined;
  readonly #watchers = new Set<() => void>();

  /**
   * Made by {@linkcode createDatagramEndpoint}, of a socket.
   *
   * @param raw The socket.
   * @param remote The only address to talk with.
   */
  constructor(raw: RawDatagram, remote?: Address) {
    this.#raw = raw;
    this.address = raw.address;
    this.remote = remote;
  }

  /** Datagrams that were dropped because nobody received them in time. */
  get dropped(): number {
    return this.#raw.dropped;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a datagram.
   *
   * @param data The bytes, or text to send as UTF-8.
   * @param to Where to; `remote` if there is one.
   * @returns When the system has taken it.
   * @throws {TypeError} If there is no address, or one besides `remote`.
   * @throws {RangeError} If it has more than 65,507 bytes.
   * @throws {ClosedError} If the endpoint is closed, also meanwhile.
   * @throws {NetError} If the system refuses.
   */
  async send(data: Uint8Array | string, to?: Address): Promise<void> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const target = to ?? this.remote;
    if (to !== undefined) checkShape("send", to);
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(`Cannot send: needed bytes or text, received ${shown(bytes)}`);
    }
    if (target === undefined || to !== undefined && this.remote !== undefined) {
      throw new TypeError(
        this.remote
          ? `Cannot send: this endpoint sends to ${formatAddress(this.remote)} only`
          : "Cannot send: an address is needed, none received",
      );
    }
    if (bytes.length > LARGEST) {
      throw new RangeError(`Cannot send: at most ${LARGEST} bytes fit, received ${bytes.length}`);
    }
    if (this.#closed) throw new ClosedError({ op: "send", peer: target });
    try {
      await this.#raw.send(bytes, target);
    } catch (error) {
      const init = { op: "send", peer: target, local: this.address };
      throw this.#closed ? new ClosedError(init) : toNetError(error, init);
    }
  }

  /**
   * Receives a datagram.
   *
   * @param options `signal` and `timeout`.
   * @returns The datagram.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {ClosedError} If the endpoint is closed, also meanwhile.
   * @throws {BusyError} If another call is receiving.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async receive(options: WaitOptions = {}): Promise<Datagram> {
    checkWait("receive", options);
    const { signal, timeout = Infinity } = options;
    if (this.#wake) throw new BusyError(this.#init());
    let timedOut = timeout <= 0;
    using deadline = new Deadline(() => {
      timedOut = true;
      this.#wake?.();
    });
    const abort = () => this.#wake?.();
    deadline.arm(timeout <= 0 ? Infinity : timeout);
    signal?.addEventListener("abort", abort);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const ready = this.#ready;
        this.#ready = undefined;
        if (ready) return ready;
        if (this.#closed) throw new ClosedError(this.#init());
        if (this.#failure) throw this.#failure;
        // Also without time to wait: who asks again and again is to find what has come meanwhile.
        this.#pull();
        if (timedOut) throw new TimeoutError(this.#init(), timeout);
        await new Promise<void>((resolve) => this.#wake = resolve);
        this.#wake = undefined;
      }
    } finally {
      this.#wake = undefined;
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Receives once, for whoever asks next. */
  #pull(): void {
    if (this.#pending || this.#ready || this.#closed || this.#failure) return;
    this.#pending = true;
    if (this.#slab.length - this.#used < LARGEST) {
      this.#slab = new Uint8Array(SLAB);
      this.#used = 0;
    }
    this.#raw.receive(this.#slab.subarray(this.#used, this.#used + LARGEST)).then(
      ([data, from]) => {
        this.#pending = false;
        if (data.buffer === this.#slab.buffer) this.#used += data.length;
        if (this.#closed) return;
        if (this.#isForeign(from)) return this.#pull();
        this.#ready = { data, from };
        this.#notify();
      },
      (cause) => {
        this.#pending = false;
        if (!this.#closed) this.#failure = toNetError(cause, this.#init());
        this.#notify();
      },
    );
  }

  #isForeign(from: Address): boolean {
    return this.remote !== undefined && formatAddress(plain(from)) !== formatAddress(this.remote);
  }

  #notify(): void {
    this.#wake?.();
    for (const each of this.#watchers) each();
  }

  /**
   * Receives datagrams until the endpoint is closed.
   *
   * @returns The datagrams.
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Datagram> {
    while (!this.#closed) {
      let datagram: Datagram;
      try {
        datagram = await this.receive();
      } catch (error) {
        if (this.#closed && error instanceof NetError) return;
        throw error;
      }
      yield datagram;
    }
  }

  /**
   * Says when there is a datagram.
   *
   * @param notify Called whenever one may have come.
   * @returns The watch.
   */
  watch(notify: () => void): Watch {
    const own = () => notify();
    this.#watchers.add(own);
    return {
      ready: () => {
        this.#pull();
        return this.#ready !== undefined || this.#closed || this.#failure !== undefined;
      },
      stop: () => void this.#watchers.delete(own),
    };
  }

  static {
    watchable(DatagramEndpoint);
  }

  /** Closes it; a pending `receive` rejects. Can be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#raw.close();
    this.#notify();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #init(): NetErrorInit {
    return { op: "receive", local: this.address };
  }
}

/**
 * Binds a socket for datagrams.
 *
 * With `--unstable-net` it is Deno's own, without it `node:dgram`'s, which costs about three times as much CPU.
 *
 * @param address Where: `{ hostname, port }`, port 0 lets the system choose; `{ path }` of a Unix socket.
 * @param options `remote`, `broadcast`, `multicast` …
 * @returns The endpoint.
 * @throws {AddressInUseError} If another socket is bound there.
 * @throws {Deno.errors.NotSupported} If it is a Unix socket and `--unstable-net` is missing.
 * @throws {NetError} If the address cannot be had.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example There and back
 * ```ts
 * import { createDatagramEndpoint } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * using server = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 });
 * using client = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 });
 * await client.send("ping", server.address);
 * const { data, from } = await server.receive({ timeout: 10_000 });
 * await server.send(data, from);
 * const answer = await client.receive({ timeout: 10_000 });
 * assertEquals(new TextDecoder().decode(answer.data), "ping");
 * ```
 */
export async function createDatagramEndpoint(
  address: Address,
  options: DatagramOptions = {},
): Promise<DatagramEndpoint> {
  checkOptions("Cannot bind", options, DATAGRAM_RULES);
  if (options.multicast !== undefined) {
    checkOptions("Cannot bind", options.multicast, MULTICAST_RULES);
  }
  checkShape("bind", address);
  if (!("path" in address)) checkPort(address.port, "bind");
  const { remote, broadcast = false, multicast, ttl, maxQueue = 1024 } = options;
  if (!(maxQueue >= 1)) {
    throw new RangeError(`Cannot bind: a maxQueue of 1 or more is needed, received ${maxQueue}`);
  }
  try {
    const only = remote && await resolved(remote, address);
    const raw = await bind({ address, broadcast, multicast, ttl, maxQueue });
    return new DatagramEndpoint(raw, only);
  } catch (error) {
    if (error instanceof Deno.errors.NotSupported) throw error;
    throw toNetError(error, { op: "listen", local: address });
  }
}

/** An address as the system would write it, so that two can be compared. */
function plain(address: Address): Address {
  if ("path" in address) return address;
  const { hostname, port } = address;
  const text = unmap(hostname);
  return { hostname: text.includes(":") ? inetNtop(inetPton("ipv6", text)) : text, port };
}

/** The address of the one that is talked with: what it sends will come from there. */
async function resolved(remote: Address, local: Address): Promise<Address> {
  if ("path" in remote || "path" in local) return remote;
  const { hostname, port } = remote;
  if (isAddress(hostname)) return plain(remote);
  const family = local.hostname.includes(":") ? "ipv6" : "ipv4";
  const [first] = await getAddrInfo(hostname, port, { family });
  return plain({ hostname: first!.hostname, port });
}

function isAddress(hostname: string): boolean {
  try {
    return inetPton(hostname.includes(":") ? "ipv6" : "ipv4", hostname).length > 0;
  } catch {
    return false;
  }
}
