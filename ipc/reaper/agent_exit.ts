import { STATE } from "../kill_safe.ts";
import { agentIndex, AgentState, serialOf } from "../memory/agent.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

/** An operation that ends when an agent has ended, and what it held was given back. */
export class AgentExit implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number;
  readonly #id: number;
  readonly #serial: number;
  expected: number = 0;

  /** @param id An agent that has its entry now: a later one in the same entry is not waited for. */
  constructor(table: Int32Array, id: number, serial: number = serialOf(table, id)) {
    this.words = table;
    this.index = agentIndex(id, STATE);
    this.#id = id;
    this.#serial = serial;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, this.index);
    return this.expected >= AgentState.gone || this.expected === AgentState.free ||
        serialOf(this.words, this.#id) !== this.#serial
      ? true
      : PENDING;
  }
}
