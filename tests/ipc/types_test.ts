// What the type checker accepts and refuses; `deno check` runs this file, the tests only see that it was loaded.
import { assertEquals } from "@std/assert";
import {
  BoundedSemaphore,
  Condition,
  type Connection,
  JoinableQueue,
  Lock,
  Pipe,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedValue,
  type Waitable,
  waitAny,
  type WaitOptions,
  type WaitSyncOptions,
} from "@ferry/std/ipc";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** Fails to compile unless its argument type is `true`. */
function holds<_T extends true>(): void {}

/** Compiled, never run. */
function _compiled(): void {
  const nothing: WaitOptions = { signal: undefined, timeout: undefined };
  const nothingSync: WaitSyncOptions = { timeout: undefined };
  const queue = new Queue<number>({ maxSize: undefined });
  void queue.get(nothing);
  queue.getSync(nothingSync);
  queue.shutdown({ immediate: undefined });
  void queue.items(nothing);
  new JoinableQueue<number>({ maxSize: undefined });
  const pipe = new Pipe<number>({ duplex: undefined, capacity: undefined });
  void pipe.first.sendBytes(new Uint8Array(1), { transfer: undefined, ...nothing });
  pipe.first.sendBytesSync(new Uint8Array(1), { transfer: undefined, ...nothingSync });
  void pipe.first.recvBytes({ maxLength: undefined, ...nothing });
  pipe.first.recvBytesSync({ maxLength: undefined, ...nothingSync });
  new SharedValue("int32", 1, { lock: undefined });
  new SharedArray("int32", 1).fill(1, { start: undefined, end: undefined, step: undefined });

  // Locks that have one owner are locks of values; counters are not, nor are conditions.
  new SharedValue("int32", 0, { lock: new Lock() });
  new SharedValue("int32", 0, { lock: new RLock() });
  new SharedValue("int32", 0, { lock: new SharedValue("int32").lock });
  new SharedArray("int32", 1, { lock: new SharedArray("int32", 1).lock });
  new Condition(new Lock());
  new Condition(new Condition().lock);
  // @ts-expect-error a semaphore has no owner
  new SharedValue("int32", 0, { lock: new Semaphore() });
  // @ts-expect-error a semaphore has no owner
  new SharedArray("int32", 1, { lock: new BoundedSemaphore() });
  // @ts-expect-error a semaphore has no owner
  new Condition(new Semaphore());
  // @ts-expect-error a condition is not its lock
  new SharedValue("int32", 0, { lock: new Condition() });

  // The two directions of a pipe.
  type Question = { ask: string };
  type Answer = { answer: number };
  const [parent, child] = new Pipe<Question, Answer>();
  holds<Same<typeof parent, Connection<Answer, Question>>>();
  holds<Same<typeof child, Connection<Question, Answer>>>();
  holds<Same<Awaited<ReturnType<typeof parent.recv>>, Answer>>();
  parent.sendSync({ ask: "?" });
  child.sendSync({ answer: 42 });
  // @ts-expect-error the parent asks
  parent.sendSync({ answer: 42 });
  // @ts-expect-error the child answers
  child.sendSync({ ask: "?" });
  const whole = new Pipe<Question, Answer>();
  holds<Same<typeof whole.first, Connection<Answer, Question>>>();
  holds<Same<typeof whole[1], Connection<Question, Answer>>>();
  // One type for both directions, as before.
  const [left, right] = new Pipe<string>();
  holds<Same<typeof left, Connection<string>>>();
  holds<Same<typeof left, typeof right>>();
  const anything = new Pipe();
  holds<Same<typeof anything.first, Connection<unknown>>>();

  // What can be waited for.
  const waitables: Waitable[] = [queue, left, new SharedEvent()];
  void waitAny(waitables);
  // @ts-expect-error a lock is taken, not waited for
  void waitAny([new Lock()]);
  // @ts-expect-error not a thing to wait for
  void waitAny([1]);

  // 16-bit floats.
  holds<Same<SharedValue<"float16">["value"], number>>();
  const halves = new SharedArray("float16", 4);
  holds<Same<typeof halves.view, Float16Array<SharedArrayBuffer>>>();
  new SharedArray("e", 4);

  // Batches.
  holds<Same<Awaited<ReturnType<typeof queue.getMany>>, number[]>>();
  holds<Same<ReturnType<typeof queue.tryPutMany>, number>>();
  // @ts-expect-error strings are no numbers
  queue.putManySync(["a"]);
}

Deno.test("The declarations accept what they should and refuse what they should not", () => {
  assertEquals(typeof _compiled, "function");
});
