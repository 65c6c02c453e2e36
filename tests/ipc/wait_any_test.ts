// Waiting for the first of several: what CPython's tests of connection.wait check, and more.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Connection,
  JoinableQueue,
  Lock,
  Pipe,
  Process,
  Queue,
  SharedEvent,
  type Waitable,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import { within } from "../_support/crew.ts";
import { finish, launch, LONG } from "../_support/processes.ts";

function sender(end: Connection, id: number): void {
  for (let i = 0; i < 10; i++) end.sendSync([id, i]);
}

for (const sync of [false, true]) {
  const call = sync ? "waitAnySync()" : "waitAny()";
  const wait = (objects: Connection[]) =>
    sync ? waitAnySync(objects, LONG) : waitAny(objects, LONG);

  Deno.test(`${call} over four pipes gets all that four processes send, until each comes to its end`, async () => {
    const processes = [];
    let readers: Connection[] = [];
    for (let id = 0; id < 4; id++) {
      const [reader, writer] = new Pipe<unknown>({ duplex: false });
      processes.push(launch(sender, writer, id));
      readers.push(reader);
    }
    const seen: unknown[] = [];
    while (readers.length > 0) {
      const ready = await wait(readers);
      assert(ready.length > 0, "nothing came");
      for (const reader of ready) {
        try {
          seen.push(reader.recvSync({ timeout: 0 }));
        } catch (error) {
          assert(error instanceof Deno.errors.UnexpectedEof, String(error));
          readers = readers.filter((each) => each !== reader);
          reader.close();
        }
      }
    }
    const expected = [];
    for (let id = 0; id < 4; id++) for (let i = 0; i < 10; i++) expected.push([id, i]);
    const byId = (id: number) => seen.filter((message) => (message as number[])[0] === id);
    assertEquals([0, 1, 2, 3].flatMap(byId), expected); // each sender's in its order
    await finish(...processes);
  });
}

Deno.test("waitAny() gives those that are ready, in the order given, and none when the timeout passes", async () => {
  using one = new Pipe<string>();
  using two = new Pipe<string>();
  const both = [one.first, two.first];
  const options = [0, -1, -Infinity, 1, 5].map((timeout) => ({ timeout }));
  for (const each of options) {
    assertEquals(await waitAny(both, each), []);
    assertEquals(waitAnySync(both, each), []);
  }
  two.second.sendSync("hello");
  for (const each of [...options, LONG, {}, undefined]) {
    assertEquals(await waitAny(both, each), [two.first]);
    assertEquals(waitAnySync(both, each), [two.first]);
  }
  one.second.sendSync("hello");
  assertEquals(await waitAny(both), both);
  assertEquals(waitAnySync([two.first, one.first]), [two.first, one.first]);
  two.first.recvSync();
  assertEquals(await waitAny(both), [one.first]);
  one.first.recvSync();
  assertEquals(await waitAny(both, { timeout: 0 }), []);
  assertEquals(await waitAny([], { timeout: 1 }), []);
  assertEquals(waitAnySync([], { timeout: 1 }), []);
});

Deno.test("waitAny() sees what becomes ready while it waits, whichever it is", async () => {
  const pipe = new Pipe<string>();
  using queue = new Queue<string>();
  using joinable = new JoinableQueue<string>();
  using event = new SharedEvent();
  const objects = [pipe.first, queue, joinable, event] as const;
  const causes: [unknown, () => void, () => void][] = [
    [pipe.first, () => pipe.second.sendSync("x"), () => pipe.first.recvSync()],
    [queue, () => queue.putSync("x"), () => queue.getSync()],
    [joinable, () => joinable.putSync("x"), () => joinable.getSync()],
    [event, () => event.set(), () => event.clear()],
    [pipe.first, () => pipe.second.close(), () => {}],
  ];
  for (const [object, cause, undo] of causes) {
    const ready = waitAny(objects);
    await Promise.resolve();
    cause();
    assertEquals(await within(ready), [object]);
    undo();
  }
  pipe.first.close();
});

