import { pyError } from "../python_values.ts";
import { Gate, NOT_YET, secondsOf } from "./_gate.ts";
import { ACQUIRE, acquire, type ManagedLock, ReentrantLock, SimpleLock } from "./locks.ts";
import { type Referent, referent } from "./referent.ts";

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
    acquire: ({ lock }, caller, ...args) => acquire(lock, caller, ...args),
    notify: (condition, _, n: number = 1) => {
      notify(condition, n);
      return null;
    },
    notify_all: (condition) => {
      notify(condition, Infinity);
      return null;
    },
    release: ({ lock }, caller) => {
      lock.release(caller);
      return null;
    },
    wait: async (condition, caller, timeout = null) => {
      const seconds = secondsOf(true, timeout, false);
      const takeBack = condition.lock.suspend(caller);
      const woken = await condition.waiting.wait(
        () => {
          if (condition.passes === 0) return NOT_YET;
          condition.passes--;
          return true;
        },
        caller,
        seconds,
      );
      await takeBack();
      return woken === true;
    },
  },
});

function notify(condition: ManagedCondition, n: number): void {
  condition.passes = Math.min(n, condition.waiting.size);
  condition.waiting.poke();
  condition.passes = 0;
}
