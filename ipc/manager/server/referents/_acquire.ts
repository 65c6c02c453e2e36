import { type BelowZero, secondsOf } from "./_gate.ts";
import type { Caller, Method } from "./referent.ts";

/** What can be acquired by Python's arguments. */
export interface Acquirable {
  acquire(caller: Caller, seconds: number | undefined): boolean | Promise<boolean>;
}

/** Parameters of locks that may be given by name. */
export const ACQUIRE: Readonly<Record<"acquire", readonly string[]>> = {
  acquire: ["blocking", "timeout"],
};

/** Acquires by Python's arguments. */
export function acquiring(below: BelowZero): Method<Acquirable> {
  return (lock, caller, blocking: unknown = true, timeout: unknown = null) =>
    lock.acquire(caller, secondsOf(blocking, timeout, below));
}
