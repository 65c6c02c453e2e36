import { Machine } from "./_machine.ts";
import { loadWhole } from "./_whole.ts";
import type { LoadOptions } from "./options.ts";

/** Higher stacks are given back after a pickle. */
const KEPT_HEIGHT = 64;

/**
 * Reads pickles that stand alone, one after another, with the same options: what `loads` does, without making all that belongs
 * to the options anew for each. The options are not read again, and must not have `buffers`.
 */
export class Loader {
  readonly #options: LoadOptions;
  /** A hook may read a pickle, too: it has another machine meanwhile. */
  #idle: Machine | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Reads a pickle. */
  loads(bytes: Uint8Array): unknown {
    const machine = this.#idle ?? new Machine(this.#options);
    this.#idle = undefined;
    try {
      return loadWhole(machine, bytes);
    } finally {
      machine.forget();
      release(machine.stack);
      this.#idle = machine;
    }
  }
}

/** What was read is the caller's alone: it may wait for the end of it. */
function release(stack: unknown[]): void {
  if (stack.length > KEPT_HEIGHT) stack.length = 0;
  else for (let i = 0; i < stack.length; i++) stack[i] = undefined;
}
