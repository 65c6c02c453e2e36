/** TLS by `node:tls`, on either side of any connection: what Deno's own TLS cannot do. */
import * as tls from "node:tls";
import { isIP } from "node:net";
import { X509Certificate } from "node:crypto";
import { type Below, NodeConn } from "../native/node_conn.ts";
import { addressesOf, type RawConn } from "../native/raw_conn.ts";
import { TlsError } from "../errors.ts";
import { duplexOf } from "./_duplex.ts";
import { describeCertificate, distrust, parseCertificates } from "./_verify.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "./options.ts";

/** A connection that speaks TLS, and what was agreed on. */
export interface Upgraded {
  conn: RawConn;
  info: TlsInfo;
}

const list = (pem: string | readonly string[] | undefined): string[] | undefined =>
  pem === undefined ? undefined : typeof pem === "string" ? [pem] : [...pem];

/** The system's authorities count too, as they do with Deno's own TLS. */
function authorities(ca: string | readonly string[] | undefined): string[] | undefined {
  const own = list(ca);
  return own && [...tls.rootCertificates, ...own];
}

function certificateOf(socket: tls.TLSSocket): X509Certificate | undefined {
  const raw = socket.getPeerCertificate()?.raw;
  return raw && raw.length > 0 ? new X509Certificate(raw) : undefined;
}

function finish(
  socket: tls.TLSSocket,
  below: RawConn,
  side: "client" | "server",
  certificate: X509Certificate | undefined,
  its: Below,
): Upgraded {
  const { local, peer } = addressesOf(below);
  const text = (value: unknown) => typeof value === "string" && value ? value : undefined;
  return {
    conn: new NodeConn(socket, local ?? { path: null }, peer ?? { path: null }, its),
    info: {
      side,
      alpn: text(socket.alpnProtocol),
      version: text(socket.getProtocol()),
      cipher: text(socket.getCipher()?.name),
      serverName: text((socket as { servername?: unknown }).servername),
      peerCertificate: certificate && describeCertificate(certificate),
    },
  };
}

/** A record that nobody with the keys has made. */
const FORGED = Uint8Array.of(0x17, 3, 3, 0, 19, ...new Uint8Array(19));

function below(
  raw: RawConn,
  { duplex, writing }: ReturnType<typeof duplexOf>,
  left: PromiseWithResolvers<void>,
  flushed: PromiseWithResolvers<void>,
  { suppressRaggedEof = false }: { suppressRaggedEof?: boolean | undefined },
): Below {
  const close = () => {
    try {
      raw.close();
    } catch {
      // It was closed already.
    }
  };
  // node:tls overlooks a goodbye that comes while its reader is busy, until something else comes. After a goodbye whatever
  // comes is ignored; without one a forged record is an error.
  const prod = () => void duplex.push(FORGED);
  const [ragged, its] = [suppressRaggedEof, { left: left.promise, flushed: flushed.promise }];
  return { ...its, writing, ragged, prod, close };
}

/** Milliseconds for the last bytes of a peer that has left to go through the TLS engine. */
const LAST_BYTES = 200;

/** Waits for the handshake; whatever goes wrong closes the connection. `node:tls` does not see that the peer has left. */
function handshake(
  socket: tls.TLSSocket,
  event: string,
  left: Promise<void>,
  done: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const fail = (error: unknown) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      reject(error);
      socket.destroy();
    };
    const gone = () => fail(new TlsError({ op: "handshake", reason: "the peer left" }));
    socket.once(event, () => {
      over = true;
      clearTimeout(timer);
      resolve();
    });
    socket.once("error", fail);
    socket.once("close", gone);
    left.then(() => {
      if (!over) timer = setTimeout(gone, LAST_BYTES);
    });
    done.addEventListener("abort", () => fail(done.reason), { once: true });
  });
}

export async function nodeClient(
  raw: RawConn,
  serverName: string,
  options: TlsClientOptions,
  done: AbortSignal,
): Promise<Upgraded> {
  const ca = authorities(options.ca);
  const { verify = "full" } = options;
  const left = Promise.withResolvers<void>();
  const flushed = Promise.withResolvers<void>();
  const { duplex, writing } = duplexOf(raw, new Uint8Array(0), left.resolve, flushed.resolve);
  const socket = tls.connect({
    socket: duplex,
    // An address is no name to ask for (RFC 6066, 3), but one the certificate must be for.
    servername: isIP(serverName) ? "" : serverName,
    rejectUnauthorized: verify !== "none",
    checkServerIdentity: (_name, certificate) =>
      verify === "chain" ? undefined : tls.checkServerIdentity(serverName, certificate),
    ...(ca ? { ca } : {}),
    ...(options.cert ? { cert: options.cert } : {}),
    ...(options.key ? { key: options.key } : {}),
    ...(options.alpn ? { ALPNProtocols: [...options.alpn] } : {}),
  });
  await handshake(socket, "secureConnect", left.promise, done);
  return finish(
    socket,
    raw,
    "client",
    certificateOf(socket),
    below(raw, { duplex, writing }, left, flushed, options),
  );
}

export async function nodeServer(
  raw: RawConn,
  first: Uint8Array,
  options: TlsServerOptions,
  done: AbortSignal,
): Promise<Upgraded> {
  const { clientAuth = "none", sni } = options;
  const trusted = clientAuth === "none" ? [] : parseCertificates(options.ca ?? "");
  const left = Promise.withResolvers<void>();
  const flushed = Promise.withResolvers<void>();
  const { duplex, writing } = duplexOf(raw, first, left.resolve, flushed.resolve);
  const socket = new tls.TLSSocket(duplex as never, {
    isServer: true,
    cert: options.cert,
    key: options.key,
    requestCert: clientAuth !== "none",
    rejectUnauthorized: clientAuth === "require",
    ...(options.ca ? { ca: list(options.ca)! } : {}),
    ...(options.alpn ? { ALPNProtocols: [...options.alpn] } : {}),
    ...(sni
      ? {
        SNICallback: (
          name: string,
          answer: (error: Error | null, context?: tls.SecureContext) => void,
        ) => {
          try {
            const pair = sni(name) ?? options;
            answer(null, tls.createSecureContext({ cert: pair.cert, key: pair.key }));
          } catch (error) {
            answer(error as Error);
          }
        },
      }
      : {}),
  });
  await handshake(socket, "secure", left.promise, done);
  const certificate = clientAuth === "none" ? undefined : certificateOf(socket);
  const refusal = certificate
    ? distrust(certificate, trusted)
    : clientAuth === "require"
    ? "the client has no certificate"
    : undefined;
  if (refusal !== undefined) {
    socket.destroy();
    throw new TlsError({ op: "handshake", reason: refusal });
  }
  return finish(
    socket,
    raw,
    "server",
    certificate,
    below(raw, { duplex, writing }, left, flushed, options),
  );
}
