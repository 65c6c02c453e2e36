/** A manager's dict, queue and lock for bench/ipc/peers.ts: through shared memory, and through a socket. */
import { type DictProxy, type LockProxy, Manager, type QueueProxy } from "@ferry/std/ipc/manager";
import type { Measure } from "./measure.ts";

const KEYS = 1024;
const keys = Array.from({ length: KEYS }, (_, i) => `key ${i}`);
const IN_FLIGHT = 100;

/** What is used of a manager. */
interface Used {
  readonly manager: Manager;
  readonly dict: DictProxy<string, number>;
  readonly queue: QueueProxy<number>;
  readonly lock: LockProxy;
}

async function use(manager: Manager): Promise<Used> {
  const dict = await manager.dict<string, number>(keys.map((key, i) => [key, i] as const));
  return { manager, dict, queue: await manager.queue<number>(), lock: await manager.lock() };
}

/** Both are started when they are first asked for. */
export class Managers implements AsyncDisposable {
  #near: Promise<Used> | undefined;
  #far: Promise<Used> | undefined;

  /** By an agent of the program that started it. */
  get near(): Promise<Used> {
    return this.#near ??= Manager.start().then(use);
  }

  /** By a socket, as another program has it. */
  get far(): Promise<Used> {
    return this.#far ??= this.near.then(({ manager: { address, authKey } }) =>
      Manager.connect(address, { authKey })
    ).then(use);
  }

  /** One after another, blocking. */
  sync(step: (used: Used, key: string, i: number) => void): Measure {
    return async (n) => {
      const used = await this.near;
      const start = performance.now();
      for (let i = 0; i < n; i++) step(used, keys[i & KEYS - 1]!, i);
      return (performance.now() - start) / 1000;
    };
  }

  /** One after another, awaiting each. */
  awaited(
    which: "near" | "far",
    step: (used: Used, key: string, i: number) => Promise<unknown>,
  ): Measure {
    return async (n) => {
      const used = await this[which];
      const start = performance.now();
      for (let i = 0; i < n; i++) await step(used, keys[i & KEYS - 1]!, i);
      return (performance.now() - start) / 1000;
    };
  }

  /** A hundred at a time. */
  inFlight(
    which: "near" | "far",
    step: (used: Used, key: string, i: number) => Promise<unknown>,
  ): Measure {
    return async (n) => {
      const used = await this[which];
      const start = performance.now();
      for (let i = 0; i < n;) {
        const calls: Promise<unknown>[] = [];
        for (const end = Math.min(n, i + IN_FLIGHT); i < end; i++) {
          calls.push(step(used, keys[i & KEYS - 1]!, i));
        }
        await Promise.all(calls);
      }
      return (performance.now() - start) / 1000;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.#far)?.manager.close();
    await (await this.#near)?.manager.shutdown();
  }
}
