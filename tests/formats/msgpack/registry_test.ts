import { assertEquals, assertThrows } from "@std/assert";
import {
  decode,
  encode,
  Ext,
  ExtensionRegistry,
  MsgpackError,
  MsgpackLimitError,
  Timestamp,
} from "@ferry/std/formats/msgpack";

class Animal {
  name: string;
  constructor(name: string) {
    this.name = name;
  }
}
class Dog extends Animal {}
class Cat extends Animal {}

function animals(): ExtensionRegistry {
  return new ExtensionRegistry()
    .register<Animal>({
      type: 1,
      class: Animal,
      encode: (animal, encode) => encode(animal.name),
      decode: (data, decode) => new Animal(decode(data) as string),
    })
    .register<Dog>({
      type: 2,
      class: Dog,
      encode: (dog) => new TextEncoder().encode(dog.name),
      decode: (data) => new Dog(new TextDecoder().decode(data)),
    });
}

Deno.test("ExtensionRegistry encodes by the nearest class and decodes by type", () => {
  const extensions = animals();
  const value = [new Animal("a"), new Dog("rex"), new Cat("tom")];
  const bytes = encode(value, { extensions });
  assertEquals(bytes.toHex(), "93" + "d501a161" + "c70302726578" + "d601a3746f6d");
  assertEquals(decode(bytes, { extensions }), [new Animal("a"), new Dog("rex"), new Animal("tom")]);
  assertEquals((decode(bytes) as Ext[])[1], new Ext(2, new TextEncoder().encode("rex")));
});

Deno.test("ExtensionRegistry carries values within values", () => {
  const extensions = animals().register<Set<unknown>>({
    type: 3,
    class: Set,
    encode: (set, encode) => encode([...set]),
    decode: (data, decode) => new Set(decode(data) as unknown[]),
  });
  const value = { set: new Set([new Set([new Dog("rex"), 1]), "x"]), after: [new Set()] };
  assertEquals(decode(encode(value, { extensions }), { extensions }), value);
  const nested = (depth: number): unknown => depth === 0 ? 1 : new Set([nested(depth - 1)]);
  assertThrows(() => encode(nested(600), { extensions }), RangeError, "maxDepth");
  let bytes = encode(1);
  for (let i = 0; i < 600; i++) bytes = encode(new Ext(3, encode([new Ext(3, bytes)])));
  assertThrows(() => decode(bytes, { extensions }), MsgpackLimitError, "maxDepth");
});

Deno.test("ExtensionRegistry passes the options on to values within values", () => {
  const extensions = animals().register<Set<unknown>>({
    type: 3,
    class: Set,
    encode: (set, encode) => encode([...set]),
    decode: (data, decode) => new Set(decode(data) as unknown[]),
  });
  const bytes = encode(new Set([{ b: 1, a: undefined }]), { extensions, undefined: "omit" });
  assertEquals(
    decode(bytes, { extensions, maps: "map", bigint: "always" }),
    new Set([new Map([["b", 1n]])]),
  );
});

Deno.test("ExtensionRegistry matches values that have no class", () => {
  const extensions = new ExtensionRegistry()
    .register<symbol>({
      type: 4,
      matches: (value) => typeof value === "symbol",
      encode: (symbol, encode) => encode(Symbol.keyFor(symbol)),
      decode: (data, decode) => Symbol.for(decode(data) as string),
    })
    .register<bigint>({
      type: 5,
      matches: (value) => typeof value === "bigint",
      encode: (value, encode) => encode(value.toString(16)),
      decode: (data, decode) => BigInt(`0x${decode(data)}`),
    })
    .register<{ kind: string }>({
      type: 6,
      matches: (value) => (value as { kind?: string }).kind === "tagged",
      encode: (value, encode) => encode({ ...value, kind: undefined }),
      decode: (data, decode) => ({ ...(decode(data) as object), kind: "tagged" }),
    });
  const value = [Symbol.for("s"), 2n ** 70n, { kind: "tagged", x: 1 }, 5];
  const bytes = encode(value, { extensions });
  assertEquals(decode(bytes, { extensions }), value);
  assertEquals((decode(bytes) as Ext[]).slice(0, 3).map((ext) => ext.type), [4, 5, 6]);
});

