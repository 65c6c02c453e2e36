import { pyError } from "../python_values.ts";
import { Gate, NOT_YET, secondsOf } from "./_gate.ts";
import { type Caller, type Owner, type Referent, referent } from "./referent.ts";

/** What is taken and given back, by whom. What a caller holds when its connection ends goes to the next. */
class Permits {
  readonly #holders = new Map<Owner, { count: number; leave: () => void }>();
  readonly #changed = new Gate();
  readonly #limit: number;
  #free: number;

  /**
   * @param free How many can be taken at first.
   * @param limit How many there may ever be.
   */
  constructor(free: number, limit: number) {
    this.#free = free;
    this.#limit = limit;
  }

  get free(): number {
    return this.#free;
  }

  /** How many a client holds. */
  heldBy(owner: Owner): number {
    return this.#holders.get(owner)?.count ?? 0;
  }

  /**
   * Takes one; whether it could within the time.
   *
   * @param onTaken Called in the same step.
   */
  acquire(
    caller: Pick<Caller, "owner" | "signal">,
    seconds: number | undefined,
    onTaken?: () => void,
  ): boolean | Promise<boolean> {
    const taken = this.#changed.wait(
      () => {
        // Whoever has gone would never give it back.
        caller.owner.signal.throwIfAborted();
        if (this.#free === 0) return NOT_YET;
        this.#free--;
        this.#hold(caller.owner);
        onTaken?.();
        return true;
      },
      caller,
      seconds,
    );
    return taken instanceof Promise ? taken.then((taken) => taken === true) : taken === true;
  }

  /** Gives back. Whoever does it, as with Python's locks: the caller's own first, else somebody's. */
  release({ owner }: Caller, count = 1): void {
    if (this.#free + count > this.#limit) throw pyError("ValueError", "released too many times");
    for (let i = 0; i < count; i++) {
      const holder = this.#holders.has(owner) ? owner : this.#holders.keys().next().value;
      if (holder === undefined) break;
      this.#drop(holder, 1);
    }
    this.#free += count;
    this.#changed.poke();
  }

  #hold(owner: Owner): void {
    const held = this.#holders.get(owner);
    if (held !== undefined) {
      held.count++;
      return;
    }
    const leave = () => {
      const { count } = this.#holders.get(owner)!;
      this.#holders.delete(owner);
      this.#free += count;
      this.#changed.poke();
    };
    owner.leave.add(leave);
    this.#holders.set(owner, { count: 1, leave });
  }

  #drop(holder: Owner, count: number): void {
    const held = this.#holders.get(holder)!;
    held.count -= count;
    if (held.count > 0) return;
    this.#holders.delete(holder);
    holder.leave.delete(held.leave);
  }
}

/** What a condition needs of its lock. */
export interface ManagedLock {
  acquire(caller: Caller, seconds: number | undefined): boolean | Promise<boolean>;
  release(caller: Caller): void;
  /** Whether a caller may use a condition of it. */
  isHeldBy(caller: Caller): boolean;
  /**
   * Gives up all that a caller holds, and tells how to take it again: that ends only with the caller's connection, so that
   * a wait which was cancelled leaves the lock as it found it.
   */
  suspend(caller: Caller): () => Promise<void>;
}

/** Python's `threading.Lock`. */
export class SimpleLock implements ManagedLock {
  readonly #permits = new Permits(1, 1);

  get locked(): boolean {
    return this.#permits.free === 0;
  }

  acquire(caller: Caller, seconds: number | undefined): boolean | Promise<boolean> {
    return this.#permits.acquire(caller, seconds);
  }

  release(caller: Caller): void {
    if (!this.locked) throw pyError("RuntimeError", "release unlocked lock");
    this.#permits.release(caller);
  }

  /** As Python's, it belongs to nobody: that somebody holds it is all that can be asked. */
  isHeldBy(): boolean {
    return this.locked;
  }

  suspend(caller: Caller): () => Promise<void> {
    this.release(caller);
    const { owner } = caller;
    return async () => void await this.#permits.acquire({ owner, signal: owner.signal }, undefined);
  }
}

