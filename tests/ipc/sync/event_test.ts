import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Event, SharedEvent } from "@ferry/std/ipc";
import { Crew, within } from "../../_support/crew.ts";

Deno.test("SharedEvent goes up with set() and down with clear(), however often", () => {
  using event = new SharedEvent();
  assertStrictEquals(Event, SharedEvent);
  assertEquals(event.isSet, false);
  event.set();
  event.set();
  assertEquals(event.isSet, true);
  event.clear();
  event.clear();
  assertEquals(event.isSet, false);
});

Deno.test("SharedEvent.wait() and waitSync() are false after their timeout, true when it is set", async () => {
  using event = new SharedEvent();
  for (const timeout of [0, -1, -Infinity, 1]) {
    assertEquals(event.waitSync({ timeout }), false);
    assertEquals(await event.wait({ timeout }), false);
  }
  event.set();
  for (const timeout of [0, -1, 1, Infinity]) {
    assertEquals(event.waitSync({ timeout }), true);
    assertEquals(await event.wait({ timeout }), true);
  }
  assertEquals(event.waitSync(), true);
  assertEquals(event.isSet, true);
  event.clear();
  assertEquals(event.waitSync({ timeout: 0 }), false);
});

Deno.test("SharedEvent.wait() rejects a timeout that is no number", async () => {
  using event = new SharedEvent();
  assertThrows(() => event.waitSync({ timeout: NaN }), RangeError, "NaN");
  await assertRejects(() => event.wait({ timeout: NaN }), RangeError, "NaN");
  await assertRejects(() => event.wait({ timeout: null as never }), TypeError, "received null");
});

Deno.test("SharedEvent.set() ends the waits of all, also when it is cleared at once", async () => {
  using event = new SharedEvent();
  const waits = Array.from({ length: 5 }, () => event.wait());
  await Promise.resolve();
  event.set();
  event.clear();
  assertEquals(await within(Promise.all(waits)), [true, true, true, true, true]);
  assertEquals(event.waitSync({ timeout: 0 }), false);
});

Deno.test("SharedEvent.wait() rejects with the signal's reason when aborted before and during the wait", async () => {
  using event = new SharedEvent();
  const reason = new SyntaxError("no more");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => event.wait({ signal })), reason);
  const aborter = new AbortController();
  const aborted = event.wait({ signal: aborter.signal });
  const other = event.wait();
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => aborted), reason);
  event.set();
  assertEquals(await within(other), true);
});

Deno.test("SharedEvent set in one worker ends the waits in others, blocking and awaiting", async () => {
  using crew = new Crew(3);
  using event = new SharedEvent();
  using started = new SharedEvent();
  const waits = Promise.all([
    crew.run(0, "waitEventAsync", [event, started]),
    crew.run(1, "waitEvent", [event]),
  ]);
  assert(started.waitSync({ timeout: 20_000 }));
  await crew.run(2, "setEvent", [event]);
  assertEquals(await waits, [true, true]);
  assertEquals(event.isSet, true);
  event.clear();
  assertEquals(await crew.run(1, "waitEvent", [event], 1), false);
});

Deno.test("SharedEvent throws a typed error after it was disposed of", () => {
  const event = new SharedEvent();
  event[Symbol.dispose]();
  assertThrows(() => event.set(), Deno.errors.BadResource, "SharedEvent");
  assertThrows(() => event.clear(), Deno.errors.BadResource);
  assertThrows(() => event.isSet, Deno.errors.BadResource);
  assertThrows(() => event.waitSync({ timeout: 0 }), Deno.errors.BadResource);
});
