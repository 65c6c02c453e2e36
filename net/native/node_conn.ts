/**
 * Connections of `node:net` and `node:tls` in the shape of Deno's, for what Deno's own cannot do without a flag: a source
 * address, a shared port, TLS as a server with client certificates.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import * as nodeNet from "node:net";
import { Buffer } from "node:buffer";
import { type Address, ClosedError, type InetAddress } from "../errors.ts";
import type { RawConn, RawListener } from "./raw_conn.ts";

/** Milliseconds for the goodbye of a protocol. */
const GOODBYE = 1000;

/** A `Duplex` of node as a {@linkcode RawConn}. Bytes that come unasked are kept, and the stream is paused. */
export class NodeConn implements RawConn {
  readonly localAddr: Address;
  readonly remoteAddr: Address;
  readonly #stream: Duplex;
  readonly #flushed: Promise<void> | undefined;
  #error: Error | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  /** `flushed` tells when the stream below has sent everything, the goodbye included. */
  constructor(stream: Duplex, local: Address, remote: Address, flushed?: Promise<void>) {
    this.#stream = stream;
    this.#flushed = flushed;
    this.localAddr = local;
    this.remoteAddr = remote;
    const wake = () => this.#wake?.();
    stream.on("readable", wake);
    stream.on("end", () => {
      this.#ended = true;
      wake();
    });
    stream.on("error", (error: Error) => {
      this.#error ??= error;
      wake();
    });
    stream.on("close", () => {
      this.#error ??= new ClosedError({ op: "read", local, peer: remote });
      wake();
    });
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const length = this.#stream.readableLength;
      if (length > 0) {
        const chunk = this.#stream.read(Math.min(length, into.length)) as Uint8Array | null;
        if (chunk !== null) {
          into.set(chunk);
          return chunk.length;
        }
      }
      if (this.#ended) return null;
      if (this.#error) throw this.#error;
      // Asking with nothing there makes the stream fetch more.
      this.#stream.read(0);
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }

  write(from: Uint8Array): Promise<number> {
    const { buffer, byteOffset, length } = from;
    return new Promise((resolve, reject) => {
      if (this.#error) return reject(this.#error);
      // The bytes are copied: node keeps them beyond this call, the caller's buffer may not last.
      const copy = Buffer.from(buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer);
      this.#stream.write(copy, (error) => error ? reject(error) : resolve(length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.destroyed) return resolve();
      this.#stream.end(() => resolve());
    });
  }

  finish(): Promise<void> {
    if (!this.#flushed || this.#stream.destroyed) return Promise.resolve();
    this.#stream.end();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GOODBYE);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#flushed!.then(done);
      this.#stream.once("close", done);
    });
  }

  close(): void {
    this.#error ??= new ClosedError({ op: "read", local: this.localAddr, peer: this.remoteAddr });
    this.#stream.destroy();
    this.#wake?.();
  }

  ref(): void {
    (this.#stream as nodeNet.Socket).ref?.();
  }

  unref(): void {
    (this.#stream as nodeNet.Socket).unref?.();
  }

  /** Sets TCP_NODELAY, where the stream is a TCP socket. */
  setNoDelay(noDelay = true): void {
    (this.#stream as nodeNet.Socket).setNoDelay?.(noDelay);
  }

  /** Sets SO_KEEPALIVE, where the stream is a TCP socket. */
  setKeepAlive(keepAlive = true): void {
    (this.#stream as nodeNet.Socket).setKeepAlive?.(keepAlive);
  }

  /** Breaks the connection off with a reset, where the stream is a TCP socket. */
  reset(): void {
    (this.#stream as nodeNet.Socket).resetAndDestroy?.();
  }
}

function wrap(socket: nodeNet.Socket): NodeConn {
  return new NodeConn(
    socket,
    { hostname: socket.localAddress ?? "", port: socket.localPort ?? 0 },
    { hostname: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
  );
}

/** Connects from a given address of this machine. */
export function dialFrom(
  { hostname, port }: InetAddress,
  local: { hostname?: string; port?: number },
  signal: AbortSignal,
): Promise<NodeConn> {
  return new Promise((resolve, reject) => {
    const socket = nodeNet.connect({
      host: hostname,
      port,
      allowHalfOpen: true,
      ...(local.hostname === undefined ? {} : { localAddress: local.hostname }),
      ...(local.port === undefined ? {} : { localPort: local.port }),
    });
    const abort = () => socket.destroy(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", (error) => {
      signal.removeEventListener("abort", abort);
      reject(error);
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", abort);
      resolve(wrap(socket));
    });
  });
}

/** Listens on a port that others may share. */
export function listenShared(
  { hostname, port }: InetAddress,
  backlog: number,
): Promise<RawListener> {
  const ready: NodeConn[] = [];
  const waiting: PromiseWithResolvers<RawConn>[] = [];
  const server = nodeNet.createServer({ allowHalfOpen: true }, (socket) => {
    const conn = wrap(socket);
    const next = waiting.shift();
    if (next) next.resolve(conn);
    else ready.push(conn);
  });
  let closed = false;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: hostname, port, backlog, reusePort: true }, () => {
      const bound = server.address() as nodeNet.AddressInfo;
      const addr: InetAddress = { hostname: bound.address, port: bound.port };
      resolve({
        addr,
        accept() {
          if (closed) return Promise.reject(new ClosedError({ op: "accept", local: addr }));
          const conn = ready.shift();
          if (conn) return Promise.resolve(conn);
          const next = Promise.withResolvers<RawConn>();
          waiting.push(next);
          return next.promise;
        },
        close() {
          closed = true;
          server.close();
          for (const conn of ready.splice(0)) conn.close();
          for (const next of waiting.splice(0)) {
            next.reject(new ClosedError({ op: "accept", local: addr }));
          }
        },
        ref: () => void server.ref(),
        unref: () => void server.unref(),
      });
    });
  });
}
