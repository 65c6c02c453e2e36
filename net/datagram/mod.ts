/**
 * Datagrams: {@linkcode DatagramEndpoint} for new programs, {@linkcode UdpSocket} with Python's names.
 *
 * @module
 */

export * from "./datagram_endpoint.ts";
export * from "./udp_socket.ts";
export type { RawDatagram } from "./_backends.ts";
