// Documents as they are found on this machine: read as lxml reads them, written and read again without a change.
import { assert, assertEquals } from "@std/assert";
import { ElementTree } from "@ferry/std/markup";
import { c14n, parse, serialize, XmlParser } from "@ferry/std/markup/xml";
import { noLxml, runLxml } from "../lxml.ts";

const FOLDERS = ["/usr/share", "/usr/lib/python3"];
const MOST_FILES = Deno.env.get("FERRY_STRESS") ? 3000 : 250;
const MOST_BYTES = 200_000;

function* files(folder: string, depth: number): Generator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return;
  }
  for (const { name, isDirectory, isFile } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory && depth < 7) yield* files(path, depth + 1);
    else if (isFile && /\.(xml|svg|rng|xsl|xslt|ui|rss|atom|xhtml)$/.test(name)) yield path;
  }
}

function* documents(): Generator<[string, Uint8Array]> {
  let count = 0;
  for (const folder of FOLDERS) {
    for (const path of files(folder, 0)) {
      const bytes = Deno.readFileSync(path);
      if (bytes.length > MOST_BYTES) continue;
      if (count++ === MOST_FILES) return;
      yield [path, bytes];
    }
  }
}

function canonical(bytes: Uint8Array): string | undefined {
  try {
    return c14n(ElementTree.of(parse(bytes)), { withComments: true });
  } catch (error) {
    assert(error instanceof SyntaxError, String(error));
    return undefined;
  }
}

Deno.test("xml: documents of this machine are the same when they are written and read again", () => {
  let count = 0;
  for (const [path, bytes] of documents()) {
    const before = canonical(bytes);
    if (before === undefined) continue;
    count++;
    const written = serialize(ElementTree.of(parse(bytes)));
    assertEquals(canonical(new TextEncoder().encode(written)), before, path);
    const parser = new XmlParser();
    for (let at = 0; at < bytes.length; at += 1000) parser.feed(bytes.slice(at, at + 1000));
    assertEquals(c14n(ElementTree.of(parser.close()), { withComments: true }), before, path);
  }
  console.log(`${count} documents`);
});

Deno.test({
  name: "xml: documents of this machine are what lxml reads",
  ignore: noLxml,
  fn: async () => {
    const all = [...documents()];
    const jobs = all.map(([, bytes]) => ({ kind: "c14n", source: bytes.toBase64() }));
    const theirs = await runLxml<(string | { error: string })[]>(
      new URL("compare.py", import.meta.url),
      jobs,
    );
    all.forEach(([path, bytes], index) => {
      const expected = theirs[index]!;
      // Canonical form needs absolute namespaces there.
      if (typeof expected !== "string" && expected.error.includes("Relative namespace")) return;
      const ours = canonical(bytes);
      if (typeof expected === "string") assertEquals(ours, expected, path);
      else assertEquals(ours, undefined, `${path}: ${expected.error}`);
    });
  },
});
