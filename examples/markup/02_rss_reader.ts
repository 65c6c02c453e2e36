// deno run examples/markup/02_rss_reader.ts
/**
 * Reads a feed: RSS with the elements of other namespaces that feeds have, an article in HTML inside it, and dates. With an
 * address, and `--allow-net`, it reads the feed there.
 */
import { html } from "@ferry/std/markup";
import { parse } from "@ferry/std/markup/xml";

const FEED = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Harbour &amp; Sea</title>
<item><title>Ferry sails</title><link>https://harbour.example/1</link><d:creator>Ada</d:creator>
  <pubDate>Fri, 27 Nov 2026 09:30:00 +0100</pubDate><media:content url="https://harbour.example/1.jpg" medium="image"/>
  <content:encoded><![CDATA[<p>At <b>noon</b>.<script>x()</script><p>From <a href="/pier">pier 3</a>.]]></content:encoded></item>
<item><title>Fog</title><link>https://harbour.example/2</link><pubDate>Thu, 26 Nov 2026 18:00:00 GMT</pubDate>
  <description>No ships &lt;i&gt;today&lt;/i&gt;.</description></item>
</channel></rss>`;

/** Our own prefixes: a feed may have any for the same namespaces, as here `d`. */
const namespaces = {
  dc: "http://purl.org/dc/elements/1.1/",
  content: "http://purl.org/rss/1.0/modules/content/",
  media: "http://search.yahoo.com/mrss/",
};

const [address] = Deno.args;
const bytes = address === undefined
  ? new TextEncoder().encode(FEED)
  : await (await fetch(address, { signal: AbortSignal.timeout(30_000) })).bytes();
// Feeds are often a little wrong: what is, is told, and read as far as it can be.
const faults: SyntaxError[] = [];
const channel = parse(bytes, { recover: true, onError: (error) => faults.push(error) }).find(
  "channel",
);
if (channel === undefined) throw new TypeError("A feed needs a channel, received none");
console.log(channel.findText("title"));

for (const item of channel.iterFind("item")) {
  const text = (path: string) => item.findText(path, { namespaces });
  const date = new Date(text("pubDate") ?? "").toISOString().slice(0, 10);
  const article = text("content:encoded") ?? text("description") ?? "";
  const picture = item.find("media:content[@medium='image']", { namespaces })?.get("url");
  console.log(`\n${date}  ${text("title")}, by ${text("dc:creator") ?? "somebody"}`);
  // Whoever writes the feed writes this HTML: it is cleaned before anybody sees it.
  console.log(
    html.toMarkdown(html.parseFragment(html.clean(article), { createParent: true })).trim(),
  );
  console.log(`  ${text("link")}${picture === undefined ? "" : `  (${picture})`}`);
}
for (const { message } of faults) console.log(`not well-formed: ${message}`);
