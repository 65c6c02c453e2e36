/**
 * Whether a server accepts this side's certificate, or none.
 *
 * With TLS 1.3 it says so after the handshake. The client of Redis has nobody listening on its socket just then, and what comes is
 * an uncaught error. So one question is asked over a connection of our own before.
 */
import { type InetAddress, TlsError } from "../../../net/errors.ts";
import { tlsClient } from "../../../net/tls/handshake.ts";
import type { TlsClientOptions } from "../../../net/tls/mod.ts";

const PING = new TextEncoder().encode("PING\r\n");

/**
 * Connects by TLS, asks and reads the first bytes of the answer, whatever it is.
 *
 * @throws {TlsError} If the handshake fails, or the server ends the connection by TLS's means.
 */
export async function probeTls(
  peer: InetAddress,
  tls: TlsClientOptions,
  signal: AbortSignal,
): Promise<void> {
  const raw = await Deno.connect({ hostname: peer.hostname, port: peer.port, signal });
  const conn = await tlsClient(raw, peer.hostname, tls, signal);
  let open = true;
  const close = () => {
    if (open) conn.close();
    open = false;
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    // It may have aborted just before somebody listened.
    signal.throwIfAborted();
    await conn.write(PING);
    if (await conn.read(new Uint8Array(64)) !== null) return;
    throw new Deno.errors.UnexpectedEof("the server closed the connection");
  } catch (cause) {
    signal.throwIfAborted();
    const reason = (cause as Error).message;
    throw new TlsError({ op: "handshake", peer, reason, cause });
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
