/**
 * The workers this agent has started and that still run.
 */

/** What is needed of a child at its parent's end. */
export interface Child {
  readonly daemon: boolean;
  kill(): void;
  join(): Promise<unknown>;
}

const children = new Set<Child>();

/** A child has started. */
export function addChild(child: Child): void {
  children.add(child);
}

/** A child has ended. */
export function removeChild(child: Child): void {
  children.delete(child);
}

/** Those that still run. */
export function activeChildren(): Child[] {
  return [...children];
}

/** Ends children as Python does when their parent returns: daemons are stopped, the others waited for. */
export async function endChildren(all: Child[]): Promise<void> {
  for (const child of all) if (child.daemon) child.kill();
  for (const child of all) await child.join();
}
