/**
 * Says where this area runs, before anything of it is used: the entry points import this module first.
 *
 * Processes, shared objects and waits rely on what Deno's workers do; elsewhere the first use of one of its names would fail with
 * a message that tells nothing.
 */

/** The runtime is another one. */
class NotSupported extends Error {
  override readonly name = "NotSupported";
}

if (!("Deno" in globalThis)) {
  const agent: unknown = Reflect.get(globalThis, "navigator")?.userAgent;
  throw new NotSupported(
    `Cannot use @ferry/std/ipc: it needs Deno 2.9 or newer, received ${agent ?? "another runtime"}`,
  );
}
