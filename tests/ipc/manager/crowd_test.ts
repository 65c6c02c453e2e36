// Many who wait for one object of a manager: each of them goes on, once, and nobody else does.
import { assert, assertEquals } from "@std/assert";
import { type BarrierProxy, type LockProxy, Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { findEveryPython } from "../../_support/python.ts";
import { nameOf } from "../../_support/python_program.ts";
import { argumentOf, KEY, runClient, SocketFolder } from "./_python.ts";

const WAIT = { timeout: 60_000 };
const CROWD = 200;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Clients of one server. */
interface Reached extends AsyncDisposable {
  readonly clients: readonly Manager[];
}

const WAYS: Readonly<Record<string, () => Promise<Reached>>> = {
  "of an agent": async () => {
    const manager = await Manager.start({ address: null });
    return { clients: [manager], [Symbol.asyncDispose]: () => manager[Symbol.asyncDispose]() };
  },
  "of ten clients": async () => {
    const server = new ManagerServer({ port: 0 }, { authKey: KEY });
    const clients = await Promise.all(
      range(10).map(() => Manager.connect(server.address, { authKey: KEY })),
    );
    return {
      clients,
      async [Symbol.asyncDispose]() {
        for (const client of clients) client.close();
        await server.shutdown();
      },
    };
  },
};

for (const [way, reach] of Object.entries(WAYS)) {
  for (const kind of ["lock", "semaphore"] as const) {
    Deno.test(`${CROWD} calls ${way} that wait for one ${kind} all have it, one at a time`, async () => {
      await using reached = await reach();
      const locks: LockProxy[] = await Promise.all(
        reached.clients.map((client) =>
          kind === "lock" ? client.lock({ name: "it" }) : client.semaphore(1, { name: "it" })
        ),
      );
      const held = await locks[0]!.acquire();
      let [inside, most, done] = [0, 0, 0];
      const waiting = range(CROWD).map(async (i) => {
        const guard = await locks[i % locks.length]!.acquire(WAIT);
        most = Math.max(most, ++inside);
        await Promise.resolve();
        inside--;
        done++;
        await guard.release();
      });
      // Answered after what was asked before through the same connection: all are waiting by then.
      for (const lock of locks) assertEquals(await lock.tryAcquire(), undefined);
      assertEquals(done, 0);
      await held.release();
      await Promise.all(waiting);
      assertEquals([most, done], [1, CROWD]);
      assert(await locks[0]!.tryAcquire());
    });
  }

  Deno.test(`${CROWD} calls ${way} that wait for one condition: notify(n) wakes n, notifyAll() the rest`, async () => {
    await using reached = await reach();
    const conditions = await Promise.all(
      reached.clients.map(async (client) =>
        client.condition(await client.lock({ name: "lock" }), { name: "it" })
      ),
    );
    const [first] = conditions;
    let [begun, woken] = [0, 0];
    const waiting = range(CROWD).map(async (i) => {
      const condition = conditions[i % conditions.length]!;
      await using _held = await condition.acquire(WAIT);
      begun++;
      await condition.wait(WAIT);
      woken++;
    });
    /** Notifies, and comes back when all that were woken have released the lock. */
    const after = async (notify: () => Promise<void>): Promise<number> => {
      {
        await using _held = await first!.acquire(WAIT);
        await notify();
      }
      // Who was notified was before this one.
      await using _held = await first!.acquire(WAIT);
      return woken;
    };
    // Answered after what was asked before through the same connection: all want the lock by then.
    for (const condition of conditions) await condition.call("__str__");
    assertEquals(await after(() => Promise.resolve()), 0);
    assertEquals(begun, CROWD);
    assertEquals(await after(() => first!.notify()), 1);
    assertEquals(await after(() => first!.notify(0)), 1);
    assertEquals(await after(() => first!.notify(50)), 51);
    assertEquals(await after(() => first!.notifyAll()), CROWD);
    await Promise.all(waiting);
    assertEquals(await after(() => first!.notify(3)), CROWD, "nobody is left to wake");
  });

  Deno.test(`${CROWD} calls ${way} that wait for one event, and for one queue, all go on`, async () => {
    await using reached = await reach();
    const all = await Promise.all(reached.clients.map(async (client) => ({
      event: await client.event({ name: "event" }),
      queue: await client.queue<number>(0, { name: "queue" }),
    })));
    const events = range(CROWD).map((i) => all[i % all.length]!.event.wait(WAIT));
    const items = range(CROWD).map((i) => all[i % all.length]!.queue.get(WAIT));
    for (const { queue } of all) assertEquals(await queue.size(), 0);
    await all[0]!.event.set();
    await Promise.all(events);
    await Promise.all(range(CROWD).map((i) => all[(i * 7) % all.length]!.queue.put(i)));
    assertEquals((await Promise.all(items)).sort((a, b) => a - b), range(CROWD));
    assertEquals(await all[0]!.queue.size(), 0);
  });
}

const PYTHONS = findEveryPython();
if (PYTHONS.length === 0) console.log("skipped: CPython as a party of a barrier: none found");

/** Ten threads, each with a connection of its own, wait twice. */
const PARTIES = `
from multiprocessing.managers import DictProxy
class M(BaseManager): pass
M.register("shared", proxytype=DictProxy)
m = M(address(sys.argv[1]), b"secret")
m.connect()
barrier = m.shared()["barrier"]
for _ in range(2):
    places = []
    threads = [threading.Thread(target=lambda: places.append(barrier.wait(50))) for _ in range(10)]
    for t in threads: t.start()
    for t in threads: t.join()
    print(*places)
`;

Deno.test(
  `A barrier of 50 parties passes all of them twice${
    PYTHONS.length > 0 ? `, 20 are threads of ${[PYTHONS[0]!, PYTHONS.at(-1)!].map(nameOf)}` : ""
  }`,
  async () => {
    using folder = new SocketFolder();
    const shared = new Map<string, unknown>();
    await using server = new ManagerServer(folder.address, {
      authKey: KEY,
      types: { shared: { factory: () => shared, as: "dict" } },
    });
    const pythons = PYTHONS.length > 0 ? [PYTHONS[0]!, PYTHONS.at(-1)!] : [];
    const clients = await Promise.all(
      range(50 - 10 * pythons.length).map(() => Manager.connect(server.address, { authKey: KEY })),
    );
    const barriers: BarrierProxy[] = await Promise.all(
      clients.map((client) => client.barrier(50, { name: "barrier" })),
    );
    const dict = await clients[0]!.create("shared");
    await dict.call("__setitem__", ["barrier", barriers[0]]);
    const others = pythons.map((python) => runClient(python, PARTIES, argumentOf(server.address)));
    const places: number[][] = [];
    for (let round = 0; round < 2; round++) {
      places.push(await Promise.all(barriers.map((barrier) => barrier.wait(WAIT))));
    }
    for (const text of await Promise.all(others)) {
      const lines = text.trim().split("\n");
      assertEquals(lines.length, 2);
      lines.forEach((line, round) => places[round]!.push(...line.split(" ").map(Number)));
    }
    for (const round of places) assertEquals(round.sort((a, b) => a - b), range(50));
    assertEquals([await barriers[0]!.waiting(), await barriers[0]!.broken()], [0, false]);
    for (const client of clients) client.close();
  },
);
