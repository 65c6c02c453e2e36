// What a shared object shows of itself, and what it says where it cannot go.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  JoinableQueue,
  Lock,
  Pipe,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  type SharedObject,
  SharedValue,
  SimpleQueue,
} from "@ferry/std/ipc";

function objects(): [SharedObject, string][] {
  const lock = new Lock();
  lock.acquireSync();
  const queue = new Queue<number>({ maxSize: 3 });
  queue.putSync(1);
  const event = new SharedEvent();
  event.set();
  return [
    [lock, "Lock { locked: true }"],
    [new RLock(), "RLock { locked: false }"],
    [new Semaphore(2), "Semaphore { value: 2 }"],
    [new BoundedSemaphore(4), "BoundedSemaphore { value: 4 }"],
    [event, "SharedEvent { isSet: true }"],
    [new Condition(), "Condition { locked: false }"],
    [new Barrier(3), "Barrier { parties: 3, waiting: 0, broken: false }"],
    [new SharedValue("int64", 7n), 'SharedValue { type: "int64", value: 7n }'],
    [
      new SharedArray("uint8", [1, 2]),
      'SharedArray { type: "uint8", view: Uint8Array(2) [ 1, 2 ] }',
    ],
    [queue, "Queue { size: 1, maxSize: 3, isShutDown: false }"],
    [new JoinableQueue(), "JoinableQueue { size: 0, maxSize: 0, isShutDown: false }"],
    [new SimpleQueue(), "SimpleQueue { size: 0, maxSize: 0, isShutDown: false }"],
    [new Pipe({ duplex: false }).first, "Connection { readable: true, writable: false }"],
  ];
}

Deno.test("Deno.inspect() shows the state of every shared object, also inside others, and whether it is gone", () => {
  for (const [object, shown] of objects()) {
    assertEquals(Deno.inspect(object), shown);
    assertEquals(Deno.inspect({ a: [object] }, { breakLength: Infinity }), `{ a: [ ${shown} ] }`);
    const name = object.constructor.name;
    object[Symbol.dispose]();
    assertEquals(Deno.inspect(object), `${name} { disposed: true }`);
  }
  const [here, there] = new Pipe();
  using queue = new Queue<unknown>();
  queue.putSync(there);
  assertEquals(Deno.inspect(there), "Connection { moved: true }");
  (queue.getSync() as typeof there).close();
  here.close();
});

Deno.test("Deno.inspect() of a value whose lock is held does not wait for it", () => {
  const held = new SharedValue("int32", 5);
  using lock = new Lock();
  using value = new SharedValue("int32", 6, { lock });
  using _one = held.lock.acquireSync();
  using _two = lock.acquireSync();
  assertEquals(Deno.inspect(held), 'SharedValue { type: "int32", value: 5 }');
  assertEquals(Deno.inspect(value), 'SharedValue { type: "int32", value: 6 }');
});

Deno.test("structuredClone() and postMessage() of a shared object say what to do instead", () => {
  const { port1, port2 } = new MessageChannel();
  for (const [object] of objects()) {
    for (const value of [object, { nested: [object] }]) {
      const errors = [
        assertThrows(() => structuredClone(value), DOMException, "share()"),
        assertThrows(() => port1.postMessage(value), Error, "share()"),
      ];
      assertEquals(errors[0]!.name, "DataCloneError");
    }
    object[Symbol.dispose]();
  }
  port1.close();
  port2.close();
});

Deno.test("JSON.stringify() of numbers in shared memory gives them, of any other shared object an error that says more", () => {
  for (const [object] of objects()) {
    if (object instanceof SharedValue) assertEquals(JSON.stringify([object]), '["7"]');
    else if (object instanceof SharedArray) {
      assertEquals(JSON.stringify({ object }), '{"object":[1,2]}');
    } else {
      const { message } = assertThrows(() => JSON.stringify({ object }), TypeError, "share()");
      assert(message.startsWith(`Cannot turn this ${object.constructor.name} into JSON`), message);
    }
    object[Symbol.dispose]();
  }
});
