import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { attach, BoundedSemaphore, Semaphore, share } from "@ferry/std/ipc";
import { Crew } from "../../_support/crew.ts";

Deno.test("BoundedSemaphore.release() above its first value is a RangeError and changes nothing", () => {
  for (const permits of [0, 1, 2]) {
    using semaphore = new BoundedSemaphore(permits);
    assertThrows(
      () => semaphore.release(),
      RangeError,
      `all its ${permits} permits are free already (released too many times)`,
    );
    assertEquals(semaphore.value, permits);
  }
  using semaphore = new BoundedSemaphore(2);
  semaphore.acquireSync();
  semaphore.acquireSync();
  semaphore.release();
  semaphore.release();
  assertThrows(() => semaphore.release(), RangeError);
});

Deno.test("BoundedSemaphore is a Semaphore with one permit by default", () => {
  using semaphore = new BoundedSemaphore();
  assertInstanceOf(semaphore, Semaphore);
  assertEquals(semaphore.value, 1);
  assert(semaphore.tryAcquire() !== undefined);
  assertEquals(semaphore.tryAcquire(), undefined);
  semaphore.release();
  assertInstanceOf(attach(share(semaphore)), BoundedSemaphore);
});

Deno.test("BoundedSemaphore keeps its bound in another worker", async () => {
  using crew = new Crew(1);
  using semaphore = new BoundedSemaphore(1);
  assertEquals(await crew.run(0, "release", [semaphore]), "RangeError");
  semaphore.acquireSync();
  assertEquals(await crew.run(0, "release", [semaphore]), "released");
  assertEquals(await crew.run(0, "release", [semaphore]), "RangeError");
  assertEquals(semaphore.value, 1);
});
