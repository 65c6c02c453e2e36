/** Our side of bench/peers.ts: the same jobs as cpython.py does. */
import {
  type Connection,
  Lock,
  Pipe,
  Process,
  Queue,
  RLock,
  SharedArray,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";
import type { Measure } from "./measure.ts";

/** What the table's small objects look like. */
export interface Item {
  id: number;
  name: string;
}

type Job =
  | {
    do: "sendBytes" | "moveBytes" | "echoBytes" | "lendArrays" | "putBytes";
    n: number;
    size: number;
  }
  | {
    do: "send" | "echo" | "echoAsync" | "echoMoved" | "put" | "get" | "increment" | "end";
    n: number;
  };

const item = (i: number): Item => ({ id: i, name: `user${i & 1023}` });

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

function increment(lock: Lock, raw: SharedValue, n: number): void {
  for (let i = 0; i < n; i++) {
    lock.acquireSync();
    raw.value += 1;
    lock.release();
  }
}

interface Helper {
  readonly process: Process<never>;
  readonly control: Connection<Job>;
  readonly data: Connection;
}

/** The processes and shared objects that the measurements use. */
export class Ferry implements AsyncDisposable {
  readonly #queue = new Queue<Item>();
  readonly #frames = new Queue<Uint8Array>({ maxSize: 8 });
  readonly #lock = new Lock();
  readonly #raw = new SharedValue("int32", 0, { lock: false });
  readonly #helpers: readonly Helper[];

  constructor() {
    this.#helpers = Array.from({ length: 4 }, () => this.#start());
    // None of them is measured while it starts.
    for (const { control, data } of this.#helpers) {
      control.sendSync({ do: "send", n: 1 });
      data.recvSync();
    }
  }

  #helper(at: number): Helper {
    return this.#helpers[at]!;
  }

  #start(): Helper {
    const [control, controlThere] = new Pipe<Job>();
    const [data, dataThere] = new Pipe();
    const process = new Process({ module: import.meta.url, export: "helper" }, {
      args: [controlThere, dataThere, this.#queue, this.#frames, this.#lock, this.#raw],
      daemon: true,
    });
    process.start();
    return { process: process as unknown as Process<never>, control, data };
  }

  oneWay(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "sendBytes", n, size });
      for (let i = 0; i < n; i++) data.recvBytesSync();
    });
  }

  oneWayInto(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      const buffer = new Uint8Array(size);
      control.sendSync({ do: "sendBytes", n, size });
      for (let i = 0; i < n; i++) data.recvBytesIntoSync(buffer);
    });
  }

  /** As `oneWay`, and each array is given back. */
  oneWayReleased(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "sendBytes", n, size });
      for (let i = 0; i < n; i++) data.release(data.recvBytesSync());
    });
  }

  /** Shared arrays by their handles, of a few that go round. */
  oneWayLent(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "lendArrays", n, size });
      for (let i = 0; i < n; i++) {
        using array = data.recvSync() as SharedArray<"uint8">;
        data.sendSync(array);
      }
    });
  }

  oneWayMoved(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "moveBytes", n, size });
      for (let i = 0; i < n; i++) data.recvBytesSync();
    });
  }

  oneWayObjects(): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "send", n });
      for (let i = 0; i < n; i++) data.recvSync();
    });
  }

  roundTrip(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      const payload = new Uint8Array(size);
      control.sendSync({ do: "echoBytes", n, size });
      for (let i = 0; i < n; i++) {
        data.sendBytesSync(payload);
        data.recvBytesSync();
      }
    });
  }

  /** One buffer, moved there and back. */
  roundTripMoved(size: number): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      let payload = new Uint8Array(size);
      control.sendSync({ do: "echoMoved", n });
      for (let i = 0; i < n; i++) {
        data.sendBytesSync(payload, { transfer: true });
        payload = data.recvBytesSync();
      }
    });
  }

  roundTripObjects(): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "echo", n });
      for (let i = 0; i < n; i++) {
        data.sendSync(item(i));
        data.recvSync();
      }
    });
  }

  roundTripAsync(): Measure {
    return async (n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "echoAsync", n });
      const start = performance.now();
      for (let i = 0; i < n; i++) {
        await data.send(item(i));
        await data.recv();
      }
      return (performance.now() - start) / 1000;
    };
  }

  queueOneToOne(): Measure {
    return timed((n) => {
      const { control, data } = this.#helper(0);
      control.sendSync({ do: "put", n });
      for (let i = 0; i < n; i++) this.#queue.getSync();
      data.recvSync();
    });
  }

  /** Arrays of bytes, each of which is given back if `released`. */
  queueBytes(size: number, released: boolean): Measure {
    return timed((n) => {
      this.#helper(0).control.sendSync({ do: "putBytes", n, size });
      for (let i = 0; i < n; i++) {
        const frame = this.#frames.getSync();
        if (released) this.#frames.release(frame);
      }
    });
  }

  queueTwoToTwo(): Measure {
    return this.#together(["put", "put", "get", "get"]);
  }

  lockContended(): Measure {
    return this.#together(["increment", "increment"]);
  }

  /** Several helpers at once, `n` operations in all by each two of them. */
  #together(jobs: readonly ("put" | "get" | "increment")[]): Measure {
    return timed((n) => {
      jobs.forEach((job, at) => this.#helper(at).control.sendSync({ do: job, n: n >> 1 }));
      jobs.forEach((_, at) => this.#helper(at).data.recvSync());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process, control, data } of this.#helpers) {
      control.sendSync({ do: "end", n: 0 });
      await process.join();
      control.close();
      data.close();
    }
  }
}

const lock = new Lock();
const rlock = new RLock();
const raw = new SharedValue("int32", 0, { lock: false });
const value = new SharedValue("int32");
const array = new SharedArray("int32", 1024);
const rawArray = new SharedArray("int32", 1024, { lock: false });
const { view } = array;
const plain = new Int32Array(1024);
const event = new SharedEvent();
event.set();
const plusOne = (x: number) => x + 1;

/** Measurements in one thread, by the name of their counterpart in cpython.py. */
export const alone: Record<string, Measure> = {
  lockRaw: timed((n) => increment(lock, raw, n)),
  rlockRaw: timed((n) => {
    for (let i = 0; i < n; i++) {
      rlock.acquireSync();
      raw.value += 1;
      rlock.release();
    }
  }),
  update: timed((n) => {
    for (let i = 0; i < n; i++) value.update(plusOne);
  }),
  add: timed((n) => {
    for (let i = 0; i < n; i++) value.add(1);
  }),
  valueLocked: timed((n) => {
    const own = value.lock;
    for (let i = 0; i < n; i++) {
      own.acquireSync();
      value.value += 1;
      own.release();
    }
  }),
  lockOnly: timed((n) => {
    for (let i = 0; i < n; i++) {
      lock.acquireSync();
      lock.release();
    }
  }),
  arraySet: timed((n) => {
    for (let i = 0; i < n; i++) array.set(i & 1023, i);
  }),
  arrayGet: timed((n) => {
    for (let i = 0; i < n; i++) array.get(i & 1023);
  }),
  rawArraySet: timed((n) => {
    for (let i = 0; i < n; i++) rawArray.set(i & 1023, i);
  }),
  viewSet: timed((n) => {
    for (let i = 0; i < n; i++) view[i & 1023] = i;
  }),
  plainSet: timed((n) => {
    for (let i = 0; i < n; i++) plain[i & 1023] = i;
  }),
  eventWait: timed((n) => {
    for (let i = 0; i < n; i++) event.waitSync();
  }),
};

/** The whole life of a process in the start row: it says hello. */
export function hello(connection: Connection): void {
  connection.sendSync("hello");
}

/** From the constructor until the process has been heard of. */
export async function start(n: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const [here, there] = new Pipe();
    const begin = performance.now();
    const process = new Process({ module: import.meta.url, export: "hello" }, { args: [there] });
    process.start();
    here.recvSync();
    total += performance.now() - begin;
    await process.join();
    here.close();
  }
  return total / 1000;
}

/** The same in workers that were started in advance, which is not measured. */
export async function startInSpare(n: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < n; i++) {
    await using spares = Process.prestart(1);
    await spares.ready();
    total += await start(1);
  }
  return total;
}

function timed(run: (n: number) => void): Measure {
  return (n) => {
    const start = performance.now();
    run(n);
    return (performance.now() - start) / 1000;
  };
}