for (const sync of [false, true]) {
  const call = sync ? "waitAnySync()" : "waitAny()";

  Deno.test(`${call} is ended by what other processes do`, async () => {
    using queue = new Queue<string>();
    using event = new SharedEvent();
    using go = new Queue<string>();
    const [mine, theirs] = new Pipe<string>();
    await using process = launch(
      (end: Connection<string>, queue: Queue<string>, event: SharedEvent, go: Queue<string>) => {
        for (;;) {
          const what = go.getSync({ timeout: 20_000 });
          if (what === "send") end.sendSync("x");
          else if (what === "put") queue.putSync("x");
          else if (what === "set") event.set();
          else if (what === "shut down") queue.shutdown();
          else return;
        }
      },
      theirs,
      queue,
      event,
      go,
    );
    const wait = (what: string, ...objects: Waitable[]) => {
      go.putSync(what);
      return sync ? waitAnySync(objects, LONG) : waitAny(objects, LONG);
    };
    const all = [event, mine, queue, process];
    assertEquals(await wait("send", ...all), [mine]);
    assertEquals(mine.recvSync(), "x");
    assertEquals(await wait("put", ...all), [queue]);
    assertEquals(queue.getSync(), "x");
    assertEquals(await wait("set", ...all), [event]);
    event.clear();
    assertEquals(await wait("shut down", ...all), [queue]);
    // A queue that is shut down stays ready; the process gives its end of the pipe back and ends.
    const ready = await wait("end", event, mine, process);
    assert(ready.includes(mine) && !ready.includes(event));
    assertEquals(await waitAny([process], LONG), [process]);
    assertEquals(waitAnySync(all, LONG), [mine, queue, process]);
    await finish(process);
    mine.close();
  });

  Deno.test(`${call} is ended by the end of a process, however it ends`, async () => {
    const blocked = (event: SharedEvent) => void event.waitSync();
    using event = new SharedEvent();
    const killed = launch(blocked, event);
    const returns = launch(blocked, event);
    const both = [killed, returns];
    const wait = () => sync ? waitAnySync(both, LONG) : waitAny(both, LONG);
    assertEquals(await waitAny(both, { timeout: 1 }), []);
    killed.kill();
    assertEquals(await wait(), [killed]);
    event.set();
    while ((await wait()).length < 2);
    await finish(returns);
    assert(await killed.join(LONG));
    assertEquals([killed.exitCode, returns.exitCode], [-9, 0]);
    // Ended ones stay ready.
    assertEquals(await wait(), both);
  });
}

Deno.test("waitAny() of several tasks and processes at once wakes all that look at the same object", async () => {
  using event = new SharedEvent();
  using queue = new Queue<number>();
  using started = new Queue<string>();
  const target = async (
    event: SharedEvent,
    queue: Queue<number>,
    started: Queue<string>,
    ipc: string,
    sync: boolean,
  ) => {
    const { waitAny, waitAnySync } = await import(ipc);
    started.putSync("started");
    const options = { timeout: 20_000 };
    const ready = sync
      ? waitAnySync([queue, event], options)
      : await waitAny([queue, event], options);
    if (ready.length !== 1 || ready[0] !== event) Deno.exit(3);
  };
  const ipc = import.meta.resolve("@ferry/std/ipc");
  await using one = launch(target, event, queue, started, ipc, true);
  await using two = launch(target, event, queue, started, ipc, false);
  const mine = [waitAny([queue, event]), waitAny([event]), waitAny([event, queue])];
  for (let i = 0; i < 2; i++) assertEquals(await started.get(LONG), "started");
  event.set();
  assertEquals(await within(Promise.all(mine)), [[event], [event], [event]]);
  await finish(one, two);
});

Deno.test("waitAny() rejects with the signal's reason when aborted before and during the wait", async () => {
  using pipe = new Pipe<string>();
  using queue = new Queue<string>();
  const objects = [pipe.first, queue];
  const reason = new SyntaxError("no more");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => waitAny(objects, { signal })), reason);
  const aborter = new AbortController();
  const aborted = waitAny(objects, { signal: aborter.signal });
  const other = waitAny(objects);
  await Promise.resolve();
  aborter.abort(reason);
  assertStrictEquals(await within(assertRejects(() => aborted)), reason);
  queue.putSync("x");
  assertEquals(await within(other), [queue]);
});

