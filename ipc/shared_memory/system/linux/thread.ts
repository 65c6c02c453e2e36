/**
 * Threads, as the system knows them: by a number, which it gives to others later, and the time at which they started. The two
 * together are a thread's own as long as the machine runs.
 */
import { cString, type Libc, uninterrupted } from "./libc.ts";

/** The most that `/proc/<thread>/stat` has. */
const MOST_BYTES = 1024;
const STATE = 0;
/** The field of the time at which a thread started, counted from its state. */
const START = 19;

/** A thread. */
export interface ThreadIdentity {
  readonly number: number;
  /** When it started, not 0. */
  readonly start: number;
}

/**
 * The thread that runs this.
 *
 * @throws {Deno.errors.NotSupported} If there is no `/proc`.
 */
export function thisThread(libc: Libc, what: string): ThreadIdentity {
  const number = libc.gettid();
  const start = startOf(libc, number);
  if (start === undefined) {
    throw new Deno.errors.NotSupported(`Cannot ${what}: it needs /proc, to know who is alive`);
  }
  return { number, start };
}

/** When the thread with a number started; `undefined` if none has it, or it has ended. */
export function startOf(libc: Libc, number: number): number | undefined {
  const path = cString(`/proc/${number}/stat`);
  const fd = uninterrupted(() => libc.open(path, 0, 0));
  if (fd < 0) return undefined;
  const bytes = new Uint8Array(MOST_BYTES);
  const length = Number(libc.pread(fd, bytes, BigInt(MOST_BYTES), 0n));
  libc.close(fd);
  if (length <= 0) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  // The name, in parentheses, may have anything in it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // A process whose parent has not asked for its end yet.
  if (fields[STATE] === "Z" || fields[STATE] === "X") return undefined;
  return (Number(fields[START]) | 0) || 1;
}
