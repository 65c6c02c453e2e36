/**
 * One end of a connection that speaks the protocol of `multiprocessing.connection`.
 *
 * @module
 */
import { checkOptions, type RulesOf, shown } from "../../persist/options.ts";
import { type Address, ClosedError, type NetErrorInit, toNetError } from "../errors.ts";
import { addressesOf } from "../native/raw_conn.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";
import { onlyOf } from "./_one_way.ts";
import { Codec, DEFAULT_MAX_BYTES } from "./_codec.ts";
import { type Failure, Outbox } from "./_outbox.ts";
import { NOTHING, Receiver, type Wanted } from "./_receiver.ts";
import { BufferTooShortError } from "./errors.ts";
import {
  CONNECTION_RULES,
  type ConnectionOptions,
  type Duplex,
  type ReceiveBytesOptions,
  type ReceiveOptions,
} from "./options.ts";
import { checkWait, type OwnNames, waitError } from "../wait_options.ts";

/** What can be sent as bytes. */
export type BytesLike = ArrayBuffer | ArrayBufferView;

/**
 * One end of a connection that speaks the protocol of `multiprocessing.connection`: messages of bytes, or pickled objects.
 * Made by `connect` and `Listener`; or over a stream of yours, such as one with TLS.
 *
 * Guarantees: messages arrive whole, once and in order; each of several callers of `recv` has one in its turn. A call that is
 * aborted, or whose time is over, takes no message with it. Nothing is read ahead while nobody asks, so that a peer that
 * sends too fast is slowed down.
 *
 * @typeParam T What the objects are.
 *
 * @example Objects and bytes
 * ```ts
 * import { connect, Listener } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = new Listener({ port: 0 });
 * using client = await connect(listener.address);
 * using server = await listener.accept();
 * await client.send({ id: 1, tags: ["a", "b"] });
 * assertEquals(await server.recv(), { id: 1, tags: ["a", "b"] });
 * await server.sendBytes(new Uint8Array([1, 2, 3]));
 * assertEquals(await client.recvBytes(), new Uint8Array([1, 2, 3]));
 * ```
 */
