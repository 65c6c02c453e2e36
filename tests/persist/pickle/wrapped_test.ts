import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import {
  dumps,
  load,
  loads,
  NdArray,
  OrderedDict,
  type PyObject,
  tuple,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { hasLibrary, runScript } from "./real/_libraries.ts";

const joblib = await hasLibrary("joblib");
if (!joblib) console.log("dumps of joblib: skipped, /usr/bin/python3 has no joblib");

const text = (value: string) => Uint8Array.from(value, (c) => c.charCodeAt(0));

Deno.test("loads() decompresses gzip and zlib data, up to maxInflated", () => {
  const value = { list: [1, 2, 3], text: "x".repeat(5000) };
  const bytes = dumps(value);
  for (
    const compressed of [gzipSync(bytes), deflateSync(bytes), deflateSync(bytes, { level: 9 })]
  ) {
    assertEquals(loads(compressed), value);
    assertEquals(loads(compressed, { mode: "exact" }), value);
    assertThrows(
      () => loads(compressed, { maxInflated: 100 }),
      UnpicklingError,
      "larger than 100 bytes: raise maxInflated",
    );
    const cut = compressed.subarray(0, compressed.length - 9);
    assertThrows(() => loads(cut), UnpicklingError, "cannot be read");
  }
  assertThrows(() => loads(gzipSync(gzipSync(bytes))), UnpicklingError, "gzip data of gzip data");
});

Deno.test("what compresses to nearly nothing is refused, unless maxInflated allows it", () => {
  const zeros = dumps(new Uint8Array(8 * 2 ** 20));
  const small = gzipSync(zeros);
  assertThrows(() => loads(small), UnpicklingError, "raise maxInflated");
  assertEquals((loads(small, { maxInflated: 2 ** 24 }) as Uint8Array).length, 8 * 2 ** 20);
  assertThrows(() => loads(small, { maxInflated: 0 }), RangeError, "maxInflated");
});

Deno.test("other formats are named by the error", () => {
  const cases: [string | Uint8Array, string][] = [
    ["\xfd7zXZ\0\0\0", "xz data: decompress it first"],
    ["]\0\0\x80\0\xff\xff", "lzma data"],
    ["BZh91AY", "bzip2 data"],
    ["\x28\xb5\x2f\xfd\0", "zstd data"],
    ["\x04\x22\x4d\x18\0", "lz4 data"],
    ["\x93NUMPY\x01\0", "a .npy file of numpy"],
    ["\x89HDF\r\n\x1a\n", "an HDF5 file"],
    ["PAR1....", "a Parquet file"],
    ["ZF0x1234", "joblib older than 0.10"],
    ["PK\x03\x04", "a zip archive that cannot be read"],
    [zip({ "a.npy": text("x"), "b.npy": text("y") }), "a .npz file of numpy"],
    [zip({ "m/code/x.py": text("x"), "m/constants.pkl": text("y") }), "a TorchScript archive"],
    [zip({ "readme": text("x") }), "a zip archive without a pickle of PyTorch"],
    ["\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "a file of a PyTorch older than 1.6"],
  ];
  for (const [bytes, message] of cases) {
    const data = typeof bytes === "string" ? text(bytes) : bytes;
    assertThrows(() => loads(data), UnpicklingError, message);
    assertThrows(() => loads(data, { mode: "plain" }), UnpicklingError, message);
  }
});

Deno.test("pickles that begin like another format are still pickles", () => {
  assertEquals(loads(text("]K\x01a.")), [1]);
  assertEquals(loads(text("B\x02\0\0\0hi.")), text("hi"));
  assertEquals(loads(text("(K\x01t.")), tuple(1));
});

Deno.test("a stream tells gzip data, and that it must be read whole", async () => {
  const stream = ReadableStream.from([gzipSync(dumps(1))]);
  const error = await load(stream as ReadableStream<Uint8Array>).catch((error) => error);
  assert(error instanceof UnpicklingError);
  assertEquals(error.position, 0);
});

/** A zip archive, as `zipfile` would write it; `wide`, with all sizes and places in 64 bits. */
function zip(files: Record<string, Uint8Array>, method = 0, wide = false): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = method === 8 ? new Uint8Array(deflateRawSync(content)) : content;
    const header = new DataView(new ArrayBuffer(30));
    header.setUint32(0, 0x04034b50, true);
    header.setUint16(8, method, true);
    header.setUint32(18, data.length, true);
    header.setUint32(22, content.length, true);
    header.setUint16(26, name.length, true);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(10, method, true);
    entry.setUint32(20, data.length, true);
    entry.setUint32(24, content.length, true);
    entry.setUint16(28, name.length, true);
    entry.setUint32(42, at, true);
    parts.push(new Uint8Array(header.buffer), text(name), data);
    directory.push(new Uint8Array(entry.buffer), text(name));
    if (wide) {
      for (const place of [20, 24, 42]) entry.setUint32(place, 0xffffffff, true);
      // Another field comes before the one with the sizes.
      entry.setUint16(30, 6 + 28, true);
      const extra = new DataView(new ArrayBuffer(34));
      extra.setUint16(0, 0x5455, true);
      extra.setUint16(2, 2, true);
      extra.setUint16(6, 1, true);
      extra.setUint16(8, 24, true);
      for (const [i, n] of [content.length, data.length, at].entries()) {
        extra.setBigUint64(10 + 8 * i, BigInt(n), true);
      }
      directory.push(new Uint8Array(extra.buffer));
    }
    at += 30 + name.length + data.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint32(16, wide ? 0xffffffff : at, true);
  const end64 = new DataView(new ArrayBuffer(76));
  end64.setUint32(0, 0x06064b50, true);
  end64.setBigUint64(48, BigInt(at), true);
  end64.setUint32(56, 0x07064b50, true);
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  end64.setBigUint64(64, BigInt(at + size), true);
  return concat([
    ...parts,
    ...directory,
    ...wide ? [new Uint8Array(end64.buffer)] : [],
    new Uint8Array(end.buffer),
  ]);
}

function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A tensor in `data.pkl` of protocol 2, as `torch.save` writes it. */
function tensor(
  type: string,
  key: string,
  count: number,
  offset: number,
  size: number[],
  stride: number[],
) {
  const numbers = (items: number[]) =>
    `(${items.map((n) => `K${String.fromCharCode(n)}`).join("")}t`;
  const string = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
  return `ctorch._utils\n_rebuild_tensor_v2\n((${string("storage")}ctorch\n${type}\n${
    string(key)
  }` +
    `${string("cpu")}K${String.fromCharCode(count)}tQK${String.fromCharCode(offset)}` +
    `${numbers(size)}${numbers(stride)}\x89ccollections\nOrderedDict\n)RtR`;
}

/** An archive of `torch.save` with a state dictionary of tensors. */
function torch(tensors: Record<string, string>, storages: Record<string, Uint8Array>, method = 0) {
  const items = Object.entries(tensors).map(([name, value]) =>
    `X${String.fromCharCode(name.length)}\0\0\0${name}${value}`
  );
  const files: Record<string, Uint8Array> = {
    "model/data.pkl": text(`\x80\x02ccollections\nOrderedDict\n)R(${items.join("")}u.`),
    "model/byteorder": text("little"),
  };
  for (const [key, bytes] of Object.entries(storages)) files[`model/data/${key}`] = bytes;
  return zip({ ...files, "model/version": text("3\n") }, method);
}

const floats = new Uint8Array(new Float32Array([0, 1, 2, 3, 4, 5]).buffer);

Deno.test("the tensors of a file of PyTorch are arrays, those that share a storage share bytes", () => {
  for (const method of [0, 8]) {
    const archive = torch({
      whole: tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]),
      part: tensor("FloatStorage", "0", 6, 3, [3], [1]),
      turned: tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3]),
      repeated: tensor("FloatStorage", "0", 6, 1, [2, 2], [0, 1]),
      none: tensor("FloatStorage", "0", 6, 0, [0, 3], [3, 1]),
      one: tensor("FloatStorage", "0", 6, 5, [], []),
      ints: tensor("LongStorage", "1", 2, 0, [2], [1]),
      half: tensor("BFloat16Storage", "2", 2, 0, [2], [1]),
      bools: tensor("BoolStorage", "3", 2, 0, [2], [1]),
    }, {
      "0": floats,
      "1": new Uint8Array(new BigInt64Array([7n, -1n]).buffer),
      "2": new Uint8Array(new Uint16Array([0x3f80, 0xc000]).buffer),
      "3": new Uint8Array([1, 0]),
    }, method);
    const state = loads(archive) as OrderedDict<string, NdArray>;
    assert(state instanceof OrderedDict);
    const arrays = Object.fromEntries([...state].map(([name, array]) => [name, array.toArray()]));
    assertEquals(arrays, {
      whole: [[0, 1, 2], [3, 4, 5]],
      part: [3, 4, 5],
      turned: [[0, 3], [1, 4], [2, 5]],
      repeated: [[1, 2], [1, 2]],
      none: [],
      one: 5,
      ints: [7, -1],
      half: [1, -2],
      bools: [true, false],
    });
    const [whole, part] = [state.get("whole")!.data, state.get("part")!.data] as Uint8Array[];
    assertStrictEquals(whole!.buffer, part!.buffer);
    assertEquals([...(loads(archive, { mode: "plain" }) as Map<string, NdArray>).keys()].length, 9);
  }
});

