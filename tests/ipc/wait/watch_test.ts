// What waitAny() can wait for is an interface: others implement it, and what is disposed of ends the wait.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Pipe,
  Process,
  Queue,
  SharedEvent,
  type Waitable,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import { WATCH, watchable } from "@ferry/std/net/watch";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";

const { BadResource } = Deno.errors;

/** Something of another area that becomes ready when it is told to. */
class Bell implements Waitable {
  ready = false;
  /** How many watch it. */
  watchers = 0;
  asked = 0;
  readonly #notify: Set<() => void> = new Set();

  watch(notify: () => void): { ready(): boolean; stop(): void } {
    this.watchers++;
    this.#notify.add(notify);
    return {
      ready: () => {
        this.asked++;
        return this.ready;
      },
      stop: () => {
        this.watchers--;
        this.#notify.delete(notify);
      },
    };
  }

  /** Tells all who watch to look. */
  poke(): void {
    for (const notify of this.#notify) notify();
  }

  ring(): void {
    this.ready = true;
    this.poke();
  }
}

watchable(Bell);

for (
  const [name, make, close] of [
    ["SharedEvent", () => new SharedEvent(), (event) => event[Symbol.dispose]()],
    ["Queue", () => new Queue(), (queue) => queue[Symbol.dispose]()],
    ["Connection", () => new Pipe().first, (end) => end[Symbol.dispose]()],
    [
      "Connection that only receives",
      () => new Pipe({ duplex: false }).first,
      (end) => end[Symbol.dispose](),
    ],
  ] as [string, () => Waitable & Disposable, (object: Disposable) => void][]
) {
  Deno.test(`waitAny() rejects when a ${name} it waits for is disposed of in this worker`, async () => {
    using other = new Queue<number>();
    const object = make();
    const alone = assertRejects(() => waitAny([object]), BadResource, "disposed of");
    const among = assertRejects(() => waitAny([other, object]), BadResource, "disposed of");
    await Promise.resolve();
    close(object);
    await within(Promise.all([alone, among]));
    await assertRejects(() => waitAny([object], LONG), BadResource, "disposed of");
    assertThrows(() => waitAnySync([object], LONG), BadResource, "disposed of");
  });
}

Deno.test("waitAny() waits for objects of other areas, alone and among shared ones", async () => {
  const bell = new Bell();
  using queue = new Queue<number>();
  using event = new SharedEvent();
  const alone = waitAny([bell], LONG);
  const among = waitAny<Waitable>([queue, bell, event], LONG);
  await Promise.resolve();
  assertEquals(bell.watchers, 2);
  bell.ring();
  assertEquals(await within(alone), [bell]);
  assertEquals(await within(among), [bell]);
  assertEquals(bell.watchers, 0);
  queue.putSync(1);
  assertEquals(await waitAny<Waitable>([bell, event, queue], LONG), [bell, queue]);
  assertEquals(bell.watchers, 0);
});

Deno.test("waitAny() asks an object again after each notify, and goes on waiting while it is not ready", async () => {
  const bell = new Bell();
  const ready = waitAny([bell], LONG);
  await Promise.resolve();
  for (let i = 0; i < 3; i++) {
    const asked = bell.asked;
    bell.poke();
    bell.poke();
    await within((async () => {
      while (bell.asked === asked) await new Promise((resolve) => setTimeout(resolve, 0));
    })());
  }
  bell.ring();
  assertEquals(await within(ready), [bell]);
});

Deno.test("waitAny() over objects of others is woken by shared ones of another process", async () => {
  const bell = new Bell();
  const [here, there] = new Pipe<string>();
  using go = new SharedEvent();
  await using process = launch(
    (end: typeof there, go: SharedEvent) => {
      if (go.waitSync({ timeout: 20_000 })) end.sendSync("x");
    },
    there,
    go,
  );
  const ready = waitAny<Waitable>([bell, here], LONG);
  go.set();
  assertEquals(await within(ready), [here]);
  assertEquals(bell.watchers, 0);
  here.close();
  await finish(process);
});

Deno.test("waitAny() stops watching when it times out, is aborted, or one object refuses", async () => {
  const bell = new Bell();
  assertEquals(await waitAny([bell], { timeout: 0 }), []);
  assertEquals(await waitAny([bell], { timeout: 1 }), []);
  const reason = new RangeError("enough");
  const stop = new AbortController();
  const aborted = assertRejects(() => waitAny([bell], { signal: stop.signal }), RangeError);
  await Promise.resolve();
  stop.abort(reason);
  assertStrictEquals(await within(aborted), reason);
  await assertRejects(() => waitAny<Waitable>([bell, new Process(() => {})], LONG), TypeError);
  const broken = { [WATCH]: () => ({ ready: () => assert(false, "broken"), stop: () => {} }) };
  await assertRejects(() => waitAny([bell, broken as never], LONG), Error, "broken");
  assertEquals(bell.watchers, 0);
});

Deno.test("waitAnySync() refuses what has only the asynchronous form", () => {
  using queue = new Queue<number>();
  assertThrows(
    () => waitAnySync<Waitable>([queue, new Bell()], LONG),
    TypeError,
    "Cannot block for this Bell",
  );
});

Deno.test("waitAny() says what can be waited for", async () => {
  for (const wrong of [{}, 1, null, undefined, () => {}, new Map()]) {
    await assertRejects(() => waitAny([wrong as never]), TypeError, "Cannot wait for");
    assertThrows(() => waitAnySync([wrong as never]), TypeError, "Cannot wait for");
  }
});

Deno.test("The method of what can be waited for has a registered name, so that a class can have it without imports", async () => {
  assertStrictEquals(WATCH, Symbol.for("@ferry/std.watch"));
  let tell = () => {};
  let ready = false;
  const object = {
    [Symbol.for("@ferry/std.watch")](notify: () => void) {
      tell = notify;
      return { ready: () => ready, stop: () => {} };
    },
  };
  const waiting = waitAny([object as unknown as Waitable], LONG);
  await Promise.resolve();
  ready = true;
  tell();
  assertEquals(await within(waiting), [object as unknown as Waitable]);
});

Deno.test("A shared object can be watched by others: notify comes when it may be ready, and no more after stop", async () => {
  using queue = new Queue<number>();
  using event = new SharedEvent();
  using never = new SharedEvent();
  const [here, there] = new Pipe<string>();
  // Somebody else listens all the time.
  const stop = new AbortController();
  const other = assertRejects(() => waitAny([never], { signal: stop.signal }), DOMException);
  for (
    const [object, cause] of [
      [queue, () => queue.putSync(1)],
      [event, () => event.set()],
      [here, () => there.sendSync("x")],
    ] as [Waitable, () => void][]
  ) {
    const told = Promise.withResolvers<void>();
    let calls = 0;
    const watch = object.watch(() => {
      calls++;
      if (watch.ready()) told.resolve();
    });
    assert(!watch.ready());
    cause();
    await within(told.promise, "notify");
    assert(watch.ready());
    watch.stop();
    const before = calls;
    const seen = waitAny([queue], LONG);
    queue.putSync(2);
    await seen;
    using noise = new SharedEvent();
    const rang = waitAny([noise], LONG);
    noise.set();
    await within(rang);
    assertEquals(calls, before);
  }
  stop.abort();
  await within(other);
  here.close();
  there.close();
});

Deno.test("waitAny() ends all watches, also when ending one of them throws", async () => {
  using queue = new Queue<number>();
  const bell = new Bell();
  const broken = {
    [WATCH]: () => ({
      ready: () => true,
      stop() {
        throw new RangeError("does not stop");
      },
    }),
  };
  for (let round = 0; round < 2; round++) {
    await assertRejects(
      () => waitAny([broken as unknown as Waitable, bell, queue]),
      RangeError,
      "does not stop",
    );
    assertEquals(bell.watchers, 0);
  }
});

Deno.test("waitAny() of what notifies each time that it is asked lets timers and signals come", async () => {
  let asked = 0;
  const restless = {
    [WATCH]: (notify: () => void) => ({
      ready() {
        // Without turns of the event loop nothing else would end this.
        if (++asked === 100_000) throw new TypeError("No timer came");
        notify();
        return false;
      },
      stop() {},
    }),
  };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new RangeError("enough")), 1);
  await assertRejects(
    () => waitAny([restless as unknown as Waitable], { signal: controller.signal }),
    RangeError,
    "enough",
  );
  clearTimeout(timer);
});
