// What the tests of processes run by name.
import {
  activeChildren,
  cpuCount,
  currentProcess,
  type Lock,
  parentProcess,
  Process,
  type Queue,
  type SharedEvent,
  type SharedValue,
} from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };

export default function answer(queue: Queue<unknown>): void {
  queue.putSync("the default export");
}

export function repeat(queue: Queue<unknown>, ...args: unknown[]): void {
  queue.putSync(args);
}

export const notAFunction = 42;

export function* generator(): Generator<number> {
  yield 1;
}

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

/** Runs a child of its own, which holds a lock and works, and then does as it is told. */
export async function parent(
  role: { child: "busy" | "idle"; then: "wait" | "exit" | "throw" | "return"; daemon?: boolean },
  started: SharedEvent,
  go: SharedEvent,
  ...objects: [Lock, SharedValue<"int32">]
): Promise<void> {
  const child = new Process({ module: import.meta.url, export: role.child }, {
    args: [started, ...objects],
    daemon: role.daemon ?? false,
  });
  child.start();
  if (!go.waitSync(LONG)) Deno.exit(99);
  if (role.then === "exit") Deno.exit(3);
  if (role.then === "throw") throw new RangeError("the parent's error");
  if (role.then === "wait") await new Promise(() => {});
}

export function busy(started: SharedEvent, lock: Lock, counter: SharedValue<"int32">): void {
  lock.acquireSync(LONG);
  started.set();
  for (;;) counter.add(1);
}

export async function idle(
  started: SharedEvent,
  lock: Lock,
  counter: SharedValue<"int32">,
): Promise<void> {
  lock.acquireSync(LONG);
  started.set();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    counter.add(1);
  }
}

/** Returns or throws at once, while its child waits to be let go. */
export function leaveChild(then: string, go: SharedEvent, queue: Queue<unknown>): void {
  const child = new Process((go: SharedEvent, queue: Queue<unknown>) => {
    queue.putSync("child runs");
    queue.putSync(go.waitSync({ timeout: 20_000 }) ? "child ends" : "child gave up");
  }, { args: [go, queue] });
  child.start();
  if (then === "throw") throw new RangeError("the parent's error");
}

/** What a process can see of its parent. */
export async function lookUp(queue: Queue<unknown>): Promise<void> {
  const parent = parentProcess()!;
  const reason = new RangeError("enough");
  queue.putSync([
    parent.name,
    parent.id,
    parent.isAlive,
    parent.joinSync({ timeout: 0 }),
    parent.joinSync({ timeout: 5 }),
    await parent.join({ timeout: 5 }),
    await parent.join({ signal: AbortSignal.abort(reason) }).catch((error) => error === reason),
    currentProcess().name,
    currentProcess().id,
    currentProcess().daemon,
    activeChildren().length,
    cpuCount(),
  ]);
}
