// A thread that awaits one thing and then blocks on another cannot act when the first one comes: it must not stand in line.
import { assert, assertEquals } from "@std/assert";
import { Lock, Queue, RLock, Semaphore, SharedEvent, type SharedObject } from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";

/** What two processes wait for, the first awaiting it, the second blocking; and what ends one wait. */
interface Turn<T extends SharedObject> {
  make(): T;
  /** Brings it into the state in which others wait; what it gives is not needed. */
  begin(object: T): void;
  /** Ends the wait of one. */
  serve(object: T): void;
  awaits(object: T): Promise<unknown>;
  blocks(object: T): unknown;
  /** What the second does before it ends, so that the first has its turn. */
  next(object: T): void;
}

function turn<T extends SharedObject>(turn: Turn<T>): Turn<SharedObject> {
  return turn as unknown as Turn<SharedObject>;
}

const turns: Record<string, Turn<SharedObject>> = {
  "Lock.acquire()": turn<Lock>({
    make: () => new Lock(),
    begin: (lock) => lock.acquireSync(),
    serve: (lock) => lock.release(),
    awaits: (lock) => lock.acquire(),
    blocks: (lock) => lock.acquireSync(),
    next: (lock) => lock.release(),
  }),
  "RLock.acquire()": turn<RLock>({
    make: () => new RLock(),
    begin: (lock) => lock.acquireSync(),
    serve: (lock) => lock.release(),
    awaits: (lock) => lock.acquire(),
    blocks: (lock) => lock.acquireSync(),
    next: (lock) => lock.release(),
  }),
  "Semaphore.acquire()": turn<Semaphore>({
    make: () => new Semaphore(0),
    begin: () => {},
    serve: (semaphore) => semaphore.release(),
    awaits: (semaphore) => semaphore.acquire(),
    blocks: (semaphore) => semaphore.acquireSync(),
    next: (semaphore) => semaphore.release(),
  }),
  "Queue.get()": turn<Queue<number>>({
    make: () => new Queue<number>(),
    begin: () => {},
    serve: (queue) => queue.putSync(1),
    awaits: (queue) => queue.get(),
    blocks: (queue) => queue.getSync(),
    next: (queue) => queue.putSync(2),
  }),
  "Queue.put()": turn<Queue<number>>({
    make: () => new Queue<number>({ maxSize: 1 }),
    begin: (queue) => queue.putSync(0),
    serve: (queue) => void queue.getSync(),
    awaits: (queue) => queue.put(1),
    blocks: (queue) => queue.putSync(2),
    next: (queue) => void queue.getSync(),
  }),
};

/** On what the first one blocks, for as long as the test wants. */
const blocks: Record<string, (go: SharedEvent, _other: Queue<string>) => void> = {
  "an event": (go) => void go.waitSync(),
  "a queue": (_go, other) => void other.getSync(),
};

for (
  const [name, { make, begin, serve, awaits, blocks: blocksOn, next }] of Object.entries(turns)
) {
  for (const [what, block] of Object.entries(blocks)) {
    Deno.test(`${name} of a thread that then blocks on ${what} leaves its turn to who waits behind it, and has the next one`, async () => {
      using object = make();
      using asleep = new SharedEvent();
      using behind = new SharedEvent();
      using got = new SharedEvent();
      using go = new SharedEvent();
      using other = new Queue<string>();
      begin(object);
      await using first = launch(
        async (
          sources: { awaits: string; block: string },
          helper: string,
          object: SharedObject,
          asleep: SharedEvent,
          go: SharedEvent,
          other: Queue<string>,
        ) => {
          const { tellWhenAsleep } = await import(helper);
          const awaits = new Function(`return ${sources.awaits}`)();
          const block = new Function(`return ${sources.block}`)();
          const turn = awaits(object);
          tellWhenAsleep(asleep);
          block(go, other);
          await turn;
        },
        { awaits: String(awaits), block: String(block) },
        ASLEEP,
        object,
        asleep,
        go,
        other,
      );
      assert(await asleep.wait(LONG), "the first did not go to sleep");
      await using second = launch(
        async (
          sources: { blocks: string; next: string },
          helper: string,
          object: SharedObject,
          behind: SharedEvent,
          got: SharedEvent,
        ) => {
          const { tellWhenAsleep } = await import(helper);
          const blocks = new Function(`return ${sources.blocks}`)();
          const next = new Function(`return ${sources.next}`)();
          tellWhenAsleep(behind);
          blocks(object); // without a timeout: it would look again and hide that nobody woke it
          got.set();
          next(object);
        },
        { blocks: String(blocksOn), next: String(next) },
        ASLEEP,
        object,
        behind,
        got,
      );
      await using _witness = await fallenAsleep(behind);
      serve(object);
      assert(await got.wait(LONG), "the turn was lost");
      assertEquals(first.isAlive, true);
      go.set();
      other.putSync("go");
      await finish(second, first);
    });
  }
}
