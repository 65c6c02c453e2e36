/**
 * Options of sockets.
 *
 * @module
 */

/** Options that reach the kernel. */
export interface SocketOptions {
  /**
   * Sends small writes at once instead of gathering them in the kernel (TCP_NODELAY).
   *
   * @default {true}
   */
  noDelay?: boolean | undefined;
  /**
   * Lets the kernel ask a silent peer whether it is alive (SO_KEEPALIVE).
   *
   * @default {false}
   */
  keepAlive?: boolean | undefined;
}
