// An option that does not exist, everywhere: a wait with a misspelt timeout would last for ever.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Barrier,
  Broadcast,
  Condition,
  JoinableQueue,
  Lock,
  type Lockable,
  Pipe,
  Pool,
  Process,
  Queue,
  ReadWriteLock,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedMap,
  SharedValue,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import { Codec } from "@ferry/std/ipc/codec";
import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { ShareableList, SharedMemory, SharedMemoryManager } from "@ferry/std/ipc/shared-memory";
import { assertComplete, assertRefused, type Refusal } from "../_support/options_taken.ts";

/** What takes something else than options of this package. */
const OTHERS = {
  "codec: new UnsendableError": "what an error carries; to make an error must not fail",
  "pool: Pool#addEventListener": "the platform's",
};

/** A misspelt timeout. */
const wait = (call: (options: never) => unknown): Refusal => ["timout", "timeout", call];
/** A misspelt name. */
const name = (call: (options: never) => unknown): Refusal => ["nmae", "name", call];

function inProgram(stack: DisposableStack): Record<string, Refusal> {
  const queue = stack.use(new Queue<number>());
  const joinable = stack.use(new JoinableQueue<number>());
  const [a, b] = stack.use(new Pipe<unknown>());
  const broadcast = stack.use(new Broadcast<number>());
  const subscription = stack.use(broadcast.subscribe());
  const numbers = stack.use(new SharedArray("int32", 4));
  const lock = stack.use(new Lock());
  const rlock = stack.use(new RLock());
  const either: Lockable = stack.use(new ReadWriteLock()).readLock;
  const semaphore = stack.use(new Semaphore(1));
  const event = stack.use(new SharedEvent());
  const condition = stack.use(new Condition());
  const barrier = stack.use(new Barrier(2));
  const lists = new SharedMemoryManager();
  stack.defer(() => lists.shutdown());
  const bytes = new Uint8Array(8);
  return {
    "codec: new Codec": ["shape", "shapes", (o) => new Codec(o)],
    "collections: Broadcast#publish": wait((o) => broadcast.publish(1, o)),
    "collections: Broadcast#publishMany": wait((o) => broadcast.publishMany([1], o)),
    "collections: Broadcast#publishManySync": wait((o) => broadcast.publishManySync([1], o)),
    "collections: Broadcast#publishSync": wait((o) => broadcast.publishSync(1, o)),
    "collections: Broadcast#subscribe": ["slwo", "slow", (o) => broadcast.subscribe(o)],
    "collections: Subscription#get": wait((o) => subscription.get(o)),
    "collections: Subscription#getMany": wait((o) => subscription.getMany(2, o)),
    "collections: Subscription#getManySync": wait((o) => subscription.getManySync(2, o)),
    "collections: Subscription#getSync": wait((o) => subscription.getSync(o)),
    "collections: Subscription#items": wait((o) => subscription.items(o)),
    "collections: Subscription#itemsSync": wait((o) => subscription.itemsSync(o)),
    "collections: new Broadcast": ["max_bytes", "maxBytes", (o) => new Broadcast(o)],
    "collections: new SharedMap": ["maxbytes", "maxBytes", (o) => new SharedMap(null, o)],
    "numbers: SharedArray#assign": ["strat", "start", (o) => numbers.assign(o, [1, 2, 3, 4])],
    "numbers: SharedArray#fill": ["stop", "step", (o) => numbers.fill(1, o)],
    "numbers: new SharedArray": ["locks", "lock", (o) => new SharedArray("int32", 4, o)],
    "numbers: new SharedValue": ["Lock", "lock", (o) => new SharedValue("int32", 4, o)],
    "pipe: Connection#items": wait((o) => a.items(o)),
    "pipe: Connection#itemsSync": wait((o) => a.itemsSync(o)),
    "pipe: Connection#poll": wait((o) => a.poll(o)),
    "pipe: Connection#pollSync": wait((o) => a.pollSync(o)),
    "pipe: Connection#recv": wait((o) => a.recv(o)),
    "pipe: Connection#recvBytes": ["maxlength", "maxLength", (o) => a.recvBytes(o)],
    "pipe: Connection#recvBytesInto": wait((o) => a.recvBytesInto(bytes, o)),
    "pipe: Connection#recvBytesIntoSync": wait((o) => a.recvBytesIntoSync(bytes, o)),
    "pipe: Connection#recvBytesSync": ["max_length", "maxLength", (o) => a.recvBytesSync(o)],
    "pipe: Connection#recvSync": wait((o) => a.recvSync(o)),
    "pipe: Connection#send": wait((o) => b.send(1, o)),
    "pipe: Connection#sendBytes": ["transfre", "transfer", (o) => b.sendBytes(bytes, o)],
    "pipe: Connection#sendBytesSync": ["transfers", "transfer", (o) => b.sendBytesSync(bytes, o)],
    "pipe: Connection#sendSync": wait((o) => b.sendSync(1, o)),
    "pipe: Pipe.connect": name((o) => Pipe.connect(o)),
    "pipe: new Pipe": ["duplx", "duplex", (o) => new Pipe(o)],
    "queue: JoinableQueue#join": wait((o) => joinable.join(o)),
    "queue: JoinableQueue#joinSync": wait((o) => joinable.joinSync(o)),
    "queue: Queue#get": wait((o) => queue.get(o)),
    "queue: Queue#getMany": wait((o) => queue.getMany(2, o)),
    "queue: Queue#getManySync": wait((o) => queue.getManySync(2, o)),
    "queue: Queue#getSync": wait((o) => queue.getSync(o)),
    "queue: Queue#items": wait((o) => queue.items(o)),
    "queue: Queue#itemsSync": wait((o) => queue.itemsSync(o)),
    "queue: Queue#put": wait((o) => queue.put(1, o)),
    "queue: Queue#putMany": wait((o) => queue.putMany([1], o)),
    "queue: Queue#putManySync": wait((o) => queue.putManySync([1], o)),
    "queue: Queue#putSync": wait((o) => queue.putSync(1, o)),
    "queue: Queue#shutdown": ["imediate", "immediate", (o) => queue.shutdown(o)],
    "queue: new JoinableQueue": ["maxsize", "maxSize", (o) => new JoinableQueue(o)],
    "queue: new Queue": ["maxsize", "maxSize", (o) => new Queue(o)],
    "shared_memory: ShareableList.create": name((o) => ShareableList.create([1], o)),
    "shared_memory: SharedMemory.create": ["sice", "size", (o) => SharedMemory.create(o)],
    "shared_memory: SharedMemoryManager#shareableList": [
      "floats",
      "float",
      (o) => lists.shareableList([1], o),
    ],
    "sync: Barrier#wait": wait((o) => barrier.wait(o)),
    "sync: Barrier#waitSync": wait((o) => barrier.waitSync(o)),
    "sync: Condition#acquire": wait((o) => condition.acquire(o)),
    "sync: Condition#acquireSync": wait((o) => condition.acquireSync(o)),
    "sync: Condition#wait": wait((o) => condition.wait(o)),
    "sync: Condition#waitFor": wait((o) => condition.waitFor(() => true, o)),
    "sync: Condition#waitForSync": wait((o) => condition.waitForSync(() => true, o)),
    "sync: Condition#waitSync": wait((o) => condition.waitSync(o)),
    "sync: Lock#acquire": wait((o) => lock.acquire(o)),
    "sync: Lock#acquireSync": wait((o) => lock.acquireSync(o)),
    "sync: Lockable#acquire": wait((o) => either.acquire(o)),
    "sync: Lockable#acquireSync": wait((o) => either.acquireSync(o)),
    "sync: RLock#acquire": wait((o) => rlock.acquire(o)),
    "sync: RLock#acquireSync": wait((o) => rlock.acquireSync(o)),
    "sync: Semaphore#acquire": wait((o) => semaphore.acquire(o)),
    "sync: Semaphore#acquireSync": wait((o) => semaphore.acquireSync(o)),
    "sync: SharedEvent#wait": wait((o) => event.wait(o)),
    "sync: SharedEvent#waitSync": wait((o) => event.waitSync(o)),
    "sync: new Barrier": ["acton", "action", (o) => new Barrier(2, o)],
    "sync: new Lock": name((o) => new Lock(o)),
    "sync: new SharedEvent": name((o) => new SharedEvent(o)),
    "wait_any: waitAny": wait((o) => waitAny([event], o)),
    "wait_any: waitAnySync": wait((o) => waitAnySync([event], o)),
  };
}

