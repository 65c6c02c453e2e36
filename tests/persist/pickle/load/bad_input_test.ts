import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  dumps,
  globals,
  type LoadOptions,
  loads,
  Unpickler,
  UnpicklingError,
} from "@ferry/std/persist/pickle";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Reads Latin-1 text as a pickle. */
function read(text: string, options?: LoadOptions): unknown {
  return loads(bytesOf(text), options);
}

function refused(text: string, message: string, options?: LoadOptions): void {
  const error = assertThrows(() => read(text, options), UnpicklingError, message);
  assert(error.position >= 0, JSON.stringify(text));
}

/** Opcodes that need something on the stack, each after too little of it. */
const BAD_STACKS = [
  ".",
  "0",
  "1",
  "2",
  "N1",
  "(2",
  "R",
  "NR",
  ")R",
  "b",
  "Nb",
  "a",
  "Na",
  "]a",
  "(N]a",
  "e",
  "(e",
  "s",
  "Ns",
  "NNs",
  "}Ns",
  "u",
  "(u",
  "(}(Nu",
  "t",
  "l",
  "d",
  "o",
  "(o",
  "p0\n",
  "q\0",
  "r\0\0\0\0",
  "Q",
  "(.",
  "\x81",
  "N\x81",
  "\x85",
  "\x86",
  "N\x86",
  "\x87",
  "N\x87",
  "NN\x87",
  "\x90",
  "(\x90",
  "\x91",
  "\x92",
  "N\x92",
  "NN\x92",
  "\x93",
  "\x8c\x01a\x93",
  "\x94",
  "\x98",
];

Deno.test("loads() refuses an opcode that finds too little on the stack", () => {
  for (const code of BAD_STACKS) {
    assertThrows(() => read(`${code}.`), UnpicklingError, undefined, JSON.stringify(code));
  }
});

Deno.test("loads() refuses an opcode that finds a mark where it needs a value", () => {
  const codes = [
    "N(.",
    "N(2",
    "cbuiltins\nlist\n)(R",
    "cbuiltins\nlist\n()R",
    "](a",
    "](N(a",
    "}NN(s",
    "}N(Ns",
    "}(NNs",
    "}((u",
    "N(p0\n",
    "N(q\0",
    "N(r\0\0\0\0",
    "N(\x94",
    "cbuiltins\nlist\n)(\x81",
    "cbuiltins\nlist\n()\x81",
    "N(\x85",
    "NN(\x86",
    "N(N\x86",
    "NNN(\x87",
    "NN(N\x87",
    "N(NN\x87",
    "]((\x90",
    "\x8c\x01a\x8c\x01b(\x93",
    "\x8c\x01a(\x8c\x01b\x93",
    "N(\x98",
    "](NN(b",
  ];
  for (const code of codes) {
    assertThrows(() => read(`${code}.`), UnpicklingError, undefined, JSON.stringify(code));
  }
});

Deno.test("loads() says whether the stack has too little, or a mark in the way", () => {
  for (const code of ["\x85", "N\x86", "NN\x87", "NNs", "Na", "}Ns", "0"]) {
    refused(`${code}.`, "stack underflow");
  }
  for (
    const code of [
      "]((K\x01K\x02e",
      "N(\x85",
      "NN(\x86",
      "NNN(\x87",
      "((\x90",
      "((e",
      "((u",
      "((N\x90",
      "}NN(s",
    ]
  ) {
    refused(`${code}.`, "an unexpected mark stands on the stack");
  }
  for (const code of ["\x90", "e", "u", "t", "l", "d", "o", "1"]) {
    refused(`N${code}.`, "it needs a mark, and the stack has none");
  }
});

Deno.test("loads() refuses to make a map of a dict that is also referred to from elsewhere", () => {
  // The dict is on the stack twice, through the memo or DUP, when its first key that is no name comes.
  for (const code of ["}q\0h\0", "}r\0\0\0\0j\0\0\0\0", "}p0\ng0\n", "}2", "}q\0]h\0a0h\0"]) {
    refused(`${code}K\x01K\x02s\x86.`, 'with the option dicts: "map"');
    assert(read(`${code}K\x01K\x02s0.`, { dicts: "map" }) instanceof Map);
  }
});

