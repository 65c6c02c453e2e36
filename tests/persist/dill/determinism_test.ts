import { assertEquals } from "@std/assert";
import { dumps, loads } from "@ferry/std/persist/dill";
import { join } from "node:path";

class Meter {
  #value = 0;
  static made = 0;
  name = "meter";
  add(n: number): this {
    this.#value += n;
    Meter.made++;
    return this;
  }
  log = () => `${this.name}: ${this.#value}`;
}

Deno.test("the same graph is the same bytes a hundred times, and so is its copy", async () => {
  let count = 0;
  const graph = {
    next: () => ++count,
    get: () => [count, join("a", String(count))],
    meters: [new Meter().add(1), new Meter().add(2)],
    Meter,
    map: new Map<unknown, unknown>([[Symbol("k"), new Set([1, 2])], ["t", new Float64Array(4)]]),
    again: undefined as unknown,
  };
  graph.again = graph;
  const first = await dumps(graph);
  for (let i = 1; i < 100; i++) assertEquals(await dumps(graph), first);
  const copy = await loads(first, { trust: true });
  const second = await dumps(copy);
  assertEquals(await dumps(await loads(second, { trust: true })), second);
});

Deno.test("dumps at the same time do not disturb each other", async () => {
  const make = (n: number) => {
    let value = n;
    return { add: () => value += 1, get: () => value };
  };
  const all = await Promise.all(
    Array.from({ length: 3 }, async (_, n) => {
      const back = await loads(await dumps(make(n)), { trust: true }) as ReturnType<typeof make>;
      back.add();
      return back.get();
    }),
  );
  assertEquals(all, [1, 2, 3]);
});
