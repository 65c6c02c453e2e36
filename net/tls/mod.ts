/**
 * TLS: the options of `openConnection`, `startServer` and `startTls`, and what was agreed on.
 *
 * Clients use Deno's own TLS, except with a certificate of their own, with `verify: "none"` or on a Unix socket. Servers use
 * `node:tls` on a connection of Deno's: Deno's own TLS cannot let go of a client that falls silent in the handshake. It is
 * there for trusted clients as `engine: "deno"`.
 *
 * A stream that ends without the closing message of TLS was cut, by whoever: reading on is a `ConnectionResetError`, with
 * either engine. Peers that never send one, such as Python's `ssl` without `unwrap()`, need `suppressRaggedEof`.
 *
 * @example A server with a certificate of one's own
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const [cert, key, ca] = await Promise.all(["localhost.pem", "localhost.key", "ca.pem"]
 *   .map((name) => Deno.readTextFile(`tests/net/certs/${name}`)));
 * await using server = await startServer(({ writer }) => writer.write("hello"), {
 *   port: 0,
 *   tls: { cert: cert!, key: key! },
 * });
 * const { port } = server.address as Deno.NetAddr;
 * await using client = await openConnection({ hostname: "localhost", port }, { tls: { ca: ca! } });
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello");
 * ```
 *
 * @module
 */

export type {
  KeyPair,
  PeerCertificate,
  TlsClientOptions,
  TlsInfo,
  TlsServerOptions,
} from "./options.ts";