function withWorkers(
  process: Process,
  pool: Pool,
  spares: ReturnType<typeof Process.prestart>,
): Record<string, Refusal> {
  const f = () => 1;
  const chunks = (call: (options: never) => unknown): Refusal => ["chunksize", "chunkSize", call];
  const result = pool.applyAsync(f);
  return {
    "pool: AsyncResult#get": wait((o) => result.get(o)),
    "pool: AsyncResult#getSync": wait((o) => result.getSync(o)),
    "pool: AsyncResult#wait": wait((o) => result.wait(o)),
    "pool: Pool#apply": wait((o) => pool.apply(f, [], o)),
    "pool: Pool#applyAsync": ["calback", "callback", (o) => pool.applyAsync(f, [], o)],
    "pool: Pool#applySync": wait((o) => pool.applySync(f, [], o)),
    "pool: Pool#imap": chunks((o) => pool.imap(f, [1], o)),
    "pool: Pool#imapUnordered": chunks((o) => pool.imapUnordered(f, [1], o)),
    "pool: Pool#join": wait((o) => pool.join(o)),
    "pool: Pool#map": chunks((o) => pool.map(f, [1], o)),
    "pool: Pool#mapAsync": ["error_callback", "errorCallback", (o) => pool.mapAsync(f, [1], o)],
    "pool: Pool#mapSync": chunks((o) => pool.mapSync(f, [1], o)),
    "pool: Pool#ready": wait((o) => pool.ready(o)),
    "pool: Pool#starmap": chunks((o) => pool.starmap(f, [[]], o)),
    "pool: Pool#starmapAsync": chunks((o) => pool.starmapAsync(f, [[]], o)),
    "pool: Pool#stream": ["buffersize", "bufferSize", (o) => pool.stream(() => [1], [], o)],
    "pool: new Pool": ["process", "processes", (o) => new Pool(o)],
    "process: Prestarted#ready": wait((o) => spares.ready(o)),
    "process: Process#join": wait((o) => process.join(o)),
    "process: Process#joinSync": wait((o) => process.joinSync(o)),
    "process: Process#result": wait((o) => process.result(o)),
    "process: Process.prestart": ["maxheap", "maxHeap", (o) => Process.prestart(1, o)],
    "process: new Process": ["arg", "args", (o) => new Process(f, o)],
  };
}

