/**
 * The way to a server in the same program: a queue of ends of pipes. Whoever wants to use the server makes a pipe and puts
 * one end in; the server takes it out and serves it. From then on requests go through rings of shared memory.
 *
 * The server holds the lock as long as it lives. An end that lies in the queue belongs to nobody, so that its other end would
 * wait for ever for a server that was killed; the lock tells.
 *
 * A door is two shared objects, so it can be sent to every agent, and to each it arrives as the same objects.
 *
 * @module
 */
import { Lock } from "../../sync/lock.ts";
import type { Connection } from "../../pipe/connection.ts";
import { Queue } from "../../queue/queue.ts";

/** The way to a server. */
export interface Door {
  readonly queue: Queue<Connection<LocalRequest, LocalReply>>;
  readonly alive: Lock;
}

/** Makes the door of a server. */
export function makeDoor(): Door {
  return { queue: new Queue(), alive: new Lock() };
}

/** Whether the server behind a door has ended, or was killed. */
export function isDead({ alive }: Door): boolean {
  if (alive.disposed) return true;
  const guard = alive.tryAcquire();
  guard?.release();
  return guard !== undefined;
}

/** What the numbers of requests and replies say that are none. */
export const Note = {
  /** To the server, number of a request: nobody wants its answer any more. */
  cancel: -1,
  /** To the server, number of an object: a proxy of it is gone. */
  released: -2,
  /** To the server, number of a call, whether it succeeded, result: what a function gave. */
  result: -3,
  /** To the client, number of a call, number of the function, arguments. */
  call: -4,
  /** To the client, number of a function, how often it has arrived: it will not be called any more, unless it arrives again. */
  forget: -5,
  /** To the client, once: the server has the other end of the pipe. */
  hello: -6,
  /**
   * To the server: requests whose arguments are primitive values, one after the other, each as its number, object, method, how
   * many arguments, arguments. They were made in one turn of the client's, and cost a fraction of as many messages.
   */
  requests: -7,
  /** To the client: results that are primitive values, one after the other, each with its number. */
  results: -8,
} as const;

/** A request. Objects and known methods are numbers; no object is the server itself. */
export type LocalCall = [
  number: number,
  object: number | null,
  method: number | string,
  args: readonly unknown[],
  kwargs?: Readonly<Record<string, unknown>>,
];

/** What goes to the server: a request, or a note `(Note, …)`. */
export type LocalRequest = LocalCall | [note: number, ...unknown[]];

/** A reply `(number, kind, result)`, or a note `(Note, …)`. */
export type LocalReply = [number: number, kind: number, result: unknown] | [
  note: number,
  ...unknown[],
];

/** Kinds of replies. */
export const LocalKind = { result: 0, error: 1, trouble: 2, unsendable: 3 } as const;
