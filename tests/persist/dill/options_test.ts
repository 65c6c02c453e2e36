/** Options that do not exist or are of another type: a TypeError that lists those that do. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { detect, dump, dumps, inspect, load, loads } from "@ferry/std/persist/dill";

function wrong(options: object): never {
  return options as never;
}

Deno.test("an unknown option is a TypeError that lists those there are", async () => {
  const bytes = await dumps(1);
  const sink = () => new WritableStream();
  const source = () => ReadableStream.from([bytes]);
  const calls: [names: string, call: () => unknown][] = [
    ["capture, modules, persistentId, key", () => dumps(1, wrong({ captures: {} }))],
    ["capture, modules, persistentId, key", () => dump(1, sink(), wrong({ captures: {} }))],
    ["capture, modules, persistentId,", () => detect(1, wrong({ captures: {} }))],
    [
      "key, trust, persistentLoad, maxBytes, maxObjects",
      () => loads(bytes, wrong({ turst: true })),
    ],
    ["key, trust, persistentLoad", () => loads(bytes, wrong({ trust: true, maxByte: 1 }))],
    ["key, trust, persistentLoad", () => load(source(), wrong({ trust: true, maxByte: 1 }))],
  ];
  for (const [names, call] of calls) {
    await assertRejects(async () => await call(), TypeError, `needed one of the options ${names}`);
  }
  assertThrows(() => inspect(bytes, wrong({ maxByte: 1 })), TypeError, "maxBytes, maxObjects");
});

Deno.test("an option of another type is a TypeError; signal and timeout are those of dump and load", async () => {
  const bytes = await dumps(1);
  await assertRejects(() => dumps(1, wrong({ capture: "n" })), TypeError, "capture must be");
  await assertRejects(() => dumps(1, wrong({ persistentId: {} })), TypeError, "persistentId must");
  await assertRejects(
    () => loads(bytes, wrong({ trust: true, persistentLoad: 1 })),
    TypeError,
    "persistentLoad must be",
  );
  await assertRejects(() => dumps(1, wrong({ timeout: 1 })), TypeError, "timeout");
  const wait = { timeout: 10_000, signal: new AbortController().signal };
  const parts: Uint8Array[] = [];
  await dump(1, new WritableStream({ write: (part) => void parts.push(part) }), wait);
  assertEquals(await load(ReadableStream.from(parts), { trust: true, ...wait }), 1);
});