Deno.test("loads() refuses an argument that goes past the end, whatever length it claims", () => {
  const codes = [
    "B",
    "B\0",
    "B\x03\0\0\0",
    "B\x03\0\0\0ab",
    "C",
    "C\x03",
    "C\x03ab",
    "F",
    "F0.0",
    "G",
    "G\0\0\0\0\0\0\0",
    "I",
    "I0",
    "J",
    "J\0\0\0",
    "K",
    "L",
    "L0",
    "L0L",
    "M",
    "M\0",
    "P",
    "Pabc",
    "S",
    "S'abc'",
    "T",
    "T\x03\0\0\0ab",
    "U",
    "U\x03ab",
    "V",
    "Vabc",
    "X",
    "X\x03\0\0\0ab",
    "(c",
    "(cbuiltins",
    "(cbuiltins\n",
    "(cbuiltins\nlist",
    "Ng",
    "Ng0",
    "(i",
    "(ibuiltins",
    "(ibuiltins\nlist",
    "Nh",
    "Nj",
    "Nj\0\0\0",
    "Np",
    "Np0",
    "Nq",
    "Nr",
    "Nr\0\0\0",
    "\x80",
    "\x82",
    "\x83",
    "\x84\x01",
    "\x8a",
    "\x8a\x01",
    "\x8b",
    "\x8b\x01\0\0\0",
    "\x8c",
    "\x8c\x03ab",
    "\x8d",
    "\x8d\x03\0\0\0\0\0\0\0ab",
    "\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
    "\x8e\x03\0\0\0\0\0\0\0ab",
    "\x8e\0\0\0\0\0\0\x10\0",
    "\x95",
    "\x95\x02\0\0\0\0\0\0",
    "\x95\x02\0\0\0\0\0\0\0N",
    "\x96\x03\0\0\0\0\0\0\0ab",
    "\x96\xff\xff\xff\xff\xff\xff\xff\x7f",
  ];
  for (const code of codes) refused(code, "truncated");
});

Deno.test("loads() of nothing is the end of the input, not a damaged pickle", () => {
  assertThrows(() => read(""), Deno.errors.UnexpectedEof);
});

Deno.test("loads() names the byte that is no opcode", () => {
  refused("N\xff.", "0xff is not an opcode");
  refused("\n.", "0x0a is not an opcode");
  const error = assertThrows(() => read("NN0N%."), UnpicklingError);
  assertEquals([error.position, error.opcode], [4, 0x25]);
});

Deno.test("loads() refuses a protocol it does not know", () => {
  refused("\x80\x06N.", "protocol 6 is not supported");
});

Deno.test("loads() refuses numbers that are none", () => {
  for (
    const code of [
      "Iab\n.",
      "I\n.",
      "I1e5\n.",
      "Lx\n.",
      "L1.5L\n.",
      "Fx\n.",
      "F\n.",
      "F0x10\n.",
      `I${"9".repeat(5000)}\n.`,
    ]
  ) {
    assertThrows(() => read(code), UnpicklingError, undefined, code.slice(0, 9));
  }
  refused("\x8b\xff\xff\xff\xff.", "negative");
  refused("T\xff\xff\xff\xff.", "negative");
});

Deno.test("loads() reads the numbers of protocol 0", () => {
  assertEquals(read("I42\n."), 42);
  assertEquals(read("I-0\n."), 0);
  assertEquals([read("I01\n."), read("I00\n.")], [true, false]);
  assertEquals(read("L-12345678901234567890L\n."), -12345678901234567890n);
  assertEquals(read("L5\n."), 5);
  assertEquals(read("F1.5\n."), 1.5);
  assertEquals([read("Finf\n."), read("F-inf\n."), read("Fnan\n.")], [Infinity, -Infinity, NaN]);
});

Deno.test("loads() reads LONG1 and LONG4 of every size", () => {
  const cases: [string, unknown][] = [
    ["\x8a\0.", 0],
    ["\x8a\x01\xff.", -1],
    ["\x8a\x02\xff\0.", 255],
    ["\x8a\x02\xff\x7f.", 32767],
    ["\x8a\x02\0\x80.", -32768],
    ["\x8a\x06\xff\xff\xff\xff\xff\x7f.", 2 ** 47 - 1],
    ["\x8a\x07\xff\xff\xff\xff\xff\xff\x1f.", Number.MAX_SAFE_INTEGER],
    ["\x8a\x07\0\0\0\0\0\0\x20.", 2n ** 53n],
    ["\x8a\x08\0\0\0\0\0\0\0\x80.", -(2n ** 63n)],
    ["\x8b\x02\0\0\0\0\x80.", -32768],
  ];
  for (const [code, value] of cases) assertEquals(read(code), value, JSON.stringify(code));
});

