/** SharedMap and Broadcast for bench/ipc/peers.ts, in one thread and in processes that do what they are told. */
import {
  Broadcast,
  type Connection,
  Pipe,
  Process,
  SharedMap,
  type Subscription,
} from "@ferry/std/ipc";
import type { Item } from "./items.ts";
import type { Measure } from "./measure.ts";

type Job =
  | { readonly do: "set"; readonly n: number; readonly first: number }
  | { readonly do: "get" | "getMany"; readonly n: number };

const KEYS = 1024;
const keys = Array.from({ length: KEYS }, (_, i) => `key ${i}`);
const item = (i: number): Item => ({ id: i, name: `user${i & 1023}` });

/** What a process does: job after job. */
export function member(
  control: Connection<Job>,
  map: SharedMap<string, number>,
  news: Subscription<Item>,
): void {
  for (;;) {
    const job = control.recvSync();
    const { n } = job;
    if (job.do === "set") set(map, n, job.first);
    else if (job.do === "get") { for (let i = 0; i < n; i++) news.getSync(); }
    else for (let left = n; left > 0;) left -= news.getManySync(left).length;
    control.sendSync("done" as never);
  }
}

function set(map: SharedMap<string, number>, n: number, first: number): void {
  for (let i = first; i < first + n; i++) map.set(keys[i & KEYS - 1]!, i);
}

/** The collections, and four processes that use them. */
export class Collections implements AsyncDisposable {
  readonly #numbers = new SharedMap<string, number>();
  readonly #items = new SharedMap<string, Item>();
  readonly #news = new Broadcast<Item>();
  readonly #plain = new Map<string, number>();
  readonly #processes: Process[] = [];
  readonly #members: readonly Connection<Job>[];

  constructor() {
    for (const [i, key] of keys.entries()) {
      this.#numbers.set(key, i);
      this.#items.set(key, item(i));
      this.#plain.set(key, i);
    }
    this.#members = Array.from({ length: 4 }, () => {
      const [here, there] = new Pipe<Job>();
      using news = this.#news.subscribe();
      const process = new Process({ module: import.meta.url, export: "member" }, {
        args: [there, this.#numbers, news],
        daemon: true,
      });
      process.start();
      this.#processes.push(process as unknown as Process);
      here.sendSync({ do: "get", n: 0 });
      here.recvSync();
      return here;
    });
  }

  get(): Measure {
    return timed((n) => {
      for (let i = 0; i < n; i++) this.#numbers.get(keys[i & KEYS - 1]!);
    });
  }

  getItem(): Measure {
    return timed((n) => {
      for (let i = 0; i < n; i++) this.#items.get(keys[i & KEYS - 1]!);
    });
  }

  set(): Measure {
    return timed((n) => set(this.#numbers, n, 0));
  }

  setItem(): Measure {
    return timed((n) => {
      for (let i = 0; i < n; i++) this.#items.set(keys[i & KEYS - 1]!, item(i));
    });
  }

  update(): Measure {
    const plusOne = (count = 0) => count + 1;
    return timed((n) => {
      for (let i = 0; i < n; i++) this.#numbers.update(keys[i & KEYS - 1]!, plusOne);
    });
  }

  plainGet(): Measure {
    return timed((n) => {
      for (let i = 0; i < n; i++) this.#plain.get(keys[i & KEYS - 1]!);
    });
  }

  plainSet(): Measure {
    return timed((n) => {
      for (let i = 0; i < n; i++) this.#plain.set(keys[i & KEYS - 1]!, i);
    });
  }

  /** `n` keys set, by some processes together. */
  setTogether(processes: number): Measure {
    return timed((n) => {
      const members = this.#members.slice(0, processes);
      const each = Math.ceil(n / processes);
      members.forEach((member, i) => member.sendSync({ do: "set", n: each, first: i * 371 }));
      for (const member of members) member.recvSync();
    });
  }

  /** `n` deliveries to four processes. */
  broadcast(how: "get" | "getMany"): Measure {
    return timed((n) => {
      const items = Math.ceil(n / 4);
      for (const member of this.#members) member.sendSync({ do: how, n: items });
      for (let i = 0; i < items; i++) this.#news.publishSync(item(i));
      for (const member of this.#members) member.recvSync();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) process.kill();
    for (const process of this.#processes) await process.join();
    for (const member of this.#members) member.close();
  }
}

/** Messages that a BroadcastChannel gets at a time: more than about 128 that nobody has received yet are lost. */
const BURST = 100;

/** `n` deliveries to four workers by BroadcastChannel. */
export class Channel implements Disposable {
  readonly #workers: readonly Worker[];
  readonly #channel: BroadcastChannel;
  #onDone: () => void = () => {};

  constructor() {
    const name = crypto.randomUUID();
    this.#channel = new BroadcastChannel(name);
    const source = `
      const channel = new BroadcastChannel(${JSON.stringify(name)});
      let left = 0;
      onmessage = ({ data }) => { left = data; postMessage("ready"); };
      channel.onmessage = () => { if (--left === 0) postMessage("done"); };
    `;
    this.#workers = Array.from({ length: 4 }, () => {
      const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, {
        type: "module",
      });
      worker.onmessage = () => this.#onDone();
      return worker;
    });
  }

  broadcast(): Measure {
    return async (n) => {
      let left = Math.ceil(n / 4);
      const start = performance.now();
      while (left > 0) {
        const items = Math.min(left, BURST);
        await this.#all(() => {
          for (const worker of this.#workers) worker.postMessage(items);
        });
        await this.#all(() => {
          for (let i = 0; i < items; i++) this.#channel.postMessage(item(i));
        });
        left -= items;
      }
      return (performance.now() - start) / 1000;
    };
  }

  async #all(begin: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = this.#workers.length;
    this.#onDone = () => {
      if (--left === 0) resolve();
    };
    begin();
    await promise;
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
    this.#channel.close();
  }
}

function timed(run: (n: number) => void): Measure {
  return (n) => {
    const start = performance.now();
    run(n);
    return (performance.now() - start) / 1000;
  };
}
