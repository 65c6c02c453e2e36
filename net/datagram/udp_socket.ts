/**
 * A UDP socket with the names Python gives its methods.
 *
 * @module
 */
import type { Address, InetAddress } from "../errors.ts";
import type { WaitOptions } from "../streams/mod.ts";
import { checkWait } from "../wait_options.ts";
import {
  createDatagramEndpoint,
  type DatagramEndpoint,
  type DatagramOptions,
} from "./datagram_endpoint.ts";

/**
 * A UDP socket.
 *
 * | Python | here |
 * |---|---|
 * | `s.bind(("", 0))` | `await UdpSocket.bind({ hostname: "0.0.0.0", port: 0 })` |
 * | `data, address = s.recvfrom(n)` | `const [data, address] = await s.recvFrom()` |
 * | `n, address = s.recvfrom_into(buffer)` | `const [n, address] = await s.recvFromInto(buffer)` |
 * | `s.sendto(data, address)` | `await s.sendTo(data, address)` |
 * | `s.settimeout(2)` | `s.timeout = 2000` |
 *
 * @example Usage
 * ```ts
 * import { UdpSocket } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * using a = await UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });
 * using b = await UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });
 * await a.sendTo("hi", b.address);
 * const [data, from] = await b.recvFrom({ timeout: 10_000 });
 * assertEquals([new TextDecoder().decode(data), from], ["hi", a.address]);
 * ```
 */
export class UdpSocket implements Disposable {
  /** The endpoint below. */
  readonly endpoint: DatagramEndpoint;
  /** Milliseconds that calls without a timeout of their own may take. */
  timeout: number = Infinity;

  /**
   * Made by {@linkcode UdpSocket.bind}, of an endpoint.
   *
   * @param endpoint The endpoint.
   */
  constructor(endpoint: DatagramEndpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Binds a socket.
   *
   * @param address Where; port 0 lets the system choose.
   * @param options `broadcast`, `multicast`, `remote` …
   * @returns The socket.
   * @throws {NetError} If the address cannot be had.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async bind(address: InetAddress, options: DatagramOptions = {}): Promise<UdpSocket> {
    return new UdpSocket(await createDatagramEndpoint(address, options));
  }

  /** Where it is bound. */
  get address(): Address {
    return this.endpoint.address;
  }

  /**
   * Receives a datagram.
   *
   * @param options `signal` and `timeout`.
   * @returns The bytes, and who sent them.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async recvFrom(options?: WaitOptions): Promise<[Uint8Array, Address]> {
    checkWait("receive", options);
    const limits = { signal: options?.signal, timeout: options?.timeout ?? this.timeout };
    const { data, from } = await this.endpoint.receive(limits);
    return [data, from];
  }

  /**
   * Receives a datagram into a buffer; what does not fit is dropped, as UDP does.
   *
   * @param into The buffer.
   * @param options `signal` and `timeout`.
   * @returns How many bytes are in the buffer, and who sent them.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async recvFromInto(into: Uint8Array, options?: WaitOptions): Promise<[number, Address]> {
    const [data, from] = await this.recvFrom(options);
    const part = data.subarray(0, into.length);
    into.set(part);
    return [part.length, from];
  }

  /**
   * Sends a datagram.
   *
   * @param data The bytes, or text to send as UTF-8.
   * @param to Where to.
   * @returns When the system has taken it.
   * @throws {RangeError} If it has more than 65,507 bytes.
   * @throws {NetError} If the system refuses.
   */
  sendTo(data: Uint8Array | string, to: Address): Promise<void> {
    return this.endpoint.send(data, to);
  }

  /** Closes it. Can be called again. */
  close(): void {
    this.endpoint.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.endpoint.close();
  }
}
