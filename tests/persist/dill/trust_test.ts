import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  DillError,
  dumps,
  inspect,
  load,
  LoadError,
  loads,
  SignatureError,
} from "@ferry/std/persist/dill";

const HEADER = 32;
const DIGEST = 32;

/** Builds a dump of any text, as somebody hostile would. */
async function forge(text: string, { signed = false, data = new Uint8Array() } = {}) {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(HEADER + encoded.length + data.length + DIGEST);
  bytes.set([0x89, 0x44, 0x49, 0x4c, 0x4c, 0x0d, 0x0a, 0x1a, 1, signed ? 1 : 0]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(16, BigInt(encoded.length), true);
  view.setBigUint64(24, BigInt(bytes.length), true);
  bytes.set(encoded, HEADER);
  bytes.set(data, HEADER + encoded.length);
  const covered = bytes.subarray(0, -DIGEST);
  bytes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", covered)), covered.length);
  return bytes;
}

function body(parts: Record<string, unknown>): string {
  return JSON.stringify({
    modules: [],
    cells: [],
    code: [],
    objects: [],
    buffers: [],
    root: null,
    ...parts,
  });
}

/** A text that leaves a trace if it is evaluated. */
const HOSTILE = "class { static { globalThis.dillWasEvaluated = true; } }";

function hostileBody(): string {
  return body({
    modules: ["data:text/javascript,globalThis.dillWasEvaluated = true"],
    code: [{
      form: "class",
      name: "Hostile",
      source: HOSTILE,
      strict: true,
      captures: [],
      class: { body: 7, keys: [], statics: [] },
    }],
    objects: [["code", 0], ["module", [0, []]]],
    root: { $: 0 },
  });
}

function wasEvaluated(): boolean {
  return Reflect.deleteProperty(globalThis, "dillWasEvaluated") &&
    Reflect.has(globalThis, "dillWasEvaluated");
}

Deno.test("loading takes trust or a key", async () => {
  const bytes = await dumps(1);
  for (
    const options of [undefined, {}, { trust: false }] as never[]
  ) {
    await assertRejects(() => loads(bytes, options), TypeError, "without trust");
  }
  for (const trust of [1, "yes"] as never[]) {
    await assertRejects(() => loads(bytes, { trust }), TypeError, "trust must be a boolean");
  }
  assertEquals(await loads(bytes, { trust: true }), 1);
});

Deno.test("keys: texts, bytes, CryptoKeys; an empty one is a RangeError", async () => {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const hmac = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  for (const [key, same] of [[raw, hmac], [hmac, raw], ["sécret", "sécret"]]) {
    const bytes = await dumps({ a: 1 }, { key: key! });
    assertEquals(await loads(bytes, { key: same! }), { a: 1 });
    assert(inspect(bytes).signed);
  }
  await assertRejects(() => dumps(1, { key: "" }), RangeError);
});

Deno.test("with a key, nothing that is not signed with it is evaluated or imported", async () => {
  const key = "the key";
  const unsigned = await forge(hostileBody());
  const pretending = await forge(hostileBody(), { signed: true });
  const signed = await dumps(() => 1, { key: "another key" });
  for (const bytes of [unsigned, pretending, signed]) {
    await assertRejects(() => loads(bytes, { key }), SignatureError);
    await assertRejects(() => loads(bytes, { key, trust: true }), SignatureError);
  }
  assertEquals(wasEvaluated(), false);
});

Deno.test("a changed byte anywhere in a signed or unsigned dump is refused before it is evaluated", async () => {
  const key = "the key";
  for (const options of [{ key }, {}]) {
    const bytes = await dumps({ f: (n: number) => n + 1, data: new Uint8Array([1, 2]) }, options);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << at % 8;
      const error = await assertRejects(() =>
        loads(changed, "key" in options ? { key } : { trust: true })
      );
      assert(error instanceof LoadError, `byte ${at}: ${error}`);
    }
  }
});

