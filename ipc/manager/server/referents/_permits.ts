import { pyError } from "../python_values.ts";
import { Gate, NOT_YET } from "./_gate.ts";
import type { Caller, Owner } from "./referent.ts";

/** What is taken and given back, by whom. What a caller holds when its connection ends goes to the next. */
export class Permits {
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
      this.#drop(holder);
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

  #drop(holder: Owner): void {
    const held = this.#holders.get(holder)!;
    if (--held.count > 0) return;
    this.#holders.delete(holder);
    holder.leave.delete(held.leave);
  }
}
