// Processes of the message tests: started at once, joined with a deadline.
import { assert, assertEquals } from "@std/assert";
import { Process, type TargetFunction } from "@ferry/std/ipc";

/** For waits that must succeed: longer than any of them may last. */
export const LONG = { timeout: 60_000 } as const;

/** Starts a process; when its scope is left it is stopped. */
export function launch<A extends readonly unknown[]>(
  target: TargetFunction<A>,
  ...args: A
): Process<A> {
  const process = new Process<A>(target, { args });
  process.start();
  return process;
}

type Started = Pick<Process, "name" | "join" | "kill" | "exitCode">;

/** Waits until the process has ended by itself, without an error. */
export async function finish(...processes: Started[]): Promise<void> {
  for (const process of processes) {
    assert(await process.join(LONG), `${process.name} did not end`);
    assertEquals(process.exitCode, 0, `exit code of ${process.name}`);
  }
}

/** Kills the process and waits until it is no more. */
export async function slay(process: Started): Promise<void> {
  process.kill();
  assert(await process.join(LONG), `${process.name} did not end`);
  assertEquals(process.exitCode, -9);
}

/** Whether two long arrays are equal; much faster than assertEquals. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
