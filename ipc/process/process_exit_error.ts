/**
 * The error of a process that ended without an outcome.
 *
 * @module
 */
import { sendAsItself } from "../codec/error_classes.ts";

/** How a process ended, in words. */
function howItEnded(exitCode: number): string {
  switch (exitCode) {
    case -9:
      return "it was killed";
    case -15:
      return "it was terminated";
    default:
      return `it ended with exit code ${exitCode}`;
  }
}

/**
 * A process ended badly, and there is no error of its target that says why: it was stopped, called `Deno.exit` with a code
 * other than 0, or ran out of memory.
 *
 * @example A process that was killed
 * ```ts
 * import { Process, ProcessExitError } from "@ferry/std/ipc";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using process = new Process(() => {
 *   for (;;);
 * });
 * process.start();
 * process.kill();
 * const error = await assertRejects(() => process.result(), ProcessExitError);
 * assertEquals(error.exitCode, -9);
 * ```
 */
export class ProcessExitError extends Deno.errors.Interrupted {
  /** The class's name. */
  override readonly name: string = "ProcessExitError";
  /** The exit code, see `Process.exitCode`. */
  readonly exitCode: number;

  /**
   * Makes the error.
   *
   * @param process The name of the process.
   * @param exitCode Its exit code.
   */
  constructor(process: string, exitCode: number) {
    super(`Cannot give the result of ${process}: ${howItEnded(exitCode)}`);
    this.exitCode = exitCode;
  }
}

sendAsItself(ProcessExitError);