Deno.test("a dump that is cut off at any byte, or followed by bytes, is a LoadError", async () => {
  const bytes = await dumps({ f: () => 1, list: [1, "two", new Map([[3, new Date(4)]])] });
  for (let length = 0; length < bytes.length; length++) {
    const part = bytes.subarray(0, length);
    await assertRejects(() => loads(part, { trust: true }), LoadError);
    assertThrows(() => inspect(part), LoadError);
  }
  const more = new Uint8Array(bytes.length + 1);
  more.set(bytes);
  await assertRejects(() => loads(more, { trust: true }), LoadError, "1 more follow");
});

Deno.test("inspect() lists what a hostile dump would do, and evaluates nothing", async () => {
  const summary = inspect(await forge(hostileBody()));
  assertEquals(summary.code.map(({ form, name, source }) => [form, name, source]), [
    ["class", "Hostile", HOSTILE],
  ]);
  assertEquals(summary.modules[0]!.exports, ["*"]);
  assertEquals([summary.signed, summary.version, summary.objects], [false, 1, 2]);
  assertEquals(wasEvaluated(), false);
});

Deno.test("a text that is not that of a dump is a LoadError", async () => {
  const texts = [
    "",
    "{",
    "[]",
    "null",
    "{}",
    body({ modules: [1] }),
    body({ cells: [["not a name; alert()", null]] }),
    body({ cells: [["a"]] }),
    body({ code: [{ form: "program", name: "", source: "", strict: true, captures: [] }] }),
    body({ code: [{ form: "arrow", name: "", source: 1, strict: true, captures: [] }] }),
    body({ objects: [[1]] }),
    body({ objects: [{}] }),
    body({ buffers: [-1] }),
    body({ buffers: [1] }),
    "\ufeff" + body({}),
  ];
  for (const text of texts) {
    const bytes = await forge(text);
    await assertRejects(() => loads(bytes, { trust: true }), LoadError, undefined, text);
    assertThrows(() => inspect(bytes), LoadError, undefined, text);
  }
});

Deno.test("a dump whose parts do not fit together is a LoadError", async () => {
  const bodies: Record<string, unknown>[] = [
    { root: { $: 0 } },
    { root: { $: -1 } },
    { root: { $: 0.5 } },
    { root: { $: "constructor" } },
    { root: { $: null } },
    { root: { $: "bigint", v: "x" } },
    { objects: [["nothing", 1]] },
    { objects: [["code", 0]] },
    { objects: [["global", ["nowhere"]]] },
    { objects: [["global", ["localStorage"]]] },
    { objects: [["module", [0, ["a"]]]] },
    { objects: [["view", ["Function", { $: 1 }, 0, 1]], ["buffer", [0, null]]], buffers: [0] },
    { objects: [["view", ["Uint8Array", { $: 1 }, 0, 9]], ["buffer", [0, null]]], buffers: [0] },
    { objects: [["buffer", [0, null]]] },
    { objects: [["buffer", [0, 2 ** 60]]], buffers: [0] },
    { objects: [["regexp", ["(", "", 0]]] },
    { objects: [["url", "not a url"]] },
    { objects: [["temporal", ["constructor", ""]]] },
    { objects: [["temporal", ["PlainDate", "x"]]] },
    { objects: [["symbol", ["known", "prototype"]]] },
    { objects: [["sparse", [-1, []]]] },
    { objects: [["map", 5]] },
    { objects: [["prototype", null]] },
    { objects: [["object", {}, null, { of: { $: 0 }, fields: [] }]] },
    { objects: [["object", {}, { prototype: 5 }]] },
    { objects: [["object", {}, { properties: [["a", 0, 1], ["a", 7, 2]] }]] },
    { code: [{ form: "arrow", name: "", source: "() =>", strict: true, captures: [] }] },
    { code: [{ form: "arrow", name: "", source: "5", strict: true, captures: [] }] },
  ];
  for (const parts of bodies) {
    const text = body({ root: { $: 0 }, ...parts });
    const bytes = await forge(text);
    const error = await assertRejects(() => loads(bytes, { trust: true }));
    assert(error instanceof LoadError, `${text}: ${error}`);
  }
});

