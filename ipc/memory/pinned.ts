/**
 * Awaiting with an object in use: its memory stays, and the wait ends if the object is disposed of.
 */
import { dropHold, hold } from "./references.ts";
import { assertUsable, blockOf, type SharedObject } from "./shared_object.ts";
import { type Attempt, type PENDING, type TIMED_OUT, waitAsync } from "../wait/wait.ts";

/**
 * Runs something that awaits, with the memory of an object pinned: if the object is disposed of meanwhile, its memory must
 * not become another object's while a waiter still looks at it.
 *
 * @throws {Deno.errors.BadResource} If it is disposed of already.
 */
export async function pinned<R>(object: SharedObject, run: () => Promise<R>): Promise<R> {
  assertUsable(object);
  const held = hold(blockOf(object));
  try {
    return await run();
  } finally {
    dropHold(held);
  }
}

/**
 * `waitAsync` with the memory of an object pinned.
 *
 * @throws {Deno.errors.BadResource} If the object is disposed of meanwhile.
 */
export function waitPinned<R>(
  object: SharedObject,
  attempt: Attempt<R>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<R | typeof TIMED_OUT> {
  return pinned(object, () => waitAsync(new WhileUsable(object, attempt), deadline, signal));
}

/** Makes an operation that awaits throw if its object is disposed of in this worker meanwhile. */
export class WhileUsable<R> implements Attempt<R> {
  readonly #object: SharedObject;
  readonly #inner: Attempt<R>;

  constructor(object: SharedObject, inner: Attempt<R>) {
    this.#object = object;
    this.#inner = inner;
  }

  get words(): Int32Array {
    return this.#inner.words;
  }
  get index(): number {
    return this.#inner.index;
  }
  get expected(): number {
    return this.#inner.expected;
  }
  get sleepers(): number | undefined {
    return this.#inner.sleepers;
  }

  attempt(): R | typeof PENDING {
    assertUsable(this.#object);
    return this.#inner.attempt();
  }

  withdraw(): void {
    this.#inner.withdraw?.();
  }
}
