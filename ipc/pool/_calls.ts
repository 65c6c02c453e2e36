/**
 * The calls of a pool: what was given is checked, and becomes tasks.
 */
import type { OptionRules } from "../../persist/options.ts";
import { QueueFullError } from "../errors.ts";
import { shown } from "../wait/shown.ts";
import { AsyncResult } from "./async_result.ts";
import type { Entry } from "./_backlog.ts";
import { Chunks, describeChunks } from "./_chunks.ts";
import type { FunctionTable, SentFunction } from "./_functions.ts";
import { describeImap, Imap } from "./_imap.ts";
import type { Intake } from "./_intake.ts";
import { Job } from "./_job.ts";
import { Call } from "./_messages.ts";
import {
  APPLY_ASYNC_RULES,
  APPLY_RULES,
  type ApplyOptions,
  assertArgs,
  type AsyncOptions,
  type DescribedTask,
  describeTaskOptions,
  describeTransfer,
  IMAP_RULES,
  type ImapOptions,
  MAP_RULES,
  type MapOptions,
  type PoolTask,
  STREAM_RULES,
  type StreamOptions,
  wholeNumber,
} from "./options.ts";
import { StreamSink } from "./_stream.ts";
import { Task, type TaskOptions } from "./_task.ts";

/** See the head of this file. Each takes the method of the pool that was called: the stacks of errors begin there. */
export class Calls {
  readonly #intake: Intake;
  readonly #functions: FunctionTable;
  readonly #processes: number;

  constructor(intake: Intake, functions: FunctionTable, processes: number) {
    this.#intake = intake;
    this.#functions = functions;
    this.#processes = processes;
  }

  /** Calls once. */
  async apply(
    task: PoolTask,
    args: readonly unknown[],
    options: ApplyOptions | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): Promise<unknown> {
    const attempted = "run a task";
    assertArgs(args, attempted);
    const { signal, timeout, priority, capture } = describeTaskOptions(
      options,
      attempted,
      APPLY_RULES,
    );
    const transfer = describeTransfer(options, attempted);
    this.#intake.assertOpen(attempted);
    signal?.throwIfAborted();
    const run = capture ? await this.#functions.capture(task) : this.#functions.of(task, called);
    if (this.#intake.isFull()) await this.#intake.room(signal);
    return await new Promise((resolve, reject) => {
      const done = (threw: boolean, value: unknown) => threw ? reject(value) : resolve(value);
      this.#intake.submitUntil(
        calledOnce({ run, args, priority, timeout, transfer, done }),
        signal,
      );
    });
  }

  /** Calls once, blocking the thread. */
  applySync(
    task: PoolTask,
    args: readonly unknown[],
    options: ApplyOptions | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): unknown {
    const attempted = "run a task";
    assertArgs(args, attempted);
    const { signal, timeout, priority, capture } = describeTaskOptions(
      options,
      attempted,
      APPLY_RULES,
    );
    const transfer = describeTransfer(options, attempted);
    if (capture) throw needsTurns(attempted, "to capture a function's variables");
    if (signal !== undefined) throw needsTurns(attempted, "to hear of a signal");
    this.#intake.assertOpen(attempted);
    const run = this.#functions.of(task, called);
    let outcome: { threw: boolean; value: unknown } | undefined;
    const done = (threw: boolean, value: unknown) => outcome = { threw, value };
    this.#intake.submit(calledOnce({ run, args, priority, timeout, transfer, done }));
    this.#intake.scheduler.blockUntil(() => outcome !== undefined, Infinity);
    if (outcome!.threw) throw outcome!.value;
    return outcome!.value;
  }

