/**
 * Sockets, servers and asyncio-like streams on Deno's own connections.
 *
 * @module
 */

export * from "./errors.ts";
