import { assertEquals, assertRejects } from "@std/assert";
import { open, type Shelf } from "@ferry/std/persist/shelve";
import { testShelf } from "./_contract.ts";
import { FILES } from "./_places.ts";

for (const kind of FILES) testShelf(kind);

async function filled(entries: number): Promise<Shelf<number>> {
  const shelf = await open<number>(":memory:");
  await shelf.update(Array.from({ length: entries }, (_, i) => [`k${i + 100}`, i] as const));
  return shelf;
}

Deno.test("entries: calls of next() that overlap are answered in order", async () => {
  await using shelf = await filled(3);
  const entries = shelf.entries();
  const results = await Promise.all(Array.from({ length: 5 }, () => entries.next()));
  assertEquals(results.map(({ value }) => value?.[1]), [0, 1, 2, undefined, undefined]);
  assertEquals(results.map(({ done }) => done), [false, false, false, true, true]);
});

Deno.test("entries: return() ends it after the calls before it, and ends it for good", async () => {
  await using shelf = await filled(3);
  const entries = shelf.entries();
  const [first, end] = await Promise.all([entries.next(), entries.return()]);
  assertEquals([first.value?.[1], end.done], [0, true]);
  assertEquals(await entries.next(), { done: true, value: undefined });
});

Deno.test("entries: an error ends it, and throw() does too", async () => {
  await using shelf = await filled(3);
  const reason = new TypeError("enough");
  const aborted = shelf.entries({ signal: AbortSignal.abort(reason) });
  assertEquals(await assertRejects(() => aborted.next()), reason);
  assertEquals((await aborted.next()).done, true);
  const thrown = shelf.entries();
  assertEquals((await thrown.next()).value?.[1], 0);
  assertEquals(await assertRejects(() => thrown.throw(reason)), reason);
  assertEquals((await thrown.next()).done, true);
});

Deno.test("update: of a key that comes again groups later, the last value counts", async () => {
  await using shelf = await open<number>(":memory:");
  const many = Array.from({ length: 10_000 }, (_, i): [string, number] => [`k${i}`, i]);
  await shelf.update([["again", 1], ...many, ["again", 2], ["twice", 1], ["twice", 2]]);
  assertEquals([await shelf.get("again"), await shelf.get("twice")], [2, 2]);
  assertEquals(await shelf.size(), 10_002);
});
