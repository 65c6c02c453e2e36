/**
 * Waiting until one of many connections can be read from, as `select` does.
 *
 * @module
 */
import { Deadline } from "./time/mod.ts";
import { checkWait } from "./wait_options.ts";
import { type Waitable, type Watch, watch } from "./watch.ts";

/** How long to wait. */
export interface WaitReadyOptions {
  /** Gives up when aborted. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait; 0 only looks.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/**
 * Waits until at least one of several connections or listeners is ready: a byte (or a connection) is there, or the end.
 *
 * Nothing is taken. An object is asked again only after it has said that something happened, so that a thousand silent
 * connections cost nothing. Deno cannot tell whether a connection can be written to: see `writer.buffered`.
 *
 * @typeParam T What is waited for.
 * @param objects Connections, readers, sockets, listeners.
 * @param options `signal` and `timeout`.
 * @returns Those that are ready, in the order given; none if the timeout passed first.
 * @throws {TypeError} If one of the objects cannot be waited for.
 * @throws {RangeError} If the timeout is not a number.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example The first that speaks
 * ```ts
 * import { openConnection, startServer, wait } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * let clients = 0;
 * await using server = await startServer(async ({ reader, writer }) => {
 *   if (++clients === 2) writer.write("hi");
 *   await reader.read();
 * }, { port: 0 });
 * await using silent = await openConnection(server.address);
 * await using loud = await openConnection(server.address);
 * assertEquals((await wait([silent, loud], { timeout: 10_000 })).length, 1);
 * ```
 */
export async function wait<T extends Waitable>(
  objects: Iterable<T>,
  options: WaitReadyOptions = {},
): Promise<T[]> {
  checkWait("wait", options);
  const { signal, timeout = Infinity } = options;
  signal?.throwIfAborted();
  const list = [...objects];
  const ready = new Set<number>();
  const watches: Watch[] = [];
  const woken = Promise.withResolvers<void>();
  let asked = false;
  try {
    for (const [i, object] of list.entries()) {
      watches.push(start(object, () => {
        if (!asked || ready.has(i) || !watches[i]!.ready()) return;
        ready.add(i);
        woken.resolve();
      }));
    }
    asked = true;
    for (const [i, each] of watches.entries()) if (each.ready()) ready.add(i);
    if (ready.size === 0 && timeout > 0) await settled(woken.promise, timeout, signal);
    return list.filter((_, i) => ready.has(i));
  } finally {
    for (const each of watches) each.stop();
  }
}

function start(object: Waitable, notify: () => void): Watch {
  const started = watch(object, notify);
  if (started) return started;
  throw new TypeError(
    `Cannot wait: a connection, reader or listener is needed, received ${
      object === null ? "null" : typeof object
    }`,
  );
}

function settled(
  woken: Promise<void>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = new Deadline(() => done());
    timer.arm(timeout);
    const abort = () => done(signal!.reason);
    const done = (...reason: unknown[]) => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", abort);
      if (reason.length > 0) reject(reason[0]);
      else resolve();
    };
    signal?.addEventListener("abort", abort);
    woken.then(() => done());
  });
}
