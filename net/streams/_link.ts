/**
 * What the reader and the writer of a connection share: the connection itself, which TLS may replace, and its end.
 */
import { type Address, ClosedError, type NetErrorInit, toNetError } from "../errors.ts";
import { addressesOf, type RawConn } from "../native/raw_conn.ts";

export class Link {
  /** Bytes received and sent so far. */
  received = 0;
  sent = 0;
  /** Whether something was written in this turn that will be handed to the system at its end. */
  scheduled = false;
  /** The connection it belongs to: `startTls` of the writer concerns the reader too. */
  owner: { startTls(options: never): Promise<void> } | undefined;
  /** Why the connection ended, if it did. */
  reason: Error | undefined;
  #raw: RawConn;
  #closed = false;
  /** Reader and writer, told by name, and others: most connections have none. */
  reader: { linkClosed(): void; wrote(): void } | undefined;
  writer: { linkClosed(): void } | undefined;
  #onClose: (() => void)[] | undefined;

  constructor(raw: RawConn) {
    this.#raw = raw;
  }

  get local(): Address | undefined {
    return addressesOf(this.#raw).local;
  }

  get peer(): Address | undefined {
    return addressesOf(this.#raw).peer;
  }

  get raw(): RawConn {
    return this.#raw;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Goes on over another connection, which wraps the one there was. */
  replace(raw: RawConn): void {
    this.#raw = raw;
    // Closed while the handshake was under way: nobody else would close the new one.
    if (this.#closed) raw.close();
  }

  /** Closes at once. The first reason stays. */
  close(reason?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.reason ??= reason;
    try {
      this.#raw.close();
    } catch {
      // It was closed by whoever made it.
    }
    const listeners = this.#onClose;
    this.#onClose = undefined;
    this.reader?.linkClosed();
    this.writer?.linkClosed();
    for (const each of listeners ?? []) each();
  }

  /** Calls back once it is closed, now if it is. */
  onClose(callback: () => void): void {
    if (this.#closed) callback();
    else (this.#onClose ??= []).push(callback);
  }

  /** Turns what the runtime threw into an error with this connection's addresses, and its reason to end. */
  error(cause: unknown, op: string): Error {
    const init = this.init(op);
    if (this.#closed) {
      return this.reason ?? (cause instanceof ClosedError ? cause : new ClosedError(init));
    }
    return toNetError(cause, init);
  }

  init(op: string): NetErrorInit {
    return { op, local: this.local, peer: this.peer };
  }
}
