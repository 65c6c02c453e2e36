import { assertUsable, type SharedObject } from "./shared_object.ts";
import type { Attempt, PENDING } from "../wait/wait.ts";

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
}
