import { pyError, pyType } from "../python_values.ts";
import { Gate, NOT_YET, secondsOf } from "./_gate.ts";
import { ACQUIRE } from "./_acquire.ts";
import { acquireLock, type ManagedLock, ReentrantLock, SimpleLock } from "./locks.ts";
import { type Caller, type Referent, referent } from "./referent.ts";

interface ManagedCondition {
  readonly lock: ManagedLock;
  readonly waiting: Gate;
  /** How many of those who wait may go. */
  passes: number;
}

/** Python's `threading.Condition`. */
export const conditionType: Referent = referent<ManagedCondition>({
  proxyType: "ConditionProxy",
  takesObjects: true,
  make: ([given], kwargs) => {
    const lock = given ?? kwargs.lock ?? new ReentrantLock();
    if (!(lock instanceof SimpleLock || lock instanceof ReentrantLock)) {
      throw pyError("TypeError", "the lock of a Condition must be a Lock or RLock of its manager");
    }
    return { lock, waiting: new Gate(), passes: 0 };
  },
  parameters: { ...ACQUIRE, wait: ["timeout"], notify: ["n"] },
  methods: {
    acquire: ({ lock }, caller, ...args) => acquireLock(lock, caller, ...args),
    notify: (condition, caller, n: unknown = 1) => {
      notify(condition, caller, countOf(n));
      return null;
    },
    notify_all: (condition, caller) => {
      notify(condition, caller, Infinity);
      return null;
    },
    release: ({ lock }, caller) => {
      lock.release(caller);
      return null;
    },
    wait: async (condition, caller, timeout = null) => {
      const seconds = secondsOf(true, timeout, "over");
      checkHeld(condition, caller, "wait");
      const takeBack = condition.lock.suspend(caller);
      try {
        const woken = await condition.waiting.wait(
          () => {
            if (condition.passes === 0) return NOT_YET;
            condition.passes--;
            return true;
          },
          caller,
          seconds,
        );
        return woken === true;
      } finally {
        await takeBack();
      }
    },
  },
});

function notify(condition: ManagedCondition, caller: Caller, n: number): void {
  checkHeld(condition, caller, "notify");
  condition.passes = Math.min(n, condition.waiting.size);
  condition.waiting.poke();
  condition.passes = 0;
}

function checkHeld({ lock }: ManagedCondition, caller: Caller, attempted: string): void {
  if (lock.isHeldBy(caller)) return;
  throw pyError("RuntimeError", `cannot ${attempted} on un-acquired lock`);
}

/** How many are meant, by any integer of Python's; none by a negative one. */
function countOf(n: unknown): number {
  if (typeof n === "boolean" || typeof n === "bigint" || Number.isInteger(n)) {
    return Math.max(0, Number(n));
  }
  throw pyError("TypeError", `the number to notify must be an integer, not ${pyType(n)}`);
}
