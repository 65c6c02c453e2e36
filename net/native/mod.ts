/**
 * What the streams and servers need of the runtime's connections and listeners: the types, for those who bring their own.
 *
 * @module
 */

export type { DialOptions, SocketOptions } from "./dial.ts";
export type { ListenOptions, RawListener } from "./listen.ts";
export type { RawConn } from "./raw_conn.ts";