/** What is called in a process. */
const OF_PARENT = ["process: ParentProcess#join", "process: ParentProcess#joinSync"];

async function withManager(
  manager: Manager,
  stack: AsyncDisposableStack,
): Promise<Record<string, Refusal>> {
  const f = (n: unknown) => n;
  const queue = stack.use(await manager.queue());
  const lock = stack.use(await manager.lock());
  const list = stack.use(await manager.list());
  const event = stack.use(await manager.event());
  const barrier = stack.use(await manager.barrier(2));
  const condition = stack.use(await manager.condition());
  const pool = stack.use(await manager.pool({ processes: 1 }));
  const result = stack.use(await pool.applyAsync(f, [1]));
  const chunks = (call: (options: never) => unknown): Refusal => ["chunksize", "chunkSize", call];
  return {
    "manager: AsyncResultProxy#get": wait((o) => result.get(o)),
    "manager: AsyncResultProxy#getSync": wait((o) => result.getSync(o)),
    "manager: AsyncResultProxy#wait": wait((o) => result.wait(o)),
    "manager: BarrierProxy#wait": wait((o) => barrier.wait(o)),
    "manager: BarrierProxy#waitSync": wait((o) => barrier.waitSync(o)),
    "manager: ConditionProxy#acquire": wait((o) => condition.acquire(o)),
    "manager: ConditionProxy#acquireSync": wait((o) => condition.acquireSync(o)),
    "manager: ConditionProxy#wait": wait((o) => condition.wait(o)),
    "manager: ConditionProxy#waitSync": wait((o) => condition.waitSync(o)),
    "manager: EventProxy#wait": wait((o) => event.wait(o)),
    "manager: EventProxy#waitSync": wait((o) => event.waitSync(o)),
    "manager: ListProxy#sort": ["reversed", "reverse", (o) => list.sort(o)],
    "manager: ListProxy#sortSync": ["keys", "key", (o) => list.sortSync(o)],
    "manager: LockProxy#acquire": wait((o) => lock.acquire(o)),
    "manager: LockProxy#acquireSync": wait((o) => lock.acquireSync(o)),
    "manager: Manager#array": name((o) => manager.array("i", [1], o)),
    "manager: Manager#barrier": wait((o) => manager.barrier(2, o)),
    "manager: Manager#boundedSemaphore": name((o) => manager.boundedSemaphore(1, o)),
    "manager: Manager#condition": name((o) => manager.condition(undefined, o)),
    "manager: Manager#create": name((o) => manager.create("list", [], undefined, o)),
    "manager: Manager#dict": name((o) => manager.dict([], o)),
    "manager: Manager#event": name((o) => manager.event(o)),
    "manager: Manager#joinableQueue": name((o) => manager.joinableQueue(1, o)),
    "manager: Manager#list": name((o) => manager.list([], o)),
    "manager: Manager#lock": name((o) => manager.lock(o)),
    "manager: Manager#namespace": name((o) => manager.namespace({}, o)),
    "manager: Manager#pool": ["maxtasksperchild", "maxTasksPerChild", (o) => manager.pool(o)],
    "manager: Manager#queue": name((o) => manager.queue(1, o)),
    "manager: Manager#rlock": name((o) => manager.rlock(o)),
    "manager: Manager#semaphore": name((o) => manager.semaphore(1, o)),
    "manager: Manager#set": name((o) => manager.set([], o)),
    "manager: Manager#value": name((o) => manager.value("i", 1, o)),
    "manager: Manager.connect": [
      "prefx",
      "prefix",
      (o) => Manager.connect("redis://127.0.0.1:1", o),
    ],
    "manager: Manager.start": ["authkey", "authKey", (o) => Manager.start(o)],
    "manager: PoolProxy#applyAsync": ["callbak", "callback", (o) => pool.applyAsync(f, [], o)],
    "manager: PoolProxy#imap": chunks((o) => pool.imap(f, [1], o)),
    "manager: PoolProxy#imapUnordered": chunks((o) => pool.imapUnordered(f, [1], o)),
    "manager: PoolProxy#map": chunks((o) => pool.map(f, [1], o)),
    "manager: PoolProxy#mapAsync": chunks((o) => pool.mapAsync(f, [1], o)),
    "manager: PoolProxy#mapSync": chunks((o) => pool.mapSync(f, [1], o)),
    "manager: PoolProxy#starmap": chunks((o) => pool.starmap(f, [[1]], o)),
    "manager: PoolProxy#starmapSync": chunks((o) => pool.starmapSync(f, [[1]], o)),
    "manager: QueueProxy#get": wait((o) => queue.get(o)),
    "manager: QueueProxy#getSync": wait((o) => queue.getSync(o)),
    "manager: QueueProxy#join": ["sinal", "signal", (o) => queue.join(o)],
    "manager: QueueProxy#put": wait((o) => queue.put(1, o)),
    "manager: QueueProxy#putSync": wait((o) => queue.putSync(1, o)),
    "manager: QueueProxy#shutdown": ["immediat", "immediate", (o) => queue.shutdown(o)],
    "manager: QueueProxy#shutdownSync": ["immediat", "immediate", (o) => queue.shutdownSync(o)],
    "manager: new ManagerServer": [
      "maxconnections",
      "maxConnections",
      (o) => new ManagerServer({ port: 0 }, o),
    ],
  };
}

