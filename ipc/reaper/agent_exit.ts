import { STATE } from "../kill_safe.ts";
import { agentIndex, AgentState, serialOf } from "../memory/agent.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

/** The end of an agent, as an operation to wait for: it is done once everything that the agent held is reclaimed. */
export class AgentExit implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number;
  readonly #id: number;
  readonly #serial: number;
  expected: number = 0;

  /** @param id The agent that has the entry now. A later one in the same entry is not waited for. */
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
