/**
 * Locks, semaphores, shared values and arrays without contention, against bare Atomics and plain typed arrays.
 *
 * `deno bench -A bench/ipc/sync_bench.ts`
 */
import {
  Lock,
  ReadWriteLock,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";

/** Operations in one iteration. */
const N = 10_000;

const bare = new Int32Array(new SharedArrayBuffer(4096));
const lock = new Lock();
const rlock = new RLock();
const { readLock, writeLock } = new ReadWriteLock();
const semaphore = new Semaphore(1);
const event = new SharedEvent();
event.set();
const value = new SharedValue("int32");
const rawValue = new SharedValue("int32", 0, { lock: false });
const array = new SharedArray("int32", 1024);
const rawArray = new SharedArray("int32", 1024, { lock: false });
const { view } = array;
const increment = (n: number) => n + 1;

Deno.bench("Atomics: compareExchange and exchange", { group: "lock", baseline: true }, () => {
  for (let i = 0; i < N; i++) {
    Atomics.compareExchange(bare, 0, 0, 4);
    Atomics.exchange(bare, 0, 0);
  }
});
Deno.bench("Lock: acquireSync, release", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) {
    lock.acquireSync();
    lock.release();
  }
});
Deno.bench("Lock: using", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) {
    using _held = lock.acquireSync();
  }
});
Deno.bench("Lock: await acquire, release", { group: "lock" }, async () => {
  for (let i = 0; i < N; i++) (await lock.acquire()).release();
});
Deno.bench("RLock: acquireSync, release", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) {
    rlock.acquireSync();
    rlock.release();
  }
});
Deno.bench("ReadWriteLock: readLock.acquireSync, release", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) {
    readLock.acquireSync();
    readLock.release();
  }
});
Deno.bench("ReadWriteLock: writeLock.acquireSync, release", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) {
    writeLock.acquireSync();
    writeLock.release();
  }
});
Deno.bench("Semaphore: acquireSync, release", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) {
    semaphore.acquireSync();
    semaphore.release();
  }
});
Deno.bench("SharedEvent: waitSync when set", { group: "lock" }, () => {
  for (let i = 0; i < N; i++) event.waitSync();
});

Deno.bench("Atomics.add", { group: "increment", baseline: true }, () => {
  for (let i = 0; i < N; i++) Atomics.add(bare, 0, 1);
});
Deno.bench("SharedValue.add, no lock", { group: "increment" }, () => {
  for (let i = 0; i < N; i++) rawValue.add(1);
});
Deno.bench("SharedValue.add", { group: "increment" }, () => {
  for (let i = 0; i < N; i++) value.add(1);
});
Deno.bench("SharedValue.update", { group: "increment" }, () => {
  for (let i = 0; i < N; i++) value.update(increment);
});
Deno.bench("Lock, value without a lock += 1, release", { group: "increment" }, () => {
  for (let i = 0; i < N; i++) {
    lock.acquireSync();
    rawValue.value += 1;
    lock.release();
  }
});
Deno.bench("its own lock, value += 1, release", { group: "increment" }, () => {
  const own = value.lock;
  for (let i = 0; i < N; i++) {
    own.acquireSync();
    value.value += 1;
    own.release();
  }
});

const plain = new Int32Array(1024);
Deno.bench("Int32Array", { group: "set an element", baseline: true }, () => {
  for (let i = 0; i < N; i++) plain[i & 1023] = i;
});
Deno.bench("SharedArray.view", { group: "set an element" }, () => {
  for (let i = 0; i < N; i++) view[i & 1023] = i;
});
Deno.bench("SharedArray.set, no lock", { group: "set an element" }, () => {
  for (let i = 0; i < N; i++) rawArray.set(i & 1023, i);
});
Deno.bench("SharedArray.set", { group: "set an element" }, () => {
  for (let i = 0; i < N; i++) array.set(i & 1023, i);
});
