import { parseStore } from "@ferry/std/markup/html";
import { assertEquals, assertLess } from "@std/assert";
import { dump } from "./dump.ts";
import { mutatedPage } from "./mutated_page.ts";
import { parse5Dump } from "./parse5_dump.ts";
import { realPages } from "./real_pages.ts";
import { seedFor } from "../../_support/random.ts";

const stress = Deno.env.get("FERRY_STRESS") === "1";

/** Why a page may differ: what parse5 does otherwise than the standard says; `undefined` if nothing explains it. */
function explanation(html: string): string | undefined {
  if (/<select/i.test(html)) return "parse5 has the rules for select of before 2025";
  if (
    /<!\[CDATA\[/.test(html) && /<(m[inos]|mtext|annotation|foreignobject|desc|title)/i.test(html)
  ) {
    return "parse5 takes CDATA in an integration point for a comment";
  }
  if (/<\/(tbody|tfoot|thead)/i.test(html)) {
    return "parse5 lets the end tag of a table's body that is not open end the row";
  }
  if (/<template/i.test(html) && /<\/?(table|t[dhr]|caption)/i.test(html)) {
    return "parse5 looks for parts of a table beyond the template";
  }
  if (/\0\0/.test(html) && /<(svg|math)/i.test(html)) {
    return "parse5 takes NULs in a row in foreign content for one";
  }
  return undefined;
}

/** The lines around the first difference of two trees. */
function difference(ours: string, theirs: string): { ours: string[]; theirs: string[] } {
  const [a, b] = [ours.split("\n"), theirs.split("\n")];
  let at = 0;
  while (a[at] === b[at]) at++;
  return { ours: a.slice(at - 3, at + 3), theirs: b.slice(at - 3, at + 3) };
}

Deno.test("html.parse() builds the tree of parse5 for mutated pages", () => {
  const seed = seedFor("mutated pages");
  const rounds = stress ? 20_000 : 400;
  let explained = 0;
  for (let round = 0; round < rounds; round++) {
    const html = mutatedPage(seed + round);
    const store = parseStore(html, { maxDepth: 1_000_000 });
    const ours = dump(store, store.document);
    const theirs = parse5Dump(html);
    if (ours === theirs) continue;
    if (explanation(html) !== undefined) {
      explained++;
      continue;
    }
    const shown = difference(ours, theirs);
    assertEquals(shown.ours, shown.theirs, `FERRY_SEED=${seed + round}\n${html}`);
  }
  assertLess(explained, rounds / 20);
});

Deno.test("html.parse() builds the tree of parse5 for odd ends of scripts", () => {
  const pieces = ["<!--", "<script>", "</script>", "-->", "<!--->", "<!-->", "--", "->", "x<", "!"];
  const some = (count: number): string[] =>
    count === 0 ? [""] : some(count - 1).flatMap((text) => pieces.map((piece) => text + piece));
  for (const text of some(4)) {
    const html = `<!DOCTYPE html><script>${text}</script>a</script>b`;
    const store = parseStore(html);
    assertEquals(dump(store, store.document), parse5Dump(html), html);
  }
});

const pages = realPages(stress ? 5000 : 40);

Deno.test({
  name: "html.parse() builds the tree of parse5 for real pages",
  ignore: pages.length === 0,
  fn() {
    for (const page of pages) {
      const store = parseStore(Deno.readFileSync(page));
      const ours = dump(store, store.document);
      const theirs = parse5Dump(store.source);
      if (ours === theirs || explanation(store.source) !== undefined) continue;
      const shown = difference(ours, theirs);
      assertEquals(shown.ours, shown.theirs, page);
    }
  },
});
