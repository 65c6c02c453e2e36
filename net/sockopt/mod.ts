/**
 * Options of sockets that Deno has no call for, set in the kernel through the C library. Linux, with `--allow-ffi`; anywhere
 * else an error says so. Nothing else of this package needs it.
 *
 * | Python | here |
 * |---|---|
 * | `s.setsockopt(SOL_SOCKET, SO_RCVBUF, 65536)` | `setSocketOptions(s, { receiveBuffer: 65536 })` |
 * | `s.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000)` | `setSocketOptions(s, { userTimeout: 5000 })` |
 * | `s.setsockopt(level, number, value)` | `setSockOpt(s, [level, number], value)` |
 * | `s.getsockopt(SOL_SOCKET, SO_ERROR)` | `getSockOpt(s, "SO_ERROR")` |
 *
 * @example Small buffers for many connections
 * ```ts
 * import { createServer } from "@ferry/std/net";
 * import { getSocketOptions, setSocketOptions } from "@ferry/std/net/sockopt";
 * import { assert } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * // Sockets that it accepts have them, too.
 * setSocketOptions(listener, { sendBuffer: 16_384, receiveBuffer: 16_384 });
 * assert(getSocketOptions(listener).sendBuffer >= 16_384);
 * ```
 *
 * @module
 */
export {
  getSocketOptions,
  type KernelOptions,
  type KernelOptionValues,
  setSocketOptions,
  type SharedOption,
} from "./options.ts";
export type { SocketOwner } from "./owner.ts";
export { getSockOpt, type NamedOption, setSockOpt, type SockOptName } from "./sock_opt.ts";
