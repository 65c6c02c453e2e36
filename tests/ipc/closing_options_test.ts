// Options with getters, iterables and values that dispose of the very object whose method they were given to.
import { assert, assertRejects } from "@std/assert";
import {
  Barrier,
  Condition,
  JoinableQueue,
  Lock,
  type Lockable,
  Pipe,
  Queue,
  ReadWriteLock,
  RLock,
  Semaphore,
  SharedEvent,
  type SharedObject,
  SharedValue,
} from "@ferry/std/ipc";
import { occupy } from "../_support/occupy.ts";

/** Disposes of the object, and takes its memory. */
type Close = () => void;

/** Checks that a use which disposes of its object on the way fails, and leaves alone who has the memory by then. */
function closing<T extends SharedObject>(
  name: string,
  make: () => T,
  use: (object: T, options: { timeout: number }, close: Close) => unknown,
): void {
  Deno.test(`${name} fails when it has disposed of its object, and touches nothing`, async () => {
    const object = make();
    let check: (() => void) | undefined;
    const close = () => {
      object[Symbol.dispose]();
      check ??= occupy();
    };
    const options = {
      get timeout() {
        close();
        return 5;
      },
    };
    await assertRejects(async () => await use(object, options, close), Deno.errors.BadResource);
    assert(check !== undefined, "It was not disposed of");
    check();
  });
}

const queue = () => new Queue<unknown>();
const oneItem = () => {
  const queue = new Queue<unknown>({ maxSize: 1 });
  queue.putSync(0);
  return queue;
};
closing("Queue.put()", queue, (queue, options) => queue.put(1, options));
closing("Queue.putSync()", queue, (queue, options) => queue.putSync(1, options));
closing("Queue.putMany()", queue, (queue, options) => queue.putMany([1], options));
closing("Queue.get()", oneItem, (queue, options) => queue.get(options));
closing("Queue.getSync()", oneItem, (queue, options) => queue.getSync(options));
closing("Queue.getMany()", oneItem, (queue, options) => queue.getMany(9, options));
closing("Queue.getManySync()", oneItem, (queue, options) => queue.getManySync(9, options));
closing("Queue.shutdown()", queue, (queue, _, close) =>
  queue.shutdown({
    get immediate() {
      close();
      return true;
    },
  }));

function* items(close: Close) {
  yield 1;
  close();
  yield 2;
}
closing("Queue.putMany() of a generator", queue, (queue, _, close) => queue.putMany(items(close)));
closing(
  "Queue.putManySync() of a generator",
  queue,
  (queue, _, close) => queue.putManySync(items(close)),
);
closing(
  "Queue.tryPutMany() of a generator",
  queue,
  (queue, _, close) => queue.tryPutMany(items(close)),
);

const item = (close: Close) => ({
  get x() {
    close();
    return 1;
  },
});
const soon = { timeout: 5 };
closing("Queue.put() into a full one", oneItem, (queue, _, close) => queue.put(item(close), soon));
closing(
  "Queue.putSync() into a full one",
  oneItem,
  (queue, _, close) => queue.putSync(item(close), soon),
);
closing(
  "Queue.putMany() into a full one",
  oneItem,
  (queue, _, close) => queue.putMany([1, item(close)], soon),
);
closing(
  "Queue.putManySync() into a full one",
  oneItem,
  (queue, _, close) => queue.putManySync([1, item(close)], soon),
);

const joinable = () => new JoinableQueue<number>();
closing("JoinableQueue.join()", joinable, (queue, options) => queue.join(options));
closing("JoinableQueue.joinSync()", joinable, (queue, options) => queue.joinSync(options));

const locks: (() => SharedObject & Lockable)[] = [
  () => new Lock(),
  () => new RLock(),
  () => new Semaphore(1),
];
for (const make of locks) {
  using lock = make();
  const { name } = lock.constructor;
  closing(`${name}.acquire()`, make, (lock, options) => lock.acquire(options));
  closing(`${name}.acquireSync()`, make, (lock, options) => lock.acquireSync(options));
}
closing(
  "SharedValue.lock.acquireSync()",
  () => new SharedValue("int32", 1),
  (value, options) => value.lock!.acquireSync(options),
);
for (const side of ["readLock", "writeLock"] as const) {
  const make = () => new ReadWriteLock();
  closing(`ReadWriteLock.${side}.acquire()`, make, (lock, options) => lock[side].acquire(options));
  closing(
    `ReadWriteLock.${side}.acquireSync()`,
    make,
    (lock, options) => lock[side].acquireSync(options),
  );
}

const event = () => new SharedEvent();
closing("SharedEvent.wait()", event, (event, options) => event.wait(options));
closing("SharedEvent.waitSync()", event, (event, options) => event.waitSync(options));

const barrier = () => new Barrier(2);
closing("Barrier.wait()", barrier, (barrier, options) => barrier.wait(options));
closing("Barrier.waitSync()", barrier, (barrier, options) => barrier.waitSync(options));

const held = () => {
  const condition = new Condition();
  condition.acquireSync();
  return condition;
};
closing("Condition.wait()", held, (condition, options) => condition.wait(options));
closing("Condition.waitSync()", held, (condition, options) => condition.waitSync(options));
closing(
  "Condition.waitFor()",
  held,
  (condition, options) => condition.waitFor(() => false, options),
);
closing(
  "Condition.waitForSync()",
  held,
  (condition, options) => condition.waitForSync(() => false, options),
);

const end = () => {
  const [here, there] = new Pipe<unknown>();
  there.sendSync("message");
  there.close();
  return here;
};
closing("Connection.recv()", end, (end, options) => end.recv(options));
closing("Connection.recvSync()", end, (end, options) => end.recvSync(options));
closing("Connection.poll()", end, (end, options) => end.poll(options));
closing("Connection.pollSync()", end, (end, options) => end.pollSync(options));
const sending = () => new Pipe<unknown>().first;
closing("Connection.send()", sending, (end, options) => end.send(1, options));
closing("Connection.sendSync()", sending, (end, options) => end.sendSync(1, options));
closing(
  "Connection.sendBytes()",
  sending,
  (end, options) => end.sendBytes(new Uint8Array(9), options),
);
closing(
  "Connection.sendBytesSync()",
  sending,
  (end, options) => end.sendBytesSync(new Uint8Array(9), options),
);
