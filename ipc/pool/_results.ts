/**
 * What became of tasks: the messages of workers, and the counts for the pool's statistics.
 *
 * A task is among the running ones from when a worker is given it until it is settled or taken back.
 */
import type { Crew } from "./_crew.ts";
import { Histogram } from "./_histogram.ts";
import type { Member } from "./_member.ts";
import { Outcome, type ResultMessage } from "./_messages.ts";
import type { Questions } from "./_questions.ts";
import type { Task } from "./_task.ts";
import { TaskTable } from "./_task_table.ts";

/** See the head of this file. */
export class Results {
  readonly waitTimes: Histogram = new Histogram();
  readonly runTimes: Histogram = new Histogram();
  done = 0;
  failed = 0;
  /** Tasks with workers. */
  readonly running: TaskTable = new TaskTable();
  readonly #crew: Crew;
  readonly #questions: Questions;
  readonly #broken: (why: string, cause: unknown) => void;
  /** When messages were received last. */
  #now = 0;

  /** @param broken Called when a worker says that none can run tasks. */
  constructor(crew: Crew, questions: Questions, broken: (why: string, cause: unknown) => void) {
    this.#crew = crew;
    this.#questions = questions;
    this.#broken = broken;
  }

  /** What workers have put. */
  receive(messages: readonly ResultMessage[]): void {
    this.#now = performance.now();
    for (const [id, outcome, value, time, heavy] of messages) {
      if (outcome === Outcome.returned || outcome === Outcome.threw) {
        this.#finished(id, outcome === Outcome.threw, value, time, heavy === true);
      } else if (outcome === Outcome.yielded) this.running.get(id)?.yielded(value);
      else if (outcome === Outcome.ready) {
        const member = this.#crew.get(id);
        if (member === undefined) continue;
        this.#crew.ready(member);
        member.heardAt = this.#now;
      } else if (outcome === Outcome.broken) this.#broken("the initializer failed", value);
      else if (outcome === Outcome.garbled) {
        const member = this.#crew.get(id);
        if (member?.oldest !== undefined) this.lose(member, member.oldest, value);
      }
    }
  }

  #finished(id: number, threw: boolean, value: unknown, time: number, heavy: boolean): void {
    const task = this.running.get(id);
    if (task === undefined) return;
    this.running.delete(id);
    const { run, calls } = task;
    const member = this.#crew.get(task.worker);
    const each = time / Math.max(1, calls);
    run.time = run.time === undefined ? each : run.time * 0.75 + each * 0.25;
    this.waitTimes.add(task.given - task.submitted);
    this.runTimes.add(time);
    if (member !== undefined) {
      const { error } = this.#questions;
      for (const lost of this.#questions.lostBefore(member, task)) this.lose(member, lost, error);
      member.drop(task);
      member.stuck = false;
      member.heardAt = this.#now;
      if (heavy && !member.retiring) this.#crew.replace(member);
    }
    if (threw) this.failed++;
    else this.done++;
    task.settle(threw, value);
  }

  /** A task will not be answered by the worker that has it. */
  lose(member: Member, task: Task, error: unknown): void {
    this.running.delete(task.id);
    member.drop(task);
    if (task.settle(true, error)) this.failed++;
  }

  /** Asks a worker what it has done; the question goes with its next messages. */
  ask(member: Member): void {
    const question = this.#questions.ask(member);
    if (question !== undefined) this.running.add(question);
  }

  /** Settles all that run, as failed: nobody is going to hear of them. */
  abandon(error: unknown): void {
    for (const task of this.running.all()) task.settle(true, error);
    this.running.clear();
  }
}
