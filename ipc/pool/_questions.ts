/**
 * Results that do not decode: the class of something in them is not registered here. Such a result takes its task's number with
 * it, but the results of a worker come in order. So each worker is asked: it is given a task that does nothing, and once that is
 * done, all it had before is done, too, and what is not settled of it is lost.
 */
import type { SentFunction } from "./_functions.ts";
import type { Member } from "./_member.ts";
import { Call } from "./_messages.ts";
import { Task } from "./_task.ts";

const NOTHING = { call: Call.apply, args: [], calls: 1, index: 0, priority: 0, timeout: Infinity };

/** See the head of this file. */
export class Questions {
  /** Why a result could not be decoded, once that has happened. */
  error: unknown;
  readonly #nothing: SentFunction;
  readonly #asked = new WeakSet<Task>();

  /** @param nothing A function that does nothing. */
  constructor(nothing: SentFunction) {
    this.#nothing = nothing;
  }

  /** Asks a worker, with its next messages; the question, or `undefined` if there is nothing to ask. */
  ask(member: Member): Task | undefined {
    if (member.oldest === undefined || member.gone || member.retiring) return undefined;
    const question = new Task({ ...NOTHING, run: this.#nothing, done: () => {} });
    this.#asked.add(question);
    member.give(question, performance.now());
    return question;
  }

  /** Whether a task is a question. */
  has(task: Task): boolean {
    return this.#asked.has(task);
  }

  /** What a worker was given before a task that it has finished, and has not answered. */
  lostBefore(member: Member, task: Task): Task[] {
    if (this.error === undefined) return [];
    const tasks = member.tasks.all();
    return tasks.slice(0, tasks.indexOf(task));
  }
}
