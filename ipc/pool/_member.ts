/** A worker of a pool, as the pool sees it. */
import { CREW, type Crew } from "../process/options.ts";
import { moveAhead } from "../message/move_ahead.ts";
import { Process } from "../process/process.ts";
import { Queue } from "../queue/queue.ts";
import { UnsendableError } from "../codec/unsendable_error.ts";
import { Call, type ResultMessage, type Setup, type TaskMessage } from "./_messages.ts";
import type { Task } from "./_task.ts";
import { TaskLine } from "./_task_table.ts";

/** Milliseconds of work that may wait in a worker's queue: longer than the pool takes to hear of a result, and not much. */
const AHEAD = 0.5;

/** Most tasks that may wait in a worker's queue. */
const MOST_AHEAD = 256;

/** After so many functions a worker forgets them all. */
const MOST_FUNCTIONS = 500;

/** How the workers of a pool are made. */
export interface MemberOptions {
  readonly name: string;
  readonly setup: Setup;
  readonly imports: readonly (URL | string)[];
  readonly hardHeap: number;
  /** It is gone: nothing comes from it any more but what is in the queue of results. */
  readonly onGone: (member: Member) => void;
}

/** For `deno compile`, which embeds what it sees imported. Never called. */
export const embedded = (): Promise<unknown> => import("./_work.ts");

/** See the head of this file. */
export class Member {
  readonly number: number;
  readonly name: string;
  readonly process: Process<[Queue<TaskMessage>, Queue<ResultMessage>, Setup]>;
  /** Whether it has said that it takes tasks. */
  ready: boolean = false;
  /** Whether it is to get no more tasks, and to end. */
  retiring: boolean = false;
  /** Whether it is gone. */
  gone: boolean = false;
  /** Whether a task takes so much longer than expected that those behind it were given to others. */
  stuck: boolean = false;
  /** When it last gave a sign of life, or got its first task after a rest. */
  heardAt: number = 0;
  /** How many tasks it has been given. */
  given: number = 0;
  /** The tasks it has been given, in order, and has not finished. */
  readonly tasks: TaskLine = new TaskLine();
  readonly #queue = new Queue<TaskMessage>();
  /** What it was given and is not sent yet. */
  #outgoing: TaskMessage[] = [];
  /** The functions it knows. */
  readonly #known = new Set<number>();
  /** Whether the next message is to make it forget all functions. */
  #forget = false;
  /** Milliseconds that its tasks take, by estimate; unknown ones are not in it. */
  #load = 0;
  /** Tasks of it that may take any time. */
  #unknown = 0;
  /** Whether buffers of its only task move, so that it cannot be taken back. */
  #moves = false;

