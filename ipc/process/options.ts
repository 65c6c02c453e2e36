/** The options of a process, and what they may be. */
import type { RulesOf } from "../../persist/options.ts";
import { assertOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";
import { describeModule } from "./target.ts";

/** Options of {@linkcode Process}. */
export interface ProcessOptions<A extends readonly unknown[] = unknown[]> {
  /**
   * Arguments of the target. They cross as through a pipe: shared objects arrive as the same objects, a `Connection`
   * moves, everything else is copied. Classes that the target's module, or one of `imports`, registers may be among them.
   *
   * @default {[]}
   */
  args?: readonly [...A] | undefined;
  /**
   * A name for messages and for `currentProcess().name`.
   *
   * @default {"Process-1", "Process-2" …, with the parent's number in front for grandchildren}
   */
  name?: string | undefined;
  /**
   * Whether the process is ended, not waited for, when its parent ends. A daemon may not have children.
   *
   * @default {false, but true in a daemon}
   */
  daemon?: boolean | undefined;
  /**
   * Most memory its JavaScript heap may take, in MiB: a whole number, 16 or more. A process that needs more is ended,
   * alone, with exit code 1.
   *
   * @default {2048}
   */
  maxHeap?: number | undefined;
  /**
   * Modules to import in the process before its arguments are decoded, such as those that register the classes of a
   * function's arguments: a `URL`, or an absolute specifier.
   *
   * @default {[]}
   */
  imports?: readonly (URL | string)[] | undefined;
  /**
   * Whether the function may use variables around it. They are captured while it starts, and copied, with all they refer
   * to, by `persist/dill`; shared objects among them are the same objects in the process, a `Connection` moves, exports of
   * modules are imported. That needs `--allow-sys`, and the event loop: do not block this thread right after
   * {@linkcode Process.start}. What cannot be captured stops the process, whose result is then the error that names it.
   *
   * @default {false}
   */
  capture?: boolean | undefined;
  /**
   * Terminates the process when it aborts. The result is then the signal's reason.
   *
   * @default {undefined}
   */
  signal?: AbortSignal | undefined;
}

/**
 * Key of an option that only this package gives: the process belongs to a pool or a manager. It ends with its parent, as a
 * daemon does, and may have children all the same; its owner is told when it is gone.
 */
export const CREW: unique symbol = Symbol("crew");

/** What such an owner asks of its processes. */
export interface Crew {
  /** The process is gone: its exit code is known. */
  onGone(): void;
}

/** Options that were checked. */
export interface DescribedOptions {
  readonly args: readonly unknown[];
  readonly name: string | undefined;
  readonly daemon: boolean | undefined;
  readonly maxHeap: number;
  readonly imports: readonly string[];
  readonly capture: boolean;
  readonly signal: AbortSignal | undefined;
  readonly crew: Crew | undefined;
}

/** Least heap of a process, in MiB. */
const SMALLEST_HEAP = 16;

/** Heap of a process that is given none, in MiB. */
export const DEFAULT_HEAP = 2048;

/** Checks the heap of a process. */
export function assertHeap(maxHeap: number, attempted: string): void {
  // With less, the engine does not come to the point where it can stop this one thread, and stops the program.
  if (Number.isInteger(maxHeap) && maxHeap >= SMALLEST_HEAP) return;
  throw new RangeError(
    `Cannot ${attempted}: maxHeap must be a whole number of MiB, ${SMALLEST_HEAP} or more, received ${
      shown(maxHeap)
    }`,
  );
}

const RULES: RulesOf<ProcessOptions> = {
  args: "any",
  name: "string",
  daemon: "boolean",
  maxHeap: "any",
  imports: "any",
  capture: "boolean",
  signal: "signal",
};

/** Checks options and fills in what is not there. */
export function describeOptions<A extends readonly unknown[]>(
  options: ProcessOptions<A> | undefined,
): DescribedOptions {
  assertOptions(options, "make a process", '{ args: [1, 2], name: "Worker" }', RULES);
  const {
    args = [] as readonly unknown[],
    name,
    daemon,
    maxHeap = DEFAULT_HEAP,
    imports = [],
    capture = false,
    signal,
    [CREW]: crew,
  } = (options ?? {}) as ProcessOptions<A> & { [CREW]?: Crew };
  if (!Array.isArray(args)) {
    throw new TypeError(
      `Cannot make a process: args must be an array such as [1, 2], received ${shown(args)}`,
    );
  }
  assertHeap(maxHeap, "make a process");
  if (!Array.isArray(imports)) {
    throw new TypeError(
      'Cannot make a process: imports must be an array such as [import.meta.resolve("./classes.ts")], ' +
        `received ${shown(imports)}`,
    );
  }
  return {
    args,
    name,
    daemon,
    maxHeap,
    imports: imports.map(describeModule),
    capture,
    signal,
    crew,
  };
}
