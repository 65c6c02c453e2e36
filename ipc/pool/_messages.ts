/**
 * What a pool and its workers tell each other.
 *
 * ```
 *                  tasks: a queue for each worker
 *   +--------+ ---------------------------------------> +--------+
 *   |  pool  |                                          | worker |  one task at a time
 *   +--------+ <--------------------------------------- +--------+
 *                  results: one queue for all workers
 * ```
 *
 * Both are queues without a limit, so neither side ever waits to put. The pool alone decides who gets what; a few short tasks
 * wait in a worker's queue for their turn, so that it need not sleep between them, and the pool can take them back.
 */
import type { Semaphore } from "../sync/semaphore.ts";
import type { SharedEvent } from "../sync/event.ts";
import type { ClosureDescription, TargetDescription } from "../process/target.ts";
import type { ClosureMessage } from "../process/closure.ts";

/** How a function is called. */
export const Call = {
  /** `run(...args)` */
  apply: 0,
  /** `args.map((item) => run(item))` */
  map: 1,
  /** `args.map((item) => run(...item))` */
  starmap: 2,
  /** Every item of what `run(...args[0])` yields; `args[1]` is a {@linkcode Stream}. */
  stream: 3,
} as const;

/** One of the ways to call a function. */
export type Call = typeof Call[keyof typeof Call];

/** The flow of a task that yields. */
export interface Stream {
  /** How many items may be on their way: the worker takes a permit for each. */
  readonly credits: Semaphore;
  /** Nobody asks for more. */
  readonly stopped: SharedEvent;
}

/** How a function travels. */
export type FunctionMessage = Exclude<TargetDescription, ClosureDescription> | {
  readonly closure: ClosureMessage;
};

/** A task for a worker. */
export type TaskMessage = readonly [
  id: number,
  call: Call,
  /** Of the function; 0 = it is used once. */
  functionId: number,
  args: readonly unknown[],
  /** The function, if this worker has not had it yet. */
  run?: FunctionMessage,
  /** Whether to forget the functions of before. */
  forget?: boolean,
];

/** What a result says. */
export const Outcome = {
  returned: 0,
  threw: 1,
  /** An item of a stream. */
  yielded: 2,
  /** No result: the worker, whose number is the id, waits for its first task. */
  ready: 3,
  /** No result: the initializer of the worker, whose number is the id, failed. */
  broken: 4,
  /** No result: the worker, whose number is the id, could not decode the task that is its turn. */
  garbled: 5,
  /** No result: from the pool to itself, so that it looks around. */
  nudge: 6,
} as const;

/** One of the things that a result says. */
export type Outcome = typeof Outcome[keyof typeof Outcome];

/** A result, from a worker. */
export type ResultMessage = readonly [
  id: number,
  outcome: Outcome,
  value: unknown,
  /** Milliseconds that it took. */
  time: number,
  /** Whether the worker's heap has grown beyond what it may keep. */
  heavy?: true,
];

/** What a worker is told at its start. */
export interface Setup {
  readonly number: number;
  readonly initializer: FunctionMessage | undefined;
  readonly initArgs: readonly unknown[];
  /** Bytes of heap above which a worker says that it is heavy. */
  readonly maxHeap: number;
}
