// What the workers of the synchronisation tests can do. Each task gets the shared objects and plain arguments of its
// call and may answer with anything that can be posted.
import {
  attach,
  type Barrier,
  BrokenBarrierError,
  type Condition,
  type Lockable,
  LockNotHeldError,
  type RLock,
  type Semaphore,
  type SharedArray,
  type SharedEvent,
  type SharedHandle,
  type SharedObject,
  type SharedValue,
  TimeoutError,
} from "@ferry/std/ipc";
import { random } from "./random.ts";

/** What a test posts. */
export interface Call {
  readonly id: number;
  readonly task: string;
  readonly handles: readonly SharedHandle[];
  readonly args: readonly unknown[];
}

/** Longer than any wait may last. One that ends with it was not woken, even if it then found its object free. */
const LONG = 20_000;
function assertWoken(since: number): void {
  if (performance.now() - since >= LONG) throw new RangeError("A wait ended by its timeout alone");
}

// deno-lint-ignore no-explicit-any
type Task = (objects: any, ...args: any[]) => unknown;

const tasks: Record<string, Task> = {
  ping: () => "pong",

  // Values and arrays
  setAll: (objects: SharedValue<"float64">[], values: number[]) => {
    objects.forEach((object, i) => object.value = values[i]!);
  },
  double: (objects: (SharedValue<"float64"> | SharedArray<"float64">)[]) => {
    for (const object of objects) {
      if ("length" in object) {
        for (let i = 0; i < object.length; i++) {
          object.update(i, (n) => n * 2);
        }
      } else object.update((n) => (typeof n === "bigint" ? n * 2n : n * 2) as number);
    }
  },
  prefixSum: ([array]: [SharedArray]) => {
    for (let i = 1; i < array.length; i++) array.set(i, array.get(i) + array.get(i - 1));
  },
  add: ([value, start]: [SharedValue, Barrier], times: number) => {
    start.waitSync({ timeout: LONG });
    for (let i = 0; i < times; i++) value.add(1);
  },
  mixed: ([value, start]: [SharedValue, Barrier], times: number) => {
    start.waitSync({ timeout: LONG });
    const { lock } = value;
    for (let i = 0; i < times; i++) {
      if (i % 3 === 0) value.add(1);
      else if (i % 3 === 1) value.update((n) => n + 1);
      else {
        lock.acquireSync({ timeout: LONG });
        value.value += 1;
        lock.release();
      }
    }
  },
  sumView: ([array]: [SharedArray<"float64">]) => array.view.reduce((a, b) => a + b, 0),

  // Locks
  tryAcquire: ([lock]: [Lockable]) => lock.tryAcquire() !== undefined,
  acquireFails: ([lock]: [Lockable], timeout: number) => {
    try {
      lock.acquireSync({ timeout });
      return "acquired";
    } catch (error) {
      return error instanceof TimeoutError ? "timed out" : String(error);
    }
  },
  release: ([lock]: [Lockable]) => {
    try {
      lock.release();
      return "released";
    } catch (error) {
      return (error as Error).name;
    }
  },
  releaseNotHeld: ([lock]: [RLock]) => {
    try {
      lock.release();
      return "released";
    } catch (error) {
      return error instanceof LockNotHeldError;
    }
  },
  acquire: ([lock]: [Lockable]) => lock.acquireSync({ timeout: LONG }).abandoned,
  acquireWhile: ([lock, started]: [Lockable, SharedEvent]) => {
    started.set();
    using _held = lock.acquireSync({ timeout: LONG });
    return "acquired";
  },
  acquireAsync: async ([lock, started]: [Lockable, SharedEvent]) => {
    const pending = lock.acquire({ timeout: LONG });
    started.set();
    (await pending).release();
    return "acquired";
  },
  embeddedLockIsTaken: ([value]: [SharedValue]) => value.lock.tryAcquire() === undefined,
  unevenPair: ([low, high, start]: [SharedValue, SharedValue, Barrier], times: number) => {
    start.waitSync({ timeout: LONG });
    let uneven = 0;
    for (let i = 0; i < times; i++) {
      using _held = low.lock.acquireSync({ timeout: LONG });
      if (low.value !== high.value) uneven++;
      low.value += 1;
      high.value += 1;
    }
    return uneven;
  },

  // Stress: a counter on plain shared memory that only the lock keeps whole; blocking and awaiting by turns.
  critical: async (
    [lock, cells, start]: [Lockable, SharedArray, Barrier],
    times: number,
    seed: number,
  ) => {
    const next = random(seed);
    const { view } = cells;
    await start.wait({ timeout: LONG });
    let timeouts = 0;
    for (let i = 0; i < times; i++) {
      const how = next() % 4;
      const since = performance.now();
      try {
        if (how === 0) await lock.acquire({ timeout: LONG });
        else if (how === 1) await lock.acquire({ timeout: (next() % 3) / 2 });
        else if (how === 2) lock.acquireSync({ timeout: (next() % 3) / 2 });
        else lock.acquireSync({ timeout: LONG });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        timeouts++;
        continue;
      }
      assertWoken(since);
      view[1] = Math.max(view[1]!, ++view[0]!);
      view[2]!++;
      for (let spin = next() % 100; spin > 0; spin--) view[3] = spin;
      view[0]!--;
      lock.release();
    }
    return timeouts;
  },
  // As above with several permits: how many are inside is counted with atomics.
  permits: async (
    [semaphore, cells, start]: [Semaphore, SharedArray, Barrier],
    times: number,
    seed: number,
  ) => {
    const next = random(seed);
    const { view } = cells;
    await start.wait({ timeout: LONG });
    for (let i = 0; i < times; i++) {
      const aborter = new AbortController();
      const how = next() % 4;
      if (how === 0) queueMicrotask(() => aborter.abort());
      const since = performance.now();
      try {
        if (how < 2) await semaphore.acquire({ timeout: LONG, signal: aborter.signal });
        else semaphore.acquireSync({ timeout: LONG });
      } catch (error) {
        if ((error as Error).name !== "AbortError") throw error;
        continue;
      }
      assertWoken(since);
      const inside = Atomics.add(view, 0, 1) + 1;
      let most = Atomics.load(view, 1);
      while (inside > most) most = Atomics.compareExchange(view, 1, most, inside);
      for (let spin = next() % 200; spin > 0; spin--) Atomics.load(view, 0);
      Atomics.sub(view, 0, 1);
      semaphore.release();
    }
  },

  // Events
  waitEvent: ([event]: [SharedEvent], timeout = LONG) => event.waitSync({ timeout }),
  waitEventAsync: async ([event, started]: [SharedEvent, SharedEvent]) => {
    const pending = event.wait({ timeout: LONG });
    started.set();
    return await pending;
  },
  setEvent: ([event]: [SharedEvent]) => event.set(),

  // Conditions: `sleeping` and `woken` are counted as Python's tests do.
  sleep: (
    [condition, sleeping, woken]: [Condition, Semaphore, Semaphore],
    timeout = LONG,
  ) => {
    using _held = condition.acquireSync({ timeout: LONG });
    sleeping.release();
    const notified = condition.waitSync({ timeout });
    woken.release();
    return notified;
  },
  sleepAsync: async (
    [condition, sleeping, woken]: [Condition, Semaphore, Semaphore],
    timeout = LONG,
  ) => {
    using _held = await condition.acquire({ timeout: LONG });
    sleeping.release();
    const notified = await condition.wait({ timeout });
    woken.release();
    return notified;
  },
  waitForState: ([condition, state]: [Condition, SharedValue], wanted: number) => {
    using _held = condition.acquireSync({ timeout: LONG });
    condition.waitForSync(() => state.value === wanted, { timeout: LONG });
    state.value = 100;
    condition.notifyAll();
    return state.value;
  },
  produce: ([condition, ring]: [Condition, SharedArray], from: number, to: number) => {
    const capacity = ring.length - 3;
    for (let item = from; item < to; item++) {
      using _held = condition.acquireSync({ timeout: LONG });
      if (!condition.waitForSync(() => ring.get(0) - ring.get(1) < capacity, { timeout: LONG })) {
        throw new RangeError("the buffer stayed full");
      }
      ring.set(3 + ring.get(0) % capacity, item);
      ring.add(0, 1);
      condition.notifyAll();
    }
  },
  consume: async ([condition, ring]: [Condition, SharedArray], total: number, seed: number) => {
    const capacity = ring.length - 3;
    const next = random(seed);
    const got: number[] = [];
    for (;;) {
      using _held = await condition.acquire({ timeout: LONG });
      const ready = () => ring.get(0) > ring.get(1) || ring.get(1) === total;
      const timeout = { timeout: LONG };
      const well = next() % 2 === 0
        ? await condition.waitFor(ready, timeout)
        : condition.waitForSync(ready, timeout);
      if (!well) throw new RangeError("the buffer stayed empty");
      if (ring.get(1) === total) return got;
      got.push(ring.get(3 + ring.get(1) % capacity));
      ring.add(1, 1);
      condition.notifyAll();
    }
  },

  // Barriers
  pass: async (
    [barrier, counts]: [Barrier, SharedArray],
    rounds: number,
    asynchronous: boolean,
  ) => {
    const places: number[] = [];
    for (let round = 0; round < rounds; round++) {
      counts.add(0, 1);
      places.push(
        asynchronous ? await barrier.wait({ timeout: LONG }) : barrier.waitSync({ timeout: LONG }),
      );
      // All have counted before the first goes on; none can count for the round after the next.
      const count = counts.get(0);
      if (count < (round + 1) * barrier.parties || count > (round + 2) * barrier.parties) {
        throw new RangeError(`round ${round}: ${count} arrivals`);
      }
    }
    return places;
  },
  lockstep: async ([barrier, logs]: [Barrier, SharedArray], me: number, rounds: number) => {
    // Rounds are long apart in each worker's log only if somebody ran ahead.
    let worst = 0;
    for (let round = 1; round <= rounds; round++) {
      logs.set(me, round);
      if (round % 7 === me) await barrier.wait({ timeout: LONG });
      else barrier.waitSync({ timeout: LONG });
      for (const other of logs) worst = Math.max(worst, Math.abs(other - round));
    }
    return worst;
  },
  waitBarrier: ([barrier]: [Barrier], timeout?: number) => {
    try {
      return barrier.waitSync(timeout === undefined ? {} : { timeout });
    } catch (error) {
      return error instanceof BrokenBarrierError ? "broken" : String(error);
    }
  },
  waitBarrierWithAction: ([barrier, count]: [Barrier, SharedValue]) => {
    barrier.action = () => count.add(1);
    return barrier.waitSync({ timeout: LONG });
  },
};

const scope = self as unknown as Worker;
const attached = new Map<string, SharedObject>();

scope.onmessage = async ({ data }: MessageEvent<Call>) => {
  try {
    const objects = data.handles.map((handle) => {
      const key = `${handle.line}/${handle.generation}`;
      const object = attached.get(key) ?? attach(handle);
      attached.set(key, object);
      return object;
    });
    const result = await tasks[data.task]!(objects, ...data.args);
    scope.postMessage({ id: data.id, result });
  } catch (error) {
    scope.postMessage({ id: data.id, error: String((error as Error).stack ?? error) });
  }
};