Deno.test("an integer of a million bytes costs its bytes, both ways", () => {
  const code = new Uint8Array(1_000_006).fill(0x5a);
  code.set([0x8b, 0x40, 0x42, 0x0f, 0x00]);
  code[1_000_005] = 0x2e;
  const value = loads(code) as bigint;
  assertEquals(BigInt.asUintN(16, value), 0x5a5an);
  assertEquals(dumps(value, { protocol: 2 }).subarray(2), code);
});

Deno.test("loads() refuses an integer larger than the runtime has", () => {
  const code = new Uint8Array(2 ** 26 + 7);
  code.set([0x8b, 0x01, 0x00, 0x00, 0x04]);
  code[code.length - 1] = 0x2e;
  assertThrows(() => loads(code), UnpicklingError, "more than 67108864 bytes");
});

Deno.test("loads() reads the quoted strings of protocol 0 with their escapes, and no others", () => {
  const cases: [string, string][] = [
    [`S'a'\n.`, "a"],
    [`S"a'b"\n.`, "a'b"],
    [`S''\n.`, ""],
    [`S'a\\'b'\n.`, "a'b"],
    [`S'\\x41\\102\\n\\t\\\\'\n.`, "AB\n\t\\"],
    [`S'\\q'\n.`, "\\q"],
  ];
  for (const [code, value] of cases) assertEquals(read(code), value, code);
  for (
    const code of [
      `S'\n.`,
      `S"\n.`,
      `S' \n.`,
      `S'a' \n.`,
      `S' ' \n.`,
      `S ''\n.`,
      `S'"\n.`,
      `S'" \n.`,
      `S"'\n.`,
      `Sabc\n.`,
      `S\n.`,
      `S'\\xq0'\n.`,
    ]
  ) {
    assertThrows(() => read(code), UnpicklingError, undefined, code);
  }
});

Deno.test("loads() reads the escapes of UNICODE: a backslash before u or U, unless it is doubled", () => {
  assertEquals(read("V\\u0041\\U0001f600\\\\x\xe9\n."), "A😀\\\\xé");
  assertEquals(read("V\\\\u0041\n."), "\\\\u0041");
  assertEquals(read("V\\u005cu0041\n."), "\\u0041");
  assertThrows(() => read("V\\u00\n."), UnpicklingError);
  assertThrows(() => read("V\\U00110000\n."), UnpicklingError);
});

Deno.test("loads() keeps lone surrogates and refuses what is not UTF-8", () => {
  assertEquals(read("\x8c\x03\xed\xa0\x80."), "\ud800");
  assertEquals(read("\x8c\x03\xef\xbf\xbd."), "\ufffd");
  assertEquals(read("\x8c\x03\xef\xbb\xbf."), "\ufeff");
  for (
    const code of ["\x8c\x01\xff.", "\x8c\x02\xc0\x80.", "\x8c\x02\xe2\x82.", "X\x01\0\0\0\x80."]
  ) {
    refused(code, "not UTF-8");
  }
});

Deno.test("loads() refuses a memo number that is not there", () => {
  refused("g0\n.", "no entry 0");
  refused("h\x05.", "no entry 5");
  refused("j\0\0\0\x10.", "no entry");
  refused("Np-1\n.", "memo number");
  refused("gx\n.", "memo number");
});

Deno.test("loads() of a huge memo number costs one entry", () => {
  assertEquals(read("Nr\0\0\0\x10j\0\0\0\x10."), null);
  assertEquals(read("](Nr\xff\xff\xff\x7fN\x94h\x01e."), [null, null, null]);
});

Deno.test("loads() of sparse memo numbers finds each of them, in whatever order they came", () => {
  assertEquals(read("](K\x07q\x02K\x05q\0K\x06q\x01h\0h\x01h\x02e."), [7, 5, 6, 5, 6, 7]);
});

Deno.test("loads() ends at STOP, and ignores what follows", () => {
  assertEquals(read("K\x05.garbage"), 5);
});

Deno.test("loads() stops at the limits, each named in the error", () => {
  refused("](((((lllll.", "maxDepth 3", { maxDepth: 3 });
  refused("](NNNNe.", "maxOps 4", { maxOps: 4 });
  refused("](K\x01K\x02K\x03e.", "maxOps 4", { maxOps: 4 });
  refused("N\x94\x94\x94.", "maxMemo 2", { maxMemo: 2 });
  refused("NNNN.", "maxBytes 3", { maxBytes: 3 });
  assertEquals(read("](K\x01K\x02K\x03e.", { maxOps: 7 }), [1, 2, 3]);
});

