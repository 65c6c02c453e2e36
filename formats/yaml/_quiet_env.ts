/**
 * Runs a synchronous function while `process.env` is an empty object.
 *
 * npm yaml looks up two debugging variables for every token; under Deno that asks for `--allow-env`, and a set variable
 * would print to the console. Reading YAML must need no permission, and nothing else can run on this thread meanwhile.
 */
export function withQuietEnv<T>(run: () => T): T {
  // Browsers have none. Not imported: that would cost every program more than reading its YAML.
  const process: object | undefined = Reflect.get(globalThis, "process");
  if (process === undefined) return run();
  const descriptor = Object.getOwnPropertyDescriptor(process, "env");
  if (descriptor === undefined || !descriptor.configurable) return run();
  Object.defineProperty(process, "env", {
    value: {},
    configurable: true,
    enumerable: true,
    writable: true,
  });
  try {
    return run();
  } finally {
    Object.defineProperty(process, "env", descriptor);
  }
}
