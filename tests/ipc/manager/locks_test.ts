// Locks and semaphores of a manager's server: who holds them, and what comes back when a client leaves.
import { assertEquals, assertRejects } from "@std/assert";
import {
  type LockProxy,
  Manager,
  type ManagerServer,
  PyException,
  RemoteError,
} from "@ferry/std/ipc/manager";
import { both } from "./_both.ts";
import { KEY } from "./_python.ts";

const WAIT = { timeout: 60_000 };

/** How often it can be acquired now. */
async function free(lock: LockProxy): Promise<number> {
  let count = 0;
  while (await lock.tryAcquire() !== undefined) count++;
  return count;
}

/** Waits until a server has no more connections than that. */
async function until(server: ManagerServer, connections: number, lock: LockProxy): Promise<void> {
  const end = performance.now() + WAIT.timeout;
  while (server.connectionCount > connections && performance.now() < end) {
    await lock.call("__str__");
  }
}

Deno.test("What a client holds of a semaphore comes back when it leaves, and no more than that", async () => {
  await using pair = await both();
  const a = await pair.a.semaphore(4, { name: "s" });
  const b = await pair.b.semaphore(4, { name: "s" });
  for (const one of [a, a, a, b]) await one.acquire(WAIT);
  assertEquals(await b.tryAcquire(), undefined);
  // Its own first, then one of the other's, as anybody may release.
  await b.release();
  await b.release();
  assertEquals(await free(b), 2);
  const next = [b.acquire(WAIT), b.acquire(WAIT)];
  pair.a.close();
  await Promise.all(next);
  assertEquals(await free(b), 0);
});

Deno.test("A semaphore that is released by another client first owes its holder nothing", async () => {
  await using pair = await both();
  const a = await pair.a.boundedSemaphore(1, { name: "s" });
  const b = await pair.b.boundedSemaphore(1, { name: "s" });
  await a.acquire(WAIT);
  await b.release();
  await b.acquire(WAIT);
  pair.a.close();
  await until(pair.server, 1, b);
  assertEquals(await b.tryAcquire(), undefined, "it is held by the other one");
  await b.release();
  const error = await assertRejects(() => b.release(), PyException, "too many");
  assertEquals(error.name, "ValueError");
});

Deno.test("A semaphore that is released by another client was not held by one that has left", async () => {
  await using pair = await both();
  await using third = await Manager.connect(pair.server.address, { authKey: KEY });
  const [a, b, c] = await Promise.all(
    [pair.a, pair.b, third].map((client) => client.semaphore(1, { name: "s" })),
  );
  await a!.acquire(WAIT);
  const next = b!.acquire(WAIT);
  pair.a.close();
  await next;
  await c!.release();
  pair.b.close();
  await until(pair.server, 1, c!);
  assertEquals(await free(c!), 1);
});

Deno.test("A semaphore's value and its releases are whole numbers, of any size", async () => {
  await using pair = await both();
  for (const value of [-1, 1.5, "1"]) {
    await assertRejects(() => pair.a.create("Semaphore", [value]), RemoteError, ">= 0");
    await assertRejects(() => pair.a.create("Semaphore", [], { value }), RemoteError, ">= 0");
  }
  const semaphore = await pair.a.create("Semaphore", [], { value: 0 }) as LockProxy;
  assertEquals(await semaphore.tryAcquire(), undefined);
  for (const n of [0, -1, 1.5, "1"]) {
    await assertRejects(() => semaphore.call("release", [n]), PyException, "one or more");
  }
  await semaphore.call("release", [3]);
  assertEquals(await free(semaphore), 3);
  await semaphore.call("release", [], { n: 2 });
  assertEquals(await free(semaphore), 2);
  // No step for each: the server would be busy for long.
  await semaphore.call("release", [2 ** 50]);
  assertEquals(await semaphore.call("acquire", [false]), true);
  const bounded = await pair.a.boundedSemaphore(2);
  await bounded.acquire(WAIT);
  await assertRejects(() => bounded.call("release", [2]), PyException, "too many");
  await bounded.call("release", [1]);
  assertEquals(await free(bounded), 2);
});

Deno.test("An RLock belongs to one client, as often as it has acquired it", async () => {
  await using pair = await both();
  const a = await pair.a.rlock({ name: "r" });
  const b = await pair.b.rlock({ name: "r" });
  for (let i = 0; i < 3; i++) await a.acquire(WAIT);
  for (let i = 0; i < 3; i++) {
    assertEquals(await b.tryAcquire(), undefined);
    await assertRejects(() => b.release(), PyException, "un-acquired");
    assertEquals(await a.call("locked"), true);
    await a.release();
  }
  assertEquals(await a.call("locked"), false);
  await assertRejects(() => a.release(), PyException, "un-acquired");
  // One that was waited for is counted in the same way.
  await b.acquire(WAIT);
  const waited = a.acquire(WAIT);
  await b.release();
  await waited;
  await a.acquire(WAIT);
  await a.release();
  assertEquals(await b.tryAcquire(), undefined);
  const next = b.acquire(WAIT);
  pair.a.close();
  await next;
  await b.release();
  assertEquals(await b.call("locked"), false);
});
