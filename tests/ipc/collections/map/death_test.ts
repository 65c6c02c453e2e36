// What becomes of a SharedMap when workers are killed in the middle of changing it.
import { assert, assertEquals } from "@std/assert";
import { type Lock, SharedArray, SharedEvent, SharedMap } from "@ferry/std/ipc";
import { census } from "../../../_support/census.ts";
import { launch, LONG, slay } from "../../../_support/processes.ts";
import { EFFORT, Random, seedFor } from "../../../_support/random.ts";

/** Kills: with FERRY_STRESS, 2,000. */
const KILLS = EFFORT > 1 ? 2000 : 16;

type Value = { n: number; text: string; lock?: Lock };

/** Changes the map until it is killed. What it is about to do, and has done, is in `progress`. */
async function victim(
  map: SharedMap<string, Value>,
  progress: SharedArray<"int32">,
  ready: SharedEvent,
  seed: number,
): Promise<void> {
  const { Lock } = await import("@ferry/std/ipc");
  const { view } = progress;
  let state = seed | 0 || 1;
  const below = (n: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  const value = (n: number): Value => ({ n, text: String(n % 10).repeat(below(60)) });
  for (let n = view[0]! + 1;; n++) {
    // A key of its own, whose value must be the old or the new one.
    view[0] = n;
    if (n % 5 === 0) map.update("sure", () => value(n));
    else map.set("sure", value(n));
    view[1] = n;
    // And everything else that can be done.
    const key = `key ${below(50)}`;
    switch (below(8)) {
      case 0:
        map.delete(key);
        break;
      case 1:
        map.pop(key);
        break;
      case 2: {
        using lock = new Lock();
        map.set(key, { ...value(n), lock });
        break;
      }
      case 3:
        map.get(key)?.lock?.[Symbol.dispose]();
        break;
      case 4:
        map.setDefault(key, value(n));
        break;
      case 5:
        map.set(key, { n, text: String(n % 10).repeat(5000 + below(30_000)) });
        break;
      case 6:
        if (n % 40 === 0) map.clear();
        if (n % 41 === 0) { for (const { lock } of map.values()) lock?.[Symbol.dispose](); }
        break;
      default:
        map.update(key, (old) => value(old?.n ?? n));
    }
    ready.set();
  }
}

/** Checks that a value is whole. */
function assertWhole(value: Value | undefined): void {
  if (value === undefined) return;
  const { n, text } = value;
  const digit = String(n % 10);
  for (const character of text) if (character !== digit) throw new RangeError(`torn: ${n} ${text}`);
}

Deno.test(`SharedMap survives ${KILLS} kills: no value is torn, no reader blocked, nothing leaked`, async () => {
  const seed = seedFor("SharedMap under kills");
  const random = new Random(seed);
  using map = new SharedMap<string, Value>();
  using progress = new SharedArray("int32", 2);
  using ready = new SharedEvent();
  const before = census(map);
  for (let kill = 0; kill < KILLS; kill++) {
    ready.clear();
    {
      await using process = launch(victim, map, progress, ready, random.below(2 ** 30));
      assert(await ready.wait(LONG));
      // Meanwhile this thread reads and changes, too.
      const until = performance.now() + random.next() * 4;
      for (let i = 0; performance.now() < until; i++) {
        const key = `key ${i % 50}`;
        const value = map.get(key);
        assertWhole(value);
        value?.lock?.[Symbol.dispose]();
        if (i % 3 === 0) map.set(key, { n: i, text: String(i % 10).repeat(i % 70) });
        else if (i % 17 === 0) map.delete(key);
        assertWhole(map.get("sure"));
      }
      process.kill();
      // Who was killed may hold any lock: whoever needs it gets it once the thread has ended.
      for (let i = 0; i < 50; i++) {
        const { lock } = map.update(`key ${i}`, (old) => old ?? { n: 1, text: "1" });
        lock?.[Symbol.dispose]();
      }
      await slay(process);
    }
    const sure = map.get("sure");
    const [begun, done] = progress.view;
    // It may have been removed by clear().
    if (sure !== undefined) {
      assertWhole(sure);
      assert(sure.n === begun || sure.n === done, `${sure.n}, not ${done} or ${begun}`);
    }
    let size = 0;
    for (const [, value] of map) {
      assertWhole(value);
      value.lock?.[Symbol.dispose]();
      size++;
    }
    assertEquals(map.size, size);
    if (kill % 50 === 49) {
      map.clear();
      assertEquals(census(map), before, `after ${kill + 1} kills`);
    }
  }
  map.clear();
  assertEquals(census(map), before);
  assertEquals(map.byteLength, 0);
});

Deno.test("SharedMap goes on when a worker is killed in the function of update()", async () => {
  using map = new SharedMap<string, number>([["a", 1]]);
  using inside = new SharedEvent();
  await using process = launch(
    (map: SharedMap<string, number>, inside: SharedEvent) => {
      map.update("a", () => {
        inside.set();
        for (;;);
      });
    },
    map,
    inside,
  );
  assert(await inside.wait(LONG));
  assertEquals(map.get("a"), 1);
  process.kill();
  assertEquals(map.update("a", (n) => n! + 1), 2);
});

Deno.test("SharedMap whose last user is killed is given back, with all that was in it", async () => {
  using event = new SharedEvent();
  const before = census(event);
  {
    await using process = launch(
      async (event: SharedEvent) => {
        const { Lock, SharedMap } = await import("@ferry/std/ipc");
        const map = new SharedMap<number, unknown>();
        for (let i = 0; i < 5000; i++) map.set(i, i % 10 === 0 ? [new Lock()] : "x".repeat(i % 50));
        event.set();
        for (;;);
      },
      event,
    );
    assert(await event.wait(LONG));
    await slay(process);
  }
  assertEquals(census(event), before);
});
