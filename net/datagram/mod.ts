/**
 * Datagrams: {@linkcode DatagramEndpoint} for new programs, {@linkcode UdpSocket} with Python's names.
 *
 * @module
 */

export {
  createDatagramEndpoint,
  type Datagram,
  DatagramEndpoint,
  type DatagramOptions,
} from "./datagram_endpoint.ts";
export * from "./udp_socket.ts";
export type { RawDatagram } from "./_backends.ts";
