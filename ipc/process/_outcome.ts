/**
 * The outcome of a target, what it returned or threw, on its way from the process to the parent.
 *
 * It is posted to the parent, under a ticket that the parent has chosen, before the process reclaims what it holds. So it
 * is there once the parent sees that the process is gone. The word RESULT of the process's table entry keeps its references
 * alive until the parent has decoded it, or frees the entry.
 *
 * | byte of the message | holds |
 * |---|---|
 * | 0 … | the value, encoded |
 * | last but 5 … last but 1 | if it has references: the line of their block |
 * | last | 1 = it was thrown, plus 2 = it has references |
 */
import { handOver, RESULT } from "../kill_safe.ts";
import { agent, agentIndex, agentWord } from "../memory/agent.ts";
import { dropHold, dropSlot, type Hold, hold } from "../memory/references.ts";
import { forgetWrapper, rememberWrapper } from "../memory/wrappers.ts";
import { decode, encode, takeReferences } from "../message/messages.ts";
import { withoutUnsendable } from "../message/sendable_error.ts";
import { type MessageReferences, REFERENCES_BYTES } from "../message/message_references.ts";
import { moveBytes, takeBytes } from "../message/moved_buffers.ts";
import type { Seat } from "./_start_data.ts";

/** What became of a target. */
export type Outcome = { readonly returned: unknown } | { readonly threw: unknown };

const THREW = 1;
const REFERENCES = 2;

/** Sends the outcome of this process to its parent. What cannot be sent arrives as the error that says so. */
export function sendOutcome(
  seat: Seat,
  table: Int32Array<SharedArrayBuffer>,
  outcome: Outcome,
): void {
  // Nothing sent means undefined.
  if ("returned" in outcome && outcome.returned === undefined) return;
  let flags = 0;
  let encoded: { bytes: Uint8Array; references: MessageReferences | undefined };
  if ("returned" in outcome) {
    try {
      encoded = encodeAlone(outcome.returned);
    } catch (error) {
      flags = THREW;
      encoded = encodeError(error);
    }
  } else {
    flags = THREW;
    encoded = encodeError(outcome.threw);
  }
  const { bytes, references } = encoded;
  const message = new Uint8Array(bytes.length + 1);
  message.set(bytes);
  if (references !== undefined) {
    flags |= REFERENCES;
    const { block, page, slot } = references.held;
    handOver(table, agentIndex(seat.id, RESULT), block.line, page, slot);
    references.departed();
  }
  message[bytes.length] = flags;
  moveBytes(seat.parentId, message, seat.ticket);
}

function encodeAlone(
  value: unknown,
): { bytes: Uint8Array; references: MessageReferences | undefined } {
  const bytes = encode(value);
  return { bytes, references: takeReferences() };
}

function encodeError(
  error: unknown,
): { bytes: Uint8Array; references: MessageReferences | undefined } {
  try {
    return encodeAlone(error);
  } catch (why) {
    return encodeAlone(error instanceof Error ? withoutUnsendable(error) : why);
  }
}

/** An outcome at the parent, not decoded yet. */
export class ReceivedOutcome implements Disposable {
  /** Whether it is an error. */
  readonly threw: boolean;
  #bytes: Uint8Array | undefined;
  #held: Hold | undefined;
  #value: unknown;

  constructor(message: Uint8Array, held: Hold | undefined) {
    const flags = message.at(-1)!;
    this.threw = (flags & THREW) !== 0;
    const end = message.length - 1 - (flags & REFERENCES ? REFERENCES_BYTES : 0);
    this.#bytes = message.subarray(0, end);
    this.#held = held;
    // Nobody may ever ask for it.
    if (held !== undefined) rememberWrapper(this, held);
  }

  /**
   * The value, the same one each time.
   *
   * @throws If it does not decode: a class is not registered here, or its own code threw.
   */
  get value(): unknown {
    if (this.#bytes !== undefined) {
      this.#value = decode(this.#bytes);
      this[Symbol.dispose]();
    }
    return this.#value;
  }

  /** Drops an outcome that was not decoded. */
  [Symbol.dispose](): void {
    this.#bytes = undefined;
    if (this.#held === undefined) return;
    forgetWrapper(this.#held);
    dropHold(this.#held);
    this.#held = undefined;
  }
}

/** The outcome that a process left that is gone; `undefined` if it left none. */
export function receiveOutcome(id: number, ticket: number): ReceivedOutcome | undefined {
  const { arena, table } = agent();
  const message = takeBytes(id, ticket);
  const line = agentWord(table, id, RESULT);
  let held: Hold | undefined;
  if (line !== 0) {
    // From here on this agent keeps it alive.
    held = hold(arena.block(line));
    dropSlot(table, agentIndex(id, RESULT));
  }
  if (message !== undefined) return new ReceivedOutcome(message, held);
  if (held !== undefined) dropHold(held);
  return undefined;
}
