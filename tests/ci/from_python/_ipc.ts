/** Rows on `ipc`. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  Lock,
  Pipe,
  Pool,
  Process,
  Queue,
  QueueEmptyError,
  SharedArray,
  SharedMap,
  SharedValue,
  waitAny,
} from "@ferry/std/ipc";
import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { SharedMemory } from "@ferry/std/ipc/shared-memory";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";
import type { Row } from "./_rows.ts";

const WAIT = { timeout: 60_000 };
const module = "data:text/javascript,export const f = (q) => q.putSync(1);";
const square = (n: number): number => n * n;

export const IPC: readonly Row[] = [
  {
    python: "`Process(target=f, args=(q,))`",
    ferry: async () => {
      const q = new Queue<number>(), url = module;
      const f = (q: Queue<number>) => q.putSync(1);
      await using one = new Process(f, { args: [q] });
      await using other = new Process({ module: url, export: "f" }, { args: [q] });
      one.start();
      other.start();
      assertEquals([await q.get(WAIT), await q.get(WAIT)], [1, 1]);
    },
  },
  {
    python: "`a, b = Pipe()`; `a.send(x)`; `b.recv()`",
    ferry: () => {
      const x = { y: [1] };
      const [a, b] = new Pipe();
      a.sendSync(x);
      assertEquals(b.recvSync(), x);
    },
  },
  {
    python: "`Queue(10)`; `q.put(x, timeout=1)`",
    ferry: () => {
      const x = "tea";
      const q = new Queue({ maxSize: 10 });
      q.putSync(x, { timeout: 1000 });
      assertEquals([q.maxSize, q.tryGet()], [10, x]);
    },
  },
  {
    python: "`for job in iter(q.get, None):`",
    ferry: async () => {
      const q = new Queue<number>(), seen: number[] = [];
      q.putManySync([1, 2]);
      for (const job of q.itemsSync()) {
        seen.push(job);
        break;
      }
      q.shutdown();
      for await (const job of q) seen.push(job);
      assertEquals(seen, [1, 2]);
    },
  },
  {
    python: "`q.get_nowait()`, again and again",
    ferry: () => {
      const q = new Queue<number>(), items = [1, 2];
      q.putManySync(items);
      assertEquals(q.tryGetMany(100), items);
      assertEquals(q.tryGetMany(100), []);
    },
  },
  {
    python: "`q.get_nowait()`",
    ferry: () => {
      const q = new Queue();
      assertEquals(q.tryGet(), undefined);
      assertThrows(() => q.getSync({ timeout: 0 }), QueueEmptyError);
    },
  },
  {
    python: "`Value('i', 0)`; `with v.get_lock(): v.value += 1`",
    ferry: () => {
      const v = new SharedValue("i", 0);
      v.update((n) => n + 1);
      assertEquals(v.value, 1);
    },
  },
  {
    python: "`Array('i', [3, 2, 6])`; `a[1:3]`",
    ferry: () => {
      const a = new SharedArray("i", [3, 2, 6]);
      assertEquals([...a.slice(1, 3)], [2, 6]);
    },
  },
  {
    python: '`Manager().dict()`; `d["k"] = v`',
    ferry: () => {
      const map = new SharedMap(), v = [1];
      map.set("k", v);
      assertEquals(map.get("k"), v);
    },
  },
  {
    python: "`SharedMemory(create=True, size=n)`; `shm.buf`",
    ferry: () => {
      const n = 8;
      using shm = SharedMemory.create({ size: n });
      assertEquals(shm.bytes.length, n);
      shm.unlink();
    },
  },
  {
    python: "`Queue()` between programs that start apart",
    ferry: () => {
      const name = `jobs-${crypto.randomUUID()}`;
      using one = new Queue({ name });
      using other = new Queue({ name });
      one.putSync("job");
      assertEquals(other.getSync(WAIT), "job");
    },
    instead: {
      'new Queue({ name: "jobs" })': "new Queue({ name })",
      'import "@ferry/std/ipc/shared-memory"': "",
    },
  },
  {
    python: "`with lock:`",
    ferry: async () => {
      const lock = new Lock();
      {
        using _held = await lock.acquire();
        assertEquals(lock.locked, true);
      }
      assertEquals(lock.locked, false);
    },
  },
  {
    python: "`with Pool(4) as p: p.map(f, xs, 10)`",
    ferry: async () => {
      const f = square, xs = [1, 2, 3];
      await using p = new Pool({ processes: 4 });
      assertEquals(await p.map(f, xs, { chunkSize: 10 }), [1, 4, 9]);
    },
  },
  {
    python: "`p.apply_async(f, (1,)).get(timeout=1)`",
    ferry: async () => {
      const f = square;
      await using p = new Pool({ processes: 1 });
      await p.ready();
      assertEquals(await p.applyAsync(f, [1]).get({ timeout: 60_000 }), 1);
    },
    // A second may be short on a busy machine.
    instead: {
      "await p.applyAsync(f, [1]).get({ timeout: 1000 })":
        "await p.applyAsync(f, [1]).get({ timeout: 60_000 })",
    },
  },
  {
    python: "`m = SyncManager(); m.start()`; `m.dict()`",
    ferry: async () => {
      await using m = await Manager.start();
      const d = await m.dict();
      await d.set("a", 1);
      assertEquals(await d.get("a"), 1);
    },
  },
  {
    python: '`Process(target=f, args=(m.dict(),))`; `d["k"] = 1` in it',
    ferry: async () => {
      await using m = await Manager.start();
      const kept = await m.dict({}, { name: "d" });
      const f = (d: typeof kept) => d.setSync("k", 1);
      await using process = new Process(f, { args: [await m.dict({}, { name: "d" })] });
      process.start();
      await process.result(WAIT);
      assertEquals(await kept.get("k"), 1);
    },
    instead: {
      "new Process(f, { args: [await m.dict()] })": "new Process(f, { args: [await m.dict(",
    },
  },
  {
    python: "`m.Pool(4).map(f, xs)`",
    ferry: async () => {
      await using m = await Manager.start();
      const f = square, xs = [1, 2, 3];
      assertEquals(await (await m.pool({ processes: 4 })).map(f, xs), [1, 4, 9]);
    },
  },
  {
    python: "`m = SyncManager(a, authkey=k); m.connect()`",
    ferry: async () => {
      const k = "secret";
      await using server = new ManagerServer({ port: 0 }, { authKey: k });
      const a = server.address;
      await using m = await Manager.connect(a, { authKey: k });
      await using other = await Manager.connect(a, { authKey: k });
      const d = await m.dict({}, { name: "d" });
      await d.set("a", 1);
      assertEquals(await (await other.dict({}, { name: "d" })).get("a"), 1);
    },
  },
  {
    python: "`r = redis.Redis()`; `r.hset(k, f, v)`; `r.lock(n)`",
    ferry: async () => {
      if (!hasRedis("the row from Python on Redis")) return;
      await using redis = await RedisServer.start();
      await using m = await Manager.connect(redis.url);
      const dict = await m.dict(), f = "f", v = [1];
      await dict.set(f, v);
      assertEquals(await dict.get(f), v);
      await using _held = await (await m.lock()).acquire();
    },
    instead: { 'await Manager.connect("redis://…")': "await Manager.connect(redis.url)" },
  },
  {
    python: "`multiprocessing.connection.wait([...])`",
    ferry: async () => {
      const queue = new Queue(), [a, b] = new Pipe();
      a.sendSync(1);
      assertEquals(await waitAny([queue, b], WAIT), [b]);
    },
    instead: { "waitAny([...])": "waitAny([queue, b]" },
  },
];
