/**
 * Sockets with Python's names: for programs that are ported, and for protocols that want `recv` and `sendAll`.
 *
 * @module
 */

export * from "./server_socket.ts";
export * from "./socket.ts";
export * from "./socket_pair.ts";