Deno.test("archives with sizes of 64 bits, comments and nothing but a pickle are read", () => {
  const pickle = text("\x80\x02]K\x05a.");
  const wide = zip({ "m/data.pkl": pickle, "m/version": text("3") }, 0, true);
  assertEquals(loads(wide), [5]);
  assertEquals(loads(zip({ "data.pkl": pickle }, 8, true)), [5]);
  const comment = concat([zip({ "data.pkl": pickle }), text("a comment")]);
  assertEquals(loads(comment), [5]);
  for (let at = 0; at < wide.length; at++) {
    const damaged = wide.slice();
    damaged[at]! ^= 0xff;
    try {
      loads(damaged);
    } catch (error) {
      assert(error instanceof UnpicklingError, `${at}: ${error}`);
    }
  }
  const plain = zip({ "data.pkl": pickle });
  const other = plain.slice();
  new DataView(other.buffer).setUint16(30 + 8 + pickle.length + 10, 12, true);
  assertThrows(() => loads(other), UnpicklingError, "unknown method 12");
});

Deno.test("files of PyTorch that are damaged, or ask for more than they hold, are refused", () => {
  const bad = (value: string, storages: Record<string, Uint8Array> = { "0": floats }) =>
    assertThrows(() => loads(torch({ t: value }, storages)), UnpicklingError);
  bad(tensor("FloatStorage", "0", 6, 0, [7], [1]));
  bad(tensor("FloatStorage", "0", 6, 1, [6], [1]));
  bad(tensor("FloatStorage", "0", 6, 0, [2, 3], [3]));
  bad(tensor("FloatStorage", "1", 6, 0, [6], [1]));
  bad(tensor("StrangeStorage", "0", 6, 0, [6], [1]));
  for (
    const id of ["K\x05", "(K\x01K\x02K\x03t", "(X\x07\0\0\0storageK\x01K\x02t", "]X\x01\0\0\0xa"]
  ) bad(`${id}Q`);
  // The same element, again and again.
  bad(tensor("FloatStorage", "0", 6, 0, [100, 100, 100, 100], [0, 0, 0, 0]));
  const archive = torch({ t: tensor("FloatStorage", "0", 6, 0, [6], [1]) }, { "0": floats });
  for (let cut = 0; cut < archive.length; cut += 7) {
    assertThrows(() => loads(archive.subarray(0, cut)), Error);
  }
  const packed = torch({ t: tensor("FloatStorage", "0", 6, 0, [6], [1]) }, {
    "0": new Uint8Array(2 ** 23),
  }, 8);
  assertThrows(() => loads(packed), UnpicklingError, "maxInflated");
});

