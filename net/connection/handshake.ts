/**
 * Both halves of the handshake by which two ends show each other that they have the same key.
 *
 * ```text
 *   server   #CHALLENGE# M  ->                       client
 *                           <-  code of M by the key
 *            #WELCOME#      ->                       or #FAILURE#
 *                           <-  #CHALLENGE# M2
 *   code of M2 by the key   ->
 *                           <-  #WELCOME#            or #FAILURE#
 * ```
 *
 * `connect` and `Listener` do this. The two halves are here for streams of your own, such as one with TLS.
 *
 * What the handshake does not do: it says nothing about who sent later messages, and encrypts nothing. A client answers
 * first, so a server without the key can pass its challenge on to a client that has it. Between machines, use TLS.
 *
 * @module
 */
import { checkOptions } from "../../persist/options.ts";
import { LimitOverrunError, type NetErrorInit, TimeoutError } from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { answer, makeChallenge, Refusal, verify } from "./_digests.ts";
import type { Connection } from "./connection.ts";
import { AuthenticationError } from "./errors.ts";
import { type AuthKey, HANDSHAKE_RULES, type HandshakeOptions } from "./options.ts";

/** Longest message of a handshake. */
const LONGEST = 256;
const DEFAULT_TIMEOUT = 10_000;

const encoder = new TextEncoder();
const CHALLENGE = encoder.encode("#CHALLENGE#");
const WELCOME = encoder.encode("#WELCOME#");
const FAILURE = encoder.encode("#FAILURE#");

/**
 * Has the peer prove that it has the key: the server's first half, and the client's second.
 *
 * @param connection The connection. After an error, close it.
 * @param authKey The key.
 * @param options `signal`, `handshakeTimeout` (ms), `allowMd5`.
 * @throws {AuthenticationError} If the peer has another key, or does not keep to the handshake.
 * @throws {TimeoutError} If the peer is not done in time.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Over a stream of one's own
 * ```ts
 * import { answerChallenge, Connection, deliverChallenge } from "@ferry/std/net/connection";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const [near, far] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
 * using server = new Connection(far);
 * using client = new Connection(near);
 * await Promise.all([deliverChallenge(server, "secret"), answerChallenge(client, "secret")]);
 * ```
 */
export function deliverChallenge(
  connection: Connection,
  authKey: AuthKey,
  options?: HandshakeOptions,
): Promise<void> {
  checkHandshake(options);
  const key = keyOf(authKey);
  return withinTime(connection, options, (signal) => deliver(connection, key, options, signal));
}

/**
 * Proves to the peer that this side has the key: the client's first half, and the server's second.
 *
 * @param connection The connection. After an error, close it.
 * @param authKey The key.
 * @param options `signal`, `handshakeTimeout` (ms), `allowMd5`.
 * @throws {AuthenticationError} If the peer has another key, or does not keep to the handshake.
 * @throws {TimeoutError} If the peer is not done in time.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Another key
 * ```ts
 * import {
 *   answerChallenge,
 *   AuthenticationError,
 *   Connection,
 *   deliverChallenge,
 * } from "@ferry/std/net/connection";
 * import { assertRejects } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const [near, far] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
 * using server = new Connection(far);
 * using client = new Connection(near);
 * const refused = assertRejects(() => deliverChallenge(server, "secret"), AuthenticationError);
 * await assertRejects(() => answerChallenge(client, "guess"), AuthenticationError);
 * await refused;
 * ```
 */
export function answerChallenge(
  connection: Connection,
  authKey: AuthKey,
  options?: HandshakeOptions,
): Promise<void> {
  checkHandshake(options);
  const key = keyOf(authKey);
  return withinTime(connection, options, (signal) => reply(connection, key, options, signal));
}

/**
 * The whole handshake, of one side, under one time limit.
 *
 * @param connection The connection. After an error, close it.
 * @param authKey The key.
 * @param side Which side this is: the one that was connected to, or the one that connected.
 * @param options `signal`, `handshakeTimeout` (ms), `allowMd5`.
 * @throws {AuthenticationError} If the peer has another key, or does not keep to the handshake.
 * @throws {TimeoutError} If the peer is not done in time.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Both sides
 * ```ts
 * import { authenticate, Connection } from "@ferry/std/net/connection";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const [near, far] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
 * using server = new Connection(far);
 * using client = new Connection(near);
 * await Promise.all([authenticate(server, "secret", "server"), authenticate(client, "secret", "client")]);
 * ```
 */
