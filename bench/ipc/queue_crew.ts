/** Processes for queue_bench.ts that put and get when they are told to. */
import { type Connection, Pipe, Process, Queue } from "@ferry/std/ipc";

interface Job {
  readonly do: "put" | "get";
  readonly n: number;
  readonly size: number;
}

/** What a process of the crew does. */
export function member(control: Connection<Job>, queue: Queue<Uint8Array>): void {
  for (;;) {
    const { do: what, n, size } = control.recvSync();
    const payload = new Uint8Array(size);
    for (let i = 0; i < n; i++) {
      if (what === "put") queue.putSync(payload);
      else queue.getSync();
    }
    control.sendSync("done" as never);
  }
}

/** Two putters and two getters at one queue. */
export class QueueCrew {
  readonly #queue: Queue<Uint8Array>;
  readonly #members: readonly Connection<Job>[];

  constructor(maxSize: number) {
    this.#queue = new Queue({ maxSize });
    this.#members = Array.from({ length: 4 }, () => {
      const [here, there] = new Pipe<Job>();
      new Process({ module: import.meta.url, export: "member" }, {
        args: [there, this.#queue],
        daemon: true,
      }).start();
      return here;
    });
  }

  /** Moves `n` messages from putters to getters; no getters: to this thread. */
  run(putters: number, getters: number, n: number, size: number): void {
    const busy = this.#members.slice(0, putters);
    for (const member of busy) member.sendSync({ do: "put", n: n / putters, size });
    for (const member of this.#members.slice(2, 2 + getters)) {
      member.sendSync({ do: "get", n: n / getters, size });
      busy.push(member);
    }
    if (getters === 0) { for (let i = 0; i < n; i++) this.#queue.getSync(); }
    for (const member of busy) member.recvSync();
  }
}
