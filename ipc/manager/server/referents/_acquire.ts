import { secondsOf } from "./_gate.ts";
import type { Caller } from "./referent.ts";

/** What can be acquired by Python's arguments. */
export interface Acquirable {
  acquire(caller: Caller, seconds: number | undefined): boolean | Promise<boolean>;
}

/** Parameters of locks that may be given by name. */
export const ACQUIRE: Readonly<Record<"acquire", readonly string[]>> = {
  acquire: ["blocking", "timeout"],
};

/** Acquires a lock by Python's arguments. */
export function acquire(
  lock: Acquirable,
  caller: Caller,
  blocking: unknown = true,
  timeout: unknown = null,
): boolean | Promise<boolean> {
  return lock.acquire(caller, secondsOf(blocking, timeout, true));
}
