/**
 * Connections of `node:net` and `node:tls` in the shape of Deno's, for what Deno's own cannot do without a flag: a source
 * address, a shared port, TLS as a server with client certificates.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import * as nodeNet from "node:net";
import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { type Address, ClosedError, ConnectionResetError, type InetAddress } from "../errors.ts";
import type { RawConn, RawListener } from "./raw_conn.ts";

/** Milliseconds for the goodbye of a protocol. */
const GOODBYE = 1000;
/** Turns of the event loop that bytes which have come may take to get through a protocol; one is what they take. */
const TURNS = 50;

/** What a protocol of its own, such as TLS, knows of the connection below it. */
export interface Below {
  /** Settles when everything was sent, the goodbye included; perhaps never, if the stream is destroyed before. */
  readonly flushed: Promise<void>;
  /** What is being written now. */
  writing(): Promise<void>;
  /** Settles when the peer has sent its last byte. */
  readonly left: Promise<void>;
  /** Whether that is an end even if the peer has not said goodbye. */
  readonly ragged: boolean;
  /** Makes the protocol look again at what it has, once nothing more comes: a goodbye it had overlooked is an end then. */
  prod(): void;
  /** Closes it at once, also while something is being written. */
  close(): void;
}

/** A `Duplex` of node as a {@linkcode RawConn}. Bytes that come unasked are kept, and the stream is paused. */
export class NodeConn implements RawConn {
  readonly localAddr: Address;
  readonly remoteAddr: Address;
  readonly #stream: Duplex;
  readonly #below: Below | undefined;
  #left = false;
  #error: Error | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: Duplex, local: Address, remote: Address, below?: Below) {
    this.#stream = stream;
    this.#below = below;
    this.localAddr = local;
    this.remoteAddr = remote;
    const wake = () => this.#wake?.();
    below?.left.then(() => {
      this.#left = true;
      wake();
    });
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
    for (let turns = 0;;) {
      const length = this.#stream.readableLength;
      if (length > 0) {
        const chunk = this.#stream.read(Math.min(length, into.length)) as Uint8Array | null;
        if (chunk !== null) {
          into.set(chunk);
          return chunk.length;
        }
      }
      if (this.#ended) return null;
      if (this.#error) {
        if (this.#left && turns > TURNS) return this.#cutOff();
        throw this.#error;
      }
      // Asking with nothing there makes the stream fetch more.
      this.#stream.read(0);
      if (this.#left) {
        if (turns === TURNS) this.#below!.prod();
        // Whoever cuts a connection can make an end of TCP, but no goodbye: what came is not all there was.
        if (turns++ === 2 * TURNS) return this.#cutOff();
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#left) setImmediate(resolve);
      });
      this.#wake = undefined;
    }
  }

  /** The peer has left without a goodbye. */
  #cutOff(): null {
    if (this.#below!.ragged) return null;
    this.#stream.destroy();
    throw this.#error = new ConnectionResetError({
      op: "read",
      local: this.localAddr,
      peer: this.remoteAddr,
      reason: "the peer finished without the closing message of TLS",
    });
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

  async finish(): Promise<void> {
    const below = this.#below;
    if (!below) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GOODBYE));
    const said = new Promise<void>((resolve) => {
      if (this.#stream.destroyed) return resolve();
      this.#stream.once("close", resolve);
      below.flushed.then(resolve);
      this.#stream.end();
    });
    await Promise.race([said.then(() => below.writing()), late]);
    clearTimeout(timer);
  }

  close(): void {
    this.#error ??= new ClosedError({ op: "read", local: this.localAddr, peer: this.remoteAddr });
    this.#stream.destroy();
    this.#below?.close();
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
  return listenNode({ host: hostname, port, backlog, reusePort: true });
}

/** Listens on a socket that this process was given when it was started. */
export function listenDescriptor(fd: number): Promise<RawListener> {
  return listenNode({ fd });
}

function listenNode(options: nodeNet.ListenOptions | { fd: number }): Promise<RawListener> {
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
    server.listen(options as nodeNet.ListenOptions, () => {
      const bound = server.address() as nodeNet.AddressInfo | string;
      const addr: Address = typeof bound === "string"
        ? { path: bound }
        : { hostname: bound.address, port: bound.port };
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
