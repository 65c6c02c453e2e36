import {
  type HtmlEvent,
  HtmlLimitError,
  HtmlParseStream,
  type HtmlParseStreamOptions,
} from "@ferry/std/markup/html";
import { assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { mutatedPage } from "./mutated_page.ts";
import { realPages } from "./real_pages.ts";
import { seedFor } from "../../_support/random.ts";

function eventsOf(
  pieces: Iterable<string | Uint8Array>,
  options?: HtmlParseStreamOptions,
): Promise<HtmlEvent[]> {
  return Array.fromAsync(ReadableStream.from(pieces).pipeThrough(new HtmlParseStream(options)));
}

/** Events as short lines. */
async function lines(html: string, options?: HtmlParseStreamOptions): Promise<string[]> {
  return (await eventsOf([html], options)).map((event) => {
    switch (event.type) {
      case "start": {
        const pairs = Object.entries(event.attributes).map(([name, value]) => ` ${name}=${value}`);
        return `<${event.tag}${pairs.join("")}${event.selfClosing ? "/" : ""}>`;
      }
      case "end":
        return `</${event.tag}>`;
      case "text":
        return event.text;
      case "comment":
        return `!${event.text}`;
      case "doctype":
        return `doctype ${event.name} ${event.publicId} ${event.systemId}`;
    }
  });
}

Deno.test("HtmlParseStream makes events of tags, texts, comments and document types", async () => {
  assertEquals(await lines(`<!DOCTYPE html><P Class=a id='b&amp;' class=c>1 &lt; 2<br/></p\n>`), [
    "doctype html undefined undefined",
    "<p class=a id=b&>",
    "1 < 2",
    "<br/>",
    "</p>",
  ]);
  assertEquals(await lines("<!--a--b-->c<?d?><!e></ f></>g<!-->h"), [
    "!a--b",
    "c",
    "!?d?",
    "!e",
    "! f",
    "g",
    "!",
    "h",
  ]);
  assertEquals(await lines("1 < 2 &am"), ["1 < 2 &am"]);
  assertEquals(await lines("a<b c"), ["a"]);
  assertEquals(await lines("a</"), ["a</"]);
  assertEquals(await lines("a<!--b--"), ["a", "!b"]);
  assertEquals(await lines("<p __proto__=1>"), ["<p __proto__=1>"]);
});

Deno.test("HtmlParseStream takes tags in raw elements for text", async () => {
  assertEquals(await lines("<title>a<b>&amp;</title>c"), ["<title>", "a<b>&", "</title>", "c"]);
  assertEquals(await lines("<style>a<b>&amp;</STYLE >"), ["<style>", "a<b>&amp;", "</style>"]);
  assertEquals(await lines("<script><!--<script></script>--></script>x"), [
    "<script>",
    "<!--<script></script>-->",
    "</script>",
    "x",
  ]);
  assertEquals(await lines("<plaintext>a</plaintext>"), ["<plaintext>", "a</plaintext>"]);
  assertEquals(await lines("<pre>\n\na</pre><textarea>\nb"), [
    "<pre>",
    "\na",
    "</pre>",
    "<textarea>",
    "b",
  ]);
  assertEquals(await lines("<noscript><p>", { scripting: true }), ["<noscript>", "<p>"]);
});

Deno.test("HtmlParseStream knows CDATA, and tags in style, in SVG alone", async () => {
  assertEquals(await lines("<svg><style><a></style><![CDATA[<b>]]></svg><![CDATA[c]]>"), [
    "<svg>",
    "<style>",
    "<a>",
    "</style>",
    "<b>",
    "</svg>",
    "![CDATA[c]]",
  ]);
  const inHtml = await lines("<svg><foreignObject><style><a></style>");
  assertEquals(inHtml.slice(2), ["<style>", "<a>", "</style>"]);
});

Deno.test("HtmlParseStream gives the same events however the document is cut", async () => {
  const seed = seedFor("cut pages");
  for (let round = 0; round < (Deno.env.get("FERRY_STRESS") === "1" ? 500 : 30); round++) {
    const html = `${
      mutatedPage(seed + round)
    }<script>a<!--<script>x</script>--></script>\r\n&notin;<b c="d&amp">`;
    const whole = await eventsOf([html]);
    assertEquals(await eventsOf(html.split("")), whole, `FERRY_SEED=${seed + round} unit by unit`);
    for (let cut = 1; cut < html.length; cut += 1 + round % 5) {
      const pieces = [html.slice(0, cut), html.slice(cut)];
      assertEquals(await eventsOf(pieces), whole, `FERRY_SEED=${seed + round} cut at ${cut}`);
    }
  }
});

Deno.test("HtmlParseStream gives the same events for bytes in pieces, in the encoding that they tell", async () => {
  const html = "<meta charset=utf-8><p title=é>😀é</p>" + "ü".repeat(3000);
  const bytes = new TextEncoder().encode(html);
  const whole = await eventsOf([html]);
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assertEquals(await eventsOf(single), whole);
  const latin = Uint8Array.from("<p>\xe9", (unit) => unit.charCodeAt(0));
  assertEquals((await eventsOf([latin])).at(-1), { type: "text", text: "é" });
  assertEquals((await eventsOf([latin], { encoding: "koi8-r" })).at(-1), {
    type: "text",
    text: "И",
  });
});

Deno.test("HtmlParseStream cuts long texts at the same places, and no pair of surrogates", async () => {
  const html = "x" + "😀".repeat(100_000);
  const whole = await eventsOf([html]);
  assertGreater(whole.length, 3);
  assertEquals(whole.map((event) => event.type === "text" ? event.text : "").join(""), html);
  for (const event of whole) assertEquals(event.type === "text" && event.text.isWellFormed(), true);
  const pieces = html.match(/[^]{1,999}/g)!;
  assertEquals(await eventsOf(pieces), whole);
});

Deno.test("HtmlParseStream refuses tokens and attributes beyond its limits", async () => {
  const error = await assertRejects(
    () => eventsOf(Array.from({ length: 100 }, () => "<!--" + "x".repeat(100)), { maxToken: 1000 }),
    HtmlLimitError,
  );
  assertEquals(error.limit, "maxToken");
  await assertRejects(() => eventsOf(["<p a b c>"], { maxAttributes: 2 }), HtmlLimitError);
});

Deno.test("HtmlParseStream needs little memory for a long document", async () => {
  const piece =
    `<li class="item"><a href="/page?a=1&amp;b=2">Some text</a> &mdash; more of it</li>\n`.repeat(
      800,
    );
  const size = Deno.env.get("FERRY_STRESS") === "1" ? 200e6 : 20e6;
  function* pieces() {
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
  }
  let count = 0;
  let highest = 0;
  const memory = () => Deno.memoryUsage().heapUsed + Deno.memoryUsage().external;
  const before = memory();
  for await (const _ of ReadableStream.from(pieces()).pipeThrough(new HtmlParseStream())) {
    if (++count % 50_000 === 0) highest = Math.max(highest, memory() - before);
  }
  assertGreater(count, size / 20);
  assertLess(highest, 90e6);
});

const pages = realPages(20);

Deno.test({
  name: "HtmlParseStream reads real pages in pieces as it does in one",
  ignore: pages.length === 0,
  async fn() {
    for (const page of pages) {
      const html = Deno.readTextFileSync(page).slice(0, 100_000);
      const pieces = html.match(/[^]{1,1013}/g)!;
      assertEquals(await eventsOf(pieces), await eventsOf([html]), page);
    }
  },
});
