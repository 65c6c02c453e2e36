import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  dis,
  type DisMemo,
  dumps,
  genops,
  loads,
  optimize,
  Pickler,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { ByteArray } from "@ferry/std/persist/types";
import { pickleVectors } from "../../../_support/pickle_vectors.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const from = (hex: string) => Uint8Array.fromHex(hex.replaceAll(" ", ""));

Deno.test("dis gives position, opcode, indentation by marks, and argument", () => {
  assertEquals(
    dis(dumps([1, ["a"], 2.5])),
    `    0: \\x80 PROTO      5
    2: \\x95 FRAME      23
   11: ]    EMPTY_LIST
   12: \\x94 MEMOIZE    (as 0)
   13: (    MARK
   14: K        BININT1    1
   16: ]        EMPTY_LIST
   17: \\x94     MEMOIZE    (as 1)
   18: \\x8c     SHORT_BINUNICODE 'a'
   21: \\x94     MEMOIZE    (as 2)
   22: a        APPEND
   23: G        BINFLOAT   2.5
   32: e        APPENDS    (MARK at 13)
   33: .    STOP
highest protocol among opcodes = 4
`,
  );
});

Deno.test("dis describes instructions at the annotate column, and follows longer lines", () => {
  assertEquals(
    dis(from("28 4b01 74 63 6d0a 6e616d650a 30 2e"), { annotate: 20 }),
    `    0: (    MARK            Push a mark.
    1: K        BININT1    1 Push an int of 0 to 255.
    3: t        TUPLE      (MARK at 0) Replace everything above the mark by a tuple of it.
    4: c    GLOBAL     'm name'        Push the class or function that the two lines name.
   12: 0    POP                        Drop the top item.
   13: .    STOP                       End the pickle: its value is the top item.
highest protocol among opcodes = 1
`,
  );
});

Deno.test("dis writes values as Python's repr does", () => {
  const argument = (hex: string) => /: \S+ +[A-Z_0-9]+ +(.*)/.exec(dis(from(hex)))![1];
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    return argument(`8c${bytes.length.toString(16).padStart(2, "0")}${bytes.toHex()}2e`);
  };
  assertEquals(text("a'b"), `"a'b"`);
  assertEquals(text(`a'"b`), `'a\\'"b'`);
  assertEquals(text("\n\r\t\\\0\x7f"), "'\\n\\r\\t\\\\\\x00\\x7f'");
  assertEquals(text("é\xa0\xad\u2028ጀ😀\u{e0001}"), "'é\\xa0\\xad\\u2028ጀ😀\\U000e0001'");
  assertEquals(argument("8c 03 eda080 2e"), "'\\ud800'");
  const float = (value: number) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return argument("47" + new Uint8Array(view.buffer).toHex() + "2e");
  };
  const cases: [number, string][] = [
    [1, "1.0"],
    [-0, "-0.0"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-1.5e300, "-1.5e+300"],
    [123456789.125, "123456789.125"],
    [5e-324, "5e-324"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [NaN, "nan"],
  ];
  for (const [value, expected] of cases) assertEquals(float(value), expected);
  assert(dis(dumps(new ByteArray([39, 0]))).includes(`bytearray(b"'\\x00")`));
});

Deno.test("dis follows several pickles of one pickler by start and memo", () => {
  const pickler = new Pickler({ protocol: 2 });
  const shared = ["x"];
  const first = pickler.dumps(shared);
  const second = pickler.dumps([shared]);
  const stream = new Uint8Array(first.length + second.length);
  stream.set(first);
  stream.set(second, first.length);
  const memo: DisMemo = new Map();
  dis(stream, { memo });
  const text = dis(stream, { memo, start: first.length });
  assert(text.startsWith(`${first.length}:`.padStart(6)), text);
  assert(text.includes("BINGET     0"));
  assertThrows(() => dis(second), UnpicklingError, "stored memo index");
});

Deno.test("dis hands out the lines before the error, and says where and what", () => {
  const cases: [string, number, number | undefined, string][] = [
    ["30 2e", 0, 0x30, "needed 1 items on the stack for POP, received 0"],
    ["74 2e", 0, 0x74, "needed a mark"],
    ["71 00 2e", 0, 0x71, "received an empty stack"],
    ["28 71 00 2e", 1, 0x71, "received a mark"],
    ["4e 71 00 71 00 2e", 3, 0x71, "needed a new memo index, received 0"],
    ["68 05 2e", 0, 0x68, "needed a stored memo index, received 5"],
    ["4e 4e 2e", 2, 0x2e, "needed an empty stack after STOP, received [None]"],
    ["4e", 1, undefined, "needed STOP"],
    ["4e ff", 1, 0xff, "0xff"],
    ["4b", 0, 0x4b, "uint1 argument of BININT1: needed 1 bytes, received 0"],
    ["49 78 0a", 0, 0x49, "needed a decimal integer"],
    ["53 61 0a", 0, 0x53, "needed a quoted string"],
    ["8b ffffffff", 0, 0x8b, "a length of at least 0"],
    ["8e 0000000000000080", 0, 0x8e, "9223372036854775808 bytes"],
    ["8c 01 ff", 0, 0x8c, "needed UTF-8 text"],
  ];
  for (const [hex, position, opcode, message] of cases) {
    const error = assertThrows(() => dis(from(hex)), UnpicklingError, message);
    assertEquals([error.position, error.opcode], [position, opcode], hex);
  }
  const lines: string[] = [];
  assertThrows(() => dis(from("4e 30 30"), { onLine: (line) => lines.push(line) }));
  assertEquals(lines, ["    0: N    NONE", "    1: 0    POP", "    2: 0    POP"]);
});

