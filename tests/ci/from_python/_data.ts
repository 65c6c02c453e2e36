/** Rows on `persist` and `formats`. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { csv, json, msgpack, toml, yaml } from "@ferry/std/formats";
import * as dill from "@ferry/std/persist/dill";
import * as marshal from "@ferry/std/persist/marshal";
import * as pickle from "@ferry/std/persist/pickle";
import { type DataFrame, NdArray } from "@ferry/std/persist/types";
import * as shelve from "@ferry/std/persist/shelve";
import type { Row } from "./_rows.ts";

/** A folder that is the working place of one row. */
async function inFolder(run: (at: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ferry-from-python-" });
  try {
    await run((name) => `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A pickle of a table of pandas, where there is one. */
function pickleOfFrame(): Uint8Array | undefined {
  const script = "import pandas, pickle, sys\n" +
    "sys.stdout.buffer.write(pickle.dumps(pandas.DataFrame({'a': [1, 2]})))";
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const { success, stdout } = new Deno.Command(python, { args: ["-c", script] }).outputSync();
      if (success) return stdout;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  console.log("skipped: a table of pandas: no CPython with pandas found");
  return undefined;
}

export const DATA: readonly Row[] = [
  {
    python: "`pickle.dumps(x)`, `pickle.loads(b)`",
    ferry: () => {
      const { dumps, loads } = pickle, x = [1, "a"];
      const b = dumps(x);
      assertEquals(loads(b), x);
    },
  },
  {
    python: "`pickletools.dis(b)`",
    ferry: () => {
      const { dis, dumps } = pickle, b = dumps([1]);
      assertStringIncludes(dis(b), "BININT1");
    },
  },
  {
    python: "`joblib.load(f)`, `torch.load(f)`",
    ferry: () =>
      inFolder(async (at) => {
        const { dumps, loads } = pickle, f = at("values.pkl.gz");
        const packed = new Blob([dumps([1, 2.5])]).stream()
          .pipeThrough(new CompressionStream("gzip"));
        await Deno.writeFile(f, packed);
        assertEquals(loads(await Deno.readFile(f)), [1, 2.5]);
      }),
  },
  {
    python: '`df.to_dict("records")`, `a.tolist()`',
    ferry: () => {
      const array = NdArray.from(Int32Array.of(1, 2));
      assertEquals(array.toArray(), [1, 2]);
      const pickled = pickleOfFrame();
      if (pickled === undefined) return;
      const frame = pickle.loads(pickled) as DataFrame;
      assertEquals(frame.toRecords().map((row) => ({ ...row })), [{ a: 1 }, { a: 2 }]);
    },
  },
  {
    python: "`marshal.dumps(x)`",
    ferry: () => {
      const { dumps, loads } = marshal, x = [1, "a"];
      assertEquals(loads(dumps(x)), x);
    },
  },
  {
    python: "`dill.dumps(f)`, `dill.loads(b)`",
    ferry: async () => {
      const { dumps, loads } = dill, key = crypto.getRandomValues(new Uint8Array(32));
      const f = (n: number) => n * n;
      const b = await dumps(f, { key });
      assertEquals((await loads(b, { key }) as typeof f)(3), 9);
      const unsigned = await dumps(f);
      assertEquals((await loads(unsigned, { trust: true }) as typeof f)(3), 9);
    },
  },
  {
    python: "`dill.detect.baditems(x)`",
    ferry: async () => {
      const { detect } = dill, x = { bad: new WeakMap(), good: 1 };
      assertEquals((await detect(x)).length, 1);
    },
  },
  {
    python: '`shelve.open("f")`; `s["k"] = v`; `for k in s:`',
    ferry: () =>
      inFolder(async (at) => {
        const v = [1], keys: string[] = [];
        await using s = await shelve.open(at("f"));
        await s.set("k", v);
        for await (const k of s.keys()) keys.push(k);
        assertEquals(keys, ["k"]);
      }),
    instead: { 'await shelve.open("f")': 'await shelve.open(at("f"))' },
  },
  {
    python: '`with shelve.open("f", writeback=True) as s:`',
    ferry: () =>
      inFolder(async (at) => {
        {
          await using s = await shelve.open<number[]>(at("f"), { writeback: true });
          await s.set("k", [1]);
          (await s.get("k"))!.push(2);
        }
        await using again = await shelve.open<number[]>(at("f"));
        assertEquals(await again.get("k"), [1, 2]);
      }),
    instead: {
      'await using s = await shelve.open("f", { writeback: true })':
        'await using s = await shelve.open(at("f"), { writeback: true })',
    },
  },
  {
    python: "`csv.DictReader(f)`",
    ferry: () => {
      const text = "a,b\n1,2\n";
      assertEquals({ ...csv.parse(text, { skipFirstRow: true })[0] }, { a: "1", b: "2" });
    },
  },
  {
    python: "`csv.Sniffer().sniff(s)`",
    ferry: () => {
      const s = "a;b\n1;2\n";
      assertEquals(csv.sniff(s).delimiter, ";");
    },
  },
  {
    python: "`json.loads(s, object_hook=h)`",
    ferry: () => {
      const s = '{"a":1}', h = (value: object) => Object.keys(value).join();
      assertEquals(json.parse(s, { objectHook: h }), "a");
    },
  },
  {
    python: "`yaml.safe_load_all(s)`",
    ferry: () => {
      const s = "a: 1\n---\nb: 2\n";
      assertEquals([...yaml.parseAll(s)], [{ a: 1 }, { b: 2 }]);
    },
  },
  {
    python: "`tomllib.loads(s)`",
    ferry: () => {
      const s = "a = 1";
      assertEquals({ ...toml.parse(s) as object }, { a: 1 });
    },
  },
  {
    python: "`msgpack.Unpacker(f)`",
    ferry: async () => {
      const stream = new Blob([msgpack.encode(1), msgpack.encode("a")]).stream();
      const values: unknown[] = [];
      for await (const value of stream.pipeThrough(new msgpack.DecodeStream())) values.push(value);
      assertEquals(values, [1, "a"]);
    },
  },
];