Deno.test("whatever takes options refuses one that does not exist", async (t) => {
  const known = [...OF_PARENT];
  const refused = async (calls: Record<string, Refusal>) => {
    known.push(...Object.keys(calls));
    await assertRefused(calls);
  };

  await t.step("shared objects, locks, queues and pipes", async () => {
    using stack = new DisposableStack();
    await refused(inProgram(stack));
  });

  await t.step("processes and pools", async () => {
    await using process = new Process(() => 1);
    process.start();
    await using pool = new Pool({ processes: 1 });
    await using spares = Process.prestart(0);
    await refused(withWorkers(process as Process, pool, spares));
    // The pool goes on, and a call of one kind knows no options of another.
    assertEquals(await pool.map((n: number) => -n, [1, 2]), [-1, -2]);
    const callback = { callback() {} } as never;
    await assertRejects(() => pool.map((n: number) => n, [1], callback), TypeError, "callback");
  });

  await t.step("what a process knows of its parent", async () => {
    const module = new URL("./_asks_parent.ts", import.meta.url);
    await using process = new Process({ module, export: "askParent" });
    process.start();
    const message = (names: string) =>
      `TypeError: Cannot join the parent process: needed ${names}, received "timout"; did you mean timeout?`;
    assertEquals(await process.result({ timeout: 60_000 }), [
      message("one of the options signal, timeout"),
      message("the option timeout"),
    ]);
  });

  await t.step("managers and their proxies", async () => {
    await using manager = await Manager.start({ address: null });
    await using stack = new AsyncDisposableStack();
    await refused(await withManager(manager, stack));
  });

  await t.step("the tables are complete", () => assertComplete("ipc", known, OTHERS));
});

