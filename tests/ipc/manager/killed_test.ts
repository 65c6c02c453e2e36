// Clients that are killed while they hold objects of a manager, or wait for them: the server gives back what they held, and
// hands them nothing any more.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, Pipe, Process } from "@ferry/std/ipc";
import { BrokenBarrierError, Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { fileURLToPath } from "node:url";
import { findPython } from "../../_support/python.ts";
import { nameOf } from "../../_support/python_program.ts";
import { HEAD, KEY } from "./_python.ts";
import { type Objects, objectsOf } from "./_victim.ts";

const WAIT = { timeout: 60_000 };
const VICTIM = new URL("./_victim.ts", import.meta.url);

/** A manager that can be asked, and what kills its other client. */
interface Scene extends AsyncDisposable {
  readonly objects: Objects;
  /** Kills the victim; comes back when the server has noticed. */
  kill(): Promise<void>;
}

type Kind = "hold" | "wait";

/** Starts a program that says "ready" when it holds or waits. */
async function program(command: string, args: string[]): Promise<() => Promise<void>> {
  const child = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const out = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await out.read();
  assertEquals(value, "ready\n");
  return async () => {
    child.kill("SIGKILL");
    await child.status;
    await out.cancel();
  };
}

/** Has whoever wants a lock wait. */
async function takeLocks({ lock, rlock, semaphore, bounded }: Objects): Promise<void> {
  for (const one of [lock, rlock, semaphore, bounded]) await one.acquire(WAIT);
}

/** A server of this program's, and another program as its client. */
async function served(
  what: Kind,
  start: (port: number) => Promise<() => Promise<void>>,
): Promise<Scene> {
  const server = new ManagerServer({ port: 0 }, {
    authKey: KEY,
    types: { shared: { factory: () => shared, as: "dict" } },
  });
  const shared = new Map<string, unknown>();
  const manager = await Manager.connect(server.address, { authKey: KEY });
  const objects = await objectsOf(manager);
  if (what === "wait") await takeLocks(objects);
  const dict = await manager.create("shared");
  for (const [name, proxy] of Object.entries(objects)) {
    await dict.call("__setitem__", [name, proxy]);
  }
  const connections = server.connectionCount;
  const kill = await start((server.address as Deno.NetAddr).port);
  return {
    objects,
    async kill() {
      await kill();
      const end = performance.now() + WAIT.timeout;
      while (server.connectionCount > connections) {
        assert(performance.now() < end, "the server does not notice");
        await objects.queue.size();
      }
    },
    async [Symbol.asyncDispose]() {
      manager.close();
      await server.shutdown();
    },
  };
}

/** A request for each object, through a connection of its own, which the server reads before it reads of the end. */
const PYTHON = `
from multiprocessing.managers import DictProxy, dispatch
from multiprocessing.connection import Client
class M(BaseManager): pass
M.register("shared", proxytype=DictProxy)
m = M(address(sys.argv[1]), b"secret")
m.connect()
objects = dict(m.shared().items())
HOLD = ["lock", "rlock", "semaphore", "bounded", "condition"]
if sys.argv[2] == "hold":
    for name in HOLD: objects[name].acquire()
    objects["rlock"].acquire()
else:
    connections = []
    def send(name, *methods):
        c = Client(m.address, authkey=b"secret")
        dispatch(c, None, "accept_connection", ("victim",))
        connections.append(c)
        for method in methods[:-1]: dispatch(c, objects[name]._id, method)
        c.send((objects[name]._id, methods[-1], (), {}))
    for name in HOLD[:-1]: send(name, "acquire")
    send("condition", "acquire", "wait")
    send("barrier", "wait")
    send("queue", "get")
    send("event", "wait")
print("ready", flush=True)
threading.Event().wait()
`;

const python = findPython();
if (python === undefined) console.log("skipped: a client of CPython that is killed: none found");

const VICTIMS: Readonly<Record<string, (what: Kind) => Promise<Scene>>> = {
  "A process": async (what) => {
    const manager = await Manager.start({ address: null });
    const objects = await objectsOf(manager);
    if (what === "wait") await takeLocks(objects);
    const [here, there] = new Pipe<never, string>();
    const worker = new Process<[Objects, Kind, Connection<never, string>], void>(
      { module: VICTIM.href, export: "victim" },
      { args: [objects, what, there] },
    );
    worker.start();
    assertEquals(await (here as unknown as Connection<string>).recv(WAIT), "ready");
    here.close();
    return {
      objects,
      async kill() {
        worker.kill();
        await worker.join(WAIT);
      },
      async [Symbol.asyncDispose]() {
        await worker[Symbol.asyncDispose]();
        await manager.shutdown();
      },
    };
  },
  "A program": (what) =>
    served(
      what,
      (port) =>
        program(Deno.execPath(), [
          "run",
          "--no-check",
          "-A",
          fileURLToPath(VICTIM),
          what,
          `${port}`,
        ]),
    ),
  ...python === undefined ? {} : {
    [nameOf(python)]: (what: Kind) =>
      served(what, (port) => program(python.command, ["-c", HEAD + PYTHON, `${port}`, what])),
  },
};

for (const [who, start] of Object.entries(VICTIMS)) {
  Deno.test(`${who} that is killed gives back all that it held`, async () => {
    await using scene = await start("hold");
    const { lock, rlock, semaphore, bounded, condition } = scene.objects;
    const all = [lock, rlock, semaphore, bounded, condition];
    for (const one of all) assertEquals(await one.call("acquire", [false]), false, one.typeId);
    const waiting = all.map((one) => one.acquire(WAIT));
    await scene.kill();
    for (const held of await Promise.all(waiting)) await held.release();
    for (const one of all) await (await one.acquire(WAIT)).release();
    // One that was bounded has its bound still.
    await assertRejects(() => bounded.release(), Error, "too many");
  });

  Deno.test(`${who} that is killed takes nothing of what it waited for`, async () => {
    const { objects, ...rest } = await start("wait");
    await using scene = { objects, ...rest };
    const { lock, rlock, semaphore, bounded, condition, barrier, queue } = objects;
    const party = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
    const item = queue.get(WAIT);
    const notified = (async () => {
      await using _held = await condition.acquire(WAIT);
      await condition.wait(WAIT);
    })();
    await queue.size();
    await scene.kill();
    await party;
    await barrier.reset();
    assertEquals([await barrier.waiting(), await barrier.broken()], [0, false]);
    await queue.put(7);
    assertEquals(await item, 7);
    for (const one of [lock, rlock, semaphore, bounded]) {
      await one.release();
      assert(await one.tryAcquire(), one.typeId);
    }
    await condition.acquire(WAIT);
    await condition.notify(1);
    await condition.release();
    await notified;
  });
}
