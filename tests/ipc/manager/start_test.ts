import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Manager } from "@ferry/std/ipc/manager";
import { activeChildren, Process, Queue } from "@ferry/std/ipc";
import { findPython } from "../../_support/python.ts";
import { runClient } from "./_python.ts";

const TYPES = import.meta.resolve("./_types.ts");

Deno.test("Manager.start() keeps objects in a process of its own, also when this thread is busy", async () => {
  await using manager = await Manager.start({ types: { module: TYPES } });
  assertEquals(activeChildren().map(({ name }) => name), ["Manager"]);
  const list = await manager.list([1]);
  await list.push(2);
  assertEquals(await list.toArray(), [1, 2]);
  const counter = await manager.create("Counter", [5]);
  assertEquals([await counter.call("add"), await counter.call("add", [4])], [6, 10]);
  const done = new Queue<unknown>();
  await using worker = new Process(
    async (address: unknown, authKey: unknown, module: string, done: Queue<unknown>) => {
      const { Manager } = await import(module);
      await using manager = await Manager.connect(address, { authKey });
      const dict = await manager.dict({ from: "worker" });
      done.putSync(await dict.get("from"));
    },
    {
      args: [
        manager.address,
        manager.authKey,
        import.meta.resolve("@ferry/std/ipc/manager"),
        done,
      ],
    },
  );
  worker.start();
  // Nothing of this thread is needed for that.
  assertEquals(done.getSync({ timeout: 60_000 }), "worker");
  await worker.join();
});

Deno.test("A started manager ends with its scope, by shutdown(), and when it was closed before", async () => {
  for (const end of ["scope", "shutdown", "close"] as const) {
    {
      await using manager = await Manager.start({ authKey: "k" });
      assertEquals([manager.authKey, activeChildren().length], ["k", 1]);
      if (end === "shutdown") {
        await manager.shutdown();
        await manager.shutdown();
      }
      if (end === "close") manager.close();
    }
    assertEquals(activeChildren().length, 0, end);
  }
});

Deno.test("A manager that cannot be started says why, and leaves no process", async () => {
  await assertRejects(
    () => Manager.start({ types: { module: TYPES, export: "none" } }),
    TypeError,
    "no object of types as none",
  );
  await assertRejects(() => Manager.start({ types: { module: `${TYPES}x` } }), Error);
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  await assertRejects(() => Manager.start({ address: { port } }), Deno.errors.AddrInUse);
  listener.close();
  await assertRejects(() => Manager.start("secret" as never), TypeError, "options");
  assertThrows(() => new Manager({}), TypeError, "Manager.connect");
  assertEquals(activeChildren().length, 0);
});

Deno.test("CPython joins a started manager", async () => {
  const python = findPython();
  if (python === undefined) return console.log("skipped: no CPython");
  await using manager = await Manager.start({ authKey: "secret", builtinTypes: true });
  const { port } = manager.address as Deno.NetAddr;
  const out = await runClient(
    python,
    `
m = SyncManager(("127.0.0.1", int(sys.argv[1])), b"secret"); m.connect()
d = m.dict(a=1); d["b"] = 2; print(d.copy())`,
    String(port),
  );
  assertEquals(out, "{'a': 1, 'b': 2}\n");
  assert(!manager.closed);
});