Deno.test("Python's spellings are answered with ours", () => {
  const spellings: Record<string, (options: never) => unknown> = {
    maxsize: (o) => new Queue(o),
    initargs: (o) => new Pool(o),
    maxtasksperchild: (o) => new Pool(o),
    max_tasks_per_child: (o) => new Pool(o),
  };
  for (const [name, call] of Object.entries(spellings)) {
    const error = assertThrows(() => call({ [name]: 1 } as never), TypeError);
    const [, meant] = /did you mean (\w+)\?$/.exec(error.message)!;
    assertEquals(meant!.toLowerCase(), name.replaceAll("_", ""));
  }
});

Deno.test("what a program adds to all objects is no option", async () => {
  const everywhere = Object.prototype as { added?: string };
  everywhere.added = "by somebody";
  try {
    using queue = new Queue<number>({ maxSize: 1 });
    await queue.put(1, { timeout: 0 });
    assertEquals(queue.getSync({ timeout: 0 }), 1);
    assertThrows(() => queue.getSync({ added: 1 } as never), TypeError, 'received "added"');
  } finally {
    delete everywhere.added;
  }
});

Deno.test("managers look into the options within their options", async () => {
  const key = { authKey: "key" };
  await assertRejects(
    () => Manager.connect({ port: 1 }, { ...key, maxbytes: 1 } as never),
    TypeError,
    'received "maxbytes"; did you mean maxBytes?',
  );
  for (const options of [{ types: { modul: "x" } }, { tls: { certs: "x" } }]) {
    await assertRejects(() => Manager.start(options as never), TypeError, "; did you mean ");
  }
  const types = { Thing: { factory: () => [], expose: ["push"] } };
  assertThrows(
    () => new ManagerServer({ port: 0 }, { ...key, types: types as never }),
    TypeError,
    'Cannot register the type "Thing": needed one of the options factory, exposed, methodToTypeId, as, received "expose"',
  );
});

