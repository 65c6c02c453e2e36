import { assert, assertEquals } from "@std/assert";
import {
  decode,
  decodeMulti,
  encode,
  Ext,
  MsgpackError,
  Timestamp,
} from "@ferry/std/formats/msgpack";
import { Random, seedFor } from "../../_support/random.ts";
import { randomBytes, randomValue } from "./generator.ts";
import { askPython } from "../../_support/ask_python.ts";
import { findPythonMsgpack } from "./peer.ts";

const python = await findPythonMsgpack();

/** Reads each message and writes what Python sees in it, and what Python would write for that. */
const SCRIPT = String.raw`
import json, msgpack, struct, sys
class AnyExt(tuple): pass
def read(data):
    return msgpack.unpackb(data, strict_map_key=False, use_list=False, ext_hook=lambda c, d: AnyExt((c, d)))
def write(v):
    def to(v):
        if isinstance(v, AnyExt): return msgpack.ExtType(*v)
        if isinstance(v, tuple): return [to(x) for x in v]
        if isinstance(v, dict): return {k: to(x) for k, x in v.items()}
        return v
    return msgpack.packb(to(v)).hex()
def tagged(v):
    if v is None or isinstance(v, bool): return v
    if isinstance(v, int): return {"int": str(v)}
    if isinstance(v, float): return {"float": struct.pack(">d", v).hex() if v == v else "nan"}
    if isinstance(v, str): return {"str": v}
    if isinstance(v, bytes): return {"bin": v.hex()}
    if isinstance(v, AnyExt): return {"ext": [v[0], v[1].hex()]}
    if isinstance(v, tuple): return [tagged(x) for x in v]
    if isinstance(v, dict): return {"map": [[tagged(k), tagged(x)] for k, x in v.items()]}
    return {"time": [str(v.seconds), v.nanoseconds]}
results = []
for text in json.load(sys.stdin):
    try:
        v = read(bytes.fromhex(text))
        results.append({"value": tagged(v), "again": None})
        try: results[-1]["again"] = write(v)
        except (TypeError, ValueError): pass
    except TypeError as error:  # an unhashable key
        results.append({"unhashable": str(error)})
    except Exception as error:
        results.append({"error": type(error).__name__ + ": " + str(error)})
json.dump(results, sys.stdout)
`;

type Answer = { value?: unknown; again?: string | null; error?: string; unhashable?: string };

function ask(messages: Uint8Array[]): Promise<Answer[]> {
  return askPython(python!, SCRIPT, messages.map((bytes) => bytes.toHex()));
}

/** What the script's `tagged` makes of a value decoded with `bigint: "always"` and `maps: "map"`. */
function tagged(value: unknown): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return { int: `${value}` };
  if (typeof value === "number") {
    if (Number.isNaN(value)) return { float: "nan" };
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return { float: new Uint8Array(view.buffer).toHex() };
  }
  if (typeof value === "string") return { str: value };
  if (value instanceof Uint8Array) return { bin: value.toHex() };
  if (value instanceof Ext) return { ext: [value.type, value.data.toHex()] };
  if (value instanceof Timestamp) return { time: [`${value.seconds}`, value.nanoseconds] };
  if (value instanceof Map) return { map: [...value].map((entry) => entry.map(tagged)) };
  return (value as unknown[]).map(tagged);
}

Deno.test({
  name: "Python reads what encode() writes as the same values, and writes the same bytes for them",
  ignore: python === undefined,
  async fn() {
    const random = new Random(seedFor("to Python"));
    const messages = Array.from({ length: 800 }, () => encode(randomValue(random)));
    const answers = await ask(messages);
    for (const [i, bytes] of messages.entries()) {
      const { value, again, error } = answers[i]!;
      assertEquals(error, undefined, bytes.toHex());
      assertEquals(value, tagged(decode(bytes, { bigint: "always", maps: "map" })));
      assertEquals(again, bytes.toHex());
    }
  },
});

Deno.test({
  name: "decode() reads what Python writes, floats, dates, tuples and all widths",
  ignore: python === undefined,
  async fn() {
    const seed = seedFor("from Python");
    const written = await askPython(
      python!,
      String.raw`
import datetime, json, msgpack, random, sys
r = random.Random(json.load(sys.stdin))
def value(depth):
    k = r.randrange(12 if depth else 9)
    if k == 0: return r.choice([None, True, False])
    if k == 1: return r.choice([1, -1]) * r.getrandbits(r.randrange(64))
    if k == 2: return r.getrandbits(64)
    if k == 3: return r.choice([1.0, r.random() * 1e9, float("inf"), -0.0])
    if k == 4: return "".join(r.choice("abcé中🍺") for _ in range(r.choice([0, 5, 31, 32, 300])))
    if k == 5: return r.randbytes(r.choice([0, 3, 255, 256]))
    if k == 6: return msgpack.Timestamp(r.randrange(-2**40, 2**40), r.randrange(10**9))
    if k == 7: return datetime.datetime.fromtimestamp(r.randrange(10**9), datetime.timezone.utc)
    if k == 8: return msgpack.ExtType(r.randrange(128), r.randbytes(r.choice([0, 1, 2, 4, 8, 16, 20])))
    if k == 9: return tuple(value(depth - 1) for _ in range(r.choice([0, 2, 16])))
    return {r.choice([str(i), i, "key%d" % i]): value(depth - 1) for i in range(r.choice([0, 2, 16]))}
out = []
for i in range(800):
    out.append(msgpack.packb(value(3), datetime=True, use_single_float=i % 3 == 0).hex())
json.dump(out, sys.stdout)
`,
      seed,
    ) as string[];
    const messages = written.map((hex) => Uint8Array.fromHex(hex));
    const answers = await ask(messages);
    for (const [i, bytes] of messages.entries()) {
      assertEquals(
        tagged(decode(bytes, { bigint: "always", maps: "map" })),
        answers[i]!.value,
        bytes.toHex(),
      );
    }
    const all = Uint8Array.fromHex(written.join(""));
    assertEquals([...decodeMulti(all, { maps: "map" })].length, messages.length);
  },
});

Deno.test({
  name: "decode() accepts and refuses the same damaged messages as Python",
  ignore: python === undefined,
  async fn() {
    const random = new Random(seedFor("damage"));
    const messages = Array.from({ length: 4000 }, (_, i) => {
      if (i % 4 === 0) return randomBytes(random, 1 + random.below(12));
      const bytes = encode(randomValue(random, 2)).slice(0, 400);
      for (let n = random.below(3); n >= 0; n--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      return bytes;
    });
    const answers = await ask(messages);
    let [accepted, refused] = [0, 0];
    for (const [i, bytes] of messages.entries()) {
      const { value, error, unhashable } = answers[i]!;
      if (unhashable !== undefined) continue;
      let ours: unknown;
      try {
        ours = decode(bytes, { bigint: "always", maps: "map" });
      } catch (failure) {
        assert(failure instanceof MsgpackError, String(failure));
        assert(error !== undefined, `${bytes.toHex()}: only we refuse: ${failure.message}`);
        refused++;
        continue;
      }
      assert(error === undefined, `${bytes.toHex()}: only Python refuses: ${error}`);
      // Python's dict takes 1, 1.0 and True for one key: maps may differ in that.
      const same = JSON.stringify(tagged(ours)) === JSON.stringify(value);
      if (!same) assert(JSON.stringify(tagged(ours)).includes('"map"'), bytes.toHex());
      accepted++;
    }
    console.log(`both accept ${accepted}, both refuse ${refused}`);
    assert(accepted > 100 && refused > 100);
  },
});
