/** What a process, or its parent, says of the process on stderr. */

/** Reports an error that nobody caught, as Python does. */
export function report(name: string, error: unknown): void {
  say(name, error instanceof Error ? Deno.inspect(error) : `Uncaught ${Deno.inspect(error)}`);
}

/** Writes a line under the name of a process. */
export function say(name: string, text: string): void {
  // Straight to the file descriptor: nothing buffered can be lost by an exit that follows.
  let bytes: Uint8Array = new TextEncoder().encode(`${name}: ${text}\n`);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // A closed stderr does not change how the process ends.
  }
}