Deno.test("loads() reads a million nested lists without recursion", () => {
  const n = 1_000_000;
  const bytes = new Uint8Array(2 * n);
  bytes.fill(0x5d, 0, n).fill(0x61, n, 2 * n - 1)[2 * n - 1] = 0x2e;
  let value = loads(bytes) as unknown[];
  let depth = 1;
  for (; value.length > 0; depth++) value = value[0] as unknown[];
  assertEquals(depth, n);
});

Deno.test("loads() of shared lists that stand for 2^40 leaves is immediate", () => {
  let code = "]\x94(K\x01K\x02e";
  for (let i = 0; i < 40; i++) {
    code += `]\x94(h${String.fromCharCode(i)}h${String.fromCharCode(i)}e`;
  }
  code = code.replace(/^/, "](") + "e.";
  const list = read(code) as unknown[];
  assertEquals(list.length, 41);
});

Deno.test("loads() of a tuple of shared tuples as a key costs its nodes, not its paths", () => {
  let code = ")\x94";
  for (let i = 0; i < 60; i++) code += "\x94h\0h\0\x86q\0";
  const map = read(
    `}(${code.slice(0)}Nu.`.replace("Nu.", "").replace("}(", "") + "0}h\0Ns.",
  ) as Map<unknown, unknown>;
  assertEquals(map.size, 1);
});

Deno.test("loads() never sets a prototype: __proto__ is a key of a map, and no attribute", () => {
  const map = read("}\x8c\x09__proto__}\x8c\x08pollutedNss.") as Map<string, unknown>;
  assert(map instanceof Map);
  assertEquals([...map.keys()], ["__proto__"]);
  const plain = read("}\x8c\x09__proto__}\x8c\x08pollutedNss.", { mode: "plain" }) as object;
  assertEquals(Object.getPrototypeOf(plain), Object.prototype);
  assertEquals(Object.keys(plain), ["__proto__"]);
  assert(!("polluted" in {}));
});

Deno.test("loads() looks once through a long tuple that is the key of many dicts, and an element of many sets", () => {
  const n = 10_000;
  const items = "K\x01".repeat(n);
  // One tuple of 10,000 items, in 20,000 dicts and 20,000 sets: 4 * 10^8 items if each looked by itself.
  const code = `((${items}tq\0${"}h\0Ns".repeat(20_000)}${"\x8f(h\0\x90".repeat(20_000)}t.`;
  const value = read(code) as unknown[];
  assertEquals(value.length, 40_001);
  const dict = value[1] as Map<unknown, unknown>;
  assertEquals(dict.get(value[0]), null);
});

Deno.test("loads() takes bytes of any view, of shared memory too", () => {
  const bytes = Uint8Array.from([0, 0x5d, 0x4b, 1, 0x61, 0x2e, 0, 0]);
  const shared = new Uint8Array(new SharedArrayBuffer(5));
  shared.set(bytes.subarray(1, 6));
  const { buffer } = bytes;
  for (
    const given of [
      new DataView(buffer, 1, 5),
      new Int8Array(buffer, 1, 5),
      buffer.slice(1),
      shared,
      shared.buffer,
    ]
  ) assertEquals(loads(given as never), [1]);
});

Deno.test("loads() says what it needs when it is given a text, and names an option that is misspelt", () => {
  for (const read of [loads, globals, (bytes: Uint8Array) => new Unpickler().loads(bytes)]) {
    assertThrows(() => read("text" as never), TypeError, "needed a Uint8Array or an ArrayBuffer");
  }
  assertThrows(() => loads(null as never), TypeError, "received null");
  assertThrows(() => loads([0x4e, 0x2e] as never), TypeError, "received an array");
  assertThrows(() => loads({} as never), TypeError, "received another object");
  assertThrows(() => loads(new Uint8Array(1), { buffers: 5 as never }), TypeError, "iterable");
  assertThrows(() => loads(new Uint8Array(1), { mod: "plain" } as never), TypeError, '"mod"');
  for (
    const [name, meant] of [["mod", "mode"], ["maxdepth", "maxDepth"], [
      "persistantLoad",
      "persistentLoad",
    ]]
  ) {
    assertThrows(
      () => loads(new Uint8Array(1), { [name!]: 1 }),
      TypeError,
      `received "${name}"; did you mean ${meant}?`,
    );
  }
  const error = assertThrows(() => loads(new Uint8Array(1), { colour: 1 } as never), TypeError);
  assertEquals(error.message.includes("did you mean"), false);
});
