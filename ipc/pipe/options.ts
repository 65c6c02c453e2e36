/**
 * The options of sending and receiving bytes.
 */
import type { WaitOptions, WaitSyncOptions } from "../wait/options.ts";

/** Options of `Connection.sendBytes`. */
export interface SendBytesOptions extends WaitOptions {
  /**
   * Whether the buffer may be moved instead of copied. Buffers of 32 KiB or more move between a process and its parent
   * once the peer has its end of the pipe; the buffer is then detached here.
   *
   * @default {false}
   */
  transfer?: boolean | undefined;
}

/** Options of `Connection.sendBytesSync`. */
export interface SendBytesSyncOptions extends WaitSyncOptions {
  /**
   * Whether the buffer may be moved instead of copied, see {@linkcode SendBytesOptions}.
   *
   * @default {false}
   */
  transfer?: boolean | undefined;
}

/** Options of `Connection.recvBytes`. */
export interface RecvBytesOptions extends WaitOptions {
  /**
   * Most bytes of the message. A longer one stays in the pipe, and a `RangeError` is thrown.
   *
   * @default {Infinity}
   */
  maxLength?: number | undefined;
}

/** Options of `Connection.recvBytesSync`. */
export interface RecvBytesSyncOptions extends WaitSyncOptions {
  /**
   * Most bytes of the message. A longer one stays in the pipe, and a `RangeError` is thrown.
   *
   * @default {Infinity}
   */
  maxLength?: number | undefined;
}
