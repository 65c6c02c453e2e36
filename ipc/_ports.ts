/**
 * Large buffers by message port: moved, not copied.
 *
 * Parent and child process are connected by a pair of ports that are used for nothing else. A buffer is posted with
 * its number, and a ticket with the same number goes into the ring, so that it keeps its place among the messages. The
 * receiver finds the buffer by its number when it comes to the ticket; posting happens before the ticket is published,
 * so it is there. Ports deliver in order, but rings are read in any order: what comes up early is put aside.
 */
import { receiveMessageOnPort } from "node:worker_threads";

/** Below this many bytes copying through the ring is faster than moving. */
export const WORTH_MOVING = 32768;

/** The buffer itself, not a view of it: a view whose buffer is transferred takes the platform 500 times as long. */
interface Delivery {
  readonly ticket: number;
  readonly buffer: ArrayBuffer;
  readonly offset: number;
  readonly length: number;
}

interface Line {
  readonly port: MessagePort;
  readonly early: Map<number, Uint8Array<ArrayBuffer>>;
}

const lines = new Map<number, Line>();
let tickets = 0;

/** A port to another agent is open. */
export function openLine(agent: number, port: MessagePort): void {
  lines.set(agent, { port, early: new Map() });
}

/** The other agent is no more. */
export function closeLine(agent: number): void {
  lines.get(agent)?.port.close();
  lines.delete(agent);
}

/** Whether buffers can be moved to and from an agent. */
export function hasLine(agent: number): boolean {
  return lines.has(agent);
}

/** Moves a buffer to another agent. Returns the number of the ticket. */
export function moveBytes(agent: number, bytes: Uint8Array): number {
  const ticket = ++tickets;
  const buffer = bytes.buffer as ArrayBuffer;
  const delivery: Delivery = { ticket, buffer, offset: bytes.byteOffset, length: bytes.length };
  lines.get(agent)!.port.postMessage(delivery, [buffer]);
  return ticket;
}

/** The buffer of a ticket from another agent. */
export function claimBytes(agent: number, ticket: number): Uint8Array<ArrayBuffer> {
  const line = lines.get(agent);
  const early = line?.early.get(ticket);
  if (early !== undefined) {
    line!.early.delete(ticket);
    return early;
  }
  while (line !== undefined) {
    const received = receiveMessageOnPort(line.port as never);
    if (received === undefined) break;
    const { ticket: number, buffer, offset, length } = received.message as Delivery;
    const bytes = new Uint8Array(buffer, offset, length);
    if (number === ticket) return bytes;
    line.early.set(number, bytes);
  }
  throw new Deno.errors.UnexpectedEof(
    "Cannot receive: the buffer of this message was on its way in another worker, or its sender has ended",
  );
}