Deno.test("files of an archive that overlap do not make more than the archive holds", () => {
  const keys = Array.from({ length: 40 }, (_, i) => String(i));
  const tensors = Object.fromEntries(
    keys.map((key) => [`t${key}`, tensor("ByteStorage", key, 4, 0, [4], [1])]),
  );
  const content = new Uint8Array(2 ** 14);
  const archive = torch(tensors, Object.fromEntries(keys.map((key) => [key, content])));
  assertEquals((loads(archive) as OrderedDict).size, 40);
  // The directory has all names stand for the first of the files, and the others are cut out.
  const view = new DataView(archive.buffer);
  const directory = view.getUint32(archive.length - 6, true);
  let first: number | undefined;
  let last = 0;
  for (let at = directory; view.getUint32(at, true) === 0x02014b50;) {
    const name = new TextDecoder().decode(
      archive.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)),
    );
    if (name.startsWith("model/data/")) {
      first ??= view.getUint32(at + 42, true);
      last = Math.max(last, view.getUint32(at + 42, true));
      view.setUint32(at + 42, first, true);
    }
    at += 46 + name.length;
  }
  const cut = last - first!;
  const overlapping = concat([
    archive.subarray(0, first! + 2 ** 14 + 50),
    archive.subarray(first! + 2 ** 14 + 50 + cut),
  ]);
  const moved = new DataView(overlapping.buffer);
  moved.setUint32(overlapping.length - 6, directory - cut, true);
  assertThrows(() => loads(overlapping), UnpicklingError, "overlap");
});

