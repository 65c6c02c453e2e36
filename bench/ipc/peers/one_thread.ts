/** Our side of what one thread does alone, by the name of its counterpart in cpython.py. */
import { Lock, RLock, SharedArray, SharedEvent, SharedValue } from "@ferry/std/ipc";
import { increment } from "./jobs.ts";
import { type Measure, timed } from "./measure.ts";

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

export const lockRaw: Measure = timed((n) => increment(lock, raw, n));

export const rlockRaw: Measure = timed((n) => {
  for (let i = 0; i < n; i++) {
    rlock.acquireSync();
    raw.value += 1;
    rlock.release();
  }
});

export const update: Measure = timed((n) => {
  for (let i = 0; i < n; i++) value.update(plusOne);
});

export const add: Measure = timed((n) => {
  for (let i = 0; i < n; i++) value.add(1);
});

export const valueLocked: Measure = timed((n) => {
  const own = value.lock;
  for (let i = 0; i < n; i++) {
    own.acquireSync();
    value.value += 1;
    own.release();
  }
});

export const lockOnly: Measure = timed((n) => {
  for (let i = 0; i < n; i++) {
    lock.acquireSync();
    lock.release();
  }
});

export const arraySet: Measure = timed((n) => {
  for (let i = 0; i < n; i++) array.set(i & 1023, i);
});

export const arrayGet: Measure = timed((n) => {
  for (let i = 0; i < n; i++) array.get(i & 1023);
});

export const rawArraySet: Measure = timed((n) => {
  for (let i = 0; i < n; i++) rawArray.set(i & 1023, i);
});

export const viewSet: Measure = timed((n) => {
  for (let i = 0; i < n; i++) view[i & 1023] = i;
});

export const plainSet: Measure = timed((n) => {
  for (let i = 0; i < n; i++) plain[i & 1023] = i;
});

export const eventWait: Measure = timed((n) => {
  for (let i = 0; i < n; i++) event.waitSync();
});
