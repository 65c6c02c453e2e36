/**
 * Large buffers by message port: moved, not copied.
 *
 * Parent and child process are connected by a pair of ports that are used for nothing else. A buffer is posted with
 * its number, and a ticket with the same number goes into the ring, so that it keeps its position among the messages. The
 * receiver finds the buffer by its number when it comes to the ticket; posting happens before the ticket is published,
 * so it is there. Ports deliver in order, but rings are read in any order: what comes up early is put aside. So is what an
 * agent had posted when it ended: it can still be received.
 */
import type { receiveMessageOnPort } from "node:worker_threads";

/** Below this many bytes copying through the ring is faster than moving. */
export const WORTH_MOVING = 32768;

/** The buffer itself, not a view of it: a view whose buffer is transferred takes the platform 500 times as long. */
interface Delivery {
  readonly ticket: number;
  readonly buffer: ArrayBuffer;
  readonly offset: number;
  readonly length: number;
}

/** Loaded with the first port: most programs that use this package start no processes. */
let receive: typeof receiveMessageOnPort | undefined;

const ports = new Map<number, MessagePort>();
/** What came before its ticket was read. */
const early = new Map<number, Uint8Array<ArrayBuffer>>();
/** From a random start: no two agents may use the same numbers, not even one after the other. */
let tickets = Math.floor(Math.random() * 2 ** 50);

/** A port to another agent is open. */
export function openPort(agent: number, port: MessagePort): void {
  receive ??= globalThis.process.getBuiltinModule("node:worker_threads").receiveMessageOnPort;
  ports.set(agent, port);
}

/** The other agent is no more. */
export function closePort(agent: number): void {
  const port = ports.get(agent);
  if (port === undefined) return;
  for (let next = nextOf(port); next !== undefined; next = nextOf(port)) early.set(...next);
  port.close();
  ports.delete(agent);
}

/** Whether buffers can be moved to and from an agent. */
export function hasPort(agent: number): boolean {
  return ports.has(agent);
}

/** Buffers that cannot be moved: those of WebAssembly memories, which only posting them tells from others. */
const fixed = new WeakSet<ArrayBuffer>();

/** Whether a buffer may be one that can be moved. */
export function isMovable(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer && !fixed.has(buffer);
}

/** The number of a ticket that no other buffer has. */
export function newTicket(): number {
  return ++tickets;
}

/** Moves a buffer to another agent. Returns the number of the ticket; `undefined` if the buffer cannot be moved. */
export function moveBytes(
  agent: number,
  bytes: Uint8Array,
  ticket: number = newTicket(),
): number | undefined {
  const buffer = bytes.buffer as ArrayBuffer;
  const delivery: Delivery = { ticket, buffer, offset: bytes.byteOffset, length: bytes.length };
  try {
    ports.get(agent)!.postMessage(delivery, [buffer]);
  } catch {
    fixed.add(buffer);
    return undefined;
  }
  return ticket;
}

/** The buffer of a ticket from another agent. */
export function claimBytes(agent: number, ticket: number): Uint8Array<ArrayBuffer> {
  const bytes = takeBytes(agent, ticket);
  if (bytes !== undefined) return bytes;
  throw new Deno.errors.UnexpectedEof(
    "Cannot receive: the buffer of this message was on its way in another worker, or its sender has ended",
  );
}

/** The buffer of a ticket, whichever agent it is from. */
export function claimFromAny(ticket: number): ArrayBuffer {
  for (const agent of ports.keys()) {
    const bytes = takeBytes(agent, ticket);
    if (bytes !== undefined) return bytes.buffer;
  }
  return claimBytes(0, ticket).buffer;
}

/** Nobody is going to claim the buffer of a ticket. */
export function discardBytes(agent: number, ticket: number): void {
  takeBytes(agent, ticket);
}

/** The buffer of a ticket from another agent, if it is there. */
export function takeBytes(agent: number, ticket: number): Uint8Array<ArrayBuffer> | undefined {
  const known = early.get(ticket);
  if (known !== undefined) {
    early.delete(ticket);
    return known;
  }
  const port = ports.get(agent);
  if (port === undefined) return undefined;
  for (let next = nextOf(port); next !== undefined; next = nextOf(port)) {
    if (next[0] === ticket) return next[1];
    early.set(...next);
  }
  return undefined;
}

function nextOf(port: MessagePort): [number, Uint8Array<ArrayBuffer>] | undefined {
  const received = receive!(port as never);
  if (received === undefined) return undefined;
  const { ticket, buffer, offset, length } = received.message as Delivery;
  const bytes = new Uint8Array(buffer, offset, length);
  // A part of a buffer moves with all of it; who receives it gets no more than the part.
  return [ticket, length === buffer.byteLength ? bytes : bytes.slice()];
}
