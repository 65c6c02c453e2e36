// The generator and the verifier of message_stress_test.ts, and the processes that run them.
import type { Connection, Queue } from "@ferry/std/ipc";
import { random } from "../../_support/random.ts";

const LONG = { timeout: 60_000 };

/** One message of a sequence: bytes, or an object. */
export type Message = Uint8Array | Letter;

/** An object among the messages. */
export interface Letter {
  readonly n: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly more: readonly (bigint | null | undefined | number)[];
}

/** The sequence of a seed: sizes from nothing to four times the capacity, bytes and objects mixed. */
export function* sequence(seed: number, capacity: number, count: number): Generator<Message> {
  const next = random(seed);
  for (let n = 0; n < count; n++) {
    const scale = [16, 200, capacity >> 2, capacity, capacity * 4][next() % 5]!;
    // Around the limit of what travels in one piece, every length has to be right.
    const size = next() % 4 === 0 ? (capacity >> 2) - 24 + next() % 32 : next() % (scale + 1);
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = n + i * 7;
    if (next() % 2 === 0) yield bytes;
    else {
      const latin = next() % 2 === 0;
      const text = (latin ? "a" : "ж").repeat(next() % 2 === 0 ? 3 : next() % (scale + 1));
      yield { n, text, bytes: next() % 2 === 0 ? bytes : new Uint8Array(3), more: [1n, null, n] };
    }
  }
}

/** What is wrong with a message, if anything. */
export function difference(got: unknown, expected: Message): string | undefined {
  if (expected instanceof Uint8Array) {
    if (!(got instanceof Uint8Array)) return `bytes expected, got ${typeof got}`;
    return bytesDifference(got, expected);
  }
  if (got instanceof Uint8Array) return "an object expected, got bytes";
  const letter = got as Letter;
  if (letter?.n !== expected.n) return `message ${expected.n} expected, got ${letter?.n}`;
  if (letter.text !== expected.text) return `another text in message ${expected.n}`;
  if (letter.more.some((each, i) => each !== expected.more[i])) return "another list";
  return bytesDifference(letter.bytes, expected.bytes);
}

function bytesDifference(got: Uint8Array, expected: Uint8Array): string | undefined {
  if (got.length !== expected.length) return `${got.length} bytes instead of ${expected.length}`;
  const at = got.findIndex((byte, i) => byte !== expected[i]);
  return at < 0 ? undefined : `another byte at ${at} of ${got.length}`;
}

/** Sends a sequence, in all ways there are. */
export async function write(
  end: Connection,
  seed: number,
  capacity: number,
  count: number,
): Promise<void> {
  const way = random(seed ^ 0x5eed);
  for (const message of sequence(seed, capacity, count)) {
    const bytes = message instanceof Uint8Array;
    switch (way() % 3) {
      case 0:
        if (bytes) await end.sendBytes(message, LONG);
        else await end.send(message, LONG);
        break;
      case 1:
        if (bytes) end.sendBytesSync(message, LONG);
        else end.sendSync(message, LONG);
        break;
      default:
        if (bytes ? end.trySendBytes(message) : end.trySend(message)) break;
        if (bytes) await end.sendBytes(message, LONG);
        else await end.send(message, LONG);
    }
  }
  end.close();
}

/** Receives a sequence, in all ways there are, and throws at the first difference. */
export async function read(
  end: Connection,
  seed: number,
  capacity: number,
  count: number,
): Promise<void> {
  const way = random(seed ^ 0xbee);
  const target = new Uint8Array(capacity * 5);
  let n = 0;
  for (const expected of sequence(seed, capacity, count)) {
    const bytes = expected instanceof Uint8Array;
    let got: unknown;
    switch (way() % 7) {
      case 0:
        got = await end.recv(LONG);
        break;
      case 1:
        got = end.recvSync(LONG);
        break;
      case 2:
        if (!await end.poll(LONG)) throw new RangeError(`no message ${n}`);
        got = end.tryRecv() ?? await end.recv(LONG);
        break;
      case 3:
        got = bytes ? await end.recvBytes(LONG) : await end.recv(LONG);
        break;
      case 4:
        got = bytes ? end.recvBytesSync(LONG) : end.recvSync(LONG);
        break;
      case 5:
        got = bytes
          ? target.subarray(0, await end.recvBytesInto(target, LONG))
          : end.recvSync(LONG);
        break;
      default:
        got = bytes
          ? target.subarray(0, end.recvBytesIntoSync(target, LONG))
          : await end.recv(LONG);
    }
    const wrong = difference(got, expected);
    if (wrong !== undefined) throw new RangeError(`message ${n}: ${wrong}`);
    n++;
  }
  for await (const _ of end) throw new RangeError("a message too many came");
}

/** An item of the queue test. */
export interface Item {
  readonly producer: number;
  readonly i: number;
  readonly filler: Uint8Array;
}

/** Puts `count` items. */
export async function produce(
  queue: Queue<Item>,
  producer: number,
  seed: number,
  count: number,
): Promise<void> {
  const next = random(seed + producer);
  for (let i = 0; i < count; i++) {
    const size = next() % 64 === 0 ? next() % 100_000 : next() % 300;
    const item = { producer, i, filler: new Uint8Array(size).fill(i) };
    const way = next() % 3;
    if (way === 0) await queue.put(item, LONG);
    else if (way === 1 || !queue.tryPut(item)) queue.putSync(item, LONG);
  }
}

/** Gets until the queue is shut down, and says what came, in its order. */
export async function consume(
  queue: Queue<Item>,
  results: Queue<[producer: number, i: number][]>,
  seed: number,
): Promise<void> {
  const next = random(seed);
  const seen: [number, number][] = [];
  for (;;) {
    let item: Item;
    try {
      const way = next() % 3;
      item = (way === 0 ? queue.tryGet() : way === 1 ? queue.getSync(LONG) : undefined) ??
        await queue.get(LONG);
    } catch (error) {
      if ((error as Error).name === "QueueShutDownError") break;
      throw error;
    }
    if (item.filler.some((byte) => byte !== (item.i & 255))) throw new RangeError("damaged item");
    seen.push([item.producer, item.i]);
  }
  results.putSync(seen);
}
