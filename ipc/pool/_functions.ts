/**
 * The functions that a pool has been given: each is described once, travels to each worker once, and is known by a number from
 * then on.
 */
import { dumpClosure } from "../process/closure.ts";
import {
  describeClosure,
  describeTarget,
  type ModuleTarget,
  type TargetFunction,
} from "../process/target.ts";
import { callerOf } from "../process/target_function.ts";
import type { FunctionMessage } from "./_messages.ts";

/** Most functions that are remembered by their source text. */
const MOST_SOURCES = 1000;

/** A function that can be sent. */
export interface SentFunction {
  /** 0 = it is used once. */
  readonly id: number;
  readonly message: FunctionMessage;
  /** The milliseconds that a call takes, by the latest of them; `undefined` before the first result. */
  time: number | undefined;
}

/** See the head of this file. */
export class FunctionTable {
  readonly #byFunction = new WeakMap<TargetFunction, SentFunction>();
  /** The same arrow, made anew for each call, is one function. */
  readonly #byText = new Map<string, SentFunction>();
  #ids = 0;

  /**
   * The function as it is sent.
   *
   * @param called The method of the pool that was called with it: stacks begin there.
   * @throws {TypeError} If it cannot run in another worker.
   */
  of(
    task: ModuleTarget | TargetFunction,
    // deno-lint-ignore ban-types
    called: Function,
  ): SentFunction {
    if (typeof task !== "function") {
      const message = describeTarget(task, undefined, true);
      const { module, name } = message as { module: string; name: string };
      return this.#remember(`${module} ${name}`, message);
    }
    const known = this.#byFunction.get(task);
    if (known !== undefined) return known;
    const source = Function.prototype.toString.call(task);
    // What it imports depends on the file that it is written in.
    const caller = source.includes("import") ? callerOf(called as never) : undefined;
    const found = this.#byText.get(`${caller ?? ""} ${source}`) ?? this.#remember(
      `${caller ?? ""} ${source}`,
      describeTarget(task, caller ?? callerOf(called as never), true),
    );
    this.#byFunction.set(task, found);
    return found;
  }

  /**
   * The function with its variables as they are now.
   *
   * @throws {TypeError} If it is no function, or calling it would run nothing.
   */
  async capture(task: ModuleTarget | TargetFunction): Promise<SentFunction> {
    describeClosure(task, true);
    return {
      id: 0,
      message: { closure: await dumpClosure(task as TargetFunction) },
      time: undefined,
    };
  }

  #remember(key: string, message: FunctionMessage): SentFunction {
    const known = this.#byText.get(key);
    if (known !== undefined) return known;
    if (this.#byText.size === MOST_SOURCES) {
      this.#byText.delete(this.#byText.keys().next().value!);
    }
    const made: SentFunction = { id: ++this.#ids, message, time: undefined };
    this.#byText.set(key, made);
    return made;
  }
}
