/**
 * Which agents are known to be dead, asked from inside wait loops.
 *
 * The agent table registers itself here, so that lock words need not know it. "dying": told to stop, but its thread may
 * still be in the middle of a step; "gone": it will never run again.
 */
export type Liveness = "alive" | "dying" | "gone";

let probe: ((buffer: SharedArrayBuffer, agent: number) => Liveness) | undefined;

/** Installs the question's answerer: the agent table. */
export function setLivenessProbe(
  answer: (buffer: SharedArrayBuffer, agent: number) => Liveness,
): void {
  probe = answer;
}

/** What is known of an agent. */
export function ownerIsGone(buffer: SharedArrayBuffer, agent: number): Liveness {
  return probe === undefined ? "alive" : probe(buffer, agent);
}
