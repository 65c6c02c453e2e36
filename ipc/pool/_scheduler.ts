/**
 * Who does what: the tasks that wait, the workers, and what became of both.
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
 * Results are heard by whoever waits: the event loop while there are tasks under way ({@linkcode Scheduler.submit}), or a
 * thread that blocks ({@linkcode Scheduler.blockUntil}).
 */
import {
  BrokenPoolError,
  ProcessExitError,
  QueueEmptyError,
  TimeoutError,
  WorkerDiedError,
} from "../errors.ts";
import { arrival } from "../queue/arrival.ts";
import { Queue } from "../queue/queue.ts";
import { FOREVER } from "../wait/wait.ts";
import { Histogram } from "./_histogram.ts";
import { Member } from "./_member.ts";
import { Call, type FunctionMessage, Outcome, type ResultMessage } from "./_messages.ts";
import { Backlog, Task } from "./_task.ts";
import type { SentFunction } from "./_functions.ts";

/** Milliseconds without a word from a worker after which what waits behind its task is given to others. */
const STUCK_AFTER = 3;

/** Workers that die one after the other before they are ready, until the pool gives up. */
const MOST_FAILED_STARTS = 3;

/** Milliseconds that a thread blocks between two looks at the workers and the limits in time. */
const BLOCKS_FOR = 20;

/** Milliseconds that an idle worker has to end, when the pool is terminated. */
const ENDS_WITHIN = 1000;

/** Exit codes of processes that were stopped. */
const STOPPED = { terminated: -15, killed: -9 };

/** Results in a row that do not decode, until the pool gives up. */
const MOST_FAILURES = 10_000;

/** Results that are handled at once. */
const BATCH = 256;

/** A task that tells nothing but that it was its turn. */
const NOTHING = { call: Call.apply, args: [], calls: 1, index: 0, priority: 0, timeout: Infinity };

