// deno run --allow-net=127.0.0.1 examples/markup/01_scrape_to_csv.ts
/**
 * Scrapes a page to CSV: takes the rows of a table apart with CSS selectors, follows the link to the next page, and writes what
 * was found. The pages come from a server in this program; give the address of another one to read that.
 */
import { stringify } from "@ferry/std/formats/csv";
import { parse, resolveBase, select, selectOne } from "@ferry/std/markup/html";

const ROWS = [
  [`<a href="/ship/1">Aurora</a>`, "Kiel", `<b>1.200</b> t`],
  [`<a href="/ship/2">Björn &amp; Co</a>`, "Oslo", "950 t"],
  [`<a href="/ship/3">"Comet"</a>`, "Turku", "2.030 t <sup>est.</sup>"],
];

function page(number: number): string {
  const [ship, port, load] = ROWS[number]!;
  const next = number + 1 < ROWS.length
    ? `<a rel="next nofollow" href="?page=${number + 1}">more</a>`
    : "";
  // As pages are: tags that are not closed, and a row that is no data.
  return `<!doctype html><title>Ships</title><table class="list ships"><tr><th>Ship<th>Port<th>Load
<tr class=data><td>${ship}<td>${port}<td class=load>${load}<tr class=ad><td colspan=3>Sail with us!</table>${next}`;
}

const demo = Deno.args[0] === undefined
  ? Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const html = page(Number(new URL(url).searchParams.get("page") ?? 0));
    return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });
  })
  : undefined;

const found: Record<string, string>[] = [];
let url: string | undefined = Deno.args[0] ?? `http://127.0.0.1:${demo!.addr.port}/`;
for (let pages = 0; url !== undefined && pages < 100; pages++) {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  const charset = /charset="?([\w-]+)/i.exec(response.headers.get("content-type") ?? "")?.[1];
  const root = parse(await response.bytes(), { url, ...(charset && { encoding: charset }) });
  // Links are as good as if they were written in full.
  resolveBase(root);
  for (const row of select(root, "table.ships tr.data")) {
    found.push({
      ship: selectOne(row, "td:first-child a::text") ?? "",
      port: selectOne(row, "td:nth-child(2)::text") ?? "",
      tons: select(row, "td.load ::text, td.load::text").join("").replace(/\D/g, ""),
      link: new URL(selectOne(row, "a::attr(href)") ?? "", url).pathname,
    });
  }
  const next: string | undefined = selectOne(root, "a[rel~=next]::attr(href)");
  url = next === undefined ? undefined : new URL(next, url).href;
}
await demo?.shutdown();
console.log(stringify(found, { columns: ["ship", "port", "tons", "link"] }).trimEnd());
