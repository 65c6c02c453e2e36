/**
 * The workers of a pool: how many there are, who comes and who goes.
 *
 * At least `minProcesses` are kept; while tasks wait, more are started, up to `processes`; those that had nothing to do for long
 * end again. One that has done its share, or has grown too heavy, ends after what it has, and another takes its place.
 */
import type { Queue } from "../queue/queue.ts";
import { FOREVER } from "../wait/wait.ts";
import { Member } from "./_member.ts";
import type { FunctionMessage, ResultMessage } from "./_messages.ts";

/** Workers that die one after the other before they are ready, until the pool gives up. */
const MOST_FAILED_STARTS = 3;

/** Milliseconds that an idle worker has to end, when the pool is terminated. */
const ENDS_WITHIN = 1000;

/** Exit codes of processes that were stopped. */
const STOPPED = { terminated: -15, killed: -9 };

/** What workers a pool has. */
export interface CrewOptions {
  readonly processes: number;
  readonly minProcesses: number;
  readonly idleTimeout: number;
  readonly maxHeap: number;
  readonly imports: readonly (URL | string)[];
  readonly initializer: FunctionMessage | undefined;
  readonly initArgs: readonly unknown[];
}

/** What is told of them. */
export interface CrewEvents {
  started(name: string): void;
  /** A worker is gone. */
  gone(member: Member): void;
  /** Somebody is about to look who is idle: what workers have said is to be read first. */
  sweeping(): void;
}

/** See the head of this file. */
export class Crew {
  readonly #members = new Map<number, Member>();
  readonly #results: Queue<ResultMessage>;
  readonly #options: CrewOptions;
  readonly #on: CrewEvents;
  /** Workers whose threads have yet to end. */
  readonly #ends = new Set<Promise<unknown>>();
  #numbers = 0;
  #failedStarts = 0;
  /** Whether workers that end are replaced only while tasks wait. */
  #closed = false;
  /** Whether no worker is started any more. */
  #over = false;
  /** Ends idle workers. */
  #sweeper: ReturnType<typeof setTimeout> | undefined;

  constructor(results: Queue<ResultMessage>, options: CrewOptions, on: CrewEvents) {
    this.#results = results;
    this.#options = options;
    this.#on = on;
  }

  /** The workers, those that are starting or ending included. */
  [Symbol.iterator](): IterableIterator<Member> {
    return this.#members.values();
  }

  /** The worker with that number, if it is there. */
  get(number: number): Member | undefined {
    return this.#members.get(number);
  }

  /** How many workers there are, and how many of them wait for tasks. */
  get counts(): { readonly all: number; readonly idle: number; readonly ready: number } {
    let idle = 0, ready = 0;
    for (const member of this) {
      if (member.idle) idle++;
      if (member.ready) ready++;
    }
    return { all: this.#members.size, idle, ready };
  }

  /** Whether one has nothing to do while tasks wait behind that of another. */
  get couldHelp(): boolean {
    let idle = false, crowded = false;
    for (const member of this) {
      if (member.idle) idle = true;
      else if (member.tasks.size > 1) crowded = true;
    }
    return idle && crowded;
  }

  /** Workers that are not about to end. */
  get #size(): number {
    let size = 0;
    for (const member of this) if (!member.retiring && !member.gone) size++;
    return size;
  }

  /** Starts as many as are kept. */
  fill(): void {
    while (!this.#closed && this.#size < this.#options.minProcesses && this.#start());
  }

  /** Starts more, up to the limit, for tasks that wait. */
  grow(waiting: number): void {
    const { processes } = this.#options;
    const size = this.#size;
    if (size === processes) return;
    let coming = 0;
    for (const member of this) if (!member.ready) coming++;
    const wanted = Math.min(processes - size, waiting - coming);
    for (let i = 0; i < wanted; i++) this.#start();
  }

  /** Starts one; `false` if that is over. */
  #start(): boolean {
    if (this.#over) return false;
    const number = ++this.#numbers;
    const { imports, initializer, initArgs, maxHeap } = this.#options;
    const member = new Member(this.#results, {
      name: `PoolWorker-${number}`,
      setup: { number, initializer, initArgs, maxHeap: maxHeap * 2 ** 20 },
      imports,
      // Between two tasks it is asked to go; a task that needs much more at once is stopped.
      hardHeap: maxHeap === Infinity ? 2048 : Math.max(64, Math.ceil(maxHeap * 2)),
      onGone: (member) => this.#on.gone(member),
    });
    this.#members.set(number, member);
    this.#on.started(member.name);
    this.#sweep();
    return true;
  }

  /** A worker takes tasks from here on. */
  ready(member: Member): void {
    member.ready = true;
    this.#failedStarts = 0;
  }

  /** Lets a worker end after what it has, and starts another one in its place. */
  replace(member: Member): void {
    member.retire();
    if (this.#size < this.#options.minProcesses) this.#start();
  }

  /** Forgets a worker that is gone. */
  remove(member: Member): void {
    this.#members.delete(member.number);
    member.close();
    const ended = member.process.join().then(() => member.process.close()).catch(() => {});
    this.#ends.add(ended);
    ended.then(() => this.#ends.delete(ended));
  }

  /**
   * Starts another worker for one that is gone, if it must be.
   *
   * @param busy Whether tasks wait, or are under way.
   * @returns Why the pool must give up: workers die before they are ready, one after the other.
   */
  succeed(member: Member, busy: boolean): { readonly cause: unknown } | undefined {
    const { exitCode, signal } = member.process;
    // One that somebody has stopped may have been as good as any.
    const failed = !member.ready && exitCode !== STOPPED.killed && exitCode !== STOPPED.terminated;
    if (this.#closed || !failed) {
      if (!this.#closed && this.#size < this.#options.minProcesses) this.#start();
      return undefined;
    }
    if (++this.#failedStarts >= MOST_FAILED_STARTS) {
      const cause: unknown = signal.aborted ? signal.reason : undefined;
      return { cause };
    }
    if (this.#size < this.#options.minProcesses || busy) this.#start();
    return undefined;
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
      this.#on.sweeping();
      const now = performance.now();
      for (const member of this) {
        if (this.#size <= minProcesses) break;
        if (member.idle && now - member.heardAt >= idleTimeout) member.retire();
      }
      this.#sweep();
    }, Math.min(idleTimeout, FOREVER));
    Deno.unrefTimer(this.#sweeper as unknown as number);
  }

  /** Keeps no workers any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#sweeper);
  }

  /** Lets all end after what they have. */
  retire(): void {
    for (const member of this) member.retire();
  }

  /** Starts none any more, and lets all end after what they have. */
  break(): void {
    this.#over = true;
    this.retire();
  }

  /** Stops all at once. */
  stop(): void {
    this.close();
    this.#over = true;
    for (const member of this) {
      // A sleeping one ends by itself, in good order; a busy one would first do what it has.
      if (member.idle) this.#end(member);
      else {
        member.retiring = true;
        member.process.kill();
      }
    }
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

  /** What has yet to end; empty if all have ended. */
  get ends(): Promise<unknown>[] {
    return [...[...this].map(({ process }) => process.join().catch(() => {})), ...this.#ends];
  }
}
