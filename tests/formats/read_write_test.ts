import {
  csv,
  type FormatName,
  msgpack,
  read,
  type StandardSchema,
  write,
  yaml,
} from "@ferry/std/formats";
import { FormatError } from "@ferry/std/formats";
import { assert, assertEquals, assertRejects } from "@std/assert";

/** Runs a test in a folder of its own. */
async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("read() gives back what write() wrote, by every extension", () =>
  inFolder(async (folder) => {
    const value = { name: "é", list: [1, 2.5, "x"], inner: { yes: true } };
    const rows = [["id", "name"], ["1", "a,b\tc"], ["2", "line\r\nbreak"]];
    const files: [string, unknown][] = [
      ["a.csv", rows],
      ["a.tsv", rows],
      ["a.tab", rows],
      ["a.json", value],
      ["a.jsonc", value],
      ["a.jsonl", [value, 1, null]],
      ["a.NDJSON", [value]],
      ["a.yaml", value],
      ["a.yml", [value]],
      ["a.toml", value],
      ["a.msgpack", value],
      ["a.mpk", value],
    ];
    for (const [name, content] of files) {
      await write(`${folder}/${name}`, content);
      assertEquals(await read(`${folder}/${name}`), content, name);
      const url = new URL(`file://${folder}/${name}`);
      await write(url, content);
      assertEquals(await read(url), content, `${name} by URL`);
    }
    assertEquals((await names(folder)).length, files.length);
  }));

Deno.test("read() and write() hand the options on to the format", () =>
  inFolder(async (folder) => {
    await write(`${folder}/a.csv`, [{ a: 1, b: 2 }], { csv: { delimiter: ";" } });
    assertEquals(await Deno.readTextFile(`${folder}/a.csv`), "a;b\r\n1;2\r\n");
    assertEquals(
      await read(`${folder}/a.csv`, { csv: { delimiter: ";", skipFirstRow: true } }),
      [{ a: "1", b: "2" }],
    );
    await write(`${folder}/a.json`, { b: 1, a: 2n ** 64n }, {
      json: { sortKeys: true, indent: 0 },
    });
    assertEquals(await Deno.readTextFile(`${folder}/a.json`), '{"a":18446744073709551616,"b":1}\n');
    assertEquals(await read(`${folder}/a.json`, { json: { bigint: true } }), {
      a: 2n ** 64n,
      b: 1,
    });
    await write(`${folder}/a.yaml`, { a: [1] }, { yaml: { style: "flow" } });
    assertEquals(await Deno.readTextFile(`${folder}/a.yaml`), "{ a: [ 1 ] }\n");
    assertEquals(await read(`${folder}/a.yaml`, { yaml: { maps: "map" } }), new Map([["a", [1]]]));
    await write(`${folder}/a.toml`, { a: 1 }, { toml: { numbers: "float" } });
    assertEquals(await Deno.readTextFile(`${folder}/a.toml`), "a = 1.0\n");
    await write(`${folder}/a.mpk`, new Map([[1, 2]]));
    assertEquals(await read(`${folder}/a.mpk`, { msgpack: { maps: "map" } }), new Map([[1, 2]]));
  }));

Deno.test("read() and write() take a format for other names, and read() looks at the content when asked", () =>
  inFolder(async (folder) => {
    const path = `${folder}/data.txt`;
    for (const format of ["json", "yaml", "toml", "msgpack"] satisfies FormatName[]) {
      await write(path, { a: [1, { b: "x" }] }, { format });
      assertEquals(await read(path, { format }), { a: [1, { b: "x" }] });
      assertEquals(await read(path, { format: "auto" }), { a: [1, { b: "x" }] }, format);
    }
    await Deno.writeTextFile(path, "only words");
    await assertRejects(() => read(path, { format: "auto" }), TypeError, "by its content");
  }));

Deno.test("read() and write() refuse unknown extensions and formats, and list the known ones", () =>
  inFolder(async (folder) => {
    for (const path of [`${folder}/a.xyz`, `${folder}/a`, new URL(`file://${folder}/a.xml`)]) {
      await assertRejects(() => read(path), TypeError, ".msgpack");
      await assertRejects(() => write(path, 1), TypeError, ".yaml");
    }
    // deno-lint-ignore no-explicit-any
    const format = "xml" as any;
    await assertRejects(() => read("a.json", { format }), TypeError, "csv, tsv, json");
    assertEquals(await names(folder), []);
  }));