  constructor(
    results: Queue<ResultMessage>,
    { name, setup, imports, hardHeap, onGone }: MemberOptions,
  ) {
    this.number = setup.number;
    this.name = name;
    const crew: Crew = {
      onGone: () => {
        this.gone = true;
        onGone(this);
      },
    };
    const options = { name, imports, maxHeap: hardHeap, daemon: true, [CREW]: crew };
    this.process = new Process({
      module: new URL("./_work.ts", import.meta.url),
      export: "work",
    }, { ...options, args: [this.#queue, results, setup] });
    try {
      this.process.start();
    } catch (error) {
      this.#queue.close();
      throw error;
    }
  }

  /** Whether it waits for a task. */
  get idle(): boolean {
    return this.ready && !this.retiring && !this.gone && this.tasks.size === 0;
  }

  /** How much it has to do, in milliseconds; `Infinity` if it can take no more. */
  loadWith(task: Task): number {
    if (this.idle) return -1;
    if (!this.ready || this.retiring || this.gone || this.stuck || this.#unknown > 0) {
      return Infinity;
    }
    const time = estimate(task);
    if (time === undefined || this.tasks.size > MOST_AHEAD) return Infinity;
    return this.#load + time > AHEAD ? Infinity : this.#load;
  }

  /** Gives it a task, with the next {@linkcode Member.flush}. */
  give(task: Task, now: number): void {
    const { id, call, run, args } = task;
    if (this.#known.size >= MOST_FUNCTIONS) {
      this.#known.clear();
      this.#forget = true;
    }
    if (run.id !== 0 && this.#known.has(run.id)) this.#outgoing.push([id, call, run.id, args]);
    else if (!this.#forget) this.#outgoing.push([id, call, run.id, args, run.message]);
    else this.#outgoing.push([id, call, run.id, args, run.message, true]);
    this.#known.add(run.id);
    this.#forget = false;
    task.worker = this.number;
    task.given = now;
    if (this.tasks.size === 0) {
      this.heardAt = task.given;
      this.#moves = task.transfer.length > 0;
    }
    this.tasks.push(task);
    this.given++;
    this.#count(task, 1);
  }

  /**
   * Sends the tasks that it was given, with one wake-up.
   *
   * @param refused Told of a task whose arguments cannot be sent. It is not given then.
   */
  flush(refused: (task: Task, error: unknown) => void): void {
    const messages = this.#outgoing;
    if (messages.length === 0) return;
    this.#outgoing = [];
    if (messages.length > 1 && !this.#moves) {
      try {
        this.#queue.tryPutMany(messages);
        return;
      } catch {
        // None was sent.
      }
    }
    for (const message of messages) this.#flushAlone(message, refused);
  }

  #flushAlone(message: TaskMessage, refused: (task: Task, error: unknown) => void): void {
    const [id, call, functionId, args, run] = message;
    const task = this.tasks.find(id);
    if (task === undefined) return;
    // The one that was to bring the function may have been refused.
    const lacks = run === undefined && !this.#known.has(functionId);
    const whole: TaskMessage = lacks ? [id, call, functionId, args, task.run.message] : message;
    try {
      if (task.transfer.length > 0) moveAhead(whole, task.transfer, this.process.id!);
      this.#queue.tryPut(whole);
      this.#known.add(functionId);
    } catch (error) {
      this.#refuse(whole, error, refused);
    }
  }

  #refuse(
    [id, , functionId, , message, forget]: TaskMessage,
    error: unknown,
    refused: (task: Task, error: unknown) => void,
  ): void {
    this.#unknow(functionId, message, forget);
    const task = this.tasks.find(id);
    if (task === undefined) return;
    this.drop(task);
    this.given--;
    refused(task, inArgs(error, task));
  }

  /** What a message would have told it, it was not told. */
  #unknow(functionId: number, message: unknown, forget: boolean | undefined): void {
    if (message !== undefined) this.#known.delete(functionId);
    if (forget) this.#forget = true;
  }

  /** A task is finished, or is not with it any more. */
  drop(task: Task): void {
    if (!this.tasks.delete(task)) return;
    this.#count(task, -1);
    if (this.tasks.size === 0) this.#load = this.#unknown = 0;
  }

  /** Takes back the tasks that it has not begun, in order. */
  takeBack(): Task[] {
    const back: Task[] = [];
    // An empty queue that was shut down throws.
    const messages = this.#moves || this.#queue.isEmpty ? [] : this.#queue.tryGetMany();
    for (const [id, , functionId, args, message, forget] of messages) {
      this.#unknow(functionId, message, forget);
      const task = this.tasks.find(id);
      if (task === undefined) continue;
      this.drop(task);
      this.given--;
      // As they were when they were sent.
      if (!task.settled) task.args = args;
      back.push(task);
    }
    return back;
  }

  /** The task that it runs, if it runs one. */
  get oldest(): Task | undefined {
    return this.tasks.oldest;
  }

  /** Lets it end once it has nothing to do. */
  retire(): void {
    this.retiring = true;
    if (!this.gone) this.#queue.shutdown();
  }

  /** Gives back what belongs to it. It must be gone. */
  close(): void {
    this.#queue.close();
  }

  /** Estimates change while tasks are under way: each is counted as it was when it was given. */
  #count(task: Task, sign: 1 | -1): void {
    if (sign > 0) task.estimate = estimate(task);
    if (task.estimate === undefined) this.#unknown += sign;
    else this.#load += sign * task.estimate;
  }
}

/** The error of a message as that of the arguments in it. */
function inArgs(error: unknown, { call }: Task): unknown {
  if (!(error instanceof UnsendableError)) return error;
  const { path, value, cause, message } = error;
  const args = call === Call.stream ? "value[3][0]" : "value[3]";
  const options = { path: path.replace(args, "value"), value, cause };
  return new UnsendableError(message.slice(`Cannot send ${path}: `.length), options);
}

/** The milliseconds that a task may take; `undefined` if it must be alone, or nobody knows. */
function estimate({ run, calls, timeout, transfer }: Task): number | undefined {
  if (timeout !== Infinity || transfer.length > 0) return undefined;
  return run.time === undefined ? undefined : run.time * calls;
}
