/** Queues and pipes between two programs that share a name. */
import { Pipe, Queue } from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory";
import { fileURLToPath } from "node:url";
import type { Measure } from "./measure.ts";

/** 64 bytes, encoded. */
const ITEM = "x".repeat(62);

/** What the other program is to do: put so many items, or answer so many messages. */
interface Order {
  readonly put?: number;
  readonly answer?: number;
}

/** What both programs have open. */
function open(name: string) {
  return {
    orders: new Queue<Order>({ name: `${name}-orders` }),
    items: new Queue<string>({ name }),
    pipe: Pipe.connect<string>({ name: `${name}-pipe` }),
  };
}

async function obey(name: string): Promise<void> {
  const { orders, items, pipe } = open(name);
  for await (const { put = 0, answer = 0 } of orders) {
    for (let i = 0; i < put; i++) items.putSync(ITEM);
    for (let i = 0; i < answer; i++) pipe.sendSync(pipe.recvSync());
  }
}

/** Another program, started at its first use. */
export class NamedPeer implements Disposable {
  #open: ReturnType<typeof open> | undefined;

  /** Takes 64-byte items that the other program puts, from the first one on. */
  readonly oneWay: Measure = (n) => {
    const { orders, items } = this.#opened();
    orders.putSync({ put: n + 1 });
    items.getSync();
    const start = performance.now();
    for (let i = 0; i < n; i++) items.getSync();
    return (performance.now() - start) / 1000;
  };

  /** Sends 64 bytes to the other program and back. */
  readonly roundTrip: Measure = (n) => {
    const { orders, pipe } = this.#opened();
    orders.putSync({ answer: n + 1 });
    pipe.sendSync(ITEM);
    pipe.recvSync();
    const start = performance.now();
    for (let i = 0; i < n; i++) {
      pipe.sendSync(ITEM);
      pipe.recvSync();
    }
    return (performance.now() - start) / 1000;
  };

  #opened(): ReturnType<typeof open> {
    if (this.#open !== undefined) return this.#open;
    const name = `bench-${crypto.randomUUID()}`;
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", config, fileURLToPath(import.meta.url), name],
    }).spawn().unref();
    return this.#open = open(name);
  }

  [Symbol.dispose](): void {
    if (this.#open === undefined) return;
    this.#open.orders.shutdown();
    for (const each of Object.values(this.#open)) each.close();
  }
}

if (import.meta.main) await obey(Deno.args[0]!);
