/** What of the formats takes options. */
import { csv, json, msgpack, read, toml, write, yaml } from "@ferry/std/formats";
import * as json5 from "@ferry/std/formats/json5";
import { edit as editToml } from "@ferry/std/formats/toml-edit";
import type { TakesOptions } from "../../_support/refused_options.ts";

const { jsonc } = json;

/** Does something with a file that is removed afterwards. */
async function inFile(use: (path: string) => Promise<unknown>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, "{}");
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

/** All functions, classes and methods. */
export const ROWS: readonly TakesOptions[] = [
  { name: "csv/dialect.ts new Dialect", call: (o) => new csv.Dialect(o) },
  { name: "csv/has_header.ts hasHeader", call: (o) => csv.hasHeader("a,b\n1,2\n", o) },
  { name: "csv/parse.ts parse", call: (o) => csv.parse("a,b\n1,2\n", o) },
  { name: "csv/parse_stream.ts new CsvParseStream", call: (o) => new csv.CsvParseStream(o) },
  { name: "csv/sniff.ts sniff", call: (o) => csv.sniff("a,b\n1,2\n", o) },
  { name: "csv/stringify.ts stringify", call: (o) => csv.stringify([[1]], o) },
  {
    name: "csv/stringify_stream.ts new CsvStringifyStream",
    call: (o) => new csv.CsvStringifyStream(o),
  },
  {
    name: "json/concatenated.ts new ConcatenatedJsonParseStream",
    call: (o) => new json.ConcatenatedJsonParseStream(o),
  },
  {
    name: "json/json_lines.ts new JsonLinesParseStream",
    call: (o) => new json.JsonLinesParseStream(o),
  },
  {
    name: "json/json_lines.ts new JsonLinesStringifyStream",
    call: (o) => new json.JsonLinesStringifyStream(o),
  },
  { name: "json/jsonc.ts edit", call: (o) => jsonc.edit("{}", ["a"], 1, o) },
  { name: "json/jsonc.ts parse", call: (o) => jsonc.parse("{}", o) },
  { name: "json/parse.ts parse", call: (o) => json.parse("{}", o) },
  { name: "json/raw_decode.ts rawDecode", call: (o) => json.rawDecode("{}", 0, o) },
  { name: "json/stringify.ts stringify", call: (o) => json.stringify({}, o) },
  { name: "json5/mod.ts stringify", call: (o) => json5.stringify({}, o) },
  { name: "msgpack/decode.ts decode", call: (o) => msgpack.decode(Uint8Array.of(1), o) },
  {
    name: "msgpack/decode.ts decodeMulti",
    call: (o) => [...msgpack.decodeMulti(Uint8Array.of(1), o)],
  },
  { name: "msgpack/decode_stream.ts new DecodeStream", call: (o) => new msgpack.DecodeStream(o) },
  { name: "msgpack/encode.ts encode", call: (o) => msgpack.encode(1, o) },
  { name: "msgpack/encode_stream.ts new EncodeStream", call: (o) => new msgpack.EncodeStream(o) },
  { name: "write.ts write", call: (o) => inFile((path) => write(path, {}, o)) },
  { name: "read.ts read", call: (o) => inFile((path) => read(path, o)) },
  { name: "toml/parse.ts parse", call: (o) => toml.parse("", o) },
  { name: "toml/stringify.ts stringify", call: (o) => toml.stringify({}, o) },
  {
    name: "yaml/document.ts YamlDocument.toString",
    call: (o) => yaml.parseDocument("a: 1").toString(o),
  },
  { name: "yaml/edit.ts edit", call: (o) => yaml.edit("a: 1", ["a"], 2, o) },
  { name: "yaml/parse.ts parse", call: (o) => yaml.parse("", o) },
  { name: "yaml/parse.ts parseAll", call: (o) => yaml.parseAll("", o) },
  { name: "yaml/parse_document.ts parseAllDocuments", call: (o) => yaml.parseAllDocuments("a", o) },
  { name: "yaml/parse_document.ts parseDocument", call: (o) => yaml.parseDocument("a", o) },
  { name: "yaml/stringify.ts stringify", call: (o) => yaml.stringify({}, o) },
  { name: "yaml/stringify.ts stringifyAll", call: (o) => yaml.stringifyAll([], o) },
];