Deno.test("waitAny() takes nothing from those who receive, and they nothing from it", async () => {
  using pipe = new Pipe<string>();
  using queue = new Queue<string>();
  const got = queue.get();
  const watched = waitAny([queue, pipe.first]);
  await Promise.resolve();
  queue.putSync("for the getter");
  assertEquals(await within(got), "for the getter");
  pipe.second.sendSync("for the watcher");
  const ready = await within(watched);
  assert(ready.includes(pipe.first) || ready.includes(queue));
  assertEquals(pipe.first.recvSync(LONG), "for the watcher");
});

Deno.test("waitAny() takes any iterable, and keeps its order", async () => {
  using one = new SharedEvent();
  using two = new Queue<string>();
  using three = new Pipe<string>();
  one.set();
  three.second.sendSync("x");
  function* each(): Generator<Waitable> {
    yield three.first;
    yield two;
    yield one;
  }
  for (
    const make of [
      () => new Set<Waitable>([three.first, two, one]),
      each,
      () => new Map<Waitable, string>([[three.first, ""], [two, ""], [one, ""]]).keys(),
      () => Object.freeze([three.first, two, one]),
    ]
  ) {
    assertEquals(await waitAny(make(), LONG), [three.first, one]);
    assertEquals(waitAnySync(make(), LONG), [three.first, one]);
  }
  three.first.recvSync();
  one.clear();
  // What a generator yielded is looked at again while waiting.
  const ready = waitAny(each());
  await Promise.resolve();
  two.putSync("later");
  assertEquals(await within(ready), [two]);
  for (const wrong of [undefined, null, 5, {}, two]) {
    await assertRejects(
      () => waitAny(wrong as never),
      TypeError,
      "an iterable of objects is needed",
    );
    assertThrows(() => waitAnySync(wrong as never), TypeError, "an iterable of objects is needed");
  }
});

Deno.test("waitAny() without objects waits until the timeout has passed or the signal aborts", async () => {
  assertEquals(await waitAny([], { timeout: 0 }), []);
  assertEquals(waitAnySync(new Set<Waitable>(), { timeout: 0 }), []);
  const reason = new RangeError("enough");
  const aborter = new AbortController();
  let over = false;
  const waiting = waitAny([], { signal: aborter.signal }).finally(() => over = true);
  using event = new SharedEvent();
  using other = new SharedEvent();
  // What rings for others is nothing to it.
  const others = waitAny([event, other]);
  event.set();
  assertEquals(await within(others), [event]);
  assert(!over);
  aborter.abort(reason);
  assertStrictEquals(await within(assertRejects(() => waiting)), reason);
});

Deno.test("waitAny() refuses an end of a pipe that only sends", async () => {
  const [reader, writer] = new Pipe<string>({ duplex: false });
  using event = new SharedEvent();
  event.set();
  await assertRejects(() => waitAny([event, writer]), TypeError, "it is write-only");
  assertThrows(() => waitAnySync([event, writer]), TypeError, "it is write-only");
  // Nothing is left behind by the refusal.
  writer.sendSync("x");
  assertEquals(await waitAny([reader], LONG), [reader]);
  reader.close();
  writer.close();
});

Deno.test("waitAny() refuses what cannot be waited for, a process not started, and bad timeouts", async () => {
  using lock = new Lock();
  using event = new SharedEvent();
  for (const wrong of [lock, {}, null, 5, "text"]) {
    await assertRejects(() => waitAny([event, wrong as never]), TypeError, "Connection, Queue");
    assertThrows(() => waitAnySync([event, wrong as never]), TypeError, "Connection, Queue");
  }
  const process = new Process(() => {});
  await assertRejects(() => waitAny([process]), TypeError, "not started");
  assertThrows(() => waitAnySync([process]), TypeError, "not started");
  await assertRejects(() => waitAny([event], { timeout: NaN }), RangeError, "NaN");
  assertThrows(() => waitAnySync([event], { timeout: NaN }), RangeError, "NaN");
});
