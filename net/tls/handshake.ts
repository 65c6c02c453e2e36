/**
 * TLS on a connection that is there, as client and as server, with a deadline.
 *
 * @module
 */
import { checkOptions } from "../../persist/options.ts";
import { type NetErrorInit, TimeoutError, TlsError, toNetError } from "../errors.ts";
import { addressesOf, type RawConn } from "../native/raw_conn.ts";
import { Deadline } from "../time/mod.ts";
import type { Upgraded } from "./_node_tls.ts";
import {
  HANDSHAKE_TIMEOUT,
  TLS_CLIENT_RULES,
  type TlsClientOptions,
  type TlsInfo,
  type TlsServerOptions,
} from "./options.ts";
import { checkPems } from "./pem.ts";

const infos = new WeakMap<RawConn, TlsInfo>();

/**
 * What was agreed on, for a connection that speaks TLS.
 *
 * @param conn The connection.
 * @returns What was agreed on; `undefined` if it does not speak TLS.
 */
export function tlsInfo(conn: RawConn): TlsInfo | undefined {
  return infos.get(conn);
}

/** Runs a handshake; whatever goes wrong closes the connection, an abort too. */
async function withDeadline(
  raw: RawConn,
  timeout: number = HANDSHAKE_TIMEOUT,
  run: (done: AbortSignal) => Promise<Upgraded>,
  signal?: AbortSignal,
): Promise<RawConn> {
  const init: NetErrorInit = { op: "handshake", ...addressesOf(raw) };
  const stop = new AbortController();
  const given = Promise.withResolvers<never>();
  const giveUp = (reason: unknown) => {
    stop.abort(reason);
    given.reject(reason);
  };
  const abort = () => giveUp(signal!.reason);
  const timer = new Deadline(() => giveUp(new TimeoutError(init, timeout)));
  try {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort);
    timer.arm(timeout);
    const { conn, info } = await Promise.race([run(stop.signal), given.promise]);
    infos.set(conn, info);
    return conn;
  } catch (error) {
    try {
      raw.close();
    } catch {
      // It was closed with the failed handshake.
    }
    signal?.throwIfAborted();
    if (error instanceof TlsError && error.peer === undefined) {
      throw new TlsError({ ...init, reason: error.message.replace(/^[^:]*: /, ""), cause: error });
    }
    const known = toNetError(error, init);
    if (known.name !== "NetError") throw known;
    throw new TlsError({ ...init, reason: (error as Error).message, cause: error });
  } finally {
    timer[Symbol.dispose]();
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * Speaks TLS as the client.
 *
 * @param raw The connection; it belongs to TLS from now on.
 * @param hostname The host that was connected to.
 * @param options How.
 * @param signal Gives up; the call rejects with its reason, and the connection is closed.
 * @returns The connection to use from now on.
 * @throws {TlsError} If the handshake fails or the certificate is not accepted. The connection is closed.
 * @throws {TimeoutError} If the handshake takes too long. The connection is closed.
 */
export function tlsClient(
  raw: RawConn,
  hostname: string,
  options: TlsClientOptions,
  signal?: AbortSignal,
): Promise<RawConn> {
  const { verify = "full", handshakeTimeout } = options;
  const serverName = options.serverName ?? hostname;
  // Deno's own connections have streams; those of node:net have not.
  const native = "readable" in raw && "setNoDelay" in raw && !options.cert && verify !== "none";
  return withDeadline(raw, handshakeTimeout, async (done) => {
    if (!native) {
      const { nodeClient } = await import("./_node_tls.ts");
      return nodeClient(raw, serverName, options, done);
    }
    const ca = options.ca === undefined ? [] : [options.ca].flat() as string[];
    const conn = await Deno.startTls(raw as Deno.TcpConn, {
      hostname: serverName,
      caCerts: ca,
      alpnProtocols: [...options.alpn ?? []],
      unsafelyDisableHostnameVerification: verify === "chain",
    });
    if (done.aborted) {
      conn.close();
      throw done.reason;
    }
    done.addEventListener("abort", () => conn.close(), { once: true });
    return handshakeNative(conn, "client", serverName, options);
  }, signal);
}

async function handshakeNative(
  conn: Deno.TlsConn,
  side: "client" | "server",
  serverName: string | undefined,
  { suppressRaggedEof = false }: { suppressRaggedEof?: boolean | undefined },
): Promise<Upgraded> {
  try {
    const { alpnProtocol } = await conn.handshake();
    const none = { version: undefined, cipher: undefined, peerCertificate: undefined };
    const info = { side, alpn: alpnProtocol ?? undefined, serverName, ...none };
    return { conn: suppressRaggedEof ? ragged(conn) : conn, info };
  } catch (error) {
    try {
      conn.close();
    } catch {
      // The deadline closed it.
    }
    throw error;
  }
}

/** The connection, whose end is an end also without the goodbye of TLS. */
function ragged(conn: Deno.TlsConn): RawConn {
  return {
    localAddr: conn.localAddr,
    remoteAddr: conn.remoteAddr,
    async read(into) {
      try {
        return await conn.read(into);
      } catch (error) {
        if (error instanceof Deno.errors.UnexpectedEof) return null;
        throw error;
      }
    },
    write: (from) => conn.write(from),
    closeWrite: () => conn.closeWrite(),
    close: () => conn.close(),
    ref: () => conn.ref(),
    unref: () => conn.unref(),
  };
}

/**
 * Speaks TLS as the server.
 *
 * @param raw The connection; it belongs to TLS from now on. One of `Deno.listenTls` is only waited for.
 * @param first Bytes of the client that were read before: the beginning of its handshake.
 * @param options How.
 * @returns The connection to use from now on.
 * @throws {TlsError} If the handshake fails or the client's certificate is not accepted. The connection is closed.
 * @throws {TimeoutError} If the handshake takes too long. The connection is closed.
 */
export function tlsServer(
  raw: RawConn,
  first: Uint8Array,
  options: TlsServerOptions,
): Promise<RawConn> {
  return withDeadline(raw, options.handshakeTimeout, async (done) => {
    checkClientAuth(options);
    if ("handshake" in raw) {
      const conn = raw as Deno.TlsConn;
      done.addEventListener("abort", () => conn.close(), { once: true });
      return handshakeNative(conn, "server", undefined, options);
    }
    const { nodeServer } = await import("./_node_tls.ts");
    return nodeServer(raw, first, options, done);
  });
}

/**
 * Checks how a server is to speak TLS: what is wrong is found when it starts, not with each client.
 *
 * @param options How.
 * @throws {TypeError} If `cert` or `key` is no PEM, they do not belong together, or `clientAuth` is not one of its values.
 */
export async function checkTlsServer(options: TlsServerOptions): Promise<void> {
  checkClientAuth(options);
  const { checkKeyPair } = await import("./_verify.ts");
  checkKeyPair(options);
}

/**
 * Checks how a client is to speak TLS: as it likes, not at all, or in some way.
 *
 * @param attempt What fails if that is wrong.
 * @param tls What was given.
 * @throws {TypeError} If an option does not exist or is of another type.
 */
export function checkTls(attempt: string, tls: boolean | TlsClientOptions | undefined): void {
  if (tls === undefined || typeof tls === "boolean") return;
  checkOptions(attempt, tls, TLS_CLIENT_RULES);
  checkPems(attempt, tls);
}

/** A word that is none must not let everybody in. */
function checkClientAuth({ clientAuth = "none" }: TlsServerOptions): void {
  if (["none", "request", "require"].includes(clientAuth)) return;
  throw new TypeError(
    `Cannot serve TLS: a clientAuth of "none", "request" or "require" is needed, received ${clientAuth}`,
  );
}

/**
 * Whether a server is to listen with Deno's own TLS.
 *
 * @param options How it speaks TLS.
 * @param possible Whether nothing else stands against it.
 * @returns Whether it is.
 * @throws {TypeError} If it is to, and cannot.
 */
export function listensNatively(options: TlsServerOptions, possible: boolean): boolean {
  if (options.engine !== "deno") return false;
  if (possible && (options.clientAuth ?? "none") === "none" && !options.sni) return true;
  throw new TypeError(
    'Cannot serve with the engine "deno": TCP without clientAuth, sni and proxyProtocol is needed; ' +
      "reusePort needs --unstable-net with it",
  );
}