export function authenticate(
  connection: Connection,
  authKey: AuthKey,
  side: "server" | "client",
  options?: HandshakeOptions,
): Promise<void> {
  checkHandshake(options);
  const key = keyOf(authKey);
  return withinTime(connection, options, async (signal) => {
    if (side === "server") await deliver(connection, key, options, signal);
    await reply(connection, key, options, signal);
    if (side === "client") await deliver(connection, key, options, signal);
  });
}

/**
 * The bytes of a key, in an array of its own.
 *
 * @param authKey The key.
 * @returns The bytes.
 * @throws {TypeError} If it is neither bytes nor text.
 * @throws {RangeError} If it is empty: to some versions of CPython that is no key.
 *
 * @example Text is UTF-8
 * ```ts
 * import { keyOf } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(keyOf("é"), new Uint8Array([0xc3, 0xa9]));
 * ```
 */
export function keyOf(authKey: AuthKey): Uint8Array {
  if (typeof authKey !== "string" && !(authKey instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot authenticate: a key of bytes or text is needed, received ${typeof authKey}`,
    );
  }
  if (authKey.length === 0) {
    throw new RangeError("Cannot authenticate: the key is empty; leave it out for none");
  }
  return typeof authKey === "string" ? encoder.encode(authKey) : authKey.slice();
}

function checkHandshake(options: HandshakeOptions | undefined): void {
  if (options !== undefined) checkOptions("Cannot authenticate", options, HANDSHAKE_RULES);
}

async function deliver(
  connection: Connection,
  key: Uint8Array,
  options: HandshakeOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  const challenge = makeChallenge();
  await connection.sendBytes(join(CHALLENGE, challenge));
  const answer = await receive(connection, signal);
  const verdict = verify(key, challenge, answer, options?.allowMd5 ?? true);
  if (verdict === true) {
    await connection.sendBytes(WELCOME);
    return;
  }
  await connection.sendBytes(FAILURE);
  throw failure(connection, verdict.reason);
}

async function reply(
  connection: Connection,
  key: Uint8Array,
  options: HandshakeOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  const message = await receive(connection, signal);
  if (!startsWith(message, CHALLENGE)) {
    throw failure(connection, "the peer's first message is no challenge: does it have a key?");
  }
  const code = answer(key, message.subarray(CHALLENGE.length), options?.allowMd5 ?? true);
  if (code instanceof Refusal) throw failure(connection, code.reason);
  await connection.sendBytes(code);
  const verdict = await receive(connection, signal);
  if (verdict.length === WELCOME.length && startsWith(verdict, WELCOME)) return;
  throw failure(
    connection,
    startsWith(verdict, FAILURE)
      ? "the peer refused our key"
      : "neither a welcome nor a failure was received",
  );
}

async function receive(connection: Connection, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await connection.recvBytes({ maxLength: LONGEST, signal });
  } catch (error) {
    if (error instanceof LimitOverrunError) {
      const reason =
        `a message of a handshake has at most ${LONGEST} bytes, ${error.consumed} were announced`;
      throw failure(connection, reason, error);
    }
    if (error instanceof Deno.errors.UnexpectedEof) {
      throw failure(connection, "the peer closed the connection within the handshake", error);
    }
    throw error;
  }
}

async function withinTime(
  connection: Connection,
  options: HandshakeOptions | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal, handshakeTimeout = DEFAULT_TIMEOUT } = options ?? {};
  signal?.throwIfAborted();
  const limit = new AbortController();
  const follow = () => limit.abort(signal!.reason);
  signal?.addEventListener("abort", follow, { once: true });
  const late = () => {
    const reason = `the handshake was not done within ${handshakeTimeout} ms; ` +
      "where only one side has a key, it never is";
    limit.abort(new TimeoutError({ ...where(connection), reason }, handshakeTimeout));
  };
  using timer = new Deadline(late);
  try {
    timer.arm(handshakeTimeout);
    await work(limit.signal);
  } finally {
    signal?.removeEventListener("abort", follow);
  }
}

function where(connection: Connection): NetErrorInit {
  const { localAddress, remoteAddress } = connection;
  return { op: "authenticate with", local: localAddress, peer: remoteAddress };
}

function failure(connection: Connection, reason: string, cause?: unknown): AuthenticationError {
  return new AuthenticationError({ ...where(connection), reason, cause });
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, i) => bytes[i] === byte);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
