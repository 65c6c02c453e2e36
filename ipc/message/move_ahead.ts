/** Moving buffers to another agent ahead of the message that they are in. */
import { encode, takeReferences } from "./messages.ts";
import { planMoves } from "./moved_parts.ts";

/**
 * Moves buffers that are in a value to another agent, to which the value is sent next.
 *
 * @param agent The agent: a child, or the parent, of this one.
 * @throws {UnsendableError} If the value cannot be sent; nothing has moved then.
 * @throws {TypeError} If one of the buffers is not in the value; nothing has moved then.
 */
export function moveAhead(value: unknown, buffers: readonly ArrayBuffer[], agent: number): void {
  const move = planMoves(buffers, () => {
    encode(value);
    takeReferences()?.stay();
  });
  move(agent);
}