Deno.test("limits: maxBytes and maxObjects", async () => {
  const bytes = await dumps([new Date(1), new Date(2), () => 1]);
  for (const limits of [{ maxBytes: bytes.length - 1 }, { maxObjects: 3 }]) {
    await assertRejects(() => loads(bytes, { trust: true, ...limits }), LoadError, "max");
    assertThrows(() => inspect(bytes, limits), LoadError);
  }
  const exactly = { maxBytes: bytes.length, maxObjects: 4 };
  await loads(bytes, { trust: true, ...exactly });
  inspect(bytes, exactly);
});

Deno.test("a dump of another version says which is needed", async () => {
  const bytes = await forge(body({}));
  bytes[8] = 2;
  await assertRejects(() => loads(bytes, { trust: true }), LoadError, "version 2, version 1");
});

Deno.test("hostile keys reach no prototype", async () => {
  const bytes = await forge(body({
    objects: [["object", JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1}')]],
    root: { $: 0 },
  }));
  const back = await loads(bytes, { trust: true }) as Record<string, unknown>;
  assertEquals(Object.keys(back), ["__proto__", "constructor"]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assertEquals(back.polluted, undefined);
});

Deno.test("random bytes behind a right header end in a typed error or a value", async () => {
  let state = 99;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const text = new TextDecoder().decode(
    (await dumps({ a: [1, { b: new Map([[1, /x/]]) }], f: (n: number) => n })).subarray(32, -32),
  );
  for (let round = 0; round < 300; round++) {
    const changed = [...text];
    for (let n = 1 + random() * 3; n > 0; n--) {
      changed[Math.floor(random() * changed.length)] = '[]{}",:0159$a-'[Math.floor(random() * 14)]!;
    }
    const bytes = await forge(changed.join(""));
    try {
      await loads(bytes, { trust: true });
    } catch (error) {
      assert(error instanceof DillError, `round ${round}: ${changed.join("")}: ${error}`);
    }
  }
});

Deno.test("a key of another type is a TypeError, and no key of zeros", async () => {
  for (const key of [5, null, {}, [1, 2], new Uint16Array([1, 2]), new ArrayBuffer(4)]) {
    await assertRejects(() => dumps(1, { key: key as unknown as string }), TypeError, "key");
    const signed = await dumps(1, { key: new Uint8Array(5) });
    await assertRejects(() => loads(signed, { key: key as unknown as string }), TypeError, "key");
  }
});

Deno.test("what is no Uint8Array is a TypeError", async () => {
  for (const bytes of [undefined, null, "dump", [1], new ArrayBuffer(64), new Uint16Array(64)]) {
    const value = bytes as unknown as Uint8Array;
    await assertRejects(() => loads(value, { trust: true }), TypeError, "Uint8Array");
    assertThrows(() => inspect(value), TypeError, "Uint8Array");
  }
});

Deno.test("a limit that is no positive integer is a RangeError, not no limit", async () => {
  const bytes = await dumps([1]);
  for (const limit of [NaN, -1, 0, 1.5, "9"]) {
    for (const name of ["maxBytes", "maxObjects"]) {
      const limits = { [name]: limit as number };
      await assertRejects(() => loads(bytes, { trust: true, ...limits }), RangeError, name);
      assertThrows(() => inspect(bytes, limits), RangeError, name);
      const stream = new Blob([bytes]).stream();
      await assertRejects(() => load(stream, { trust: true, ...limits }), RangeError, name);
      await stream.cancel();
    }
  }
});

Deno.test("a change of a signed dump is noticed with its key, at every byte", async () => {
  const bytes = await dumps({ n: 1 }, { key: "key" });
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.slice();
    changed[i]! ^= 0x20;
    await assertRejects(() => loads(changed, { key: "key" }), LoadError);
  }
});
