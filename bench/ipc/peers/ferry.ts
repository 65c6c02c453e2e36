/** Our side of what goes between processes. */
import {
  type Connection,
  Lock,
  Pipe,
  Process,
  Queue,
  type SharedArray,
  SharedValue,
} from "@ferry/std/ipc";
import { type Item, item } from "./items.ts";
import type { Job } from "./jobs.ts";
import { type Measure, timed } from "./measure.ts";

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
    const process = new Process({ module: import.meta.resolve("./jobs.ts"), export: "helper" }, {
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