Deno.test("read() refuses more than maxBytes, also from a file without a size", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.json`, "[1,2,3]");
    assertEquals(await read(`${folder}/a.json`, { maxBytes: 7 }), [1, 2, 3]);
    await assertRejects(() => read(`${folder}/a.json`, { maxBytes: 6 }), RangeError, "maxBytes");
    if (Deno.build.os !== "windows") {
      await assertRejects(
        () => read("/dev/zero", { format: "msgpack", maxBytes: 200_000 }),
        RangeError,
        "maxBytes",
      );
    }
  }));

Deno.test("read() says what is wrong with the content, by one family of errors", () =>
  inFolder(async (folder) => {
    const broken: [string, string | Uint8Array][] = [
      ["a.csv", 'a,"b'],
      ["a.json", "{"],
      ["a.jsonl", "1\n{\n"],
      ["a.jsonc", "/*"],
      ["a.yaml", "a: [\n"],
      ["a.toml", "a = "],
      ["a.msgpack", new Uint8Array([0x92, 1])],
      ["b.json", new Uint8Array([0x22, 0xff, 0x22])],
      ["b.toml", new Uint8Array([0x23, 0xff])],
      ["b.yaml", new Uint8Array([0x23, 0xff])],
    ];
    for (const [name, content] of broken) {
      const path = `${folder}/${name}`;
      await Deno.writeFile(
        path,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      const error = await assertRejects(
        () => read(path, { csv: { strict: true } }),
        FormatError,
        undefined,
        name,
      );
      assert(error instanceof SyntaxError);
    }
    await assertRejects(() => read(`${folder}/none.json`), Deno.errors.NotFound);
  }));

Deno.test("write() leaves the old file and nothing else when it fails", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.toml`;
    await write(path, { a: 1 });
    await assertRejects(() => write(path, { a: null }), TypeError, "null at a");
    await assertRejects(() => write(path, null), TypeError, "null");
    await assertRejects(() => write(`${folder}/a.csv`, 5), TypeError, "iterable");
    const aborted = AbortSignal.abort(new DOMException("enough", "AbortError"));
    await assertRejects(() => write(path, { a: 2 }, { signal: aborted }), DOMException, "enough");
    await assertRejects(() => read(path, { signal: aborted }), DOMException, "enough");
    await Deno.mkdir(`${folder}/b.json`);
    await assertRejects(() => write(`${folder}/b.json`, 1));
    await assertRejects(() => write(`${folder}/no/such/c.json`, 1), Deno.errors.NotFound);
    assertEquals(await names(folder), ["a.toml", "b.json"]);
    assertEquals(await read(path), { a: 1 });
  }));

Deno.test({
  name: "write() keeps permission bits and follows links",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/a.json`;
      await write(path, 1, { mode: 0o600 });
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
      await Deno.chmod(path, 0o640);
      await Deno.symlink("a.json", `${folder}/link.json`);
      await write(`${folder}/link.json`, 2);
      assertEquals((await Deno.lstat(`${folder}/link.json`)).isSymlink, true);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
      assertEquals(await read(path), 2);
      assertEquals(await names(folder), ["a.json", "link.json"]);
    }),
});

Deno.test("readers never see a part of what write() writes", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.json`;
    const value = (i: number) => ({ i, rows: Array.from({ length: 2000 }, () => `row ${i}`) });
    await write(path, value(0));
    let done = false;
    const writing = (async () => {
      for (let i = 1; i <= 40; i++) await write(path, value(i));
      done = true;
    })();
    let reads = 0;
    while (!done || reads === 0) {
      const seen = await read<ReturnType<typeof value>>(path);
      assert(seen.rows.length === 2000 && seen.rows.every((row) => row === `row ${seen.i}`));
      reads++;
    }
    await writing;
    assertEquals((await read<{ i: number }>(path)).i, 40);
  }));

Deno.test("the namespaces hold the formats", () => {
  assertEquals(csv.parse("a,b"), [["a", "b"]]);
  assertEquals(yaml.parse("a: 1"), { a: 1 });
  assertEquals(msgpack.decode(msgpack.encode(1)), 1);
});

Deno.test("read() decompresses gzip by its content, within maxBytes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const gzip = async (text: string) =>
      new Uint8Array(
        await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")))
          .arrayBuffer(),
      );
    await Deno.writeFile(`${folder}/a.json.gz`, await gzip('{"a":1}'));
    await Deno.writeFile(`${folder}/b.geojson`, await gzip('{"type":"Point"}'));
    assertEquals(await read(`${folder}/a.json.gz`), { a: 1 });
    assertEquals(await read(`${folder}/b.geojson`), { type: "Point" });
    await Deno.writeFile(`${folder}/bomb.json`, await gzip(`"${" ".repeat(1_000_000)}"`));
    await assertRejects(() => read(`${folder}/bomb.json`, { maxBytes: 50_000 }), RangeError);
    await Deno.writeFile(`${folder}/cut.json`, (await gzip('{"a":1}')).subarray(0, 15));
    await assertRejects(() => read(`${folder}/cut.json`), TypeError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("read() takes an encoding, several YAML documents and a Standard Schema", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/a.csv`, new Uint8Array([0xe9, 0x2c, 0x80, 0x0a]));
    assertEquals(await read(`${folder}/a.csv`, { encoding: "windows-1252" }), [["é", "€"]]);
    await assertRejects(() => read(`${folder}/a.csv`), FormatError);
    await assertRejects(() => read(`${folder}/a.csv`, { encoding: "shift_jis" }), FormatError);
    await Deno.writeTextFile(`${folder}/a.yaml`, "a: 1\n---\nb: 2\n");
    assertEquals(await read(`${folder}/a.yaml`, { documents: true }), [{ a: 1 }, { b: 2 }]);
    await assertRejects(() => read(`${folder}/a.yaml`), FormatError);
    const schema: StandardSchema<{ port: number }> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate(value) {
          const { port } = value as { port: unknown };
          return Promise.resolve(
            typeof port === "number"
              ? { value: { port } }
              : { issues: [{ message: "no number", path: [{ key: "port" }] }] },
          );
        },
      },
    };
    await Deno.writeTextFile(`${folder}/a.json`, '{"port":80,"more":1}');
    const { port } = await read(`${folder}/a.json`, { schema });
    assertEquals(port, 80);
    await Deno.writeTextFile(`${folder}/b.json`, '{"port":"x"}');
    await assertRejects(() => read(`${folder}/b.json`, { schema }), TypeError, "no number at port");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
