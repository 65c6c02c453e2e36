/**
 * Servers: accepting, handling, shutting down.
 *
 * @module
 */

export * from "./concurrency.ts";
export * from "./server.ts";