Deno.test("classes of a model of PyTorch are data, in such a file only", () => {
  const pickle = text("\x80\x02ctorch.nn.modules.linear\nLinear\n)\x81}X\x01\0\0\0nK\x05sb.");
  const model = loads(zip({ "data.pkl": pickle })) as PyObject;
  assertEquals([model.className, model.state], ["torch.nn.modules.linear.Linear", { n: 5 }]);
  assertThrows(() => loads(pickle), UnpicklingError, "is not registered");
});

Deno.test({
  name: "dumps of joblib are read: raw, zlib and gzip, arrays of all orders, types and classes",
  ignore: !joblib,
  async fn() {
    const dumped = JSON.parse(await runScript("../joblib_dumps.py", [])) as Record<string, string>;
    for (const [name, base64] of Object.entries(dumped)) {
      const bytes = Uint8Array.fromBase64(base64);
      if (/xz|lzma|bz2/.test(name)) {
        const format = name === "bz2" ? "bzip2" : name;
        assertThrows(() => loads(bytes), UnpicklingError, `${format} data: decompress it first`);
        continue;
      }
      for (const options of [{}, { mode: "exact" }, { bytes: "view" }] as const) {
        const value = loads(bytes, options) as Record<string, unknown>;
        const array = (key: string) => (value[key] as NdArray).toArray();
        assertEquals(array("ints"), [0, 1, 2, 3, 4], name);
        assertEquals(array("matrix"), [[0, 1, 2], [3, 4, 5]]);
        assertEquals(array("fortran"), [[0, 1, 2], [3, 4, 5]]);
        assertEquals(array("big"), [1, 2]);
        assertEquals(array("objects"), ["a", null, [1]]);
        assertEquals(array("empty"), []);
        assertEquals(array("none"), 5);
        assertEquals(String((value.subclass as NdArray).subclass), "numpy.matrix");
        assertEquals([value.before, value.after], ["text", { deep: [1, 2] }]);
        const model = value.model as PyObject | undefined;
        if (model === undefined) continue;
        const state = model.state as { coef_: NdArray };
        assert(model.className.endsWith(".LinearRegression") && state.coef_ instanceof NdArray);
      }
      if (name !== "raw") continue;
      for (const cut of [0.3, 0.5, 0.9]) {
        assertThrows(
          () => loads(bytes.subarray(0, Math.floor(cut * bytes.length))),
          UnpicklingError,
        );
      }
    }
  },
});

Deno.test("a joblib array whose bytes are missing, or that stands in another's objects, is refused", () => {
  const wrapper = (dtype: string, shape: string) =>
    `cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0shape${shape}X\x05\0\0\0dtypecnumpy\ndtype\n` +
    `X\x02\0\0\0${dtype}\x89\x88\x87RX\x05\0\0\0orderX\x01\0\0\0Cub`;
  assertEquals(
    (loads(text(`\x80\x02${wrapper("i1", "K\x02\x85")}\x05\x06.`)) as NdArray).toArray(),
    [5, 6],
  );
  assertThrows(
    () => loads(text(`\x80\x02${wrapper("i8", "K\x02\x85")}\x05.`)),
    UnpicklingError,
    "cut off",
  );
  assertThrows(() => loads(text(`\x80\x02${wrapper("i8", "X\x01\0\0\0x")}\x05.`)), UnpicklingError);
  const inner = `\x80\x02${wrapper("O8", "K\x01\x85")}`;
  assertThrows(
    () => loads(text(`${inner}${inner}\x80\x02N...`)),
    UnpicklingError,
    "stands in a pickle",
  );
});
