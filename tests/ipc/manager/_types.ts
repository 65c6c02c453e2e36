import type { PoolTask } from "@ferry/std/ipc";
import type { ManagedType } from "@ferry/std/ipc/manager";
import { PyException } from "@ferry/std/persist/types";

/** Types for the process of a manager. */
export const types: Readonly<Record<string, ManagedType>> = {
  Counter: {
    factory: (n: number): object => ({ add: (by = 1) => n += by, pid: () => Deno.pid }),
  },
  Sleeper: {
    factory: (): object => ({
      block: (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    }),
  },
  Foo: { factory: (): object => new FooBar() },
  Bar: { factory: (): object => new FooBar(), exposed: ["f", "_h"] },
  baz: { factory: (): object => new Squares(), methodToTypeId: { values: "Iterator" } },
  Bell: {
    factory: (): object => new Bell(),
  },
};

class FooBar {
  f(): string {
    return "f()";
  }

  g(): never {
    throw new PyException("ValueError");
  }

  _h(): string {
    return "_h()";
  }
}

class Squares {
  *values(): Generator<number> {
    for (let i = 0; i < 10; i++) yield i * i;
  }
}

type Listener = (...words: unknown[]) => Promise<unknown>;

class Bell {
  #listener: Listener | undefined;

  /** Whom to call. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  async ring(...words: unknown[]): Promise<unknown[]> {
    return [await this.#listener?.(...words)];
  }

  fail(): never {
    throw new TypeError("There is no clapper".replace("There is ", ""));
  }

  unsendable(): unknown {
    return { of: Promise.resolve() };
  }

  die(): void {
    Deno.exit(3);
  }

  _hidden(): void {}
}

export const none = 5;

export const double = (n: number): number => 2 * n;

/** What clients of sockets may have a pool run. */
export const functions: Readonly<Record<string, PoolTask>> = {
  double: { module: import.meta.url, export: "double" },
  "math.sqrt": (n: number): number => Math.sqrt(n),
  "math.pow": (a: number, b: number): number => a ** b,
};
