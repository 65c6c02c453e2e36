// Attached workers that use shared objects and end: nobody is told, but those who wait find out.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Lock, Pipe, share } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { LONG } from "../../_support/processes.ts";
import type { Errand } from "./_attached_worker.ts";

for (const closes of [true, false]) {
  for (const blocking of [true, false]) {
    const how = closes ? "closes itself" : "is terminated";
    Deno.test(`What an attached worker held that ${how} is given back to one who ${blocking ? "blocks" : "awaits"}`, async () => {
      using lock = new Lock();
      const [here, there] = new Pipe<string>();
      const worker = new Worker(new URL("./_attached_worker.ts", import.meta.url), {
        type: "module",
      });
      const ready = Promise.withResolvers<void>();
      worker.onmessage = () => ready.resolve();
      worker.onerror = (event) => ready.reject(event.error);
      const errand: Errand = { lock: share(lock), end: share(there), closes };
      worker.postMessage(errand);
      await within(ready.promise, "The worker");
      // Its end of the pipe is the worker's alone from here on.
      there.close();
      if (!closes) {
        assertEquals(lock.tryAcquire(), undefined);
        worker.terminate();
      }
      if (blocking) {
        assert(lock.acquireSync(LONG).abandoned);
        assertEquals(here.recvSync(LONG), "last words");
        assertThrows(() => here.recvSync(LONG), Deno.errors.UnexpectedEof);
      } else {
        assert((await lock.acquire(LONG)).abandoned);
        assertEquals(await here.recv(LONG), "last words");
        await assertRejects(() => here.recv(LONG), Deno.errors.UnexpectedEof);
      }
      here.close();
      worker.terminate();
    });
  }
}

for (const waits of [false, true]) {
  Deno.test(`An attached worker that ${waits ? "blocks again and again" : "works"} for longer than it is probed is not taken for dead, but then is`, async () => {
    using lock = new Lock();
    const [here, there] = new Pipe<string>();
    const worker = new Worker(new URL("./_attached_worker.ts", import.meta.url), {
      type: "module",
    });
    const ready = Promise.withResolvers<void>();
    worker.onmessage = () => ready.resolve();
    const errand: Errand = { lock: share(lock), end: share(there), closes: false, waits };
    worker.postMessage(errand);
    await within(ready.promise, "The worker");
    there.close();
    // Several questions long.
    await assertRejects(() => lock.acquire({ timeout: 1000 }));
    assertThrows(() => lock.acquireSync({ timeout: 600 }));
    assertEquals(here.recvSync(LONG), "last words");
    assertEquals(here.tryRecv(), undefined);
    worker.terminate();
    assert(lock.acquireSync(LONG).abandoned);
    here.close();
  });
}
