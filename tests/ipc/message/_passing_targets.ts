// Processes that make shared objects and pass them on, again and again, until they are killed.
import { type Connection, Lock, Pipe, Queue, SharedArray, type SharedEvent } from "@ferry/std/ipc";

/** What is passed: one end of a pipe whose other end is closed, and other shared objects. */
export interface Parcel {
  /** Its other end was closed by who sent it, or is about to be: whoever has it comes to the end of the pipe. */
  readonly end: Connection<never>;
  readonly lock: Lock;
  readonly array: SharedArray<"uint8">;
  readonly filler: string;
}

/** Bytes of the array. */
export const BYTES = 65_000;
/** And what it takes of the shared memory. */
export const BLOCK_BYTES = 65_536;

/** Makes one, with its other end. */
export function pack(i: number): [Parcel, Connection<never>] {
  const [end, mine] = new Pipe<never>({ capacity: 1024 });
  // Some are small, others travel in pieces.
  const filler = "x".repeat(500 + i % 3 * 2000);
  return [{ end, lock: new Lock(), array: new SharedArray("uint8", BYTES), filler }, mine];
}

/** Lets go of all that came, or was not sent; this thread's hold on what was sent. */
export function letGo({ end, lock, array }: Parcel): void {
  for (const each of [end, lock, array]) each[Symbol.dispose]();
}

/** Sends through a pipe. */
export function send(up: SharedEvent, end: Connection<Parcel>): never {
  up.set();
  for (let i = 0;; i++) {
    const [parcel, mine] = pack(i);
    end.sendSync(parcel);
    mine.close();
    letGo(parcel);
  }
}

/** Receives from a pipe. */
export function receive(up: SharedEvent, end: Connection<Parcel>): never {
  up.set();
  for (;;) letGo(end.recvSync());
}

/** Puts into a queue and gets from it. */
export function putAndGet(up: SharedEvent, _end: Connection<Parcel>, queue: Queue<Parcel>): never {
  up.set();
  for (let i = 0;; i++) {
    const [parcel, mine] = pack(i);
    queue.putSync(parcel);
    mine.close();
    letGo(parcel);
    if (i % 3 === 0 || queue.size > 10) letGo(queue.getSync());
  }
}

/** Has a queue of its own, with things in it. */
export function own(up: SharedEvent): never {
  up.set();
  for (let i = 0;; i++) {
    const queue = new Queue<Parcel>();
    const ends = [];
    for (let j = 0; j < 3; j++) {
      const [parcel, mine] = pack(i + j);
      queue.putSync(parcel);
      ends.push(mine);
      letGo(parcel);
    }
    letGo(queue.getSync());
    queue.close();
    for (const end of ends) end.close();
  }
}
