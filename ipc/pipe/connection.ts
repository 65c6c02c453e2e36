/**
 * One end of a pipe between two workers.
 *
 * Guarantees: messages arrive whole, once, in the order they were sent; a message that cannot be sent is not sent in
 * part; when the other end is closed, or its worker dies, everything that was sent before can still be received, then
 * comes the end of the pipe. An end belongs to one worker at a time: as an argument of a `Process`, or sent through
 * another pipe or queue, it moves, and is closed here without closing the pipe.
 *
 * @module
 */
import { BLOCK_BODY, isBlock, Kind } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { dropSlot } from "../memory/references.ts";
import {
  ANY_BYTES,
  ANYTHING,
  bytesWanted,
  IntoWanted,
  ReceiveAttempt,
  Receiver,
  type Wanted,
} from "./receiver.ts";
import { isMovable, WORTH_MOVING } from "../message/moved_buffers.ts";
import { type BytesLike, toBytes } from "../codec/views.ts";
import type {
  RecvBytesOptions,
  RecvBytesSyncOptions,
  SendBytesOptions,
  SendBytesSyncOptions,
} from "./options.ts";
import { closeReading } from "./ring/reader.ts";
import { closeWriting } from "./ring/writer.ts";
import { type OutgoingMessage, Sender } from "./_sender.ts";
import { assertUsable, blockOf, holdOf, SharedObject } from "../memory/shared_object.ts";
import { Turns } from "../wait/turns.ts";
import { waitPinned, WhileUsable } from "../memory/pinned.ts";
import type { Waitable, Watch } from "../../net/watch.ts";
import { watchable, watchIn } from "../memory/watch.ts";
import { shown } from "../wait/shown.ts";
import {
  assertSignal,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitForm,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import {
  type Attempt,
  PENDING,
  reapNow,
  TIMED_OUT,
  tryOnce,
  waitAsync,
  waitSync,
} from "../wait/wait.ts";
import { TimeoutError } from "../errors.ts";
import { notify } from "../wait/queues.ts";

export type {
  BytesLike,
  RecvBytesOptions,
  RecvBytesSyncOptions,
  SendBytesOptions,
  SendBytesSyncOptions,
};

const IN = BLOCK_BODY;
const OUT = BLOCK_BODY + 1;

const SEND_BYTES: WaitForm = {
  form: "{ timeout: 1000, transfer: true }",
  own: { transfer: true } satisfies Record<
    Exclude<keyof SendBytesOptions, keyof WaitOptions>,
    true
  >,
};
const RECV_BYTES: WaitForm = {
  form: "{ timeout: 1000, maxLength: 65536 }",
  own: { maxLength: true } satisfies Record<
    Exclude<keyof RecvBytesOptions, keyof WaitOptions>,
    true
  >,
};

/** Prepares an end to move to another worker with a message. */
let leave: (connection: Connection) => void;
/** Undoes {@linkcode leave}: the message is not sent. */
let stay: (connection: Connection) => void;

/**
 * One end of a {@linkcode Pipe}.
 *
 * @typeParam In What the messages are that it receives.
 * @typeParam Out What the messages are that it sends; the same if it is not given.
 *
 * @example Usage
 * ```ts
 * import { Pipe } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const [left, right] = new Pipe<{ id: number; name: string }>();
 * await left.send({ id: 1, name: "ferry" });
 * assertEquals(await right.recv(), { id: 1, name: "ferry" });
 * left.close();
 * right.close();
 * ```
 */
export class Connection<In = unknown, Out = In> extends SharedObject
  implements AsyncIterable<In>, Waitable {
  readonly #receiver: Receiver | undefined;
  readonly #sender: Sender | undefined;
  readonly #receiving = new Turns();
  readonly #sending = new Turns();
  readonly #into = new IntoWanted(true);
  #leaving = false;

  static {
    leave = (connection) => connection.#leave();
    stay = (connection) => connection.#stay();
  }

  /**
   * Made by {@linkcode Pipe}.
   *
   * @param block Where in shared memory the end lives.
   * @throws {TypeError} If it is called by anybody else.
   */
  constructor(block: object) {
    if (!isBlock(block)) {
      throw new TypeError("Cannot make a Connection: connections are made by Pipe, in pairs");
    }
    super(block);
    const { words, arena } = block;
    const held = holdOf(this);
    if (words[IN] !== 0) this.#receiver = new Receiver(arena.block(words[IN]!), held);
    if (words[OUT] !== 0) this.#sender = new Sender(arena.block(words[OUT]!), held);
  }

  /** Whether this end can receive. */
  get readable(): boolean {
    return this.#receiver !== undefined;
  }

  /** Whether this end can send. */
  get writable(): boolean {
    return this.#sender !== undefined;
  }

  /** Whether this end was closed here, or moved to another worker. */
  get closed(): boolean {
    return this.disposed;
  }

  /**
   * Sends a value, waiting while the pipe is full.
   *
   * @param value Anything the pipe's codec takes: see the module documentation of `ipc`.
   * @param options `signal` and `timeout` (ms).
   * @throws {UnsendableError} If the value, or something in it, cannot be sent. Nothing was sent.
   * @throws {Deno.errors.BrokenPipe} If the other end was closed.
   * @throws {TimeoutError} If the timeout passes first. Nothing was sent.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<Map<string, number>>();
   * const [a, b] = pipe;
   * await a.send(new Map([["n", 1]]));
   * assertEquals(await b.recv(), new Map([["n", 1]]));
   * ```
   */
  async send(value: Out, options?: WaitOptions): Promise<void> {
    const deadline = deadlineIn(options, "send");
    const signal = signalIn(options, "send");
    const sender = this.#writing();
    if (!this.#sending.busy && sender.trySend(value)) return;
    await this.#deliver(this.#pack(value, true), deadline, signal, options);
  }

  /**
   * Sends a value, blocking the thread while the pipe is full. See {@linkcode Connection.send}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * a.sendSync("hello", { timeout: 1000 });
   * assertEquals(b.recvSync(), "hello");
   * ```
   */
  sendSync(value: Out, options?: WaitSyncOptions): void {
    const deadline = deadlineInSync(options, "send");
    const sender = this.#writing();
    this.#notBusy(this.#sending, "send");
    if (sender.trySend(value)) return;
    this.#deliverSync(this.#pack(value, false), deadline, options);
  }

  /**
   * Sends a value if there is room for it now; whether it was sent. See {@linkcode Connection.send}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * assert(a.trySend("hello"));
   * ```
   */
  trySend(value: Out): boolean {
    const sender = this.#writing();
    if (this.#sending.busy) return false;
    if (sender.trySend(value)) return true;
    // Code of the value may have closed this end.
    if (!this.disposed && reapNow(sender.ring.memory.i32) && sender.trySend(value)) return true;
    const message = this.#pack(value, false);
    let sent = false;
    try {
      sent = message.bytes.length <= sender.ring.inline && sender.advance(message);
    } finally {
      if (!sent) sender.giveUp(message, !this.disposed);
    }
    return sent;
  }

  /**
   * Sends bytes as one message, waiting while the pipe is full.
   *
   * @param data The bytes; an empty message is a message. They are not copied aside: do not change them before they are
   * sent.
   * @param options `signal` and `timeout` (ms).
   * @throws {TypeError} If `data` is not bytes, or its buffer is detached: it was moved elsewhere.
   * @throws {Deno.errors.BrokenPipe} If the other end was closed.
   * @throws {TimeoutError} If the timeout passes first. Nothing was sent.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * await a.sendBytes(new Uint8Array([1, 2, 3]));
   * assertEquals(await b.recvBytes(), new Uint8Array([1, 2, 3]));
   * ```
   */
  async sendBytes(data: BytesLike, options?: SendBytesOptions): Promise<void> {
    const deadline = deadlineIn(options, "send bytes", SEND_BYTES);
    const signal = signalIn(options, "send bytes");
    const bytes = toBytes(data);
    const worthIt = worthMoving(bytes, options);
    const sender = this.#writing();
    const move = worthIt && sender.canMove;
    if (!this.#sending.busy && (move ? sender.tryMove(bytes) : sender.trySendBytes(bytes))) return;
    await this.#deliver(outgoingBytes(bytes, move), deadline, signal, options);
  }

  /**
   * Sends bytes, blocking the thread while the pipe is full. See {@linkcode Connection.sendBytes}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * a.sendBytesSync(new Float64Array([0.5]));
   * assertEquals(new Float64Array(b.recvBytesSync().buffer), new Float64Array([0.5]));
   * ```
   */
  sendBytesSync(data: BytesLike, options?: SendBytesSyncOptions): void {
    const deadline = deadlineInSync(options, "send bytes", SEND_BYTES);
    const bytes = toBytes(data);
    const worthIt = worthMoving(bytes, options);
    const sender = this.#writing();
    this.#notBusy(this.#sending, "send");
    const move = worthIt && sender.canMove;
    if (move ? sender.tryMove(bytes) : sender.trySendBytes(bytes)) return;
    this.#deliverSync(outgoingBytes(bytes, move), deadline, options);
  }

  /**
   * Sends bytes if there is room for them now; whether they were sent. See {@linkcode Connection.sendBytes}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * assert(a.trySendBytes(new Uint8Array(64)));
   * ```
   */
  trySendBytes(data: BytesLike): boolean {
    const sender = this.#writing();
    if (this.#sending.busy) return false;
    const bytes = toBytes(data);
    return sender.trySendBytes(bytes) ||
      (reapNow(sender.ring.memory.i32) && sender.trySendBytes(bytes));
  }

  /**
   * Receives the next message, waiting for it. Bytes sent with `sendBytes` come as a `Uint8Array`.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns The value.
   * @throws {Deno.errors.UnexpectedEof} If the other end was closed and all messages were received.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * a.close();
   * let end = "";
   * try {
   *   await b.recv();
   * } catch (error) {
   *   if (error instanceof Deno.errors.UnexpectedEof) end = "closed";
   * }
   * assertEquals(end, "closed");
   * ```
   */
  recv(options?: WaitOptions): Promise<In> {
    return this.#receive(ANYTHING as Wanted<In>, options);
  }

  /**
   * Receives the next message, blocking the thread. See {@linkcode Connection.recv}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<number>();
   * const [a, b] = pipe;
   * a.sendSync(1);
   * assertEquals(b.recvSync({ timeout: 1000 }), 1);
   * ```
   */
  recvSync(options?: WaitSyncOptions): In {
    return this.#receiveSync(ANYTHING as Wanted<In>, options);
  }

  /**
   * Receives the next message if there is one, `undefined` otherwise. See {@linkcode Connection.recv}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<number>();
   * const [a, b] = pipe;
   * assertEquals(b.tryRecv(), undefined);
   * ```
   */
  tryRecv(): In | undefined {
    return this.#tryReceive(ANYTHING as Wanted<In>);
  }

  /**
   * Receives the next message of bytes, waiting for it.
   *
   * @param options `signal`, `timeout` (ms) and `maxLength` (bytes).
   * @returns The bytes, in an array of their own.
   * @throws {Deno.errors.UnexpectedEof} If the other end was closed and all messages were received.
   * @throws {RangeError} If the message has more than `maxLength` bytes; it stays in the pipe.
   * @throws {TypeError} If the message is an object; it stays in the pipe.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * a.sendBytesSync(new Uint8Array(1000));
   * await assertRejects(() => b.recvBytes({ maxLength: 100 }), RangeError);
   * ```
   */
  recvBytes(options?: RecvBytesOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.#receive(() => wantedBytes(options?.maxLength), options, RECV_BYTES);
  }

  /**
   * Receives the next message of bytes, blocking the thread. See {@linkcode Connection.recvBytes}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * a.sendBytesSync(new Uint8Array(0));
   * assertEquals(b.recvBytesSync().length, 0);
   * ```
   */
  recvBytesSync(options?: RecvBytesSyncOptions): Uint8Array<ArrayBuffer> {
    return this.#receiveSync(wantedBytes(options?.maxLength), options, RECV_BYTES);
  }

  /**
   * Receives the next message of bytes if there is one. See {@linkcode Connection.recvBytes}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * assertEquals(b.tryRecvBytes(), undefined);
   * ```
   */
  tryRecvBytes(): Uint8Array<ArrayBuffer> | undefined {
    return this.#tryReceive(ANY_BYTES);
  }

  /**
   * Gives the array of the last message back, so that the next message of the same length may use its memory: fresh memory is
   * most of what a large message costs. Nothing may look at the array from then on.
   *
   * @example Frames of one size
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert, assertEquals, assertFalse } from "@std/assert";
   *
   * using pipe = new Pipe({ capacity: 4 << 20 });
   * const [a, b] = pipe;
   * for (let i = 0; i < 3; i++) {
   *   a.sendBytesSync(new Uint8Array(100_000).fill(i));
   *   const frame = b.recvBytesSync();
   *   assertEquals(frame[0], i);
   *   assert(b.release(frame));
   *   assertFalse(b.release(frame));
   * }
   * ```
   *
   * @param bytes What `recvBytes`, `recvBytesSync` or `tryRecvBytes` gave last.
   * @returns Whether it was taken back. Anything else is left alone, and so are arrays of less than 16 KiB and those whose
   * buffer was moved elsewhere.
   */
  release(bytes: Uint8Array): boolean {
    return this.#reading().release(bytes);
  }

  /**
   * Receives the next message of bytes into an array of yours, the fastest way to receive.
   *
   * @param target Where to put them, from its start on.
   * @param options `signal` and `timeout` (ms).
   * @returns How many bytes the message has.
   * @throws {BufferTooShortError} If the message is longer; it carries the complete message.
   * @throws {Deno.errors.UnexpectedEof} If the other end was closed and all messages were received.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * const buffer = new Uint8Array(4096);
   * a.sendBytesSync(new Uint8Array([7, 8]));
   * const length = await b.recvBytesInto(buffer);
   * assertEquals(buffer.subarray(0, length), new Uint8Array([7, 8]));
   * ```
   */
  recvBytesInto(target: ArrayBufferView, options?: WaitOptions): Promise<number> {
    return this.#receive(() => {
      const into = new IntoWanted(false);
      into.target = toBytes(target);
      return into;
    }, options);
  }

  /**
   * Receives into an array of yours, blocking the thread. See {@linkcode Connection.recvBytesInto}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * const buffer = new Uint8Array(4096);
   * a.sendBytesSync(new Uint8Array(100));
   * assertEquals(b.recvBytesIntoSync(buffer), 100);
   * ```
   */
  recvBytesIntoSync(target: ArrayBufferView, options?: WaitSyncOptions): number {
    this.#into.target = toBytes(target);
    return this.#receiveSync(this.#into, options);
  }

  /**
   * Receives into an array of yours if there is a message. See {@linkcode Connection.recvBytesInto}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<unknown>();
   * const [a, b] = pipe;
   * assertEquals(b.tryRecvBytesInto(new Uint8Array(16)), undefined);
   * ```
   */
  tryRecvBytesInto(target: ArrayBufferView): number | undefined {
    this.#into.target = toBytes(target);
    return this.#tryReceive(this.#into);
  }

  /**
   * Waits until a message, or the end of the pipe, is there to be received. Consumes nothing.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * assert(!await b.poll({ timeout: 1 }));
   * a.sendSync("now");
   * assert(await b.poll());
   * ```
   */
  async poll(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineIn(options, "poll");
    const signal = signalIn(options, "poll");
    const attempt = new WhileUsable(this, this.#reading().ring.arrival());
    return await waitAsync(attempt, deadline, signal) !== TIMED_OUT;
  }

  /**
   * Waits for a message, blocking the thread. See {@linkcode Connection.poll}.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * assert(!b.pollSync({ timeout: 1 }));
   * a.close();
   * assert(b.pollSync()); // the end of the pipe counts
   * ```
   */
  pollSync(options?: WaitSyncOptions): boolean {
    const deadline = deadlineInSync(options, "poll");
    return waitSync(this.#reading().ring.arrival(), deadline) !== TIMED_OUT;
  }

  /**
   * Whether a message, or the end of the pipe, is there now.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * assert(!b.tryPoll());
   * a.sendSync("now");
   * assert(b.tryPoll());
   * ```
   */
  tryPoll(): boolean {
    return tryOnce(this.#reading().ring.arrival()) !== PENDING;
  }

  /**
   * Receives messages, waiting for each, until the other end is closed. What is not asked for stays in the pipe.
   *
   * @param options `signal` and `timeout` (ms, for each message).
   * @returns The messages, in order.
   * @throws {TypeError} If the options are none, or one does not exist or is of another type.
   *
   * @example A loop that can be ended
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * await a.send("x");
   * const stop = new AbortController();
   * const seen: string[] = [];
   * await assertRejects(async () => {
   *   for await (const message of b.items({ signal: stop.signal })) {
   *     seen.push(message);
   *     stop.abort(new RangeError("enough"));
   *   }
   * }, RangeError, "enough");
   * assertEquals(seen, ["x"]);
   * ```
   */
  items(options?: WaitOptions): AsyncIterableIterator<In> {
    deadlineIn(options, "iterate over the messages");
    assertSignal(options?.signal, "iterate over the messages");
    return this.#items(options);
  }

  /**
   * Receives messages, blocking the thread until there is one, until the other end is closed. See {@linkcode Connection.items}.
   *
   * @param options `timeout` (ms, for each message).
   * @returns The messages, in order.
   * @throws {TypeError} If the options are none, or have a `signal`, which cannot end a blocked thread.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example All that was sent
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * a.sendSync("tea");
   * a.sendSync("milk");
   * a.close();
   * assertEquals([...b.itemsSync()], ["tea", "milk"]);
   * ```
   */
  itemsSync(options?: WaitSyncOptions): IterableIterator<In> {
    deadlineInSync(options, "iterate over the messages");
    return this.#itemsSync(options);
  }

  /** Receives until the other end is closed; the same as {@linkcode Connection.items}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<In> {
    return this.#items(undefined);
  }

  async *#items(options: WaitOptions | undefined): AsyncGenerator<In, void, undefined> {
    for (;;) {
      let value: In;
      try {
        value = await this.recv(options);
      } catch (error) {
        if (error instanceof Deno.errors.UnexpectedEof && !this.#receiver?.midMessage) return;
        throw error;
      }
      yield value;
    }
  }

  *#itemsSync(options: WaitSyncOptions | undefined): Generator<In, void, undefined> {
    for (;;) {
      let value: In;
      try {
        value = this.recvSync(options);
      } catch (error) {
        if (error instanceof Deno.errors.UnexpectedEof && !this.#receiver?.midMessage) return;
        throw error;
      }
      yield value;
    }
  }

  /**
   * Lets `waitAny` wait for something to receive, or the end of the pipe.
   *
   * @param notify Called when it may be there.
   * @returns The watch.
   * @throws {TypeError} If this end only sends.
   * @throws {Deno.errors.BadResource} If this end was closed here.
   */
  watch(notify: () => void): Watch {
    assertUsable(this);
    if (this.#receiver === undefined) {
      throw new TypeError(
        "Cannot wait for this end of a pipe: it is write-only, there is never anything to receive",
      );
    }
    const arrival = this.#receiver.ring.arrival();
    return watchIn(blockOf(this), () => {
      assertUsable(this);
      return arrival.attempt() !== PENDING;
    }, notify);
  }

  /**
   * Closes this end. The other one can receive what was sent, then comes to the end. Closing again does nothing.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using pipe = new Pipe<string>();
   * const [a, b] = pipe;
   * a.close();
   * assert(a.closed && !b.closed);
   * ```
   */
  close(): void {
    this[Symbol.dispose]();
  }

  /** Closes this end; the same as {@linkcode Connection.close}. */
  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    // Tasks of this worker that wait on this very end try again, and throw.
    if (this.#receiver !== undefined) wakeOwn(this.#receiver.ring.arrival());
    if (this.#sender !== undefined) wakeOwn(this.#sender.ring.space(0));
  }

  /** Encodes a value aside. Code of the value may close this end meanwhile. */
  #pack(value: Out, copy: boolean): OutgoingMessage {
    const message = this.#sender!.pack(value, copy);
    if (this.disposed) message.references?.stay();
    assertUsable(this);
    return message;
  }

  #leave(): void {
    this.#checkHere();
    if (this.#sending.busy || this.#sender?.movable === false) {
      throw new Deno.errors.Busy(
        "Cannot move this end of a pipe to another worker: it is in the middle of sending a large message",
      );
    }
    this.#receiver?.leave();
    this.#leaving = true;
  }

  #stay(): void {
    this.#leaving = false;
    this.#receiver?.ring.stay();
  }

  #checkHere(): void {
    assertUsable(this);
    if (this.#leaving) {
      throw new Deno.errors.Busy(
        "Cannot use this end of a pipe: it is in a message that is on its way to another worker",
      );
    }
  }

  #writing(): Sender {
    this.#checkHere();
    if (this.#sender === undefined) {
      throw new Deno.errors.NotSupported("Cannot send: this end of the pipe is read-only");
    }
    return this.#sender;
  }

  #reading(): Receiver {
    this.#checkHere();
    if (this.#receiver === undefined) {
      throw new Deno.errors.NotSupported("Cannot receive: this end of the pipe is write-only");
    }
    return this.#receiver;
  }

  #notBusy(turns: Turns, what: string): void {
    if (turns.busy) {
      throw new Deno.errors.Busy(
        `Cannot ${what} while blocking: an earlier await of ${what}() on this end is not over yet`,
      );
    }
  }

  async #deliver(
    message: OutgoingMessage,
    deadline: number,
    signal: AbortSignal | undefined,
    options: WaitOptions | undefined,
  ): Promise<void> {
    const sender = this.#sender!;
    let sent = false;
    try {
      sent = await this.#sending.run(
        () => this.#awaiting(sender.sending(message), deadline, signal),
        deadline,
        signal,
      ) === true;
    } finally {
      if (!sent) sender.giveUp(message, !this.disposed);
    }
    if (!sent) throw new TimeoutError("send: the pipe is full", options!.timeout!);
  }

  /** Awaits an operation. Memory that other programs share is given back to the system, so it is pinned meanwhile. */
  #awaiting<R>(
    operation: Attempt<R>,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<R | typeof TIMED_OUT> {
    return blockOf(this).arena.isNamed
      ? waitPinned(this, operation, deadline, signal)
      : waitAsync(new WhileUsable(this, operation), deadline, signal);
  }

  #deliverSync(
    message: OutgoingMessage,
    deadline: number,
    options: WaitSyncOptions | undefined,
  ): void {
    const sender = this.#sender!;
    let sent = false;
    try {
      sent = waitSync(sender.sending(message), deadline) === true;
    } finally {
      if (!sent) sender.giveUp(message, !this.disposed);
    }
    if (!sent) throw new TimeoutError("send: the pipe is full", options!.timeout!);
  }

  async #receive<R>(
    wanted: Wanted<R> | (() => Wanted<R>),
    options: WaitOptions | undefined,
    form?: WaitForm,
  ): Promise<R> {
    const deadline = deadlineIn(options, "receive", form);
    const signal = signalIn(options, "receive");
    if (typeof wanted === "function") wanted = wanted();
    const receiver = this.#reading();
    if (!this.#receiving.busy) {
      const taken = receiver.take(wanted);
      if (taken !== PENDING) return taken;
    }
    const end = await this.#receiving.run(
      () => this.#awaiting(new ReceiveAttempt(receiver, wanted), deadline, signal),
      deadline,
      signal,
    );
    if (end === TIMED_OUT) throw new TimeoutError("receive: no message came", options!.timeout!);
    return end;
  }

  #receiveSync<R>(
    wanted: Wanted<R>,
    options: WaitSyncOptions | undefined,
    form?: WaitForm,
  ): R {
    const deadline = deadlineInSync(options, "receive", form);
    const receiver = this.#reading();
    this.#notBusy(this.#receiving, "recv");
    const taken = receiver.take(wanted);
    if (taken !== PENDING) return taken;
    const end = waitSync(new ReceiveAttempt(receiver, wanted), deadline);
    receiver.keep();
    if (end === TIMED_OUT) throw new TimeoutError("receive: no message came", options!.timeout!);
    return end;
  }

  #tryReceive<R>(wanted: Wanted<R>): R | undefined {
    const receiver = this.#reading();
    if (this.#receiving.busy) return undefined;
    const taken = receiver.take(wanted);
    if (taken !== PENDING) return taken;
    const end = tryOnce(new ReceiveAttempt(receiver, wanted));
    receiver.keep();
    return end === PENDING ? undefined : end;
  }
}

