/**
 * A line to CPython: the protocol of `multiprocessing.connection`, over TCP and Unix sockets, both ways.
 *
 * | CPython | here |
 * |---|---|
 * | `Listener(address, authkey=k)` | {@linkcode Listener}, `new Listener({ port }, { authKey: k })` |
 * | `Client(address, authkey=k)` | {@linkcode connect}, `connect({ hostname, port }, { authKey: k })` |
 * | `a, b = Pipe(duplex)` | {@linkcode Pipe}, `const [a, b] = new Pipe({ duplex })` |
 * | `c.send(x)`, `c.recv()` | {@linkcode Connection.send}, {@linkcode Connection.recv} |
 * | `c.send_bytes(b)`, `c.recv_bytes(n)` | {@linkcode Connection.sendBytes}, {@linkcode Connection.recvBytes} |
 * | `c.recv_bytes_into(buffer)` | {@linkcode Connection.recvBytesInto} |
 * | `c.poll(seconds)` | {@linkcode Connection.poll}, in milliseconds |
 * | `deliver_challenge(c, k)`, `answer_challenge(c, k)` | {@linkcode deliverChallenge}, {@linkcode answerChallenge} |
 * | `AuthenticationError`, `BufferTooShort` | {@linkcode AuthenticationError}, {@linkcode BufferTooShortError} |
 *
 * @example A server that CPython's Client can call
 * ```ts
 * import { connect, Listener } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = new Listener<number[]>({ port: 0 }, { authKey: "secret" });
 * // In Python: c = Client(("127.0.0.1", port), authkey=b"secret"); c.send([1, 2]); c.recv()
 * using client = await connect<number[]>(listener.address, { authKey: "secret" });
 * using server = await listener.accept();
 * await client.send([1, 2]);
 * await server.send((await server.recv()).map((n) => n * 10));
 * assertEquals(await client.recv(), [10, 20]);
 * ```
 *
 * ## Guarantees
 *
 * - The bytes on the wire are CPython's, 3.8 to 3.13: frames, the handshake with HMAC-SHA256 and with HMAC-MD5, pickles.
 * - A peer that does not have the key is never unpickled, and learns nothing but that it was refused. Handshakes have a time
 *   limit and run beside one another.
 * - Reading a pickle makes only built-in types and what was registered (see `@ferry/std/persist/pickle`).
 * - A header reserves no memory, whatever it announces; messages above `maxBytes` (64 MiB) are refused.
 *
 * ## Limits
 *
 * - The key is shown when a connection opens. Later messages are neither signed nor encrypted: between machines use TLS, with
 *   {@linkcode Connection} over the encrypted stream and {@linkcode authenticate}.
 * - CPython leaves Nagle's algorithm on. Its client sends its last message of the handshake and its first request as two
 *   small packets, and waits about 40 ms for the second on TCP. Unix sockets do not have that.
 * - Windows' named pipes, and the passing of file descriptors, are not to be had.
 *
 * ## How fast
 *
 * Messages that are sent without waiting for each go out together. Many small ones are received with
 * {@linkcode Connection.tryRecvBytes} until there is none, then one with `await`. What `recvBytes` gives stays valid, which
 * needs fresh memory: {@linkcode Connection.release} it when messages are large.
 *
 * ## Permissions
 *
 * `--allow-net`; for Unix sockets `--allow-read` and `--allow-write` of the path as well.
 *
 * @module
 */
export { connect, type ConnectOptions } from "./connect.ts";
export { type BytesLike, Connection } from "./connection.ts";
export { AuthenticationError, BufferTooShortError } from "./errors.ts";
export { answerChallenge, authenticate, deliverChallenge, keyOf } from "./handshake.ts";
export { type ListenAddress, Listener, type ListenerOptions } from "./listener.ts";
export { Pipe, type PipeOptions } from "./pipe.ts";
export type {
  AuthKey,
  ConnectionOptions,
  Duplex,
  HandshakeOptions,
  ReceiveBytesOptions,
  ReceiveOptions,
} from "./options.ts";
