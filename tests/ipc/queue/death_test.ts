// What becomes of a queue when processes are killed that wait on it, or are in the middle of putting or getting.
import { assert, assertEquals } from "@std/assert";
import { Queue, registerClass, SharedArray, SharedEvent } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG, slay } from "../../_support/processes.ts";
import { EFFORT, random, seedFor } from "../../_support/random.ts";

const IPC = import.meta.resolve("@ferry/std/ipc");

/** Passes some time that depends on the seed, to kill at another moment in each round. */
function spin(times: number): void {
  for (let i = 0; i < times; i++) Math.sqrt(i);
}

for (const how of ["blocks", "awaits"]) {
  Deno.test(`Queue gives its next item to the living when a getter is killed that ${how}`, async () => {
    using queue = new Queue<number>();
    using ready = new SharedEvent();
    await using process = launch(
      async (queue: Queue<number>, ready: SharedEvent, blocks: boolean) => {
        if (blocks) {
          ready.set();
          queue.getSync();
        } else {
          const gets = [queue.get(), queue.get(), queue.get()];
          ready.set();
          await Promise.all(gets);
        }
      },
      queue,
      ready,
      how === "blocks",
    );
    assert(await ready.wait(LONG));
    const mine = queue.get();
    await slay(process);
    queue.putSync(1);
    assertEquals(await within(mine), 1);
    queue.putSync(2);
    assertEquals(queue.getSync(LONG), 2);
  });

  Deno.test(`Queue gives its next place to the living when a putter is killed that ${how}`, async () => {
    using queue = new Queue<string>({ maxSize: 1 });
    using ready = new SharedEvent();
    queue.putSync("first");
    await using process = launch(
      async (queue: Queue<string>, ready: SharedEvent, blocks: boolean) => {
        if (blocks) {
          ready.set();
          queue.putSync("victim's");
        } else {
          const puts = [queue.put("victim's"), queue.put("victim's")];
          ready.set();
          await Promise.all(puts);
        }
      },
      queue,
      ready,
      how === "blocks",
    );
    assert(await ready.wait(LONG));
    const mine = queue.put("mine");
    await slay(process);
    assertEquals(queue.getSync(LONG), "first");
    await within(mine);
    assertEquals(queue.getSync(LONG), "mine");
    assert(queue.isEmpty);
  });
}

Deno.test("Queue passes the wake-up on of a getter that is killed before it could act on it", async () => {
  using queue = new Queue<number>();
  using ready = new SharedEvent();
  await using process = launch(
    (queue: Queue<number>, ready: SharedEvent) => {
      queue.get();
      ready.set();
      for (;;); // first in the line, and too busy to notice
    },
    queue,
    ready,
  );
  assert(await ready.wait(LONG));
  const mine = queue.get();
  queue.putSync(1);
  await slay(process);
  assertEquals(await within(mine), 1);
});

Deno.test("Queue passes the wake-up on of a putter that is killed before it could act on it", async () => {
  using queue = new Queue<string>({ maxSize: 1 });
  using ready = new SharedEvent();
  queue.putSync("first");
  await using process = launch(
    (queue: Queue<string>, ready: SharedEvent) => {
      queue.put("victim's");
      ready.set();
      for (;;);
    },
    queue,
    ready,
  );
  assert(await ready.wait(LONG));
  const mine = queue.put("mine");
  assertEquals(queue.getSync(), "first");
  await slay(process);
  await within(mine);
  assertEquals([queue.getSync(), queue.size], ["mine", 0]);
});

Deno.test("Queue loses no wake-up on a getter that is killed just when it is woken", async () => {
  const next = random(seedFor("getter killed when woken"));
  for (let round = 0; round < 8 * EFFORT; round++) {
    using queue = new Queue<number>();
    using ready = new SharedEvent();
    await using process = launch(
      (queue: Queue<number>, ready: SharedEvent) => {
        ready.set();
        queue.getSync();
        for (;;);
      },
      queue,
      ready,
    );
    assert(await ready.wait(LONG));
    const mine = queue.get();
    spin(next() % 20_000);
    queue.putSync(1);
    spin(next() % 20_000);
    await slay(process);
    // The first item is mine, or was taken by the process; the second is mine then.
    queue.putSync(2);
    const got = await within(mine);
    assertEquals([got, queue.tryGet()], got === 1 ? [1, 2] : [2, undefined]);
  }
});

Deno.test("Queue loses nothing, and keeps its order, when a getter is killed at any moment", async () => {
  const next = random(seedFor("getter killed at any moment"));
  const ITEMS = 3000;
  for (let round = 0; round < 8 * EFFORT; round++) {
    using queue = new Queue<{ i: number; filler: Uint8Array }>();
    using log = new SharedArray("int32", ITEMS, { lock: false });
    using ready = new SharedEvent();
    for (let i = 0; i < ITEMS; i++) {
      queue.putSync({ i, filler: new Uint8Array(next() % 2000).fill(i) });
    }
    await using process = launch(
      (queue: Queue<{ i: number }>, log: SharedArray, ready: SharedEvent) => {
        for (;;) {
          const { i } = queue.getSync();
          log.view[i] = 1;
          if (i >= 20) ready.set();
        }
      },
      queue as Queue<{ i: number }>,
      log,
      ready,
    );
    const got: number[] = [];
    const take = () => {
      const item = queue.tryGet();
      if (item === undefined) return false;
      const { i, filler } = item;
      assert(filler.every((byte) => byte === (i & 255)), `item ${i} is damaged`);
      got.push(i);
      return true;
    };
    assert(await ready.wait(LONG));
    const together = next() % 200;
    for (let i = 0; i < together && take(); i++);
    spin(next() % 50_000);
    await slay(process);
    while (take());
    assertEquals(queue.size, 0);
    assertEquals(got, got.toSorted((a, b) => a - b));
    const all = new Set(got);
    const lost: number[] = [];
    let last = -1;
    for (let i = 0; i < ITEMS; i++) {
      const logged = log.view[i] === 1;
      assert(!(logged && all.has(i)), `item ${i} was given twice`);
      if (logged) last = i;
      else if (!all.has(i)) lost.push(i);
    }
    // At most the one that it had taken and not yet written down.
    assert(lost.length <= 1 && (lost[0] ?? ITEMS) > last, `lost: ${lost}, last logged: ${last}`);
    queue.putSync({ i: 7, filler: new Uint8Array(0) });
    assertEquals(queue.getSync(LONG).i, 7);
  }
});

