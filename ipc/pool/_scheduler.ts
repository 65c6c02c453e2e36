/**
 * Who does what: the tasks that wait, those with workers, and what became of them.
 *
 * ```
 *   submit -> backlog -> a worker's queue -> runs -> queue of results -> settled
 *                ^              |
 *                +--------------+  taken back: the worker died, is stuck, or was stopped for another task
 * ```
 *
 * The pool gives a task to the worker with the least to do. While a worker is busy it gets more only if all it has is known to
 * take less than half a millisecond, so that short tasks follow each other without a pause, and long ones wait where anyone
 * can take them. Should one of the short ones take long, what waits behind it is taken back.
 *
 * Which workers there are is the crew's concern (`_crew.ts`), how results are heard the inbox's (`_inbox.ts`), what they mean for
 * tasks that of `_results.ts`.
 */
import { BrokenPoolError, TimeoutError, WorkerDiedError } from "../errors.ts";
import { FOREVER } from "../wait/wait.ts";
import { Crew, type CrewOptions } from "./_crew.ts";
import type { SentFunction } from "./_functions.ts";
import { Inbox } from "./_inbox.ts";
import { Lookout } from "./_lookout.ts";
import type { Member } from "./_member.ts";
import { Backlog, type Entry, type TaskSource } from "./_backlog.ts";
import { Questions } from "./_questions.ts";
import { Results } from "./_results.ts";
import type { Task } from "./_task.ts";
import type { TaskTable } from "./_task_table.ts";

/** Results in a row that do not decode, until the pool gives up. */
const MOST_FAILURES = 10_000;

/** What a scheduler is to do. */
export interface SchedulerOptions extends CrewOptions {
  readonly maxTasksPerChild: number;
  /** A function that does nothing. */
  readonly nothing: SentFunction;
  /** Told of what happens to workers, and when tasks have left the backlog. */
  readonly on: {
    started(name: string): void;
    ended(name: string, exitCode: number | undefined): void;
    advanced(): void;
  };
}

