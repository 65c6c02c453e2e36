/**
 * The chapter on markup: a broken page is read as browsers read it and cleaned; a feed with namespaces is read as a tree, asked by
 * XPath, and, bit by bit, as a stream.
 */
import { css, html, xml, xpath } from "@ferry/std/markup";

/** What the chapter shows. */
export const title =
  "a page as browsers read it, made safe; a feed as a tree, asked by XPath, and as a stream";

const PAGE = `<!doctype html><title>Harbour</title><p>Ships: <b>two<i> or three</b> today</i>
<p onclick="steal()">See <a href="javascript:steal()">this</a> and <a href="/list?a=1&amp;b=2">the list</a>
<script>steal()</script>`;

const FEED = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="urn:media">
  <entry><title>Ferry sails</title><m:size>12</m:size></entry>
  <entry><title>Ferry lands</title><m:size>30</m:size></entry>
</feed>`;

/** Reads and prints. */
export async function run(): Promise<void> {
  const page = html.parse(PAGE, { url: "https://harbour.example/" });
  console.log("title:", page.getRoot().findText(".//{*}title"));
  console.log("clean:", html.clean(PAGE).trim().replaceAll(/\s+/g, " "));
  console.log("links:", [...html.iterLinks(page.getRoot())].map(({ url }) => url).join(", "));

  console.log(
    "select:",
    css.select(page.getRoot(), "p:has(i) > b::text, a[href^='/']::attr(href)"),
  );

  const namespaces = { a: "http://www.w3.org/2005/Atom", m: "urn:media" };
  const feed = xml.parse(FEED).getRoot();
  const titles = feed.findAll("a:entry/a:title", { namespaces }).map((title) => title.text);
  console.log("\nfeed: ", titles.join(", "));
  const large = xpath(feed, "a:entry[m:size > 20]/a:title/text()", { namespaces });
  console.log("xpath:", large, xpath(feed, "sum(//m:size) div count(//a:entry)", { namespaces }));
  let total = 0;
  for await (const [, element] of xml.iterparse(FEED, { tag: "{urn:media}size" })) {
    total += Number(element.text);
  }
  console.log(`size:  ${total}, added up while the feed was read`);
}
