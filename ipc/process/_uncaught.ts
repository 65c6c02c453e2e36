/**
 * Errors of a process that nobody caught. This module is asked last, after all listeners of users. Listeners of Node's
 * `process`, which the runtime asks even later, keep what they handle.
 */
const { addEventListener, process: nodeProcess, removeEventListener } = globalThis;

/**
 * Calls a function for each error and rejection that nobody has dealt with.
 *
 * @param fail Reports it and ends the process.
 */
export function onUncaught(fail: (error: unknown) => void): void {
  const error = (event: ErrorEvent): void => {
    if (event.defaultPrevented || nodeProcess.listenerCount("uncaughtException") > 0) return;
    event.preventDefault();
    fail(event.error);
  };
  const unhandledrejection = (event: PromiseRejectionEvent): void => {
    if (event.defaultPrevented || nodeProcess.listenerCount("unhandledRejection") > 0) return;
    event.preventDefault();
    fail(event.reason);
  };
  const comeLast = () => {
    removeEventListener("error", error);
    removeEventListener("unhandledrejection", unhandledrejection);
    addEventListener("error", error);
    addEventListener("unhandledrejection", unhandledrejection);
  };
  comeLast();
  globalThis.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
    addEventListener(...args);
    comeLast();
  }) as typeof addEventListener;
}
