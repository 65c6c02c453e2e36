/**
 * Servers: accepting, handling, shutting down.
 *
 * | you want | use |
 * |---|---|
 * | a function called with each connection | {@linkcode startServer} |
 * | an object for each connection or datagram, as socketserver has it | {@linkcode TcpServer}, {@linkcode UnixServer}, {@linkcode UdpServer} |
 * | a socket that was open before, as systemd hands it over | {@linkcode serveFd} |
 * | callbacks, as asyncio's protocols have them | `serveProtocol` |
 *
 * ## Guarantees
 *
 * - **Accepting never stops for a shortage**: with no file descriptor left it pauses 100 ms, then up to a second, tells
 *   `onShortage`, and goes on.
 * - **Handshakes and balancers' headers hold up nobody**, and each has a deadline.
 * - **What a handler wrote is sent before its connection is closed**, for up to `closeTimeout`.
 * - **`shutdown` always ends**: the listener is closed first, idle connections at once, busy ones when they next wait for a
 *   request, and what is left after the grace is aborted. A request whose bytes had arrived is still handled.
 *
 * @module
 */

export * from "./concurrency.ts";
export * from "./handler_servers.ts";
export * from "./request_handler.ts";
export * from "./serve_fd.ts";
export {
  type ConnectionHandler,
  type ListenAddress,
  Server,
  type ServerOptions,
  type ShutdownOptions,
  type ShutdownReport,
  startServer,
} from "./server.ts";
