/** Waiting for an item without taking it. */
import { PENDING, waitAsync } from "../wait/wait.ts";
import { GetAttempt } from "./_attempts.ts";
import { coreOf } from "./core.ts";

/**
 * Waits until there is an item in a queue that nobody else takes items from, and that is not disposed of meanwhile.
 *
 * @param queue A `Queue`.
 */
export async function arrival(queue: object): Promise<void> {
  const core = coreOf(queue);
  await waitAsync(new GetAttempt(core, () => core.size > 0 ? true : PENDING), Infinity);
}
