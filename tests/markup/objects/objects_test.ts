import { fromObject, guessType, toObject, type XmlObject } from "@ferry/std/markup/objects";
import { subElement } from "@ferry/std/markup";
import { parse, serialize } from "@ferry/std/markup/xml";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";

Deno.test("toObject() makes texts, attributes, children and arrays", () => {
  const of = (xml: string, options = {}) => toObject(parse(xml), options);
  assertEquals(of("<a>x</a>"), "x");
  assertEquals(of("<a/>"), "");
  assertEquals(of("<a>x<!-- c -->y</a>"), "xy");
  assertEquals(of('<a b="1"/>'), { "@b": "1" });
  assertEquals(of('<a b="1">x</a>'), { "@b": "1", "#text": "x" });
  assertEquals(of("<a> <b>1</b> <c/> <b>2</b> </a>"), { b: ["1", "2"], c: "" });
  assertEquals(of("<a><b>1</b></a>", { arrays: ["b"] }), { b: ["1"] });
  assertEquals(of("<a><b>1</b></a>", { arrays: (key: string) => key === "b" }), { b: ["1"] });
  assertEquals(of("<a>x<b>1</b>y</a>"), { "#text": "xy", b: "1" });
  assertEquals(of("<a>x<b>1</b>y<?p?>z</a>", { ordered: true }), {
    "#content": ["x", { b: "1" }, "yz"],
  });
});

Deno.test("toObject() converts what it is asked to", () => {
  const root = parse(`<a n="1"><t>2</t><t>x</t><u>true</u><v w="9">3</v></a>`);
  assertEquals(toObject(root, { convert: guessType }), {
    "@n": 1,
    t: [2, "x"],
    u: true,
    v: { "@w": 9, "#text": 3 },
  });
  assertEquals(toObject(root, { convert: { t: (text) => `<${text}>`, v: Number } }), {
    "@n": "1",
    t: ["<2>", "<x>"],
    u: "true",
    v: { "@w": "9", "#text": 3 },
  });
  const guesses = [
    "1",
    "-0.5",
    "1e3",
    "01",
    "+1",
    ".5",
    "1e999",
    "0x1",
    "",
    "TRUE",
    "18446744073709551615",
  ];
  assertEquals(guesses.map(guessType), [
    1,
    -0.5,
    1000,
    "01",
    "+1",
    ".5",
    "1e999",
    "0x1",
    "",
    "TRUE",
    18446744073709551615n,
  ]);
  assertEquals(guessType("0.12345678901234567890"), "0.12345678901234567890");
});

Deno.test("a converter may give undefined, null and objects", () => {
  const root = parse("<a><b>1</b><c>2</c></a>");
  assertEquals(toObject(root, { convert: (text, key) => key === "b" ? null : { text } }), {
    b: null,
    c: { text: "2" },
  });
});

Deno.test("toObject() and fromObject() write namespaces as asked", () => {
  const xml = `<r xmlns="u:r" xmlns:p="u:p" p:a="1" a="2"><p:c>3</p:c></r>`;
  assertEquals(toObject(parse(xml)), { "@{u:p}a": "1", "@a": "2", "{u:p}c": "3" });
  const namespaces = { "": "u:r", p: "u:p" };
  const object = toObject<XmlObject>(parse(xml), { namespaces });
  assertEquals(object, { "@p:a": "1", "@a": "2", "p:c": "3" });
  const back = fromObject("r", object, { namespaces });
  assertEquals(back.tag, "{u:r}r");
  assertEquals(toObject(back), toObject(parse(xml)));
  assertEquals(toObject(parse(serialize(back))), toObject(parse(xml)));
});

Deno.test("fromObject() takes numbers, dates and nothing, and tells the path of what it cannot take", () => {
  const date = Temporal.PlainDate.from("2026-11-27");
  assertEquals(
    serialize(fromObject("a", { "@n": 1, b: [true, 2n], c: null, d: undefined, e: date })),
    '<a n="1"><b>true</b><b>2</b><c/><e>2026-11-27</e></a>',
  );
  // deno-lint-ignore no-explicit-any
  const refuses = (value: any, message: string) =>
    assertThrows(() => fromObject("a", value), TypeError, message);
  refuses({ b: [{ c: () => 1 }] }, "The value of a.b[0].c needs a text");
  refuses({ "@b": {} }, "The value of a.@b needs a text");
  refuses([1], "The value of a needs");
  refuses({ "#content": 1 }, "The value of a.#content needs an array");
  assertThrows(() => fromObject("a", { "b c": 1 }), RangeError);
  assertThrows(() => fromObject("a", { b: "\0" }), RangeError);
  const circle: XmlObject = {};
  circle.circle = circle;
  assertThrows(() => fromObject("a", circle), RangeError, "at most 512 deep");
});

Deno.test("names of JavaScript's own are names as any other", () => {
  const xml = `<a><__proto__ constructor="1"><x>1</x></__proto__><toString>2</toString></a>`;
  const object = toObject<Record<string, unknown>>(parse(xml));
  assertEquals(Object.keys(object), ["__proto__", "toString"]);
  assertEquals(({} as { x?: string }).x, undefined);
  assertEquals(serialize(fromObject("a", object as XmlObject)), xml);
});

Deno.test("toObject() refuses trees that are too deep", () => {
  const top = parse("<a/>");
  let at = top;
  for (let level = 0; level < 1000; level++) at = subElement(at, "a");
  assertThrows(() => toObject(top), RangeError, "at most 512 deep");
  assert(toObject(top, { maxDepth: 1024 }));
  assertThrows(() => toObject(top, { maxDepth: 2000 }), RangeError, "from 1 to 1024");
});

Deno.test("objects are the same after a way through elements, and elements after one through ordered objects", () => {
  const random = new Random(seedFor("objects"));
  const word = () => random.pick(["a", "b", "c-d", "é", "_1", "__proto__"]);
  const text = () => random.pick(["x", " y ", "<&>", "1", "ü\n"]);
  const object = (depth: number): XmlObject => {
    const made: XmlObject = {};
    if (random.below(2) === 0) made[`@${word()}`] = text();
    for (let more = random.below(3); more > 0 && depth > 0; more--) {
      const value = () => random.below(2) === 0 ? text() : object(depth - 1);
      const several = [value(), value()];
      Object.defineProperty(made, word(), {
        value: random.below(3) === 0 ? several : several[0],
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    if (Object.keys(made).length === 0) made["@a"] = "1";
    return made;
  };
  for (let round = 0; round < 500; round++) {
    const value = object(3);
    const element = fromObject("r", value);
    assertEquals(toObject<XmlObject>(element), value);
    const again = fromObject("r", toObject<XmlObject>(element, { ordered: true }));
    assertEquals(serialize(again), serialize(element));
    assertEquals(toObject<XmlObject>(parse(serialize(element))), value);
  }
  const mixed = parse("<p>One <b>two</b> three <i/><b>4</b></p>");
  assertEquals(
    serialize(fromObject("p", toObject<XmlObject>(mixed, { ordered: true }))),
    serialize(mixed),
  );
});

Deno.test("fromObject(): maps and sets, which have no names of their own, are refused rather than lost", () => {
  for (const value of [new Map([["k", 1]]), new Set([1])]) {
    const error = assertThrows(() => fromObject("a", { b: value as unknown as string }), TypeError);
    assertEquals(
      error.message,
      `The value of a.b needs a plain object, received a ${value.constructor.name}`,
    );
  }
});
