/**
 * Protocols and transports, in the manner of asyncio: callbacks instead of awaiting.
 *
 * They cost the least of all ways to read: no memory is allocated for what arrives. Whoever would rather write code from top
 * to bottom takes `startServer`.
 *
 * @module
 */

export * from "./factories.ts";
export * from "./transport.ts";
