/**
 * Streams of bytes on connections, in the manner of Python's asyncio.
 *
 * @module
 */

export * from "./open_connection.ts";
export * from "./options.ts";
export * from "./stream_connection.ts";
export * from "./stream_reader.ts";
export * from "./stream_writer.ts";
export type { Separator } from "./_needle.ts";
export type { TlsInfo } from "../tls/mod.ts";
