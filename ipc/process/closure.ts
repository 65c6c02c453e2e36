/**
 * A closure on its way to the process that runs it.
 *
 * What a function captures is found by the engine's inspector, which takes turns of the event loop. So the process starts
 * at once and waits for its function at the end of a pipe, whose other end stays with the parent:
 *
 * ```
 *   parent   start() --- finds variables, dumps the function --- sends it --> closes its end
 *   process       boots, decodes its arguments --- waits at its end ------> loads the function, runs it
 * ```
 *
 * Shared objects among the variables go beside the dump, as handles of the same message, so that they arrive as the same
 * objects, and a `Connection` moves. Only programs that use it load dill, and `deno compile` embeds it only where the program
 * itself imports it.
 */
import { homeOf } from "../memory/kinds.ts";
import { isSharedObject } from "../memory/shared_object.ts";
import type { Connection } from "../pipe/connection.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { TargetFunction } from "./target_function.ts";

/** A function, and the shared objects it captures: its persistent ids are their places in the list. */
export type ClosureMessage = readonly [dump: Uint8Array, shared: readonly object[]];

/** Not written down as a specifier: the runtime would read the files of dill for every program and every process. */
function dill(): Promise<typeof import("../../persist/dill/mod.ts")> {
  return import(new URL("../../persist/dill/mod.ts", import.meta.url).href);
}

/**
 * Finds what a function captures, and writes it down with the function.
 *
 * @throws {Error} If something cannot be captured.
 */
export async function dumpClosure(target: TargetFunction): Promise<ClosureMessage> {
  const { dumps } = await dill();
  const shared: object[] = [];
  const dump = await dumps(target, {
    persistentId: (object) =>
      isSharedObject(object) || homeOf(object) !== undefined ? shared.push(object) - 1 : undefined,
  });
  return [dump, shared];
}

/** Makes the function again. */
export async function loadClosure([dump, shared]: ClosureMessage): Promise<TargetFunction> {
  const { loads } = await dill();
  // It comes from this very program.
  const loaded = await loads(dump, {
    trust: true,
    persistentLoad: (id) => shared[Number(id)]!,
  });
  return loaded as TargetFunction;
}

/** A closure at the parent. */
export class OutgoingClosure {
  /** The end for the process: the last of its arguments. */
  readonly end: Connection<ClosureMessage>;
  readonly #mine: Connection<ClosureMessage>;

  constructor() {
    [this.end, this.#mine] = new Pipe<ClosureMessage>({ duplex: false });
  }

  /**
   * Finds what a function captures and sends it. A process that is over by then gets nothing.
   *
   * @throws {Error} If something cannot be captured or sent.
   */
  async send(target: TargetFunction): Promise<void> {
    await this.#mine.send(await dumpClosure(target)).catch((error) => {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
  }

  /** Gives up both ends, as far as they are still here. */
  close(): void {
    this.#mine.close();
    this.end.close();
  }
}

/** Waits for the closure of this process, and makes it. */
export async function receiveClosure(end: Connection<ClosureMessage>): Promise<TargetFunction> {
  const message = await end.recv();
  end.close();
  return await loadClosure(message);
}
