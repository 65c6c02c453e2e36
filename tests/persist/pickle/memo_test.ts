import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Pickler,
  PicklerMemo,
  tuple,
  Unpickler,
  UnpicklerMemo,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { findPythons } from "../../_support/python.ts";

/** Objects of every table of a memo: by identity, by value, by name. */
function values(): unknown[] {
  return [{ a: 1 }, ["text", new Uint8Array(1)], new Set([1]), new TypeError("why")];
}

Deno.test("a Pickler primed with another's memo goes on as that one would, in every protocol", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const data = values();
    const first = new Pickler({ protocol });
    const second = new Pickler({ protocol });
    const head = first.dumps(data);
    second.memo = first.memo;
    assertEquals(second.memoSize, first.memoSize);
    const tail = second.dumps([data, data[0], "more"]);
    assertEquals(first.dumps([data, data[0], "more"]), tail);

    const unpickler = new Unpickler();
    const back = unpickler.loads(head) as unknown[];
    const again = unpickler.loads(tail) as unknown[];
    assertStrictEquals(again[0], back);
    assertStrictEquals(again[1], back[0]);
  }
});

Deno.test("a Pickler's memo is assigned as a copy: neither changes the other", () => {
  const shared = { a: 1 };
  const first = new Pickler();
  first.dumps(shared);
  const kept = first.memo.copy();
  const second = new Pickler();
  second.memo = first.memo;
  first.memo.clear();
  assertEquals([first.memo.size, kept.size, second.memo.size], [0, 2, 2]);
  assertEquals(kept.get(shared), 0);
  assertEquals([kept.get("a"), kept.get("b"), first.memo.get(shared)], [1, undefined, undefined]);
  second.dumps(["new"]);
  assertEquals(kept.size, 2);
  const full = first.dumps(shared);
  second.memo = new PicklerMemo();
  assertEquals(second.dumps(shared), full);
  first.memo = kept;
  assertEquals(first.dumps(shared).length < full.length, true);
});

Deno.test("an Unpickler primed with another's memo reads what refers to it", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const data = values();
    const pickler = new Pickler({ protocol });
    const head = pickler.dumps(data);
    const tail = pickler.dumps([data[0], data[1]]);
    const first = new Unpickler();
    const back = first.loads(head) as unknown[];
    const second = new Unpickler();
    assertThrows(() => second.loads(tail), UnpicklingError, "memo has no entry");
    second.memo = first.memo;
    first.memo.clear();
    assertEquals(first.memo.size, 0);
    const again = second.loads(tail) as unknown[];
    assertStrictEquals(again[0], back[0]);
    assertStrictEquals(again[1], back[1]);
    assertThrows(() => first.loads(tail), UnpicklingError, "memo has no entry");
  }
});

Deno.test("an Unpickler's memo is assigned as a copy, with entries that stand alone", () => {
  const first = new Unpickler();
  // 2**20 has a number far from the others.
  first.loads(Uint8Array.fromHex("80045d94" + "72" + "00001000" + "2e"));
  const kept = first.memo.copy();
  assertEquals([kept.size, kept.get(0), kept.get(2 ** 20), kept.get(1)], [2, [], [], undefined]);
  assertStrictEquals(kept.get(0), kept.get(2 ** 20));
  first.memo = new UnpicklerMemo();
  assertEquals([first.memo.size, kept.size], [0, 2]);
  first.memo = kept;
  assertStrictEquals(first.loads(Uint8Array.fromHex("6a000010002e")), kept.get(0));
});

const [python] = findPythons();
if (python === undefined) console.log("CPython's memos: skipped, none found");

Deno.test({
  name: "a primed Pickler writes what CPython's writes",
  ignore: python === undefined,
  async fn() {
    const script = `
import pickle, io
for protocol in range(6):
    data = [{"a": 1}, ["text", 1.5], (1, 2)]
    head = io.BytesIO(); first = pickle.Pickler(head, protocol); first.dump(data)
    tail = io.BytesIO(); second = pickle.Pickler(tail, protocol); second.memo = first.memo
    second.dump([data, data[0], data[2], "more"])
    print(tail.getvalue().hex())
`;
    const { stdout } = await new Deno.Command(python!.command, { args: ["-c", script] }).output();
    const theirs = new TextDecoder().decode(stdout).trim().split("\n");
    assertEquals(theirs.length, 6);
    for (const [protocol, expected] of theirs.entries()) {
      const data = [{ a: 1 }, ["text", 1.5], tuple(1, 2)];
      const first = new Pickler({ protocol });
      const second = new Pickler({ protocol });
      first.dumps(data);
      second.memo = first.memo;
      assertEquals(second.dumps([data, data[0], data[2], "more"]).toHex(), expected);
    }
  },
});
