/**
 * The pipe of an agent to a server in the same program: how it is opened, and how answers are waited for.
 *
 * The first call puts the pipe's other end at the door. Until the server has greeted, whether it lives is asked every now and
 * then; from then on its end of the pipe closes when it dies.
 */
import { TimeoutError } from "../../../errors.ts";
import type { Connection } from "../../../pipe/connection.ts";
import { Pipe } from "../../../pipe/pipe.ts";
import { type Door, isDead, type LocalReply, type LocalRequest } from "../../local/door.ts";

/** How long the server has to open the door, in milliseconds, before it is asked whether it lives. */
const DOOR_SLICE = 250;

/** How long to block, in milliseconds, for an answer that is awaited. */
const BLOCK = 0.05;
const FAILURES_IN_A_ROW = 3;
const BACKOFF = 64;

/** Such a pipe. */
export class LocalRing {
  readonly #door: Door;
  #connection: Connection<LocalReply, LocalRequest> | undefined;
  /** Whether the server has taken the pipe. */
  greeted = false;
  #failures = 0;
  #backoff = 0;

  constructor(door: Door) {
    this.#door = door;
  }

  /** This end, if there has been a call. */
  get opened(): Connection<LocalReply, LocalRequest> | undefined {
    return this.#connection;
  }

  /**
   * This end.
   *
   * @throws {Deno.errors.ConnectionAborted} If the server has ended.
   */
  open(): Connection<LocalReply, LocalRequest> {
    if (this.#connection !== undefined) return this.#connection;
    const [here, there] = new Pipe<LocalRequest, LocalReply>();
    try {
      if (!this.#door.queue.tryPut(there)) throw gone();
    } catch {
      here.close();
      there.close();
      throw gone();
    }
    return this.#connection = here;
  }

  /** Waits for a message; it may be that none has come. */
  async arrival(): Promise<void> {
    const connection = this.#connection!;
    if (!this.greeted) {
      if (!await connection.poll({ timeout: DOOR_SLICE }) && isDead(this.#door)) throw gone();
    } else if (!this.#block(connection)) await connection.poll();
  }

  /**
   * Blocks the thread until an answer is there, for no longer than it takes to sleep and be woken. Whether one is. After a few
   * times in vain it is left for a while.
   */
  #block(connection: Connection<LocalReply, LocalRequest>): boolean {
    if (this.#backoff > 0) {
      this.#backoff--;
      return false;
    }
    if (connection.pollSync({ timeout: BLOCK })) {
      this.#failures = 0;
      return true;
    }
    if (++this.#failures === FAILURES_IN_A_ROW) {
      this.#failures = 0;
      this.#backoff = BACKOFF;
    }
    return false;
  }

  /** The next message, for which the thread is blocked. */
  receiveSync(): LocalReply {
    const connection = this.#connection!;
    for (;;) {
      if (this.greeted) return connection.recvSync();
      try {
        return connection.recvSync({ timeout: DOOR_SLICE });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        if (isDead(this.#door)) throw gone();
      }
    }
  }

  /** Closes this end. */
  close(): void {
    this.#connection?.close();
  }
}

/** What callers of a server are told that has ended. */
export function gone(cause?: unknown): Error {
  return new Deno.errors.ConnectionAborted(
    "The manager's server has ended",
    cause === undefined ? undefined : { cause },
  );
}
