// deno run --allow-net=127.0.0.1 --allow-read examples/ipc/02_crawler.ts
/**
 * A crawler: workers fetch pages and take them apart, the main thread decides which ones are next. Never more than eight pages
 * are under way, however many links are known, and a page that does not answer is given up.
 *
 * The site is a server of this program: sixty pages, a link to a page that is not there, and a page that never answers.
 */
import { Pool } from "@ferry/std/ipc";

const PAGES = 60;

/** What answers too late. */
const late = Promise.withResolvers<Response>();

/** Page n links to pages 2n and 2n + 1, and back to the first one. */
function page(n: number): Response | Promise<Response> {
  if (n === 13) return late.promise;
  if (n > PAGES) return new Response("No such page", { status: 404 });
  const links = [2 * n, 2 * n + 1].filter((to) => to <= PAGES + 1);
  return new Response(
    `<title>Page ${n}</title><p>${"word ".repeat(n)}` +
      ["/1", ...links.map((to) => `/${to}`)].map((url) => `<a href="${url}">${url}</a>`).join(" "),
    { headers: { "content-type": "text/html" } },
  );
}

/** What a worker finds out about a page. */
interface Found {
  url: string;
  words: number;
  links: string[];
  error?: string;
}

/** Runs in a worker. It says what went wrong instead of throwing it, so that the crawl goes on. */
async function visit(url: string): Promise<Found> {
  const { iterLinks, parse, textContent } = await import("@ferry/std/markup/html");
  const nothing = { url, words: 0, links: [] };
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    const text = await response.text();
    if (!response.ok) return { ...nothing, error: `status ${response.status}` };
    const tree = parse(text);
    const words = textContent(tree).match(/\bword\b/g)?.length ?? 0;
    const links = [...iterLinks(tree)].map((link) => new URL(link.url, url).href);
    return { url, words, links };
  } catch (error) {
    return { ...nothing, error: (error as Error).name };
  }
}

/** The pages to visit, in the order they were met; ends when no page is left that could tell of more. */
class Frontier implements AsyncIterable<string> {
  readonly #met = new Set<string>();
  readonly #waiting: string[] = [];
  #underWay = 0;
  #changed = Promise.withResolvers<void>();

  add(...urls: string[]) {
    for (const url of urls) {
      if (this.#met.has(url)) continue;
      this.#met.add(url);
      this.#waiting.push(url);
    }
    this.#changed.resolve();
  }

  /** A page is done, and its links were added. */
  done() {
    this.#underWay--;
    this.#changed.resolve();
  }

  async *[Symbol.asyncIterator]() {
    while (this.#waiting.length + this.#underWay > 0) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#underWay++;
        yield next;
      } else {
        this.#changed = Promise.withResolvers<void>();
        await this.#changed.promise;
      }
    }
  }
}

await using site = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  ({ url }) => page(Number(new URL(url).pathname.slice(1))),
);
await using pool = new Pool({ processes: 2 });

const frontier = new Frontier();
frontier.add(`http://127.0.0.1:${site.addr.port}/1`);
let pages = 0, words = 0;
const failures: string[] = [];
for await (const found of pool.imapUnordered(visit, frontier, { bufferSize: 8 })) {
  pages++;
  words += found.words;
  if (found.error !== undefined) failures.push(`${new URL(found.url).pathname}: ${found.error}`);
  frontier.add(...found.links);
  frontier.done();
}
console.log(`${pages} pages, ${words} words`);
for (const failure of failures.sort()) console.log(failure);
late.resolve(new Response("At last"));
