/** What a helper process of ferry.ts does: the same jobs as cpython.py's. */
import {
  type Connection,
  type Lock,
  type Queue,
  SharedArray,
  type SharedValue,
} from "@ferry/std/ipc";
import { type Item, item } from "./items.ts";

/** One of them, `n` times. */
export type Job =
  | {
    do: "sendBytes" | "moveBytes" | "echoBytes" | "lendArrays" | "putBytes";
    n: number;
    size: number;
  }
  | {
    do: "send" | "echo" | "echoAsync" | "echoMoved" | "put" | "get" | "increment" | "end";
    n: number;
  };

/** What a helper process does: job after job. */
export async function helper(
  control: Connection<Job>,
  data: Connection,
  queue: Queue<Item>,
  frames: Queue<Uint8Array>,
  lock: Lock,
  raw: SharedValue,
): Promise<void> {
  for (;;) {
    const job = control.recvSync();
    const { n } = job;
    switch (job.do) {
      case "end":
        return;
      case "sendBytes":
        sendBytes(data, n, job.size);
        break;
      case "lendArrays":
        lendArrays(data, n, job.size);
        break;
      case "moveBytes":
        moveBytes(data, n, job.size);
        break;
      case "echoBytes":
        echoBytes(data, n, job.size);
        break;
      case "echoMoved":
        for (let i = 0; i < n; i++) data.sendBytesSync(data.recvBytesSync(), { transfer: true });
        break;
      case "send":
        for (let i = 0; i < n; i++) data.sendSync(item(i));
        break;
      case "echo":
        for (let i = 0; i < n; i++) data.sendSync(data.recvSync());
        break;
      case "echoAsync":
        for (let i = 0; i < n; i++) await data.send(await data.recv());
        break;
      case "put":
        for (let i = 0; i < n; i++) queue.putSync(item(i));
        data.sendSync("done");
        break;
      case "get":
        for (let i = 0; i < n; i++) queue.getSync();
        data.sendSync("done");
        break;
      case "putBytes":
        putBytes(frames, n, job.size);
        break;
      case "increment":
        increment(lock, raw, n);
        data.sendSync("done");
        break;
    }
  }
}

function sendBytes(data: Connection, n: number, size: number): void {
  const payload = new Uint8Array(size);
  for (let i = 0; i < n; i++) data.sendBytesSync(payload);
}

function putBytes(frames: Queue<Uint8Array>, n: number, size: number): void {
  const payload = new Uint8Array(size);
  for (let i = 0; i < n; i++) frames.putSync(payload);
}

function moveBytes(data: Connection, n: number, size: number): void {
  const transfer = { transfer: true };
  for (let i = 0; i < n; i++) data.sendBytesSync(new Uint8Array(size), transfer);
}

/** How many arrays are on their way, or read, at once. */
const LENT = 4;

/** Sends shared arrays, which come back when they were read: their bytes stay where they are. */
function lendArrays(data: Connection, n: number, size: number): void {
  for (let i = 0; i < n; i++) {
    const array = i < LENT
      ? new SharedArray("uint8", size, { lock: false })
      : data.recvSync() as SharedArray<"uint8">;
    array.view[0] = i;
    data.sendSync(array);
  }
  for (let i = Math.min(n, LENT); i > 0; i--) {
    (data.recvSync() as SharedArray<"uint8">)[Symbol.dispose]();
  }
}

function echoBytes(data: Connection, n: number, size: number): void {
  const buffer = new Uint8Array(size);
  for (let i = 0; i < n; i++) {
    data.recvBytesIntoSync(buffer);
    data.sendBytesSync(buffer);
  }
}

/** Counts to `n` under a lock. */
export function increment(lock: Lock, raw: SharedValue, n: number): void {
  for (let i = 0; i < n; i++) {
    lock.acquireSync();
    raw.value += 1;
    lock.release();
  }
}