Deno.test("an option of the wrong type is refused, too", async () => {
  // deno-lint-ignore no-explicit-any
  const any = (value: unknown) => value as any;
  const f = () => {};
  using queue = new Queue<number>();
  using pipe = new Pipe<unknown>();
  const [, b] = pipe;
  const bytes = new Uint8Array(1);
  const calls: Record<string, () => unknown> = {
    'maxSize must be a whole number, received "3"': () => new Queue(any({ maxSize: "3" })),
    'capacity must be a number of bytes, received "3"': () => new Queue(any({ capacity: "3" })),
    'timeout must be a number of milliseconds, received "5"': () =>
      queue.getSync(any({ timeout: "5" })),
    'immediate must be a boolean, received "no"': () => queue.shutdown(any({ immediate: "no" })),
    "duplex must be a boolean, received 1": () => new Pipe(any({ duplex: 1 })),
    "transfer must be true or false, received 1": () =>
      b.sendBytesSync(bytes, any({ transfer: 1 })),
    'maxLength must be a number of bytes, 0 or more, received "5"': () =>
      b.recvBytesSync(any({ maxLength: "5" })),
    'daemon must be a boolean, received "yes"': () => new Process(f, any({ daemon: "yes" })),
    "name must be a string, received 5": () => new Process(f, any({ name: 5 })),
    "processes must be a whole number from 1 on, received 2.5": () => new Pool({ processes: 2.5 }),
    "float must be a boolean, received 1": () => ShareableList.create([1], any({ float: 1 })),
    'track must be a boolean, received "no"': () =>
      SharedMemory.create(any({ size: 1, track: "no" })),
  };
  for (const [message, call] of Object.entries(calls)) {
    await assertRejects(async () => void await call(), Error, message);
  }
  await using manager = await Manager.start({ address: null });
  await assertRejects(() => manager.queue(any({ maxSize: 3 })), TypeError, "maxSize must be a num");
  await assertRejects(() => manager.barrier(2, any({ timeout: "5" })), TypeError, "milliseconds");
  const managed = await manager.queue();
  await assertRejects(() => managed.get(any({ timeout: "5" })), TypeError, "milliseconds");
});

Deno.test("an option may be undefined, and may come from the class of the options", () => {
  class Defaults {
    get maxSize() {
      return 1;
    }
  }
  using queue = new Queue<number>(Object.assign(new Defaults(), { name: undefined }));
  assertEquals(queue.maxSize, 1);
  queue.putSync(1, { timeout: undefined });
  assertEquals(queue.getSync({ timeout: 0 }), 1);
});

Deno.test("a manager's options may be inherited: it is connected to by their key", async () => {
  const options: { authKey: string } = Object.create({ authKey: "secret" });
  await using server = await Manager.start(options);
  await using manager = await Manager.connect(server.address as Deno.NetAddr, options);
  using list = await manager.list([1], Object.create({ name: "numbers" }));
  assertEquals(await list.length(), 1);
});

Deno.test("managers and shared memory: an option that is undefined is left out, in the types, too", async () => {
  const track = undefined;
  using memory = SharedMemory.create({
    size: 8,
    name: undefined,
    track,
    mode: undefined,
    reserve: undefined,
  });
  memory.unlink();
  using list = ShareableList.create([1], { name: undefined, float: undefined, track });
  assertEquals(list.length, 1);
  list.sharedMemory.unlink();
  const options = { address: undefined, tls: undefined, types: undefined, functions: undefined };
  await using server = await Manager.start({ ...options, builtinTypes: undefined });
  await using manager = await Manager.connect(server.address as Deno.NetAddr, {
    authKey: server.authKey,
    registry: undefined,
    maxBytes: undefined,
    timeout: undefined,
    signal: undefined,
    allowMd5: undefined,
    tls: undefined,
  });
  using numbers = await manager.list([2, 1], { name: undefined });
  await numbers.sort({ key: undefined, reverse: undefined });
  assertEquals(await numbers.get(0), 1);
});
