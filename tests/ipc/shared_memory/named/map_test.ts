import { assert, assertEquals, assertThrows } from "@std/assert";
import { MapFullError, SharedMap } from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory";
import { Random, seedFor } from "../../../_support/random.ts";
import { freshName, Program } from "./_program.ts";

const STRESS = Deno.env.get("FERRY_STRESS") === "1";

Deno.test("SharedMap: what one program sets, another gets, while the map grows", async () => {
  const name = freshName();
  using map = new SharedMap<string | number, unknown>([["a", { deep: [1n] }]], { name });
  await using other = new Program(`
    const map = new SharedMap(null, { name: "${name}" });
    for (let i = 0; i < 20_000; i++) map.set(i, { id: i, pad: "x".repeat(i % 40) });
    say([map.size, map.get("a").deep.length]);
    for (let i = 0; i < 5000; i++) map.update("count", (n = 0) => n + 1);
    say("counted");
    map.clear();
    say("cleared");
  `);
  for (let i = 0; i < 5000; i++) map.update("count", (n) => (n as number ?? 0) + 1);
  for (let i = 0; map.get(19_999) === undefined; i = (i + 1) % 20_000) {
    const value = map.get(i) as { id: number } | undefined;
    assert(value === undefined || value.id === i);
  }
  const [size] = await other.said() as [number, number];
  assert(size >= 20_001);
  assertEquals(await other.said(), "counted");
  const count = map.get("count");
  assertEquals(await other.said(), "cleared");
  assert(count === 10_000 || count === undefined, String(count));
  assertEquals(map.size, 0);
});

Deno.test("SharedMap: programs killed at random moments leave it whole, and lose no memory", async () => {
  const random = new Random(seedFor("programs with a map, killed"));
  const rounds = STRESS ? 60 : 6;
  const name = freshName();
  using map = new SharedMap<number, { id: number; pad: string }>(null, {
    name,
    capacity: 2 ** 23,
    maxBytes: 2 ** 22,
  });
  const writer = `
    const map = new SharedMap(null, { name: "${name}" });
    say("ready");
    for (let i = 0;; i = (i + 7) % 3000) {
      if (i % 5 === 0) map.delete(i);
      else map.set(i, { id: i, pad: String(i % 10).repeat(i % 300) });
      if (i === 6) map.clear();
    }
  `;
  const check = () => {
    let entries = 0;
    for (const [key, { id, pad }] of map) {
      assertEquals([id, pad], [key, String(key % 10).repeat(key % 300)]);
      entries++;
    }
    assertEquals(map.size, entries);
  };
  for (let round = 0; round < rounds; round++) {
    await using one = new Program(writer);
    await using two = new Program(writer);
    assertEquals([await one.said(), await two.said()], ["ready", "ready"]);
    await new Promise((resolve) => setTimeout(resolve, random.below(100)));
    await Promise.all([one.kill(), two.kill()]);
    check();
    for (let i = 0; i < 3000; i++) map.set(i, { id: i, pad: String(i % 10).repeat(i % 300) });
    check();
    map.clear();
  }
  assertEquals(map.byteLength, 0);
});

Deno.test("SharedMap: a map that may not grow any more says so and goes on", () => {
  using map = new SharedMap<number, string>(null, { name: freshName(), capacity: 300_000 });
  let n = 0;
  const error = assertThrows(() => {
    for (;; n++) map.set(n, "x".repeat(1000));
  }, RangeError);
  assert(n > 50 && !(error instanceof MapFullError), `${n} entries, ${error}`);
  for (let i = 0; i < n; i++) assertEquals(map.get(i)?.length, 1000);
  map.delete(0);
  map.clear();
  map.set(1, "again");
  assertEquals([...map], [[1, "again"]]);
});