export class Connection<T = unknown>
  implements AsyncIterable<T>, Waitable, Disposable, AsyncDisposable {
  readonly #stream: Duplex;
  readonly #receiver: Receiver;
  readonly #outbox: Outbox;
  readonly #codec: Codec;
  readonly #object: Wanted<T>;
  readonly #bytes: Wanted<Uint8Array<ArrayBuffer>>;
  readonly #maxBytes: number;
  #closed = false;

  static {
    watchable(Connection);
  }

  /** The address on this side, where there is one. */
  readonly localAddress: Address | undefined;
  /** The address of the peer, where there is one. */
  readonly remoteAddress: Address | undefined;

  /**
   * Made by `connect` and `Listener.accept`. Speaks the protocol over a stream of bytes, without a handshake.
   *
   * @param stream A `Deno.Conn`, or the like. It belongs to the connection from now on.
   * @param options Limits, and how objects are pickled.
   * @throws {RangeError} If `maxBytes` is negative or not a number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(stream: Duplex, options: ConnectionOptions = {}) {
    checkOptions("Cannot make a connection", options, CONNECTION_RULES);
    const maxBytes = this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    if (!(maxBytes >= 0)) {
      throw new RangeError(
        `Cannot limit messages: a number of bytes is needed, received ${maxBytes}`,
      );
    }
    this.#stream = stream;
    const { local, peer } = addressesOf(stream);
    this.localAddress = local;
    this.remoteAddress = peer;
    this.#codec = new Codec(options, () => this.#where("read"));
    this.#outbox = new Outbox(
      (bytes) => stream.write(bytes),
      (cause) => toNetError(cause, this.#where("write")),
    );
    this.#receiver = new Receiver((room) => stream.read(room), this.#where("read"), maxBytes);
    this.#object = {
      limit: maxBytes,
      keeps: this.#codec.keeps,
      decode: (bytes) => this.#codec.load(bytes) as T,
    };
    this.#bytes = { limit: maxBytes, keeps: true, decode: (bytes) => bytes };
    const only = onlyOf(stream);
    if (only === "receives") {
      this.#outbox.fail({
        error: new TypeError("Cannot send: this end of the pipe only receives"),
      });
    } else if (only === "sends") {
      this.#receiver.close({
        error: new TypeError("Cannot receive: this end of the pipe only sends"),
      });
    }
  }

  /** Whether the connection was closed here. */
  get closed(): boolean {
    return this.#closed;
  }

  /** How many bytes were sent here that the system has not taken yet. */
  get pendingBytes(): number {
    return this.#outbox.pending;
  }

  /**
   * Sends an object, pickled.
   *
   * @param value What `persist/pickle` can write.
   * @returns Fulfilled when the system has taken the message. Messages that are sent without waiting for that go out
   * together, which is far faster.
   * @throws {PicklingError} If the value, or something in it, has no pickle. Nothing was sent.
   * @throws {BrokenPipeError} If the peer has closed the connection.
   *
   * @example A thousand in one write
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener<number>({ port: 0 });
   * using client = await connect<number>(listener.address);
   * using server = await listener.accept();
   * const sent = Array.from({ length: 1000 }, (_, i) => client.send(i));
   * await Promise.all(sent);
   * assertEquals(await server.recv(), 0);
   * ```
   */
  send(value: T): Promise<void> {
    try {
      return this.#outbox.push(this.#codec.dump(value));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends an object if the system keeps up: at most 64 KiB wait to be written.
   *
   * @param value What `persist/pickle` can write.
   * @returns Whether it was sent.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assert, assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * assert(client.trySend("hello"));
   * assertEquals(await server.recv(), "hello");
   * ```
   */
  trySend(value: T): boolean {
    return this.#room() && this.#push(this.#codec.dump(value));
  }

  /**
   * Sends bytes as one message.
   *
   * @param data The bytes; an empty message is a message. More than 16 KiB are not copied aside: do not change them before
   * the promise is fulfilled.
   * @returns Fulfilled when the system has taken the message.
   * @throws {TypeError} If `data` is not bytes, or its buffer is detached.
   * @throws {BrokenPipeError} If the peer has closed the connection.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * await client.sendBytes(new Float64Array([0.5]));
   * assertEquals((await server.recvBytes()).length, 8);
   * ```
   */
  sendBytes(data: BytesLike): Promise<void> {
    try {
      return this.#outbox.push(toBytes(data));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends bytes if the system keeps up. See {@linkcode Connection.trySend}.
   *
   * @param data The bytes.
   * @returns Whether they were sent.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assert } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * assert(client.trySendBytes(new Uint8Array(64)));
   * await client.flush();
   * ```
   */
  trySendBytes(data: BytesLike): boolean {
    return this.#room() && this.#push(toBytes(data));
  }

  /**
   * Waits until the system has taken everything that was sent.
   *
   * @throws {BrokenPipeError} If the peer has closed the connection.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * client.trySend("hello");
   * await client.flush();
   * assertEquals(client.pendingBytes, 0);
   * ```
   */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  /**
   * Receives the next message and reads its pickle, safely.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns The object.
   * @throws {IncompleteReadError} If the peer has closed the connection: a `Deno.errors.UnexpectedEof`.
   * @throws {UnpicklingError} If the message is no pickle, or has something in it that is not registered. It is consumed;
   * the next one can be received.
   * @throws {LimitOverrunError} If the message has more than `maxBytes`. It stays.
   * @throws {AuthenticationError} If the peer asks for a key, and none was given to `connect`.
   * @throws {TimeoutError} If the time is over first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example The end of a connection
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertRejects } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * const server = await listener.accept();
   * server.close();
   * await assertRejects(() => client.recv(), Deno.errors.UnexpectedEof);
   * ```
   */
  recv(options?: ReceiveOptions): Promise<T> {
    const wrong = waitError("receive", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    return this.#receiver.receive(this.#object, options);
  }

  /**
   * Receives an object if there is one; `undefined` otherwise. See {@linkcode Connection.recv}.
   *
   * What is there is what has been read: asking in vain begins a read, for the next time.
   *
   * @returns The object, or `undefined`.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * assertEquals(client.tryRecv(), undefined);
   * ```
   */
  tryRecv(): T | undefined {
    return found(this.#receiver.tryReceive(this.#object));
  }

  /**
   * Receives the next message as bytes.
   *
   * @param options `signal`, `timeout` (ms) and `maxLength` (bytes).
   * @returns The bytes. They are a part of a larger buffer, up to 256 KiB, which lives as long as they do: copy what you keep
   * for long. See {@linkcode Connection.release}.
   * @throws {IncompleteReadError} If the peer has closed the connection; within a message, `partial` has what came of it.
   * @throws {LimitOverrunError} If the message has more than `maxLength` bytes. It stays, for a call that allows more.
   * @throws {ProtocolError} If what comes is no message.
   * @throws {TimeoutError} If the time is over first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Not more than 100 bytes
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { LimitOverrunError } from "@ferry/std/net/errors";
   * import { assertRejects } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * await client.sendBytes(new Uint8Array(1000));
   * await assertRejects(() => server.recvBytes({ maxLength: 100 }), LimitOverrunError);
   * ```
   */
  recvBytes(options?: ReceiveBytesOptions): Promise<Uint8Array<ArrayBuffer>> {
    try {
      checkWait("receive", options, LENGTH_NAMES);
      return this.#receiver.receive(this.#wantedBytes(options?.maxLength), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Receives the next message as bytes if there is one; the fastest way to receive many. See
   * {@linkcode Connection.tryRecv}.
   *
   * @param options `maxLength` (bytes).
   * @returns The bytes, or `undefined`.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Everything that has arrived
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * for (let i = 0; i < 3; i++) client.trySendBytes(new Uint8Array(i));
   * let received = 0;
   * while (received < 3) {
   *   await server.poll();
   *   while (server.tryRecvBytes() !== undefined) received++;
   * }
   * assertEquals(received, 3);
   * ```
   */
  tryRecvBytes(options?: { maxLength?: number }): Uint8Array<ArrayBuffer> | undefined {
    if (options !== undefined) checkOptions("Cannot receive", options, LENGTH_RULES);
    return found(this.#receiver.tryReceive(this.#wantedBytes(options?.maxLength)));
  }

  /**
   * Gives back the memory of the message that was received last: the next one may be written there. Messages of many KiB are
   * received up to twice as fast then.
   *
   * @param bytes What {@linkcode Connection.recvBytes} or {@linkcode Connection.tryRecvBytes} gave last, itself. It must not be
   * used any more.
   * @returns Whether it was taken back. Anything but what was received last is left alone, and so is what was released before.
   *
   * @example One buffer for all messages
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assert, assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * let sum = 0;
   * for (let i = 0; i < 3; i++) {
   *   await client.sendBytes(new Uint8Array([i]));
   *   const bytes = await server.recvBytes();
   *   sum += bytes[0]!;
   *   assert(server.release(bytes));
   * }
   * assertEquals(sum, 3);
   * ```
   */
  release(bytes: Uint8Array): boolean {
    return this.#receiver.release(bytes);
  }

  /**
   * Receives the next message as bytes into an array of yours.
   *
   * @param target Where to put them, from its start on.
   * @param options `signal` and `timeout` (ms).
   * @returns How many bytes the message has.
   * @throws {BufferTooShortError} If the message is longer; the error carries it.
   * @throws {IncompleteReadError} If the peer has closed the connection.
   * @throws {TimeoutError} If the time is over first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * const buffer = new Uint8Array(4096);
   * await client.sendBytes(new Uint8Array([7, 8]));
   * const length = await server.recvBytesInto(buffer);
   * assertEquals(buffer.subarray(0, length), new Uint8Array([7, 8]));
   * ```
   */
  // deno-lint-ignore require-await -- what toBytes() throws is to be a rejection
  async recvBytesInto(target: BytesLike, options?: ReceiveOptions): Promise<number> {
    checkWait("receive", options);
    return this.#receiver.receive(this.#wantedInto(target), options);
  }

  /**
   * Receives the next message into an array of yours, if there is one. See {@linkcode Connection.recvBytesInto}.
   *
   * @param target Where to put the bytes.
   * @returns How many bytes the message has, or `undefined`.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * assertEquals(client.tryRecvBytesInto(new Uint8Array(16)), undefined);
   * ```
   */
  tryRecvBytesInto(target: BytesLike): number | undefined {
    return found(this.#receiver.tryReceive(this.#wantedInto(target)));
  }

  /**
   * Waits until a message, or the end of the connection, is there to be received. Consumes nothing.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the time was over first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assert, assertFalse } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using client = await connect(listener.address);
   * using server = await listener.accept();
   * assertFalse(await server.poll({ timeout: 1 }));
   * await client.send("now");
   * assert(await server.poll());
   * ```
   */
  poll(options?: ReceiveOptions): Promise<boolean> {
    const wrong = waitError("poll", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    return this.#receiver.poll(options);
  }

  /**
   * Closes the connection at once; what was sent and not yet taken by the system is lost, see {@linkcode Connection.flush}.
   * Calls that wait reject with a `ClosedError`. More than once is the same as once.
   *
   * @example Usage
   * ```ts
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assert } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * const client = await connect(listener.address);
   * client.close();
   * assert(client.closed);
   * ```
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outbox.fail(closed(this.#where("write")));
    this.#receiver.close(closed(this.#where("read")));
    try {
      this.#stream.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Waits until the system has taken what was sent, and closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#closed) await this.flush();
    } catch {
      // The peer is gone; who sends, is told. Here it is closed in any case.
    } finally {
      this.close();
    }
  }

  /** The objects that come, until the peer closes the connection. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    const over = { done: true, value: undefined } as const;
    return {
      next: () =>
        this.recv().then((value) => ({ done: false, value }), (error) => {
          if (this.#receiver.isEnd(error)) return over;
          throw error;
        }),
      return: () => Promise.resolve(over),
    };
  }

  /**
   * Takes part in waiting for several things at once: `waitAny` of `@ferry/std/ipc` calls this.
   *
   * @param notify Called when a message, or the end of the connection, may be there.
   * @returns The watch.
   *
   * @example The first of two
   * ```ts
   * import { waitAny } from "@ferry/std/ipc/wait-any";
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * using one = await connect(listener.address);
   * using _first = await listener.accept();
   * using two = await connect(listener.address);
   * using second = await listener.accept();
   * await second.send("hello");
   * assertEquals(await waitAny([one, two]), [two]);
   * ```
   */
  watch(notify: () => void): Watch {
    const stop = this.#receiver.watch(notify);
    return { ready: () => this.#receiver.ready, stop };
  }

  #where(op: string): NetErrorInit {
    return { op, local: this.localAddress, peer: this.remoteAddress };
  }

  #room(): boolean {
    this.#outbox.throwIfFailed();
    return this.#outbox.pending < HIGH_WATER;
  }

  #push(bytes: Uint8Array): true {
    // A failure shows in the next call that waits.
    this.#outbox.push(bytes).catch(() => {});
    return true;
  }

  #wantedBytes(limit: number | undefined): Wanted<Uint8Array<ArrayBuffer>> {
    if (limit === undefined) return this.#bytes;
    if (typeof limit === "number") return { ...this.#bytes, limit };
    throw new TypeError(
      `Cannot receive: a maxLength in bytes is needed, received ${shown(limit)}`,
    );
  }

  #wantedInto(target: BytesLike): Wanted<number> {
    const into = toBytes(target);
    const decode = (bytes: Uint8Array): number => {
      if (bytes.length > into.length) throw new BufferTooShortError(bytes.slice(), into.length);
      into.set(bytes);
      return bytes.length;
    };
    return { limit: this.#maxBytes, keeps: false, decode };
  }
}

const LENGTH_NAMES: OwnNames = { maxLength: true };
const LENGTH_RULES: RulesOf<Pick<ReceiveBytesOptions, "maxLength">> = { maxLength: "bytes" };

const HIGH_WATER = 64 * 1024;

/** That the connection was closed here. Most connections are closed when nobody wants to hear of it: no error is made then. */
function closed(init: NetErrorInit): Failure {
  let error: ClosedError | undefined;
  return {
    get error() {
      return error ??= new ClosedError(init);
    },
  };
}

function found<T>(result: T | typeof NOTHING): T | undefined {
  return result === NOTHING ? undefined : result;
}

function toBytes(data: BytesLike): Uint8Array {
  const view = ArrayBuffer.isView(data);
  if (!view && !(data instanceof ArrayBuffer)) {
    throw new TypeError(
      `Cannot send or receive bytes: an ArrayBuffer or a view of one is needed, received ${
        data === null ? "null" : typeof data
      }`,
    );
  }
  const buffer = view ? data.buffer : data;
  if (buffer instanceof ArrayBuffer && buffer.detached) {
    throw new TypeError("Cannot send or receive bytes: the buffer is detached");
  }
  if (data instanceof Uint8Array) return data;
  return view
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
