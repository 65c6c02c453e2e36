import { assert, assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import {
  dumps,
  Global,
  globals,
  NdArray,
  PyObject,
  Registry,
  tuple,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { findPythons, runPython } from "../../../_support/python.ts";
import { pickleVectors } from "../../../_support/pickle_vectors.ts";

const text = (value: string) => Uint8Array.from(value, (c) => c.charCodeAt(0));
const names = (bytes: Uint8Array, options = {}) =>
  globals(bytes, options).map(({ module, name }) => `${module} ${name}`);

Deno.test("globals() finds names by any opcode, and those that the stack or the memo puts together", () => {
  const short = (value: string) => `\x8c${String.fromCharCode(value.length)}${value}`;
  const cases: [string, string[]][] = [
    ["cos\nsystem\n(S'x'\ntR.", ["os system"]],
    ["(ios\nsystem\n.", ["os system"]],
    [`${short("os")}${short("system")}\x93.`, ["os system"]],
    [`${short("os")}q\x000${short("system")}q\x010h\x00h\x01\x93.`, ["os system"]],
    [`${short("system")}${short("os")}q\x0000h\x00${short("popen")}\x93.`, ["os popen"]],
    ["(cos\nsystem\nS'x'\no.", ["os system"]],
    ["cbuiltins\ngetattr\n(cos\npath\nS'join'\ntR.", [
      "builtins getattr",
      "os path",
      "os path.join",
    ]],
    // Python 2's names are those of Python 3.
    ["\x80\x02c__builtin__\neval\n.", ["builtins eval"]],
    ["\x80\x03c__builtin__\neval\n.", ["__builtin__ eval"]],
    ["Pid\n0B\x00\x00\x00\x000\x970cos\nsystem\n.", ["os system"]],
    ["S'\\xff'\n0cos\nsystem\n.", ["os system"]],
    // A key that Python would refuse only after the import.
    ["K\x01.", []],
  ];
  for (const [pickle, expected] of cases) assertEquals(names(text(pickle)), expected, pickle);
});

Deno.test("globals() names each once, says where, and whether it is registered", () => {
  const bytes = text("(cdecimal\nDecimal\ncmine\nThing\ncmine\nThing\nl.");
  assertEquals(globals(bytes), [
    { module: "decimal", name: "Decimal", position: 1, registered: true },
    { module: "mine", name: "Thing", position: 18, registered: false },
  ]);
  const registry = new Registry().register("mine", "Thing", {}).addExtension("mine", "Thing", 7);
  assertEquals(globals(bytes, { registry }).map(({ registered }) => registered), [true, true]);
  assertEquals(names(text("\x80\x02\x82\x07."), { registry }), ["mine Thing"]);
});

Deno.test("globals() looks into compressed data and the arrays of joblib, and runs no loader", () => {
  let ran = false;
  const registry = new Registry().register("mine", "Thing", { load: () => ran = true });
  const thing = new PyObject({ callable: new Global("mine", "Thing"), args: [1] });
  const bytes = dumps({ thing, array: NdArray.from(new Float64Array([1])) });
  const expected = ["mine Thing", "numpy.core.numeric _frombuffer", "numpy dtype"];
  assertEquals(names(bytes, { registry }), expected);
  assertEquals(names(gzipSync(bytes), { registry }), expected);
  const joblib = text(
    "\x80\x02]q\0(cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0shapeK\x02\x85" +
      "X\x05\0\0\0dtypecnumpy\ndtype\nX\x02\0\0\0i1\x89\x88\x87Rub..cos\nsystem\ne.",
  );
  assertEquals(names(joblib).at(-1), "os system");
  assertEquals(ran, false);
});

Deno.test("globals() of a damaged pickle is an error, or what comes before the damage", () => {
  const bytes = text("cos\nsystem\nR.");
  assertThrows(() => globals(bytes), UnpicklingError, "underflow");
  assertEquals(names(bytes, { damaged: "list" }), ["os system"]);
  assertThrows(() => globals(new Uint8Array(0)), Deno.errors.UnexpectedEof);
  assertThrows(() => globals(bytes, { damage: "list" } as never), TypeError, "damaged");
  assertThrows(() => globals(dumps(tuple(1, 2)), { maxBytes: 3 }), UnpicklingError, "maxBytes");
});

const python = findPythons().at(-1);
if (python === undefined) console.log("globals() beside CPython: skipped, no python3 found");

Deno.test({
  name: "globals() lists what CPython looks up",
  ignore: python === undefined,
  async fn() {
    const script = new URL("./names.py", import.meta.url);
    const vectors = pickleVectors().map(({ pickle }) => pickle);
    const lines = vectors.map((bytes) => bytes.toHex()).join("\n");
    const out = await runPython(python!, script, [], new TextEncoder().encode(lines));
    const looked = new TextDecoder().decode(out).trim().split("\n").map((line) =>
      JSON.parse(line) as string[]
    );
    let total = 0;
    for (const [i, bytes] of vectors.entries()) {
      // Attributes are looked up by getattr, not by the unpickler.
      const ours = names(bytes, { damaged: "list" });
      const theirs = new Set(looked[i]!);
      for (const name of theirs) assert(ours.includes(name), `${bytes.toHex()}: ${name}`);
      const others = ours.filter((name) => !theirs.has(name));
      assert(others.every(() => ours.includes("builtins getattr")), `${bytes.toHex()}: ${others}`);
      total += theirs.size;
    }
    assert(total > 0);
  },
});