/** Objects of fixed names within options and arguments: calls with a wrong name in one. */
export const NESTED: Readonly<Record<string, () => unknown>> = {
  "dialect of csv.parse": () => csv.parse("", wrong({ dialect: { delimeter: ";" } })),
  "columns of csv.stringify": () =>
    csv.stringify([], wrong({ columns: [{ prop: "a", head: "A" }] })),
  "tags of yaml.parse": () =>
    yaml.parse("", wrong({ tags: [{ tag: "!a", parse, stringfy: parse }] })),
  "tags of yaml.stringify": () =>
    yaml.stringify(1, wrong({ tags: [{ tag: "!a", parse, tests: 1 }] })),
  "tags of yaml.edit": () =>
    yaml.edit("a: 1", ["a"], 2, wrong({ tags: [{ tag: "!a", parse, tests: 1 }] })),
  "comments of a YamlDocument": () =>
    yaml.parseDocument("a: 1").setComments(["a"], wrong({ behind: "x" })),
  "an extension type": () =>
    new msgpack.ExtensionRegistry().register(
      wrong({ type: 1, encode: parse, decode: parse, klass: 1 }),
    ),
  "a change of TOML": () => editToml("a = 1", [wrong({ path: ["a"], val: 2 })]),
  "csv of read": () => inFile((path) => read(path, wrong({ format: "csv", csv: { sep: ";" } }))),
  "csv of read of tsv": () =>
    inFile((path) => read(path, wrong({ format: "tsv", csv: { sep: ";" } }))),
  "json of read": () => inFile((path) => read(path, wrong({ json: { big: true } }))),
  "json of read of jsonc": () =>
    inFile((path) => read(path, wrong({ format: "jsonc", json: { big: true } }))),
  "json of read of jsonl": () =>
    inFile((path) => read(path, wrong({ format: "jsonl", json: { big: true } }))),
  "msgpack of read": () =>
    inFile((path) => read(path, wrong({ format: "msgpack", msgpack: { raw: true } }))),
  "toml of read": () =>
    inFile((path) => read(path, wrong({ format: "toml", toml: { ver: "1.0" } }))),
  "yaml of read": () => inFile((path) => read(path, wrong({ format: "yaml", yaml: { tag: [] } }))),
  "yaml of read of documents": () =>
    inFile((path) => read(path, wrong({ format: "yaml", documents: true, yaml: { tag: [] } }))),
  "csv of write": () =>
    inFile((path) => write(path, [], wrong({ format: "csv", csv: { sep: ";" } }))),
  "csv of write of tsv": () =>
    inFile((path) => write(path, [], wrong({ format: "tsv", csv: { sep: ";" } }))),
  "json of write": () => inFile((path) => write(path, {}, wrong({ json: { sort: true } }))),
  "json of write of jsonl": () =>
    inFile((path) => write(path, [1], wrong({ format: "jsonl", json: { sort: true } }))),
  "msgpack of write": () =>
    inFile((path) => write(path, {}, wrong({ format: "msgpack", msgpack: { sort: true } }))),
  "toml of write": () =>
    inFile((path) => write(path, {}, wrong({ format: "toml", toml: { sort: true } }))),
  "yaml of write": () =>
    inFile((path) => write(path, {}, wrong({ format: "yaml", yaml: { sort: true } }))),
};

function parse(): never {
  throw new TypeError("Never called");
}

/** What the compiler would refuse. */
// deno-lint-ignore no-explicit-any
function wrong(value: unknown): any {
  return value;
}