/** See the head of this file. */
export class Scheduler {
  readonly backlog: Backlog = new Backlog();
  readonly results: Results;
  readonly #options: SchedulerOptions;
  readonly #inbox: Inbox;
  readonly #crew: Crew;
  /** Tasks with workers. */
  readonly #running: TaskTable;
  /** Why nothing can run any more. */
  #broken: Error | undefined;
  #closed = false;
  /** Whether tasks were handed in that are to be given out in this turn. */
  #due = false;
  /** Whether that is going to happen by itself. One is enough: a thread that blocks time after time never comes to it. */
  #queued = false;
  readonly #questions: Questions;
  readonly #lookout: Lookout;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#inbox = new Inbox({
      received: (messages) => this.results.receive(messages),
      undecodable: (error, inARow) => this.#undecodable(error, inARow),
      busy: () => this.#busy,
      advance: () => this.#schedule(),
      lookAround: () => this.#lookAround(),
    });
    this.#crew = new Crew(this.#inbox.queue, options, {
      started: options.on.started,
      gone: (member) => this.#gone(member),
      sweeping: () => this.#inbox.drain(),
    });
    this.#questions = new Questions(options.nothing);
    this.results = new Results(
      this.#crew,
      this.#questions,
      (why, cause) => this.#break(why, cause),
    );
    this.#running = this.results.running;
    this.#lookout = new Lookout(this.#crew, {
      helpful: () => this.backlog.size === 0,
      back: (member, tasks) => this.#return(member, tasks),
      looked: () => this.#schedule(),
    });
    try {
      this.#crew.fill();
    } catch (error) {
      // All or none: nobody could end the others.
      this.#crew.stop();
      throw error;
    }
  }

  /** How many workers there are, and how many of them wait for tasks. */
  get workers(): { readonly all: number; readonly idle: number; readonly ready: number } {
    return this.#crew.counts;
  }

  /** Tasks with workers. */
  get running(): number {
    return this.#running.size;
  }

  /** Why nothing can run; `undefined` if it can. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  get #busy(): boolean {
    return this.backlog.size > 0 || this.#running.size > 0;
  }

  /** Takes tasks in. */
  submit(entry: Entry): void {
    if (this.#broken !== undefined) {
      entry.settle(true, this.#broken);
      return;
    }
    this.backlog.push(entry);
    // What is handed in together goes to a worker together.
    this.#due = true;
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.catchUp();
    });
  }

  /** Gives out what was handed in, if that has not happened yet. */
  catchUp(): void {
    if (!this.#due) return;
    this.#due = false;
    this.#schedule();
    this.#inbox.hear();
  }

  /** Gives waiting tasks to workers, and adjusts how many of those there are. */
  #schedule(): void {
    let advanced = false;
    const now = this.backlog.size > 0 ? performance.now() : 0;
    // A worker whose task is refused may take the next one.
    for (let again = true; again;) {
      let given = false;
      for (let task = this.backlog.peek(); task !== undefined; task = this.backlog.peek()) {
        const member = this.#choose(task);
        if (member === undefined) break;
        this.backlog.take(task);
        this.#give(member, task, now);
        given = advanced = true;
      }
      again = given && this.#flush();
    }
    if (this.backlog.size > 0) this.#crew.grow(this.backlog.size);
    else if (this.#running.size > 1) this.#lookout.start();
    if (this.#closed && !this.#busy) {
      this.#lookout.stop();
      this.#crew.retire();
    }
    if (advanced) this.#options.on.advanced();
  }

  /** The worker with the least to do; `undefined` if none can take the task. */
  #choose(task: Task): Member | undefined {
    let best: Member | undefined;
    let least = Infinity;
    for (const member of this.#crew) {
      const load = member.loadWith(task);
      if (load < least) {
        best = member;
        if (load < 0) break;
        least = load;
      }
    }
    return best;
  }

  #give(member: Member, task: Task, now: number): void {
    member.give(task, now);
    this.#running.add(task);
    if (task.timeout !== Infinity) this.#limit(task, task.timeout);
    if (member.given >= this.#options.maxTasksPerChild) {
      this.#flush();
      this.#crew.replace(member);
    }
  }

  /** Stops a task after that many milliseconds; a timer alone does not reach beyond 24 days. */
  #limit(task: Task, milliseconds: number): void {
    const rest = milliseconds - FOREVER;
    task.timer = setTimeout(() => {
      if (rest > 0) this.#limit(task, rest);
      else this.cancel(task, new TimeoutError("run a task", task.timeout));
    }, Math.min(milliseconds, FOREVER));
  }

  /** Sends what was given; whether some of it could not be sent. */
  #flush(): boolean {
    let refused = false;
    for (const member of this.#crew) {
      member.flush((task, error) => {
        refused = true;
        this.#running.delete(task.id);
        this.results.failed++;
        task.settle(true, error);
      });
    }
    return refused;
  }

  /** A worker is gone: what it had goes to others, but for the task that it ran. */
  #gone(member: Member): void {
    // What it had finished counts.
    this.#inbox.drain();
    const back = member.takeBack();
    const { exitCode, signal } = member.process;
    const cause: unknown = signal.aborted ? signal.reason : undefined;
    // One, or those before it whose results did not decode.
    for (const lost of member.tasks.all()) {
      this.results.lose(
        member,
        lost,
        new WorkerDiedError(member.name, exitCode ?? 0, lost.index, cause),
      );
    }
    this.#return(member, back);
    this.#crew.remove(member);
    const hopeless = this.#crew.succeed(member, this.#busy);
    if (hopeless !== undefined) this.#break("no worker of the pool starts", hopeless.cause);
    this.#options.on.ended(member.name, exitCode);
    this.#schedule();
    this.#inbox.nudge();
  }

  #break(why: string, cause: unknown): void {
    if (this.#broken !== undefined) return;
    this.#broken = new BrokenPoolError(why, cause);
    for (const entry of this.backlog.drain()) entry.settle(true, this.#broken);
    this.#crew.break();
    this.#options.on.advanced();
  }

  /** Tasks that were taken back wait again, before all others. */
  #return(member: Member, tasks: Task[]): void {
    let asked = false;
    for (const task of tasks.reverse()) {
      this.#running.delete(task.id);
      clearTimeout(task.timer);
      if (this.#questions.has(task)) asked = true;
      else if (!task.settled) this.backlog.unshift(task);
    }
    // Nobody else can answer for it.
    if (!asked) return;
    this.results.ask(member);
    this.#flush();
  }

  /** Ends the tasks of a job, and those that are still to be made of it. */
  cancelAll(job: object, source: TaskSource | undefined, reason: unknown): void {
    const tasks = [...this.#running.all(), ...this.backlog.tasks()];
    const never = source?.waiting ?? 0;
    this.backlog.forget(never);
    this.results.failed += never;
    source?.settle(true, reason);
    for (const task of tasks) if (task.job === job) this.cancel(task, reason);
    if (never === 0) return;
    this.#options.on.advanced();
    this.#inbox.nudge();
  }

  /** Ends a task: it waits no more, or the worker that runs it is stopped. */
  cancel(task: Task, reason: unknown): void {
    const ran = this.#running.has(task.id);
    if (task.settled) return;
    if (!ran) this.backlog.forget(1);
    task.settle(true, reason);
    this.results.failed++;
    if (!ran) {
      this.#options.on.advanced();
      this.#inbox.nudge();
      return;
    }
    for (const member of this.#crew) {
      if (member.tasks.find(task.id) === undefined) continue;
      // So that it runs nothing else when it is stopped.
      this.#return(member, member.takeBack());
      this.#inbox.drain();
      if (member.tasks.find(task.id) === undefined) break;
      member.retiring = true;
      member.process.kill();
      this.#crew.fill();
      break;
    }
    this.#schedule();
    this.#inbox.nudge();
  }

  /** A result did not decode; `false` if the pool gives up. */
  #undecodable(error: unknown, inARow: number): boolean {
    if (inARow > MOST_FAILURES) {
      this.#break("the results of the workers cannot be read", error);
      this.results.abandon(this.#broken);
      return false;
    }
    this.#questions.error = error;
    for (const member of this.#crew) this.results.ask(member);
    this.#flush();
    return true;
  }

  /** Waits until something is so, which is looked at whenever a worker has said something. */
  async until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    await this.#inbox.until(condition, signal);
  }

  /** Blocks the thread until something is so; `false` if the time is up first. */
  blockUntil(condition: () => boolean, deadline: number): boolean {
    this.catchUp();
    return this.#inbox.blockUntil(condition, deadline);
  }

  /** What events would tell, if the event loop turned: who has died, and whose time is up. */
  #lookAround(): void {
    for (const member of [...this.#crew]) member.process.joinSync({ timeout: 0 });
    const now = performance.now();
    for (const task of this.#running.all()) {
      if (task.timeout !== Infinity && now > task.given + task.timeout) {
        this.cancel(task, new TimeoutError("run a task", task.timeout));
      }
    }
  }

  /** Takes no more tasks; the workers end when all are done. */
  close(): void {
    this.#closed = true;
    this.#crew.close();
    this.#schedule();
  }

  /** Stops all workers at once. */
  terminate(reason: () => Error): void {
    this.#closed = true;
    this.#lookout.stop();
    for (const entry of this.backlog.drain()) entry.settle(true, reason());
    this.results.abandon(reason());
    this.#crew.stop();
    this.#options.on.advanced();
    this.#inbox.nudge();
  }

  /** Waits until all workers have ended, after {@linkcode Scheduler.close} or {@linkcode Scheduler.terminate}. */
  async ended(): Promise<void> {
    for (;;) {
      const { ends } = this.#crew;
      const { heard } = this.#inbox;
      if (ends.length === 0 && heard === undefined) break;
      this.#inbox.nudge();
      await Promise.all([...ends, heard]);
    }
    this.#inbox.close();
  }
}
