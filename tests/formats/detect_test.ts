import { csv, detect, type FormatName, json, msgpack, toml, yaml } from "@ferry/std/formats";
import { assertEquals, assertThrows } from "@std/assert";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("detect() knows extensions in any case, in paths and URLs", () => {
  const names: [string, FormatName | undefined][] = [
    ["a.csv", "csv"],
    ["A.CSV", "csv"],
    ["dir.json/b.tsv", "tsv"],
    ["c.tab", "tsv"],
    ["d.json", "json"],
    ["e.jsonl", "jsonl"],
    ["f.NDJSON", "jsonl"],
    ["g.jsonc", "jsonc"],
    ["h.yaml", "yaml"],
    ["i.yml", "yaml"],
    ["j.toml", "toml"],
    ["k.msgpack", "msgpack"],
    ["l.mpk", "msgpack"],
    ["m.tar.gz", undefined],
    ["a.json5", "json5"],
    ["/home/x/Cargo.lock", "toml"],
    ["C:\\x\\poetry.lock", "toml"],
    ["deno.lock", "json"],
    ["yarn.lock", undefined],
    ["noextension", undefined],
    ["", undefined],
    ["dir.json/b", undefined],
    [".json", "json"],
  ];
  for (const [name, format] of names) assertEquals(detect(name), format, name);
  assertEquals(detect(new URL("https://x.org/a.toml?b=c.csv#d.json")), "toml");
});

Deno.test("detect() knows content", () => {
  const contents: [string, FormatName | undefined][] = [
    ['{"a": 1}', "json"],
    [" \n[1, 2]\n", "json"],
    ['"text"', "json"],
    ["12", "json"],
    ['{"a":1}\n{"a":2}\n', "jsonl"],
    ["[1]\n\n[2]", "jsonl"],
    ['// c\n{"a": 1}', "jsonc"],
    ['{"a": 1, /* c */ "b": [2,],}', "jsonc"],
    ["a: 1\n", "yaml"],
    ["# c\n---\nx\n", "yaml"],
    ["%YAML 1.2\n---\na\n", "yaml"],
    ["- a\n- b\n", "yaml"],
    ['"a b": 1\n', "yaml"],
    ["a:\n  - 1\n", "yaml"],
    ["a = 1\n", "toml"],
    ["# c\n\n[table]\na = 1\n", "toml"],
    ["[[list]]\n", "toml"],
    ['a.b = "x"\n', "toml"],
    ["a,b\n1,2\n", "csv"],
    ["a;b;c\n1;2;3\n", "csv"],
    ['"a,b",c\n"x\ny",z\n', "csv"],
    ["time: x,b\n1,2\n", "csv"],
    ["a\tb\n1\t2\n", "tsv"],
    ["just some words", undefined],
    ["", undefined],
    [" \n ", undefined],
  ];
  for (const [text, format] of contents) {
    assertEquals(detect(bytes(text)), format, JSON.stringify(text));
    assertEquals(detect(bytes("\ufeff" + text)), format, `${JSON.stringify(text)} with a mark`);
  }
});

Deno.test("detect() reads UTF-16 with a byte order mark", () => {
  const units = [0xfeff, ...[..."a: 1\n"].map((c) => c.charCodeAt(0))];
  assertEquals(detect(new Uint8Array(units.flatMap((u) => [u & 255, u >> 8]))), "yaml");
  assertEquals(detect(new Uint8Array(units.flatMap((u) => [u >> 8, u & 255]))), "yaml");
});

Deno.test("detect() knows MsgPack by maps and arrays that can be read", () => {
  assertEquals(detect(msgpack.encode({ a: [1, "x"] })), "msgpack");
  assertEquals(detect(msgpack.encode(Array.from({ length: 100_000 }, (_, i) => i))), "msgpack");
  assertEquals(detect(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])), undefined);
  assertEquals(detect(new Uint8Array([0xff, 0xfe, 0xfd])), undefined);
  assertEquals(detect(new Uint8Array([0x1f, 0x8b, 8, 0])), undefined);
});

Deno.test("detect() knows what the writers write", () => {
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, name: `n ${id}`, tags: ["a"] }));
  const written: [FormatName, string | Uint8Array][] = [
    ["csv", csv.stringify(rows.map(({ id, name }) => [id, name]))],
    ["json", json.stringify(rows, { indent: 2 })],
    ["jsonl", rows.map((row) => json.stringify(row) + "\n").join("")],
    ["yaml", yaml.stringify(rows)],
    ["toml", toml.stringify({ rows })],
    ["msgpack", msgpack.encode(rows)],
  ];
  for (const [format, content] of written) {
    assertEquals(detect(typeof content === "string" ? bytes(content) : content), format, format);
  }
});

Deno.test("detect() looks at the beginning of long content only", () => {
  const row = '{"id":1,"text":"é"}';
  assertEquals(detect(bytes(`[${Array(20_000).fill(row).join(",")}]`)), "json");
  assertEquals(detect(bytes(`${row}\n`.repeat(20_000))), "jsonl");
  assertEquals(detect(bytes("a,é\n".repeat(50_000))), "csv");
  assertEquals(detect(bytes("- é\n".repeat(50_000))), "yaml");
  assertEquals(detect(bytes("[a]\n" + "# é\n".repeat(50_000))), "toml");
  assertEquals(detect(bytes("[".repeat(100_000))), "json");
  assertEquals(detect(bytes('"'.repeat(100_001))), undefined);
});

Deno.test("detect() refuses what is neither name nor bytes", () => {
  // deno-lint-ignore no-explicit-any
  assertThrows(() => detect(5 as any), TypeError, "give a name");
});
