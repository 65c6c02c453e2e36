/**
 * The worker's side of a pool: takes tasks one at a time, runs them, puts what became of them.
 *
 * While there is nothing to do, a worker whose last task was synchronous sleeps as a thread. After one that was awaited it waits
 * in its event loop instead: what such a task has begun (timers, connections) goes on.
 *
 * It ends when its queue of tasks is shut down and empty.
 */
import { getHeapStatistics } from "node:v8";
import { QueueShutDownError, ResultEncodingError } from "../errors.ts";
import { STATE } from "../kill_safe.ts";
import { agent, AgentState, agentWord } from "../memory/agent.ts";
import { withoutUnsendable } from "../message/sendable_error.ts";
import { loadClosure } from "../process/closure.ts";
import { resolveTarget, type TargetFunction } from "../process/target.ts";
import { explainMissing } from "../process/target_function.ts";
import type { Queue } from "../queue/queue.ts";
import {
  Call,
  type FunctionMessage,
  Outcome,
  type ResultMessage,
  type Setup,
  type Stream,
  type TaskMessage,
} from "./_messages.ts";

/** Milliseconds between two looks at the heap. */
const HEAP_EVERY = 50;

/** A function, or why there is none. */
interface Known {
  readonly run: TargetFunction;
  readonly message: FunctionMessage;
}

/** What a pool's process runs. */
export async function work(
  tasks: Queue<TaskMessage>,
  results: Queue<ResultMessage>,
  setup: Setup,
): Promise<void> {
  await new Worker(tasks, results, setup).work();
}

class Worker {
  readonly #tasks: Queue<TaskMessage>;
  readonly #results: Queue<ResultMessage>;
  readonly #setup: Setup;
  readonly #functions = new Map<number, Known>();
  /** Whether the last task was awaited. */
  #awaits = false;
  #heapAt = 0;

  constructor(tasks: Queue<TaskMessage>, results: Queue<ResultMessage>, setup: Setup) {
    this.#tasks = tasks;
    this.#results = results;
    this.#setup = setup;
  }

  async work(): Promise<void> {
    const { number, initializer, initArgs } = this.#setup;
    try {
      if (initializer !== undefined) await (await resolve(initializer)).run(...initArgs);
    } catch (error) {
      this.#put(number, Outcome.broken, error, 0);
      return;
    }
    this.#put(number, Outcome.ready, undefined, 0);
    for (;;) {
      let task: TaskMessage;
      try {
        // Never awaited here but where it must be: that would cost a turn for each task.
        task = this.#awaits
          ? this.#tasks.tryGet() ?? await this.#tasks.get()
          : this.#tasks.getSync();
      } catch (error) {
        if (error instanceof QueueShutDownError) return;
        // A class of it is not registered here.
        this.#put(number, Outcome.garbled, error, 0);
        continue;
      }
      const started = performance.now();
      const running = this.#run(task);
      this.#awaits = running instanceof Promise;
      const [outcome, value] = this.#awaits ? await running : running as Result;
      const now = performance.now();
      this.#put(task[0], outcome, value, now - started, now);
    }
  }

  /** Runs a task, and awaits only if it must. */
  #run(task: TaskMessage): Result | Promise<Result> {
    const [, call, id, args, message, forget] = task;
    if (forget) this.#functions.clear();
    const known = this.#functions.get(id);
    if (known === undefined) return this.#resolveAndRun(task, message!);
    try {
      const value = callWith(known.run, call, args, this.#yield(task));
      return value instanceof Promise || isThenable(value)
        ? settled(value, known)
        : [Outcome.returned, value];
    } catch (error) {
      return failed(error, known);
    }
  }

