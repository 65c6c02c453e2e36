/**
 * A connection on the other side of a message port: what a worker has in the place of a socket.
 *
 * ```text
 *   worker  { kind: "pull" }          ->  main reads from the socket
 *           <-  { kind: "chunk", bytes | null }
 *           { kind: "push", bytes }   ->  main writes to the socket
 *           <-  { kind: "pushed" }
 *           { kind: "end" }           ->  main finishes writing
 *           <-  { kind: "pushed" }
 * ```
 *
 * One pull and one push are under way at a time: the socket's own back pressure reaches the worker. Bytes are moved.
 */
import { type Address, ClosedError, NetError } from "../errors.ts";
import type { RawConn } from "../native/raw_conn.ts";

/** From the worker. */
export type Ask =
  | { readonly kind: "pull" }
  | { readonly kind: "push"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end" };

/** To the worker. */
export type Answer =
  | { readonly kind: "chunk"; readonly bytes: Uint8Array<ArrayBuffer> | null }
  | { readonly kind: "pushed" }
  | { readonly kind: "broken"; readonly message: string };

/** The connection, as the worker sees it. */
export class PortConn implements RawConn {
  readonly localAddr: Address;
  readonly remoteAddr: Address;
  readonly #port: MessagePort;
  #rest: Uint8Array | undefined;
  #pulling: PromiseWithResolvers<Uint8Array | null> | undefined;
  #pushing: PromiseWithResolvers<void> | undefined;
  #failure: Error | undefined;

  constructor(port: MessagePort, local: Address, peer: Address) {
    this.#port = port;
    this.localAddr = local;
    this.remoteAddr = peer;
    port.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest === undefined) {
      if (this.#failure) throw this.#failure;
      this.#pulling = Promise.withResolvers();
      this.#ask({ kind: "pull" });
      const bytes = await this.#pulling.promise;
      if (bytes === null) return null;
      this.#rest = bytes;
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = part.length < this.#rest.length ? this.#rest.subarray(part.length) : undefined;
    return part.length;
  }

  async write(from: Uint8Array): Promise<number> {
    const bytes = from.slice();
    await this.#push({ kind: "push", bytes }, [bytes.buffer]);
    return from.length;
  }

  closeWrite(): Promise<void> {
    return this.#push({ kind: "end" });
  }

  close(): void {
    this.#fail(new ClosedError({ op: "read", local: this.localAddr, peer: this.remoteAddr }));
    this.#port.close();
  }

  async #push(ask: Ask, transfer?: Transferable[]): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#pushing = Promise.withResolvers();
    this.#ask(ask, transfer);
    await this.#pushing.promise;
  }

  #ask(ask: Ask, transfer: Transferable[] = []): void {
    this.#port.postMessage(ask, transfer);
  }

  #hear(answer: Answer): void {
    if (answer.kind === "chunk") this.#pulling?.resolve(answer.bytes);
    else if (answer.kind === "pushed") this.#pushing?.resolve();
    else {
      const { localAddr: local, remoteAddr: peer } = this;
      this.#fail(new NetError({ op: "read", local, peer, reason: answer.message }));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of [this.#pulling, this.#pushing]) {
      waiting?.promise.catch(() => {});
      waiting?.reject(error);
    }
  }
}