/** Python's `threading.RLock`. */
export class ReentrantLock implements ManagedLock {
  readonly #permits = new Permits(1, 1);
  /** How often its owner has acquired it. */
  #depth = 0;

  get locked(): boolean {
    return this.#permits.free === 0;
  }

  acquire(caller: Caller, seconds: number | undefined): boolean | Promise<boolean> {
    if (this.isHeldBy(caller)) {
      this.#depth++;
      return true;
    }
    return this.#permits.acquire(caller, seconds, () => this.#depth = 1);
  }

  release(caller: Caller): void {
    if (!this.isHeldBy(caller)) throw pyError("RuntimeError", "cannot release un-acquired lock");
    if (--this.#depth === 0) this.#permits.release(caller);
  }

  isHeldBy({ owner }: Caller): boolean {
    return this.#permits.heldBy(owner) > 0;
  }

  suspend(caller: Caller): () => Promise<void> {
    const depth = this.#depth;
    this.#depth = 1;
    this.release(caller);
    const { owner } = caller;
    return async () =>
      void await this.#permits.acquire(
        { owner, signal: owner.signal },
        undefined,
        () => this.#depth = depth,
      );
  }
}

/** Parameters of locks that may be given by name. */
export const ACQUIRE: Readonly<Record<"acquire", readonly string[]>> = {
  acquire: ["blocking", "timeout"],
};

/** Acquires a lock by Python's arguments. */
export function acquire(
  lock: Pick<ManagedLock, "acquire">,
  caller: Caller,
  blocking: unknown = true,
  timeout: unknown = null,
): boolean | Promise<boolean> {
  return lock.acquire(caller, secondsOf(blocking, timeout, true));
}

function lockType(make: () => SimpleLock | ReentrantLock): Referent {
  return referent<SimpleLock | ReentrantLock>({
    proxyType: "AcquirerProxy",
    make,
    parameters: ACQUIRE,
    methods: {
      acquire,
      locked: (lock) => lock.locked,
      release: (lock, caller) => {
        lock.release(caller);
        return null;
      },
    },
  });
}

function semaphoreType(limit: (value: number) => number): Referent {
  return referent<Permits>({
    proxyType: "AcquirerProxy",
    make: ([first = 1], kwargs) => {
      const value = kwargs.value ?? first;
      if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
        throw pyError("ValueError", "semaphore initial value must be >= 0");
      }
      return new Permits(value, limit(value));
    },
    parameters: { ...ACQUIRE, release: ["n"] },
    methods: {
      acquire,
      release: (permits, caller, n: unknown = 1) => {
        if (typeof n !== "number" || !Number.isInteger(n) || n < 1) {
          throw pyError("ValueError", "n must be one or more");
        }
        permits.release(caller, n);
        return null;
      },
    },
  });
}

/** Python's `threading.Lock`. */
export const plainLockType: Referent = lockType(() => new SimpleLock());
/** Python's `threading.RLock`; its owner is a connection, which for CPython is a thread. */
export const reentrantLockType: Referent = lockType(() => new ReentrantLock());
/** Python's `threading.Semaphore`. */
export const countingType: Referent = semaphoreType(() => Infinity);
/** Python's `threading.BoundedSemaphore`. */
export const boundedType: Referent = semaphoreType((value) => value);

/** Python's `threading.Event`. */
export const eventType: Referent = referent<{ isSet: boolean; changed: Gate }>({
  proxyType: "EventProxy",
  make: () => ({ isSet: false, changed: new Gate() }),
  parameters: { wait: ["timeout"] },
  methods: {
    clear: (event) => {
      event.isSet = false;
      return null;
    },
    is_set: (event) => event.isSet,
    set: (event) => {
      event.isSet = true;
      event.changed.poke();
      return null;
    },
    wait: (event, caller, timeout = null) => {
      const waited = event.changed.wait(
        () => event.isSet || NOT_YET,
        caller,
        secondsOf(true, timeout, false),
      );
      return waited instanceof Promise ? waited.then((set) => set === true) : waited === true;
    },
  },
});
