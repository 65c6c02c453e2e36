// What the pools of the tests run.
import { registerClass, type SharedValue } from "@ferry/std/ipc";

/** A class that only workers know. */
export class Secret {
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
}

let initialized = 0;

export function initialize(start: number): void {
  initialized += start;
}

export function sinceStart(): number {
  return initialized;
}

export default function double(n: number): number {
  return n * 2;
}

export const notAFunction = 1;

export function* countdown(n: number): Generator<number> {
  while (n > 0) yield n--;
}

/** Returns what the program has no class for. */
export function secret(n: number): Secret {
  registerClass("tests/ipc/pool/Secret", Secret, {
    encode: ({ n }) => n,
    decode: (n) => new Secret(n as number),
  });
  return new Secret(n);
}

export function failToStart(times: SharedValue): void {
  times.add(1);
  throw new RangeError("no ink");
}

/** The same, and the worker's event loop is busy for a while as soon as the result is sent. */
export function secretThenBusy(n: number): Promise<Secret> {
  setTimeout(() => {
    for (const end = performance.now() + 60; performance.now() < end;);
  });
  return Promise.resolve(secret(n));
}
