import { pyError } from "../python_values.ts";
import { type Acquirable, ACQUIRE, acquiring } from "./_acquire.ts";
import { Permits } from "./_permits.ts";
import { type Caller, type Method, type Referent, referent } from "./referent.ts";

/** What a condition needs of its lock. */
export interface ManagedLock extends Acquirable {
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

/** Acquires a lock by Python's arguments. */
export const acquireLock: Method<Acquirable> = acquiring("-1 is no limit");

function lockType(make: () => SimpleLock | ReentrantLock): Referent {
  return referent<SimpleLock | ReentrantLock>({
    proxyType: "AcquirerProxy",
    make,
    parameters: ACQUIRE,
    methods: {
      acquire: acquireLock,
      locked: (lock) => lock.locked,
      release: (lock, caller) => {
        lock.release(caller);
        return null;
      },
    },
  });
}

/** Python's `threading.Lock`. */
export const plainLockType: Referent = lockType(() => new SimpleLock());
/** Python's `threading.RLock`; its owner is a connection, which for CPython is a thread. */
export const reentrantLockType: Referent = lockType(() => new ReentrantLock());
