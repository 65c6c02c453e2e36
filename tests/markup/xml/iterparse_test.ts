// What iterparse tells of prefixes, and its root, as lxml's does; names without end.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { iterparse, iterparseSync, XmlParser, XmlSyntaxError } from "@ferry/std/markup/xml";

const TEXT = `<a xmlns="u"><b xmlns:p="v" xmlns:q="w" p:x="1"><c/></b><p:d xmlns:p="z"/></a>`;

Deno.test("iterparse(): prefixes begin before and end behind their elements, wherever the document is cut", async () => {
  const expected = [
    "start-ns =u",
    "start {u}a",
    "start-ns p=v",
    "start-ns q=w",
    "start {u}b",
    "start {u}c",
    "end {u}c",
    "end {u}b",
    "end-ns",
    "end-ns",
    "start-ns p=z",
    "start {z}d",
    "end {z}d",
    "end-ns",
    "end {u}a",
    "end-ns",
  ];
  const events = ["start", "end", "start-ns", "end-ns"] as const;
  for (const pieces of [[TEXT], TEXT.split("")]) {
    const seen: string[] = [];
    for await (const [event, what] of iterparse(pieces, { events })) {
      if (event === "start-ns") seen.push(`${event} ${what.prefix}=${what.uri}`);
      else seen.push(event === "end-ns" ? event : `${event} ${what.tag}`);
    }
    assertEquals(seen, expected);
  }
  // A tag is no filter for prefixes.
  const some = [...iterparseSync(TEXT, { events, tag: "{u}c" })].map(([event]) => event);
  assertEquals(some.filter((event) => event.endsWith("ns")).length, 8);
  assertEquals(some.filter((event) => !event.endsWith("ns")), ["start", "end"]);
});

Deno.test("iterparse(): the root is there while the document is read, and afterwards", async () => {
  const whole = iterparse([TEXT]);
  assertEquals(whole.root, undefined);
  for await (const _ of whole) assertEquals(whole.root?.tag, "{u}a");
  assertEquals(whole.root?.length, 2);
  const part = iterparseSync(TEXT, { tag: "{u}c" });
  assertEquals([...part].length, 1);
  assertEquals(part.root?.tag, "{u}a");
});

Deno.test("A document in pieces with names without end is refused", async () => {
  const endless = function* () {
    yield "<a>";
    for (let i = 0; i < 2_000_000; i += 1000) {
      yield Array.from({ length: 1000 }, (_, j) => `<n${i + j}x/>`).join("");
    }
  };
  const error = await assertRejects(
    () => Array.fromAsync(iterparse(endless(), { tag: "none" })),
    XmlSyntaxError,
  );
  assert(error.message.includes("maxNames"), error.message);
  const parser = new XmlParser({ maxNames: 10 });
  assertThrows(
    () => {
      for (const piece of endless()) parser.feed(piece);
    },
    XmlSyntaxError,
    "maxNames",
  );
});