Deno.test("ExtensionRegistry may take built-in classes and timestamps over", () => {
  const extensions = new ExtensionRegistry()
    .register<Map<unknown, unknown>>({
      type: 7,
      class: Map,
      encode: (map, encode) => encode([...map]),
      decode: (data, decode) => new Map(decode(data) as [unknown, unknown][]),
    })
    .register<Date>({
      type: -1,
      class: Date,
      encode: (date) => Uint8Array.of(date.getTime()),
      decode: (data) => new Date(data[0]!),
    });
  const value = [new Map<unknown, unknown>([[1, 2]]), new Date(9), { a: 1 }];
  assertEquals(decode(encode(value, { extensions }), { extensions }), value);
  assertEquals(decode(encode(new Timestamp(9)), { extensions }), new Date(0));
});

Deno.test("ExtensionRegistry.register() refuses types and classes that are taken or out of range", () => {
  const entry = { encode: () => new Uint8Array(0), decode: () => 0 };
  const extensions = animals();
  assertThrows(() => extensions.register({ ...entry, type: 1 }), RangeError, "it is taken");
  assertThrows(
    () => extensions.register({ ...entry, type: 9, class: Dog as never }),
    RangeError,
    "class Dog for extension type 9: it has type 2",
  );
  assertThrows(() => extensions.register({ ...entry, type: 128 }), RangeError, "-128 to 127");
  extensions.register({ ...entry, type: 9 });
  assertEquals(extensions.get(9)!.type, 9);
});

Deno.test("encode() refuses an extension that gives no bytes, or encodes after it returned", () => {
  const wrong = new ExtensionRegistry().register<Animal>({
    type: 1,
    class: Animal,
    encode: () => "text" as unknown as Uint8Array,
    decode: () => new Animal(""),
  });
  assertThrows(
    () => encode(new Animal("a"), { extensions: wrong }),
    TypeError,
    "must return a Uint8Array",
  );
  let kept: (value: unknown) => Uint8Array = () => new Uint8Array(0);
  const late = new ExtensionRegistry().register<Animal>({
    type: 1,
    class: Animal,
    encode(_, encode) {
      kept = encode;
      return new Uint8Array(0);
    },
    decode: () => new Animal(""),
  });
  encode(new Animal("a"), { extensions: late });
  assertThrows(() => kept(1), TypeError, "that is finished");
});

Deno.test("encode() goes on after an extension caught a failure inside", () => {
  const extensions = new ExtensionRegistry().register<Animal>({
    type: 1,
    class: Animal,
    encode(_, encode) {
      try {
        return encode([1, [2, () => 3]]);
      } catch {
        return encode("gave up");
      }
    },
    decode: (data, decode) => new Animal(decode(data) as string),
  });
  const bytes = encode([1, new Animal("a"), 2], { extensions });
  assertEquals(decode(bytes, { extensions }), [1, new Animal("gave up"), 2]);
});

Deno.test("decode() passes on what an extension throws, and errors inside are MsgpackErrors", () => {
  const extensions = animals();
  const bytes = encode(new Ext(1, Uint8Array.of(0xc1)));
  assertThrows(() => decode(bytes, { extensions }), MsgpackError, "0xc1");
  assertEquals(decode(encode(1)), 1);
});

Deno.test("encode() takes Temporal values by extension, and an instant as a timestamp", () => {
  const extensions = new ExtensionRegistry().register<Temporal.PlainDate>({
    type: 1,
    class: Temporal.PlainDate,
    encode: (date, encode) => encode(date.toString()),
    decode: (data, decode) => Temporal.PlainDate.from(decode(data) as string),
  });
  const date = Temporal.PlainDate.from("2024-02-29");
  const back = decode(encode({ date }, { extensions }), { extensions }) as { date: unknown };
  assertEquals(String(back.date), "2024-02-29");
  assertThrows(() => encode({ date }), TypeError, "extensions");
  assertEquals(encode(Temporal.Instant.fromEpochMilliseconds(0))[1], 0xff);
});
