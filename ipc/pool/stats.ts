/** What a pool tells about itself. */
import type { Times } from "./_histogram.ts";

export type { Times };

/** What {@linkcode Pool.stats} tells. */
export interface PoolStats {
  /** Workers there are, those that are starting or ending included. */
  readonly workers: number;
  /** Workers that have nothing to do. */
  readonly idle: number;
  /** Tasks that wait for a worker. */
  readonly waiting: number;
  /** Tasks with a worker. */
  readonly running: number;
  /** Tasks that returned. */
  readonly done: number;
  /** Tasks that threw, lost their worker, were stopped or aborted. */
  readonly failed: number;
  /** How long tasks waited until a worker got them. */
  readonly waitTime: Times;
  /** How long they ran. */
  readonly runTime: Times;
}

/** The events of a pool, and what is in their `detail`. */
export interface PoolEvents {
  /** A worker was started. */
  readonly workerstart: { readonly name: string };
  /** A worker has ended; its exit code is 0 if it was asked to. */
  readonly workerend: { readonly name: string; readonly exitCode: number | undefined };
  /** No task waits for a worker any more. */
  readonly drain: { readonly running: number };
}
