// Deadlines: order, rearming, disarming, and what they leave behind.
import { assert, assertEquals } from "@std/assert";
import { Deadline } from "@ferry/std/net";
import { generator, SEED } from "./_random.ts";

Deno.test("Deadline: many fire in order, those that were disarmed or moved do not", async () => {
  const random = generator(SEED);
  const fired: number[] = [];
  const done = Promise.withResolvers<void>();
  const deadlines: Deadline[] = [];
  const expected: [at: number, id: number][] = [];
  for (let id = 0; id < 300; id++) {
    const deadline = new Deadline(() => fired.push(id));
    deadlines.push(deadline);
    for (let moves = Math.floor(random() * 4); moves >= 0; moves--) deadline.arm(1 + random() * 5);
    // 25 ms apart from the rest, so that the order is known.
    const late = id % 3 === 0;
    if (late) deadline.arm(60);
    if (id % 5 === 0) deadline.disarm();
    else expected.push([late ? 1 : 0, id]);
  }
  using last = new Deadline(done.resolve);
  last.arm(120);
  await done.promise;
  assertEquals(fired.length, expected.length, `seed ${SEED}`);
  assertEquals(new Set(fired), new Set(expected.map(([, id]) => id)));
  const early = expected.filter(([at]) => at === 0).length;
  assert(fired.slice(0, early).every((id) => id % 3 !== 0), `seed ${SEED}: not in order`);
  for (const each of deadlines) each[Symbol.dispose]();
});

Deno.test("Deadline: one that is moved further with every read does not fire meanwhile", async () => {
  let fired = 0;
  using deadline = new Deadline(() => fired++);
  for (let i = 0; i < 20; i++) {
    deadline.arm(10_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals([fired, deadline.armed], [0, true]);
});

Deno.test("Deadline: what fires may arm itself again, and others", async () => {
  const done = Promise.withResolvers<void>();
  let count = 0;
  const other = new Deadline(() => done.resolve());
  using deadline = new Deadline(() => {
    if (++count < 3) deadline.arm(1);
    else other.arm(1);
  });
  deadline.arm(1);
  await done.promise;
  other[Symbol.dispose]();
  assertEquals(count, 3);
});