Deno.test("dis, genops and optimize say what they need when they are given no bytes, and name a misspelt option", () => {
  for (const given of ["text", new ArrayBuffer(1), [1], null, undefined]) {
    for (const tool of [dis, optimize, (pickle: Uint8Array) => genops(pickle).next()]) {
      assertThrows(() => tool(given as never), TypeError, "needed a Uint8Array");
    }
  }
  const pickle = dumps(1);
  assertThrows(() => dis(pickle, { indentlevel: 2 } as never), TypeError, "indentLevel");
  assertThrows(() => dis(pickle, { onLine: 1 as never }), TypeError, "a function");
  assertThrows(() => genops(pickle, { strat: 1 } as never), TypeError, "start");
});

Deno.test("dis and genops refuse options out of range", () => {
  assertThrows(() => dis(from("4e2e"), { annotate: -1 }), RangeError);
  assertThrows(() => dis(from("4e2e"), { indentLevel: 1.5 }), RangeError);
  assertThrows(() => dis(from("4e2e"), { start: 3 }), RangeError);
  assertThrows(() => [...genops(from("4e2e"), { start: -1 })], RangeError);
});

Deno.test("genops gives opcode, argument, position and end, and stops at STOP", () => {
  const operations = [...genops(from("80 02 4b 07 8a 02 ff7f 43 01 61 2e ff"))];
  assertEquals(operations.map(({ opcode, position, end }) => [opcode.name, position, end]), [
    ["PROTO", 0, 2],
    ["BININT1", 2, 4],
    ["LONG1", 4, 8],
    ["SHORT_BINBYTES", 8, 11],
    ["STOP", 11, 12],
  ]);
  assertEquals(operations.map(({ argument }) => argument), [
    2,
    7,
    32767,
    Uint8Array.of(0x61),
    undefined,
  ]);
  assertEquals(operations[1]!.opcode.stackAfter, ["int"]);
});

Deno.test("genops reads text arguments as Python does", () => {
  const argument = (text: string) => [...genops(ascii(text + "\n."))][0]!.argument;
  assertEquals(argument("I01"), true);
  assertEquals(argument("I00"), false);
  assertEquals(argument("I 1_0"), 10);
  assertEquals(argument("L-123456789012345678901L"), -123456789012345678901n);
  assertEquals(argument("F1_0.5e-1"), 1.05);
  assertEquals(argument("F-inf"), -Infinity);
  assertEquals(argument("S'a\\n\\x41\\101\\q'"), "a\nAA\\q");
  assertEquals(argument("V\\u1234\\\\u1234\\U0001f600"), "ሴ\\\\u1234😀");
  assertEquals(argument("cmodule\nname"), "module name");
});

Deno.test("optimize drops memo entries nobody reads, and the value stays the same", () => {
  const shared = ["shared"];
  for (let protocol = 0; protocol <= 5; protocol++) {
    const pickle = dumps([shared, "once", shared, { a: [1, 2] }], { protocol });
    const small = optimize(pickle);
    assert(small.length < pickle.length);
    const [a, , b] = loads(small) as unknown[];
    assert(a === b);
    assertEquals(dumps(loads(small), { protocol }), dumps(loads(pickle), { protocol }));
    assertEquals(optimize(small), small);
    const stores = [...genops(small)].filter(({ opcode }) => /PUT|MEMOIZE/.test(opcode.name));
    assertEquals(stores.length, 1);
  }
});

Deno.test("optimize refuses a memo entry never stored, and a protocol it does not know", () => {
  const error = assertThrows(() => optimize(from("68 00 2e")), UnpicklingError);
  assertEquals([error.position, error.opcode], [0, 0x68]);
  assertThrows(() => optimize(from("80 06 4e 2e")), UnpicklingError);
});

const vectors = pickleVectors();
Deno.test({
  name: "optimize keeps the value of every vector, and dis takes it",
  ignore: vectors.length === 0,
  fn: () => {
    for (const { pickle } of vectors) {
      const small = optimize(pickle);
      assert(small.length <= pickle.length);
      assertEquals(dis(small).split("\n").at(-2)!.slice(0, 29), "highest protocol among opcode");
      const options = { unknown: "opaque" } as const;
      assertEquals(dumps(loads(small, options)), dumps(loads(pickle, options)));
    }
  },
});