Deno.test("Queue gets nothing half-put, and keeps its order, when a putter is killed at any moment", async () => {
  const next = random(seedFor("putter killed at any moment"));
  for (let round = 0; round < 8 * EFFORT; round++) {
    using queue = new Queue<{ i: number; filler: Uint8Array }>({ maxSize: round % 2 * 40 });
    using log = new SharedArray("int32", 1, { lock: false });
    await using process = launch(
      (queue: Queue<{ i: number; filler: Uint8Array }>, log: SharedArray, seed: number) => {
        for (let i = 0;; i++) {
          queue.putSync({ i, filler: new Uint8Array(i * seed % 3000).fill(i) });
          log.view[0] = i + 1;
        }
      },
      queue,
      log,
      next() % 997,
    );
    let expected = 0;
    const take = () => {
      const { i, filler } = queue.getSync(LONG);
      assertEquals(i, expected++);
      assert(filler.every((byte) => byte === (i & 255)), `item ${i} is damaged`);
    };
    const together = 30 + next() % 200;
    for (let i = 0; i < together; i++) take();
    spin(next() % 50_000);
    await slay(process);
    while (!queue.isEmpty) take();
    const logged = log.view[0]!;
    assert(expected === logged || expected === logged + 1, `${expected} came, ${logged} were put`);
    queue.putSync({ i: expected, filler: new Uint8Array([expected]) });
    take();
  }
});

/** Something whose encoding and decoding the victims never finish. */
class Trap {}
registerClass("queue_death_test.Trap", Trap, { encode: () => 1, decode: () => new Trap() });

/** Runs in the victims: begins to get or put, and says so from the middle of it. */
async function caught(
  queue: Queue<unknown>,
  inside: SharedEvent,
  ipc: string,
  putting: boolean,
): Promise<void> {
  const { registerClass } = await import(ipc);
  class Trap {}
  const stop = () => {
    inside.set();
    for (;;);
  };
  registerClass("queue_death_test.Trap", Trap, { encode: stop, decode: stop });
  if (putting) queue.putSync({ filler: "x".repeat(100), trap: new Trap() });
  else queue.getSync();
}

Deno.test("Queue still has the item that a getter was decoding when it was killed", async () => {
  using queue = new Queue<unknown>();
  const items = ["before", { a: new Trap() }, "after"];
  for (const item of items.slice(1)) queue.putSync(item);
  for (let victims = 0; victims < 3; victims++) {
    using inside = new SharedEvent();
    await using process = launch(caught, queue, inside, IPC, false);
    assert(await inside.wait(LONG));
    await slay(process);
    assertEquals(queue.size, 2);
  }
  assertEquals(queue.getSync(LONG), items[1]);
  assertEquals(queue.getSync(LONG), items[2]);
});

Deno.test("Queue has nothing of the item that a putter was encoding when it was killed", async () => {
  for (const maxSize of [0, 1]) {
    using queue = new Queue<unknown>({ maxSize });
    for (let victims = 0; victims < 2; victims++) {
      using inside = new SharedEvent();
      await using process = launch(caught, queue, inside, IPC, true);
      assert(await inside.wait(LONG));
      await slay(process);
      assertEquals(queue.size, 0);
      queue.putSync({ next: victims }, { timeout: 0 });
      assertEquals(queue.getSync(LONG), { next: victims });
    }
  }
});

for (const putting of [false, true]) {
  const [what, doing] = putting ? ["putters", "putting"] : ["getters", "getting"];

  Deno.test(`Queue's other ${what} go on when one is killed in the middle of ${doing}`, async () => {
    using queue = new Queue<unknown>();
    using back = new Queue<unknown>();
    using inside = new SharedEvent();
    if (!putting) { for (let i = 0; i < 3; i++) queue.putSync([i, new Trap()]); }
    await using victim = launch(caught, queue, inside, IPC, putting);
    assert(await inside.wait(LONG));
    const target = async (
      queue: Queue<unknown>,
      back: Queue<unknown>,
      ipc: string,
      putting: boolean,
    ) => {
      const { registerClass } = await import(ipc);
      class Trap {}
      registerClass("queue_death_test.Trap", Trap, { encode: () => 1, decode: () => new Trap() });
      back.putSync("started");
      if (putting) queue.putSync("put");
      else back.putSync((queue.getSync() as unknown[])[0]);
    };
    await using one = launch(target, queue, back, IPC, putting);
    await using two = launch(target, queue, back, IPC, putting);
    for (let i = 0; i < 2; i++) assertEquals(await back.get(LONG), "started");
    await slay(victim);
    await finish(one, two);
    if (putting) {
      assertEquals([queue.getSync(LONG), queue.getSync(LONG), queue.size], ["put", "put", 0]);
    } else {
      const got = [back.getSync(LONG), back.getSync(LONG)].sort();
      assertEquals([got, queue.getSync(LONG)], [[0, 1], [2, new Trap()]]);
    }
  });
}
