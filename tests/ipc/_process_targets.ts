// What the tests of processes run by name.
import {
  currentProcess,
  parentProcess,
  Process,
  type Queue,
  type SharedEvent,
} from "@ferry/std/ipc";

const LONG = { timeout: 20_000 };

export default function answer(queue: Queue<unknown>): void {
  queue.putSync("the default export");
}

export function repeat(queue: Queue<unknown>, ...args: unknown[]): void {
  queue.putSync(args);
}

export const notAFunction = 42;

/** Describes itself, then starts children that do the same, as many levels deep as asked for. */
export async function family(queue: Queue<unknown>, depth: number): Promise<void> {
  const { name, daemon } = currentProcess();
  queue.putSync([name, parentProcess()!.name, daemon]);
  if (depth === 0) return;
  for (let i = 0; i < 2; i++) {
    const child = new Process({ module: import.meta.url, export: "family" }, {
      args: [queue, depth - 1],
    });
    child.start();
    await child.join(LONG);
  }
}

/** Starts a child that outlives this process, hands its number out, and waits to be killed. */
export function parentOfWatcher(queue: Queue<unknown>): void {
  const child = new Process({ module: import.meta.url, export: "watchParent" }, { args: [queue] });
  child.start();
  for (;;);
}

/** Tells what becomes of its parent. */
export function watchParent(queue: Queue<unknown>): void {
  const parent = parentProcess()!;
  queue.putSync(parent.isAlive ? "alive" : "not alive");
  queue.putSync(parent.joinSync(LONG));
  queue.putSync(parent.isAlive ? "alive" : "not alive");
}

/** The same without blocking its thread. */
export async function watchParentAsync(queue: Queue<unknown>): Promise<void> {
  const parent = parentProcess()!;
  queue.putSync(parent.isAlive ? "alive" : "not alive");
  queue.putSync(await parent.join(LONG));
  queue.putSync(parent.isAlive ? "alive" : "not alive");
}

/** Returns at once, with a child that runs until it is let go. */
export function leaveChild(go: SharedEvent, queue: Queue<unknown>): void {
  const child = new Process((go: SharedEvent, queue: Queue<unknown>) => {
    queue.putSync("child runs");
    queue.putSync(go.waitSync({ timeout: 20_000 }) ? "child ends" : "child gave up");
  }, { args: [go, queue] });
  child.start();
}