/** What a scheduler is to do. */
export interface SchedulerOptions {
  readonly processes: number;
  readonly minProcesses: number;
  readonly maxTasksPerChild: number;
  readonly idleTimeout: number;
  readonly maxHeap: number;
  readonly imports: readonly (URL | string)[];
  readonly initializer: FunctionMessage | undefined;
  readonly initArgs: readonly unknown[];
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
  readonly waitTimes: Histogram = new Histogram();
  readonly runTimes: Histogram = new Histogram();
  done = 0;
  failed = 0;
  readonly #options: SchedulerOptions;
  readonly #results = new Queue<ResultMessage>();
  readonly #members = new Map<number, Member>();
  /** Tasks with workers. */
  readonly #running = new Map<number, Task>();
  /** Why nothing can run any more. */
  #broken: Error | undefined;
  #closed = false;
  #terminated = false;
  #numbers = 0;
  #failedStarts = 0;
  /** Whether tasks were handed in that are to be given out in this turn. */
  #due = false;
  /** Whether the event loop listens to results. */
  #hearing = false;
  /** Settles when it does not any more. */
  #heard: Promise<void> | undefined;
  /** Who waits for something else than a task. */
  readonly #watchers = new Set<() => void>();
  /** Why a result could not be decoded, once that has happened. */
  #undecoded: unknown;
  /** Tasks that do nothing but show that those before them are done. */
  readonly #questions = new WeakSet<Task>();
  /** Results in a row that could not be decoded. */
  #failures = 0;
  /** A function that does nothing. */
  readonly #nothing: SentFunction;
  /** Ends idle workers. */
  #sweeper: ReturnType<typeof setTimeout> | undefined;
  /** When results were received last. */
  #now = 0;
  #lookout: ReturnType<typeof setTimeout> | undefined;
  readonly #ends = new Set<Promise<unknown>>();

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#nothing = options.nothing;
    for (let i = 0; i < options.minProcesses; i++) this.#start();
  }

  /** How many workers there are, and how many of them wait for tasks. */
  get workers(): { readonly all: number; readonly idle: number; readonly ready: number } {
    let idle = 0, ready = 0;
    for (const member of this.#members.values()) {
      if (member.idle) idle++;
      if (member.ready) ready++;
    }
    return { all: this.#members.size, idle, ready };
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

  /** Takes a task in. */
  submit(task: Task): void {
    if (this.#broken !== undefined) {
      task.settle(true, this.#broken);
      return;
    }
    this.backlog.push(task);
    // What is handed in together goes to a worker together.
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.catchUp());
  }

  /** Gives out what was handed in, if that has not happened yet. */
  catchUp(): void {
    if (!this.#due) return;
    this.#due = false;
    this.#schedule();
    this.#hear();
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
    if (this.backlog.size > 0) this.#grow();
    else if (this.#running.size > 1) this.#lookOut();
    if (this.#closed && !this.#busy) {
      clearTimeout(this.#lookout);
      for (const member of this.#members.values()) member.retire();
    }
    if (advanced) this.#options.on.advanced();
  }

  /** The worker with the least to do; `undefined` if none can take the task. */
  #choose(task: Task): Member | undefined {
    let best: Member | undefined;
    let least = Infinity;
    for (const member of this.#members.values()) {
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
    this.#running.set(task.id, task);
    if (task.timeout !== Infinity) this.#limit(task, task.timeout);
    if (member.given >= this.#options.maxTasksPerChild) {
      this.#flush();
      this.#replace(member);
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
    for (const member of this.#members.values()) {
      member.flush((task, error) => {
        refused = true;
        this.#running.delete(task.id);
        this.failed++;
        task.settle(true, error);
      });
    }
    return refused;
  }

  /** Lets a worker end after what it has, and starts another one in its place. */
  #replace(member: Member): void {
    member.retire();
    if (this.#size < this.#options.minProcesses) this.#start();
  }

  /** Workers that are not about to end. */
  get #size(): number {
    let size = 0;
    for (const member of this.#members.values()) if (!member.retiring && !member.gone) size++;
    return size;
  }

  #grow(): void {
    if (this.#members.size === this.#options.processes && this.#size === this.#options.processes) {
      return;
    }
    let coming = 0;
    for (const member of this.#members.values()) if (!member.ready) coming++;
    const wanted = Math.min(this.#options.processes - this.#size, this.backlog.size - coming);
    for (let i = 0; i < wanted; i++) this.#start();
  }

  #start(): void {
    if (this.#broken !== undefined || this.#terminated) return;
    const number = ++this.#numbers;
    const { imports, initializer, initArgs, maxHeap, on } = this.#options;
    const member = new Member(this.#results, {
      name: `PoolWorker-${number}`,
      setup: { number, initializer, initArgs, maxHeap: maxHeap * 2 ** 20 },
      imports,
      // Between two tasks it is asked to go; a task that needs much more at once is stopped.
      hardHeap: maxHeap === Infinity ? 2048 : Math.max(64, Math.ceil(maxHeap * 2)),
      onGone: (member) => this.#gone(member),
    });
    this.#members.set(number, member);
    on.started(member.name);
    this.#sweep();
  }

  /** A worker is gone: what it had goes to others, but for the task that it ran. */
  #gone(member: Member): void {
    // What it had finished counts.
    this.#drain();
    const back = member.takeBack();
    this.#members.delete(member.number);
    const { exitCode } = member.process;
    const { signal } = member.process;
    const cause: unknown = signal.aborted ? signal.reason : undefined;
    // One, or those before it whose results did not decode.
    for (const lost of [...member.tasks.values()]) {
      this.#lose(member, lost, new WorkerDiedError(member.name, exitCode ?? 0, lost.index, cause));
    }
    this.#return(member, back);
    member.close();
    // One that somebody has stopped may have been as good as any.
    const failed = !member.ready && exitCode !== STOPPED.killed && exitCode !== STOPPED.terminated;
    if (failed && !this.#terminated && !this.#closed) this.#failedToStart(cause);
    else if (!this.#closed && this.#size < this.#options.minProcesses) this.#start();
    // Its thread has yet to end.
    const ended = member.process.join().then(() => member.process.close()).catch(() => {});
    this.#ends.add(ended);
    ended.then(() => this.#ends.delete(ended));
    this.#options.on.ended(member.name, exitCode);
    this.#schedule();
    this.#nudge();
  }

  #failedToStart(cause: unknown): void {
    const reason = cause instanceof ProcessExitError ? undefined : cause;
    if (++this.#failedStarts < MOST_FAILED_STARTS && this.#broken === undefined) {
      if (this.#size < this.#options.minProcesses || this.#busy) this.#start();
    } else this.#break("no worker of the pool starts", reason ?? cause);
  }

  #break(why: string, cause: unknown): void {
    if (this.#broken !== undefined) return;
    this.#broken = new BrokenPoolError(why, cause);
    for (const task of this.backlog.drain()) task.settle(true, this.#broken);
    for (const member of this.#members.values()) member.retire();
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
    this.#ask(member);
    this.#flush();
  }

  /** Ends a task: it waits no more, or the worker that runs it is stopped. */
  cancel(task: Task, reason: unknown): void {
    const ran = this.#running.has(task.id);
    if (task.settled) return;
    if (!ran) this.backlog.forget();
    task.settle(true, reason);
    this.failed++;
    if (!ran) {
      this.#options.on.advanced();
      this.#nudge();
      return;
    }
    for (const member of this.#members.values()) {
      if (!member.tasks.has(task.id)) continue;
      // So that it runs nothing else when it is stopped.
      this.#return(member, member.takeBack());
      this.#drain();
      if (!member.tasks.has(task.id)) break;
      member.retiring = true;
      member.process.kill();
      if (!this.#closed && this.#size < this.#options.minProcesses) this.#start();
      break;
    }
    this.#schedule();
    this.#nudge();
  }

  /** All results that are there. */
  #drain(): void {
    for (let more = true; more;) more = this.#receiveMany(() => this.#results.tryGetMany()) > 0;
  }

  /**
   * Receives results. One that does not decode, as its class is not registered here, takes its task's number with it: the other
   * results of its worker, which come in order, tell which it was.
   *
   * @returns How many came.
   */
  #receiveMany(get: () => ResultMessage[]): number {
    let messages: ResultMessage[];
    try {
      messages = get();
    } catch (error) {
      if (error instanceof QueueEmptyError) throw error;
      return this.#undecodable(error) ? 1 : 0;
    }
    this.#failures = 0;
    this.#receive(messages);
    return messages.length;
  }

  /** Finds out whose result could not be decoded; `false` if the pool gives up. */
  #undecodable(error: unknown): boolean {
    if (++this.#failures > MOST_FAILURES) {
      this.#break("the results of the workers cannot be read", error);
      // Nobody is going to hear of them.
      for (const task of this.#running.values()) task.settle(true, this.#broken);
      this.#running.clear();
      return false;
    }
    this.#undecoded = error;
    for (const member of this.#members.values()) this.#ask(member);
    this.#flush();
    return true;
  }

  /** Gives a worker a task that does nothing: what it was given before is done when that is. */
  #ask(member: Member): void {
    if (member.oldest === undefined || member.gone || member.retiring) return;
    const answer = new Task({ ...NOTHING, run: this.#nothing, done: () => {} });
    this.#questions.add(answer);
    member.give(answer, performance.now());
    this.#running.set(answer.id, answer);
  }

  /** A worker has finished a task: those that it was given before, and that are not settled, have lost their results. */
  #loseBefore(member: Member, task: Task): void {
    for (const lost of [...member.tasks.values()]) {
      if (lost === task) return;
      this.#lose(member, lost, this.#undecoded);
    }
  }

  #lose(member: Member, task: Task, error: unknown): void {
    this.#running.delete(task.id);
    member.drop(task);
    if (task.settle(true, error)) this.failed++;
  }

  /** What workers have put. */
  #receive(messages: readonly ResultMessage[]): void {
    this.#now = performance.now();
    for (const [id, outcome, value, time, heavy] of messages) {
      if (outcome === Outcome.returned || outcome === Outcome.threw) {
        this.#finished(id, outcome === Outcome.threw, value, time, heavy === true);
      } else if (outcome === Outcome.yielded) this.#running.get(id)?.yielded(value);
      else if (outcome === Outcome.ready) {
        const member = this.#members.get(id);
        if (member === undefined) continue;
        member.ready = true;
        this.#failedStarts = 0;
        member.heardAt = this.#now;
      } else if (outcome === Outcome.broken) this.#break("the initializer failed", value);
      else if (outcome === Outcome.garbled) {
        const member = this.#members.get(id);
        if (member?.oldest !== undefined) this.#lose(member, member.oldest, value);
      }
    }
  }

  #finished(id: number, threw: boolean, value: unknown, time: number, heavy: boolean): void {
    const task = this.#running.get(id);
    if (task === undefined) return;
    this.#running.delete(id);
    const { run, calls } = task;
    const member = this.#members.get(task.worker);
    const each = time / Math.max(1, calls);
    run.time = run.time === undefined ? each : run.time * 0.75 + each * 0.25;
    this.waitTimes.add(task.given - task.submitted);
    this.runTimes.add(time);
    if (member !== undefined) {
      if (this.#undecoded !== undefined) this.#loseBefore(member, task);
      member.drop(task);
      member.stuck = false;
      member.heardAt = this.#now;
      if (heavy && !member.retiring) this.#replace(member);
    }
    if (threw) this.failed++;
    else this.done++;
    task.settle(threw, value);
  }

  /** Lets workers end that had nothing to do for long, as long as there are more than are kept. */
  #sweep(): void {
    const { idleTimeout, minProcesses } = this.#options;
    if (idleTimeout === Infinity || this.#sweeper !== undefined || this.#size <= minProcesses) {
      return;
    }
    this.#sweeper = setTimeout(() => {
      this.#sweeper = undefined;
      // While no task is under way, nobody hears who is ready.
      this.#drain();
      const now = performance.now();
      for (const member of this.#members.values()) {
        if (this.#size <= minProcesses) break;
        if (member.idle && now - member.heardAt >= idleTimeout) member.retire();
      }
      this.#sweep();
    }, Math.min(idleTimeout, FOREVER));
    Deno.unrefTimer(this.#sweeper as unknown as number);
  }

  /** Listens in the event loop as long as there is something to hear. */
  #hear(): void {
    if (this.#hearing) return;
    this.#hearing = true;
    this.#heard = this.#hearAll();
  }

  async #hearAll(): Promise<void> {
    try {
      while (this.#busy || this.#watchers.size > 0) {
        // Not taken here: this goes on in a later turn, and a thread that blocks may want them before.
        await arrival(this.#results);
        this.#receiveMany(() => this.#results.tryGetMany(BATCH));
        this.#schedule();
        this.#look();
      }
    } finally {
      this.#hearing = false;
    }
  }

  /** Waits until something is so, which is looked at whenever a worker has said something. */
  async until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watcher = () => {
      if (condition()) resolve();
    };
    const abort = () => reject(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#watchers.add(watcher);
    try {
      this.#hear();
      await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#watchers.delete(watcher);
      this.#nudge();
    }
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Lets whoever listens to results look around. */
  #nudge(): void {
    if (this.#hearing) this.#results.tryPut([0, Outcome.nudge, undefined, 0]);
  }

  /** Blocks the thread until something is so; `false` if the time is up first. */
  blockUntil(condition: () => boolean, deadline: number): boolean {
    this.catchUp();
    while (!condition()) {
      if (this.#receiveMany(() => this.#results.tryGetMany(BATCH)) === 0) {
        const now = performance.now();
        if (now >= deadline) return false;
        const timeout = Math.min(BLOCKS_FOR, deadline - now);
        try {
          this.#receiveMany(() => this.#results.getManySync(BATCH, { timeout }));
        } catch (error) {
          if (!(error instanceof QueueEmptyError)) throw error;
          this.#lookAround();
        }
      }
      this.#schedule();
      this.#look();
    }
    return true;
  }

  /** What events would tell, if the event loop turned: who has died, and whose time is up. */
  #lookAround(): void {
    for (const member of [...this.#members.values()]) member.process.joinSync({ timeout: 0 });
    const now = performance.now();
    for (const task of [...this.#running.values()]) {
      if (task.timeout !== Infinity && now > task.given + task.timeout) {
        this.cancel(task, new TimeoutError("run a task", task.timeout));
      }
    }
  }

  /** While workers have nothing to do, looks whether tasks wait behind one that takes long. */
  #lookOut(): void {
    if (this.#lookout !== undefined || !this.#couldHelp()) return;
    this.#lookout = setTimeout(() => {
      this.#lookout = undefined;
      if (this.backlog.size === 0 && this.#couldHelp()) {
        const now = performance.now();
        for (const member of this.#members.values()) {
          if (member.stuck || member.tasks.size < 2) continue;
          if (now - member.heardAt < STUCK_AFTER) continue;
          const back = member.takeBack();
          if (back.length === 0) continue;
          member.stuck = true;
          this.#return(member, back);
        }
      }
      this.#schedule();
    }, STUCK_AFTER);
  }

  #couldHelp(): boolean {
    let idle = false, crowded = false;
    for (const member of this.#members.values()) {
      if (member.idle) idle = true;
      else if (member.tasks.size > 1) crowded = true;
    }
    return idle && crowded;
  }

  /** Takes no more tasks; the workers end when all are done. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#sweeper);
    this.#schedule();
  }

  /** Stops all workers at once. */
  terminate(reason: () => Error): void {
    this.#closed = this.#terminated = true;
    clearTimeout(this.#lookout);
    clearTimeout(this.#sweeper);
    for (const task of this.backlog.drain()) task.settle(true, reason());
    for (const task of this.#running.values()) task.settle(true, reason());
    this.#running.clear();
    for (const member of this.#members.values()) {
      // A sleeping one ends by itself, in good order; a busy one would first do what it has.
      if (member.idle) this.#end(member);
      else {
        member.retiring = true;
        member.process.kill();
      }
    }
    this.#options.on.advanced();
    this.#nudge();
  }

  /** Lets a worker end that has nothing to do, but not for ever: it may have children, or listeners of its own. */
  #end(member: Member): void {
    member.retire();
    const timer = setTimeout(() => {
      if (!member.gone) member.process.kill();
    }, ENDS_WITHIN);
    Deno.unrefTimer(timer as unknown as number);
    member.process.join().finally(() => clearTimeout(timer)).catch(() => {});
  }

  /** Waits until all workers have ended, after {@linkcode Scheduler.close} or {@linkcode Scheduler.terminate}. */
  async ended(): Promise<void> {
    for (;;) {
      const members = [...this.#members.values()];
      if (members.length === 0 && this.#ends.size === 0 && !this.#hearing) break;
      this.#nudge();
      await Promise.all([
        ...members.map(({ process }) => process.join().catch(() => {})),
        ...this.#ends,
        this.#heard,
      ]);
    }
  }
}
