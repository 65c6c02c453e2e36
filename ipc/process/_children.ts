/**
 * The processes that this one has started and that have not ended.
 */

/** What is needed of a child by `activeChildren()`, and at its parent's end. */
export interface Child {
  readonly daemon: boolean;
  readonly isAlive: boolean;
  kill(): void;
  join(): Promise<unknown>;
}

const children = new Set<Child>();

/** A child has started. */
export function addChild(child: Child): void {
  children.add(child);
}

/** A child has ended, and its thread too. */
export function removeChild(child: Child): void {
  children.delete(child);
}

/** The children that run, without those that have ended though no event has told yet. */
export function liveChildren(): Child[] {
  return [...children].filter((child) => child.isAlive);
}

/** Ends children as Python does when their parent returns: daemons are stopped, the others waited for. */
export async function endChildren(): Promise<void> {
  const all = [...children];
  for (const child of all) if (child.daemon) child.kill();
  for (const child of all) await child.join();
}
