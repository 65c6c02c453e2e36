// Managed pools: of our server, for its program, for others and for CPython; and of CPython's.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Manager, PyException, TimeoutError } from "@ferry/std/ipc/manager";
import { Global } from "@ferry/std/persist/types";
import { findEveryPython, oldestAndNewest } from "../../_support/python.ts";
import { nameOf } from "../../_support/python_program.ts";
import { argumentOf, PythonServer, runClient, SocketFolder } from "./_python.ts";

const WAIT = { timeout: 60_000 };
const FUNCTIONS = { module: import.meta.resolve("./_types.ts") };

Deno.test("A managed pool runs functions, and keeps results until they are asked for", async () => {
  await using manager = await Manager.start({ address: null });
  await using pool = await manager.pool({
    processes: 2,
    initializer: (start: number) => {
      (globalThis as { start?: number }).start = start;
    },
    initArgs: [100],
  });
  assertEquals(await pool.apply((a: number, b: number) => a + b, [1, 2]), 3);
  assertEquals(await pool.apply(() => (globalThis as { start?: number }).start), 100);
  assertEquals(await pool.map((n: number) => n * n, [1, 2, 3], { chunkSize: 2 }), [1, 4, 9]);
  assertEquals(await pool.starmap((a: string, b: string) => a + b, [["a", "b"], ["c", "d"]]), [
    "ab",
    "cd",
  ]);
  assertEquals(pool.applySync((n: number) => -n, [5]), -5);
  assertEquals(pool.mapSync((n: number) => -n, [5, 6]), [-5, -6]);
  assertEquals(pool.starmapSync((a: number, b: number) => a - b, [[1, 2]]), [-1]);
  assertEquals(await pool.apply({ ...FUNCTIONS, export: "double" }, [21]), 42);
  assertEquals(await Array.fromAsync(await pool.imap((n: number) => n + 1, [1, 2, 3])), [2, 3, 4]);
  const unordered = await Array.fromAsync(await pool.imapUnordered((n: number) => n, [1, 2, 3]));
  assertEquals(unordered.toSorted(), [1, 2, 3]);
  const heard = Promise.withResolvers<unknown>();
  const result = await pool.applyAsync((n: number) => n + 1, [1], { callback: heard.resolve });
  assertEquals([await result.get(WAIT), result.getSync(WAIT), await heard.promise], [2, 2, 2]);
  assertEquals([await result.ready(), await result.successful(), await result.wait()], [
    true,
    true,
    true,
  ]);
  const busy = (ms: number) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return ms;
  };
  const late = await pool.applyAsync(busy, [100]);
  assertEquals([await late.wait(WAIT), await late.ready()], [true, true]);
  const closing = await manager.pool({ processes: 1 });
  const last = await closing.applyAsync(busy, [100]);
  await closing.close();
  await closing.join();
  assertEquals(await last.ready(), true);
  const slow = await pool.mapAsync(() => new Promise<never>(() => {}), [1]);
  assertEquals([await slow.wait({ timeout: 1 }), await slow.ready()], [false, false]);
  await assertRejects(() => slow.get({ timeout: 1 }), TimeoutError);
  assertThrows(() => slow.getSync({ timeout: 1 }), TimeoutError);
  await assertRejects(() => slow.successful(), PyException, "not ready");
  const fail = () => {
    throw new RangeError("out of it");
  };
  await assertRejects(() => pool.apply(fail), RangeError, "out of it");
  await assertRejects(() => pool.map(fail, [1]), RangeError, "out of it");
  await assertRejects(() => pool.apply("nothing"), PyException, "no function");
  await pool.terminate();
  await pool.join();
  await assertRejects(() => pool.apply(() => 1), Deno.errors.BadResource);
});

Deno.test("A server runs no functions of other programs, but its own by their names", async () => {
  await using manager = await Manager.start({ authKey: "k", functions: FUNCTIONS });
  await using other = await Manager.connect(manager.address, { authKey: "k" });
  await using pool = await other.pool({ processes: 1 });
  assertEquals(await pool.map("math.sqrt", [1, 4, 9]), [1, 2, 3]);
  assertEquals(await Array.fromAsync(await pool.imap("double", [1, 2])), [2, 4]);
  const result = await pool.applyAsync("double", [4]);
  assertEquals(await result.get(WAIT), 8);
  await assertRejects(() => pool.apply(() => Deno.pid), PyException, "are not run");
  await assertRejects(() => pool.apply(FUNCTIONS), PyException, "are not run");
  await assertRejects(() => pool.apply("constructor"), PyException, "no function");
  await assertRejects(() => other.pool({ initializer: () => 1 }), Error, "are not run");
  await pool.close();
  await pool.join();
});

for (const python of oldestAndNewest(findEveryPython())) {
  Deno.test(`${nameOf(python)} uses a pool of ours`, async () => {
    using folder = new SocketFolder();
    await using manager = await Manager.start({
      address: folder.address,
      authKey: "secret",
      functions: FUNCTIONS,
    });
    const out = await runClient(
      python,
      `
import math, os
m = SyncManager(address(sys.argv[1]), b"secret"); m.connect()
with m.Pool(2) as pool:
    print(pool.map(math.sqrt, [1, 4, 9]), pool.apply(math.sqrt, (16,)))
    print(list(pool.imap(math.sqrt, [25, 36], chunksize=1)))
    print(sorted(pool.imap_unordered(math.sqrt, [25, 36])))
    print(pool.starmap(math.pow, [(2, 3), (3, 2)]))
    r = pool.apply_async(math.sqrt, (49,)); print(r.get(60), r.ready(), r.successful())
    print(pool.map_async(math.sqrt, [64]).get(60))
    try: pool.apply(os.getcwd)
    except AttributeError as e: print(e)
    pool.close(); pool.join()
`,
      argumentOf(manager.address as Deno.NetAddr | { path: string }),
    );
    assertEquals(
      out.replaceAll(".0", ""),
      `[1, 2, 3] 4
[5, 6]
[5, 6]
[8, 9]
7 True True
[8]
the manager has no function "${Deno.build.os === "windows" ? "nt" : "posix"}.getcwd"
`,
    );
  });

  Deno.test(`A pool of ${nameOf(python)}`, async () => {
    await using server = await PythonServer.start(python);
    await using manager = await Manager.connect(
      { hostname: "127.0.0.1", port: server.port },
      { authKey: "secret" },
    );
    const pool = await manager.pool({ processes: 1 });
    const sqrt = new Global("math", "sqrt");
    assertEquals(await pool.map(sqrt, [1, 4, 9]), [1, 2, 3]);
    assertEquals(await pool.apply(sqrt, [16]), 4);
    assertEquals(await pool.starmap(new Global("math", "pow"), [[2, 3]]), [8]);
    assertEquals(await Array.fromAsync(await pool.imap(sqrt, [25, 36])), [5, 6]);
    const result = await pool.applyAsync(sqrt, [49]);
    assertEquals([await result.get(WAIT), await result.ready(), await result.successful()], [
      7,
      true,
      true,
    ]);
    await assertRejects(() => pool.apply(sqrt, [-1]), PyException);
    await assertRejects(() => pool.apply(() => 1), Error);
    await pool.terminate();
    await pool.join();
    assert(!manager.closed);
  });
}
