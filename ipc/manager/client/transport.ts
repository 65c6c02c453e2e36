import type { Connection } from "../../../net/connection/mod.ts";
import type { Reply, Request } from "../wire.ts";
import type { Door } from "../local/door.ts";

/** What a reply comes to. `method` is what was called, for errors. */
export type Read<T> = (reply: Reply, method: string) => T;

/** Options of a request that may wait. */
export interface SendOptions {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** A channel of CPython's that the request must go through. */
  readonly channel?: Connection | undefined;
}

/** The way to a server of this program, which has faster ways, and such that block the thread. */
export interface LocalWay {
  /** How others come to the server. */
  readonly door: Door;
  /** Calls a method of an object by its number, of the server itself without one. `proxy` is kept until the answer has come. */
  request<T>(
    object: number | null,
    method: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
    read: Read<T>,
    proxy?: object,
  ): Promise<T>;
  /** Calls a method, blocking the thread until it has answered. */
  requestSync<T>(
    object: number | null,
    method: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
    read: Read<T>,
  ): T;
  /** What keeps an object that this agent has a proxy of. */
  anchorOf(ident: string): Disposable | undefined;
}

/** The way to a server. */
export interface Transport {
  /** Whether a request that waits can be cancelled. */
  readonly cancels: boolean;
  /** Itself, if the server is in this program. */
  readonly local: LocalWay | undefined;
  /** Classes of proxies for objects of some types, instead of the usual ones. */
  readonly proxies?: ReadonlyMap<string, unknown>;
  /** Sends a request and gives the reply. */
  send(request: Request, options?: SendOptions): Promise<Reply>;
  /** The proxy of a reply that has one. */
  adopt(reply: Reply): unknown;
  /** A function that was given for the time of one call is not called any more. */
  takeBack(given: (...args: never[]) => unknown): void;
  /** A channel for requests that belong together, if the server knows its callers by their channels. */
  lease(): Promise<Connection | undefined>;
  /** Gives a channel back. */
  giveBack(channel: Connection): void;
  /** Closes all connections; requests that are not answered are rejected. */
  close(): void | Promise<void>;
}
