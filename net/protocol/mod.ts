/**
 * Protocols and transports, in the manner of asyncio: callbacks instead of awaiting.
 *
 * | asyncio | here |
 * |---|---|
 * | `loop.create_connection(factory, host, port)` | `await connectProtocol(factory, { hostname, port })` |
 * | `loop.create_server(factory, host, port)` | `await serveProtocol(factory, { hostname, port })` |
 * | `loop.create_datagram_endpoint(factory, local_addr)` | `await bindProtocol(factory, { hostname, port })` |
 * | `BufferedProtocol.get_buffer`, `buffer_updated` | `getBuffer`, `bufferUpdated` |
 * | `transport.sendto(data, addr)` | `transport.sendTo(data, address)` |
 * | `transport.get_extra_info("peername")` | `transport.remoteAddress` |
 *
 * They cost the least of all ways to read: no memory is allocated for what arrives. Whoever would rather write code from top
 * to bottom takes `startServer`.
 *
 * @module
 */

export * from "./datagram.ts";
export * from "./factories.ts";
export * from "./transport.ts";
