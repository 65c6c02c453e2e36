/**
 * Runs a function that a server calls back, and answers with what comes of it.
 *
 * @param blocking Whether the thread is blocked by a call of the manager, so that nothing can be awaited.
 */
export function runGiven(
  run: () => unknown,
  blocking: boolean,
  answer: (ok: boolean, value: unknown) => void,
): void {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    answer(false, error);
    return;
  }
  if (!(result instanceof Promise)) answer(true, result);
  else if (blocking) {
    result.catch(() => {});
    answer(
      false,
      new Deno.errors.Busy(
        "Cannot await a function that was called back: its thread is blocked by a call of the manager",
      ),
    );
  } else result.then((value) => answer(true, value), (error) => answer(false, error));
}
