/**
 * Sockets with Python's names: for programs that are ported, and for protocols that want `recv` and `sendAll`.
 *
 * | Python | here |
 * |---|---|
 * | `socket.create_connection((host, port), timeout=5)` | `await createConnection({ hostname, port }, { connectTimeout: 5000 })` |
 * | `socket.create_server((host, port))` | `await createServer({ hostname, port })` |
 * | `conn, address = server.accept()` | `const socket = await server.accept()`, `socket.remoteAddress` |
 * | `socket.socketpair()` | `socketPair()` |
 *
 * @example A pair
 * ```ts
 * import { socketPair } from "@ferry/std/net/socket";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = socketPair();
 * await a.sendAll(new Uint8Array([1, 2, 3]));
 * assertEquals(await b.recvExactly(3), new Uint8Array([1, 2, 3]));
 * a.close();
 * b.close();
 * ```
 *
 * @module
 */

export * from "./server_socket.ts";
export * from "./socket.ts";
export * from "./socket_pair.ts";