  async #resolveAndRun(task: TaskMessage, message: FunctionMessage): Promise<Result> {
    const [, call, id, args] = task;
    let known: Known | undefined;
    try {
      known = await resolve(message);
      if (id !== 0) this.#functions.set(id, known);
      return [Outcome.returned, await callWith(known.run, call, args, this.#yield(task))];
    } catch (error) {
      // The next task with this function comes without it, and is to fail the same way.
      if (known === undefined && id !== 0) {
        const run = () => {
          throw error;
        };
        this.#functions.set(id, { run, message });
      }
      return failed(error, known);
    }
  }

  /** What puts an item of a stream. */
  #yield([id]: TaskMessage): (item: unknown) => void {
    return (item) => this.#results.putSync([id, Outcome.yielded, item, 0]);
  }

  #put(id: number, outcome: Outcome, value: unknown, time: number, now = -Infinity): void {
    const heavy = this.#isHeavy(now);
    const message = (value: unknown, outcome: Outcome): ResultMessage =>
      heavy ? [id, outcome, value, time, true] : [id, outcome, value, time];
    try {
      this.#results.putSync(message(value, outcome));
    } catch (error) {
      if (outcome === Outcome.returned) {
        this.#put(id, Outcome.threw, new ResultEncodingError("the task", error), time);
      } else {
        this.#results.putSync(
          message(value instanceof Error ? withoutUnsendable(value) : error, outcome),
        );
      }
    }
  }

  #isHeavy(now: number): boolean {
    if (now - this.#heapAt < HEAP_EVERY) return false;
    this.#heapAt = now;
    return getHeapStatistics().used_heap_size > this.#setup.maxHeap;
  }
}

type Result = readonly [Outcome, unknown];

async function resolve(message: FunctionMessage): Promise<Known> {
  const run = "closure" in message
    ? await loadClosure(message.closure)
    : await resolveTarget(message, true);
  return { run, message };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

async function settled(value: PromiseLike<unknown>, known: Known): Promise<Result> {
  try {
    return [Outcome.returned, await value];
  } catch (error) {
    return failed(error, known);
  }
}

function failed(error: unknown, known: Known | undefined): Result {
  endIfStopped();
  if (known !== undefined && "source" in known.message) explainMissing(error, known.message);
  return [Outcome.threw, error];
}

/**
 * Ends this worker if it is to be stopped: where it was in a call into the runtime, that looks like an error of the task, and
 * nothing else stops it any more.
 */
function endIfStopped(): void {
  const { table, id } = agent();
  if (agentWord(table, id, STATE) !== AgentState.alive) Deno.exit(1);
}

function callWith(
  run: TargetFunction,
  call: Call,
  args: readonly unknown[],
  put: (item: unknown) => void,
): unknown {
  switch (call) {
    case Call.apply:
      return run(...args);
    case Call.map:
      return each(args, run);
    case Call.starmap:
      return each(args, (item) => run(...item as unknown[]));
    case Call.stream:
      return pour(run(...args[0] as unknown[]), args[1] as Stream, put);
  }
}

/** Calls for one item after the other. */
function each(items: readonly unknown[], run: TargetFunction): unknown {
  const values: unknown[] = [];
  for (const item of items) {
    const value = run(item);
    if (isThenable(value)) return eachAwaited(items, run, values, value);
    values.push(value);
  }
  return values;
}

async function eachAwaited(
  items: readonly unknown[],
  run: TargetFunction,
  values: unknown[],
  first: PromiseLike<unknown>,
): Promise<unknown[]> {
  values.push(await first);
  while (values.length < items.length) values.push(await run(items[values.length]));
  return values;
}

/** Puts what an iterable yields, as far as it is asked for. */
async function pour(
  iterable: unknown,
  { credits, stopped }: Stream,
  put: (item: unknown) => void,
): Promise<void> {
  const source = await iterable as AsyncIterable<unknown> & Iterable<unknown>;
  if (
    typeof source?.[Symbol.asyncIterator] !== "function" &&
    typeof source?.[Symbol.iterator] !== "function"
  ) {
    throw new TypeError(
      "Cannot stream a task: it must return an iterable or an asynchronous iterable",
    );
  }
  using flow = new DisposableStack();
  flow.use(credits);
  flow.use(stopped);
  for await (const item of source) {
    await credits.acquire();
    if (stopped.isSet) return;
    put(item);
  }
}
