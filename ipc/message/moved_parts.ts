/**
 * Buffers of a message that move, by message port, while the rest of it is copied: what the message says of them.
 *
 * A message is encoded when its receiver has room for it, and perhaps more than once; the buffers must have left by then. So it
 * is encoded before, into scratch memory, to learn which parts of the buffers it refers to ({@linkcode planMoves}); what is
 * found out is said whenever these buffers and views, which are empty then, are met again.
 */
import type { MovedPart } from "../codec/bytes.ts";
import { claimFromAny, moveBytes, newTicket } from "./moved_buffers.ts";

/** What is said of buffers that have moved, and of views of them. */
let parts: WeakMap<object, MovedPart> | undefined;

/** The buffers that are to move in the message that is being encoded. */
let plan: Plan | undefined;

/** Buffers that were received, for several views of one. */
const received = new Map<number, WeakRef<ArrayBuffer>>();

/** Most of those that are remembered. */
const MOST_RECEIVED = 64;

interface Plan {
  readonly tickets: ReadonlyMap<ArrayBuffer, number>;
  readonly found: Map<object, MovedPart>;
}

/** What a message says of a buffer or a view; `undefined` if its bytes are copied. */
export function toMoved(object: ArrayBuffer | ArrayBufferView): MovedPart | undefined {
  if (plan === undefined) return parts?.get(object);
  const isView = ArrayBuffer.isView(object);
  const ref = plan.tickets.get(isView ? object.buffer as ArrayBuffer : object);
  if (ref === undefined) return parts?.get(object);
  const offset = isView ? object.byteOffset : 0;
  const part: MovedPart = { ref, offset, length: object.byteLength };
  plan.found.set(object, part);
  return part;
}

/** The buffer that a message says has moved. */
export function fromMoved(ref: number): ArrayBuffer {
  const known = received.get(ref)?.deref();
  if (known !== undefined) return known;
  const buffer = claimFromAny(ref);
  if (received.size === MOST_RECEIVED) received.clear();
  received.set(ref, new WeakRef(buffer));
  return buffer;
}

/**
 * Finds out what a message is to say of buffers that are going to move.
 *
 * @param encode Encodes the message.
 * @returns Moves the buffers to an agent.
 * @throws {TypeError} If one of the buffers is not in the message.
 */
export function planMoves(
  buffers: readonly ArrayBuffer[],
  encode: () => void,
): (agent: number) => void {
  const outer = plan;
  const tickets = new Map(buffers.map((buffer) => [buffer, newTicket()]));
  const found = new Map<object, MovedPart>();
  plan = { tickets, found };
  try {
    encode();
  } finally {
    plan = outer;
  }
  const met = new Set([...found.values()].map(({ ref }) => ref));
  if (met.size < tickets.size) {
    throw new TypeError("Cannot transfer a buffer that is not in the arguments");
  }
  return (agent) => {
    const gone = new Set<number>();
    for (const [buffer, ticket] of tickets) {
      if (moveBytes(agent, new Uint8Array(buffer), ticket) !== undefined) gone.add(ticket);
    }
    parts ??= new WeakMap();
    // Those that cannot be moved, of WebAssembly memories, are copied.
    for (const [object, part] of found) if (gone.has(part.ref)) parts.set(object, part);
  };
}