function wakeOwn({ words, index }: Attempt<boolean>): void {
  notify(words, index);
}

function outgoingBytes(bytes: Uint8Array, move: boolean): OutgoingMessage {
  return { bytes, length: bytes.length, object: false, references: undefined, move, sent: -1 };
}

function worthMoving(bytes: Uint8Array, options: SendBytesSyncOptions | undefined): boolean {
  const transfer = options?.transfer;
  if (transfer === undefined || transfer === false) return false;
  if (transfer === true) return bytes.length >= WORTH_MOVING && isMovable(bytes.buffer);
  throw new TypeError(
    `Cannot send bytes: transfer must be true or false, received ${shown(transfer)}`,
  );
}

function wantedBytes(maxLength: number | undefined): Wanted<Uint8Array<ArrayBuffer>> {
  if (maxLength === undefined || maxLength === Infinity) return ANY_BYTES;
  if (!(typeof maxLength === "number" && maxLength >= 0)) {
    throw new (typeof maxLength === "number" ? RangeError : TypeError)(
      `Cannot receive: maxLength must be a number of bytes, 0 or more, received ${
        shown(maxLength)
      }`,
    );
  }
  return bytesWanted(maxLength);
}

watchable(Connection);
registerKind(Kind.connection, {
  attach: (block) => new Connection(block),
  moves: true,
  show: ({ readable, writable }: Connection) => ({ readable, writable }),
  pack: (wrapper) => leave(wrapper as Connection),
  unpack: (wrapper) => stay(wrapper as Connection),
  destroy({ words, arena }) {
    if (words[IN] !== 0) {
      closeReading(arena.block(words[IN]!));
      dropSlot(words, IN, arena);
    }
    if (words[OUT] !== 0) {
      closeWriting(arena.block(words[OUT]!));
      dropSlot(words, OUT, arena);
    }
  },
});
