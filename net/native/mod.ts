/**
 * What the streams and servers need of the runtime's connections and listeners: the types, for those who bring their own.
 *
 * @module
 */

export type { DialOptions } from "./dial.ts";
export type { ListenOptions } from "./listen.ts";
export type { RawConn, RawListener } from "./raw_conn.ts";
export type { SocketOptions } from "./socket_options.ts";
