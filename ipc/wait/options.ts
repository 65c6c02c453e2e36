/**
 * The options of operations that wait, and the checks of what is given in their place.
 *
 * Programs run without type checks, and Python's calls look right here but mean nothing: `queue.get(0.1)` would wait for
 * ever and `new Queue(2)` would have no limit; so would `queue.get({ timout: 100 })` and `new Queue({ maxsize: 2 })`. So
 * whatever is given as options is checked, and so are their names: every operation of ipc that takes options calls one of
 * these functions first.
 *
 * A call without options pays nothing for it, one with a timeout a comparison of its name.
 */
import {
  checkOptions,
  isEverywhere,
  type OptionRules,
  unknownOption,
} from "../../persist/options.ts";
import { shown } from "./shown.ts";

/** Options of operations that can wait without blocking the thread. */
export interface WaitOptions {
  /**
   * Gives up waiting when it aborts; the call rejects with the signal's reason.
   *
   * @default {undefined}
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait; 0 or less tries once.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/** Options of operations that block the thread. */
export interface WaitSyncOptions {
  /**
   * Milliseconds to wait; 0 or less tries once.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/** What an operation takes besides the options of a wait. */
export interface WaitForm {
  /** What its options could look like, as in "{ timeout: 1000, transfer: true }". */
  readonly form: string;
  /** The names of its own options, which it checks itself. */
  readonly own: Readonly<Record<string, true>>;
}

/**
 * Checks that options are an object, or absent, and have no names but those of the rules.
 *
 * @param options What was given.
 * @param attempted What the call does, as in "get".
 * @param form What it could look like, as in "{ maxSize: 10 }".
 * @param rules What options there are, and what they may be: `"any"` where the caller checks them itself.
 * @param what What the error calls it.
 * @throws {TypeError} If it is anything else, an array or a function too, or an option does not exist or is of another type.
 */
export function assertOptions(
  options: unknown,
  attempted: string,
  form: string,
  rules: OptionRules,
  what: string = "options",
): void {
  if (options === undefined) return;
  assertObject(options, attempted, form, what);
  checkOptions(`Cannot ${attempted}`, options, rules);
}

function assertObject(
  options: unknown,
  attempted: string,
  form: string,
  what: string = "options",
): asserts options is object {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  const hint = form.startsWith("{ timeout") && typeof options === "boolean"
    ? "; { timeout: 0 } tries once"
    : "";
  throw new TypeError(
    `Cannot ${attempted}: ${what} must be an object such as ${form}, received ${
      shown(options)
    }${hint}`,
  );
}

const PLAIN_WAIT: WaitForm = { form: "{ timeout: 1000 } (milliseconds)", own: {} };

/** Checks that options are an object with no names but those of a wait, and the operation's own. */
function assertWaitNames(
  options: WaitOptions,
  attempted: string,
  { form, own }: WaitForm,
  blocks: boolean,
): void {
  assertObject(options, attempted, form);
  for (const name in options) {
    // No signal can end a call that blocks: that has an error of its own.
    if (name === "timeout" || name === "signal" || Object.hasOwn(own, name)) continue;
    if (isEverywhere(options, name)) continue;
    const names = [...(blocks ? [] : ["signal"]), "timeout", ...Object.keys(own)];
    throw unknownOption(`Cannot ${attempted}`, name, names);
  }
}

/**
 * Checks the options of a wait that somebody else does.
 *
 * @param options What was given.
 * @param attempted What the call does.
 * @param blocks Whether it blocks its thread, so that there is no signal among the options there are.
 * @throws {TypeError} If they are no object, or one does not exist or is of another type.
 */
export function assertWait(options: WaitOptions, attempted: string, blocks: boolean = false): void {
  assertWaitNames(options, attempted, PLAIN_WAIT, blocks);
  assertSignal(options.signal, attempted);
  if (options.timeout !== undefined && typeof options.timeout !== "number") {
    throw notMilliseconds(options.timeout, attempted);
  }
}

/**
 * The time to give up at, on the clock of `performance.now()`, from the options of a call.
 *
 * @throws {TypeError} If the options are no object, there are others than those of a wait and the call's own, or the timeout is
 * no number.
 * @throws {RangeError} If the timeout is NaN.
 */
export function deadlineIn(
  options: WaitOptions | undefined,
  attempted: string,
  form: WaitForm = PLAIN_WAIT,
): number {
  if (options === undefined) return Infinity;
  assertWaitNames(options, attempted, form, false);
  return deadlineOf(options.timeout, attempted);
}

/**
 * The same for a call that blocks its thread. No signal can abort while it does, so one is refused: a wait that is thought
 * to be bounded by `AbortSignal.timeout()` would last for ever.
 *
 * @throws {TypeError} As {@linkcode deadlineIn} does, and if there is a signal.
 * @throws {RangeError} If the timeout is NaN.
 */
export function deadlineInSync(
  options: WaitSyncOptions | undefined,
  attempted: string,
  form: WaitForm = PLAIN_WAIT,
): number {
  if (options === undefined) return Infinity;
  assertWaitNames(options, attempted, form, true);
  if ((options as WaitOptions).signal !== undefined) {
    throw new TypeError(
      `Cannot ${attempted}: no signal can end a call that blocks its thread; give it { timeout }, or await the call without "Sync"`,
    );
  }
  return deadlineOf(options.timeout, attempted);
}

/**
 * The signal in the options of a call, which {@linkcode deadlineIn} has checked before. If it is aborted, this throws its
 * reason.
 *
 * @throws {TypeError} If it is no AbortSignal.
 */
export function signalIn(
  options: WaitOptions | undefined,
  attempted: string,
): AbortSignal | undefined {
  const signal = options?.signal;
  if (signal === undefined) return undefined;
  assertSignal(signal, attempted);
  signal.throwIfAborted();
  return signal;
}

/**
 * Checks that a signal is one, or absent.
 *
 * @throws {TypeError} If it is anything else.
 */
export function assertSignal(signal: unknown, attempted: string): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(
    `Cannot ${attempted}: signal must be an AbortSignal, received ${shown(signal)}`,
  );
}

/** The time to give up at, on the clock of `performance.now()`. */
export function deadlineOf(timeout: number | undefined, attempted: string = "wait"): number {
  if (timeout === undefined || timeout === Infinity) return Infinity;
  if (typeof timeout !== "number") throw notMilliseconds(timeout, attempted);
  if (Number.isNaN(timeout)) {
    throw new RangeError(
      `Cannot ${attempted}: timeout must be a number of milliseconds, received NaN`,
    );
  }
  return timeout <= 0 ? 0 : performance.now() + timeout;
}

function notMilliseconds(timeout: unknown, attempted: string): TypeError {
  return new TypeError(
    `Cannot ${attempted}: timeout must be a number of milliseconds, received ${shown(timeout)}`,
  );
}
