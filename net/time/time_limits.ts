/**
 * Limits of time that a connection watches over.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { Deadline } from "./deadlines.ts";
import { TimeoutError } from "../errors.ts";

/** How slow a peer may be. */
export interface MinRate {
  /** Bytes per second that must arrive while a message is under way. */
  bytesPerSecond: number;
  /**
   * The time over which that is measured, in ms. A message has one such time before it is judged.
   *
   * @default {5000}
   */
  window?: number | undefined;
}

/** Limits of time for a connection. */
export interface TimeLimits {
  /**
   * Milliseconds each call that reads may take, where the call itself gives no `timeout`.
   *
   * @default {Infinity}
   */
  readTimeout?: number | undefined;
  /**
   * Milliseconds each `drain()` or `flush()` may take, where the call itself gives no `timeout`.
   *
   * @default {Infinity}
   */
  writeTimeout?: number | undefined;
  /**
   * Milliseconds without a byte in either direction after which the connection is aborted with a
   * {@linkcode TimeoutError}. Looked at four times in that period.
   *
   * @default {Infinity}
   */
  idleTimeout?: number | undefined;
  /**
   * Aborts the connection when the bytes of a message (of `readLine`, `readExactly`, `readUntil`, a frame) trickle in more
   * slowly. An idle connection is not slow.
   */
  minRate?: MinRate | undefined;
}

const MIN_RATE_RULES: RulesOf<MinRate> = { bytesPerSecond: "number", window: "number" };

/** What limits of time may be. */
export const TIME_RULES: RulesOf<TimeLimits> = {
  readTimeout: "milliseconds",
  writeTimeout: "milliseconds",
  idleTimeout: "milliseconds",
  minRate: "object",
};

/** Checks the options within `minRate`. */
export function checkMinRate(attempt: string, minRate: MinRate | undefined): void {
  if (minRate !== undefined) checkOptions(attempt, minRate, MIN_RATE_RULES);
}

/** What a guard looks at: counters that only grow. */
export interface Watched {
  /** Bytes received so far. */
  readonly received: number;
  /** Bytes sent so far. */
  readonly sent: number;
  /** The number of the message that is half there, 0 while there is none. */
  readonly pendingMessage: number;
}

/**
 * Watches a connection with counters alone, so that reads and writes need not know of it.
 *
 * @param watched The connection.
 * @param limits Its limits.
 * @param abort Called once, with the reason.
 * @returns What ends the watch; `undefined` where there is nothing to watch.
 * @throws {RangeError} If a limit is not positive.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Counters of your own
 * ```ts
 * import { guard } from "@ferry/std/net/time";
 * import { assertEquals } from "@std/assert";
 *
 * const silent = { received: 0, sent: 0, pendingMessage: 0 };
 * const { promise, resolve } = Promise.withResolvers<Error>();
 * using _watch = guard(silent, { idleTimeout: 10 }, resolve);
 * // A connection keeps the program alive; a watch does not.
 * const alive = setInterval(() => {}, 1000);
 * assertEquals((await promise).name, "TimeoutError");
 * clearInterval(alive);
 * ```
 */
export function guard(
  watched: Watched,
  limits: TimeLimits,
  abort: (reason: TimeoutError) => void,
): Disposable | undefined {
  checkOptions("Cannot watch a connection", limits, TIME_RULES);
  checkMinRate("Cannot watch a connection", limits.minRate);
  const idle = limits.idleTimeout ?? Infinity;
  const { minRate } = limits;
  positive("idleTimeout", idle);
  if (idle === Infinity && minRate === undefined) return undefined;
  const stack = new DisposableStack();
  const give = (reason: TimeoutError) => {
    stack.dispose();
    abort(reason);
  };
  if (idle !== Infinity) stack.use(watchIdle(watched, idle, give));
  if (minRate !== undefined) stack.use(watchRate(watched, minRate, give));
  return stack;
}

function watchIdle(
  watched: Watched,
  idle: number,
  give: (reason: TimeoutError) => void,
): Deadline {
  let moved = -1;
  let quiet = 0;
  const look = new Deadline(() => {
    const now = watched.received + watched.sent;
    quiet = now === moved ? quiet + 1 : 0;
    moved = now;
    if (quiet < 4) look.arm(idle / 4);
    else {
      const reason = `nothing was received or sent within the idleTimeout of ${idle} ms`;
      give(new TimeoutError({ op: "read", reason }, idle));
    }
  }, { ref: false });
  look.arm(0);
  return look;
}

function watchRate(
  watched: Watched,
  { bytesPerSecond, window = 5000 }: MinRate,
  give: (reason: TimeoutError) => void,
): Deadline {
  positive("minRate.bytesPerSecond", bytesPerSecond);
  positive("minRate.window", window);
  const least = bytesPerSecond * window / 1000;
  let message = 0;
  let received = 0;
  const look = new Deadline(() => {
    const came = watched.received - received;
    received = watched.received;
    if (message !== 0 && message === watched.pendingMessage && came < least) {
      const reason = `${came} bytes of a message came in ${window} ms, ${least} needed (minRate)`;
      give(new TimeoutError({ op: "read", reason }, window));
      return;
    }
    message = watched.pendingMessage;
    look.arm(window);
  }, { ref: false });
  look.arm(window);
  return look;
}

function positive(name: string, value: number): void {
  if (value > 0) return;
  throw new RangeError(`Cannot use ${name}: a positive number is needed, received ${value}`);
}
