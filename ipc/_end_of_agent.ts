import { agentIndex, AgentState, STATE } from "./_agent.ts";
import { ownerIsGone } from "./_liveness.ts";
import { type Attempt, PENDING } from "./_wait.ts";

/** An operation that ends when an agent has ended. */
export class EndOfAgent implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number;
  readonly #id: number;
  expected: number = 0;

  constructor(table: Int32Array, id: number) {
    this.words = table;
    this.index = agentIndex(id, STATE);
    this.#id = id;
  }

  /** While it is being stopped, its end may have to be found out by the very thread that waits for it. */
  get slice(): number {
    return this.expected === AgentState.dying ? 10 : Infinity;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, this.index);
    if (this.expected === AgentState.gone || this.expected === AgentState.free) return true;
    const { buffer } = this.words as Int32Array<SharedArrayBuffer>;
    return ownerIsGone(buffer, this.#id) === "gone" ? true : PENDING;
  }
}