  /** Calls once, for a result that is asked for later. */
  applyAsync(
    task: PoolTask,
    args: readonly unknown[],
    options: (ApplyOptions & AsyncOptions<never>) | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): AsyncResult<unknown> {
    const attempted = "run a task";
    assertArgs(args, attempted);
    const described = describeTaskOptions(options, attempted, APPLY_ASYNC_RULES);
    const transfer = describeTransfer(options, attempted);
    this.#intake.assertOpen(attempted);
    if (this.#intake.isFull()) {
      throw new QueueFullError(args, this.#intake.maxQueue, 0);
    }
    const { priority, timeout } = described;
    const job = this.#job(options, described, task, called, (run, job) => {
      const done = (threw: boolean, value: unknown) => job.settle(threw, value);
      return calledOnce({ run, args, priority, timeout, transfer, done, job });
    });
    return new AsyncResult(job);
  }

  /** Hands in the tasks of a call, now or once its function is captured. */
  #job<T>(
    options: AsyncOptions<never> | undefined,
    { signal, capture }: { signal: AbortSignal | undefined; capture: boolean },
    task: PoolTask,
    // deno-lint-ignore ban-types
    called: Function,
    enter: (run: SentFunction, job: Job<T>) => Entry,
  ): Job<T> {
    const { callback, errorCallback } = options ?? {};
    const job = new Job<T>(this.#intake.scheduler);
    job.onSettled((threw, value) => {
      try {
        if (threw) errorCallback?.(value);
        else callback?.(value as never);
      } catch (error) {
        // As from a listener: it is nobody's here.
        reportError(error);
      }
    });
    if (signal !== undefined) {
      const abort = () => job.cancel(signal.reason);
      job.onSettled(() => signal.removeEventListener("abort", abort));
      signal.addEventListener("abort", abort, { once: true });
    }
    const begin = (run: SentFunction) => {
      if (job.state !== undefined) return;
      const entry = enter(run, job);
      if (job.state === undefined) this.#intake.submit(entry);
    };
    if (signal?.aborted) job.settle(true, signal.reason);
    else if (!capture) begin(this.#functions.of(task, called));
    else this.#functions.capture(task).then(begin).catch((error) => job.settle(true, error));
    return job;
  }

  /** Calls for each item, in chunks. */
  map(
    call: Call,
    task: PoolTask,
    iterable: Iterable<unknown>,
    options: MapOptions & AsyncOptions<never> | undefined,
    rules: OptionRules,
    // deno-lint-ignore ban-types
    called: Function,
  ): Job<unknown[]> {
    const attempted = "map";
    const described = describeTaskOptions(options, attempted, rules);
    this.#intake.assertOpen(attempted);
    if (typeof (iterable as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
      throw new TypeError(`Cannot map: an iterable is needed, received ${shown(iterable)}`);
    }
    const plan = describeChunks(call, [...iterable], options, described, this.#processes);
    return this.#job(
      options,
      described,
      task,
      called,
      (run, job: Job<unknown[]>) => job.source = new Chunks(plan, run, job),
    );
  }

  /** Calls for each item, in chunks, blocking the thread. */
  mapSync(
    task: PoolTask,
    items: Iterable<unknown>,
    options: MapOptions | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): unknown[] {
    const { capture, signal } = describeTaskOptions(options, "map", MAP_RULES);
    if (capture) throw needsTurns("map", "to capture a function's variables");
    if (signal !== undefined) throw needsTurns("map", "to hear of a signal");
    const job = this.map(Call.map, task, items, options, MAP_RULES, called);
    job.blockUntil(Infinity);
    const { threw, value } = job.state!;
    if (threw) throw value;
    return value as unknown[];
  }

  /** Calls for each item of a source, as far as there is room for results. */
  imap(
    ordered: boolean,
    task: PoolTask,
    source: AsyncIterable<unknown> | Iterable<unknown>,
    options: ImapOptions | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): AsyncGenerator<never, void, undefined> {
    const attempted = "map";
    const described = describeTaskOptions(options, attempted, IMAP_RULES);
    this.#intake.assertOpen(attempted);
    const plan = describeImap(ordered, source, options, described, this.#processes);
    const known = described.capture ? undefined : this.#functions.of(task, called);
    const begin = (run: SentFunction) =>
      new Imap(plan, run, {
        submit: (task) => {
          if (this.#intake.isOpen) this.#intake.submit(task);
          else task.settle(true, this.#intake.interrupted());
        },
        cancel: (task, reason) => this.#intake.scheduler.cancel(task, reason),
      }).values();
    const capturing = async function* (functions: FunctionTable) {
      yield* begin(await functions.capture(task));
    };
    const values = known === undefined ? capturing(this.#functions) : begin(known);
    return values as AsyncGenerator<never, void, undefined>;
  }

  /** Calls once, for what it yields. */
  stream(
    task: PoolTask,
    args: readonly unknown[],
    options: StreamOptions | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): AsyncGenerator<never, void, undefined> {
    const attempted = "stream a task";
    assertArgs(args, attempted);
    const described = describeTaskOptions(options, attempted, STREAM_RULES);
    this.#intake.assertOpen(attempted);
    const { bufferSize = 16 } = options ?? {};
    wholeNumber(bufferSize, "bufferSize", 1, attempted);
    const transfer = describeTransfer(options, attempted);
    const run = described.capture ? undefined : this.#functions.of(task, called);
    return this.#stream(task, args, run, bufferSize, described, transfer) as AsyncGenerator<
      never,
      void,
      undefined
    >;
  }

  async *#stream(
    task: PoolTask,
    args: readonly unknown[],
    known: SentFunction | undefined,
    bufferSize: number,
    described: DescribedTask,
    transfer: readonly ArrayBuffer[],
  ): AsyncGenerator<unknown, void, undefined> {
    const { signal } = described;
    signal?.throwIfAborted();
    const run = known ?? await this.#functions.capture(task);
    this.#intake.assertOpen("stream a task");
    using sink = new StreamSink(bufferSize);
    const made = sink.task(run, args, described, transfer);
    this.#intake.submitUntil(made, signal);
    yield* sink.values();
  }
}

/** The task of a call that is made once. */
function calledOnce(parts: Omit<TaskOptions, "call" | "calls" | "index">): Task {
  return new Task({ ...parts, call: Call.apply, calls: 1, index: 0 });
}

function needsTurns(attempted: string, what: string): TypeError {
  return new TypeError(`Cannot ${attempted} and block: ${what} takes turns of the event loop`);
}
