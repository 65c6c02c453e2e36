// A whole tree is searched from the left, one element is looked at from the right: both must say the same.
import { Selector } from "@ferry/std/markup/css";
import { parse } from "@ferry/std/markup/xml";
import { assertEquals, assertGreater } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { Generator } from "./generator.ts";
import { randomTree } from "./random_tree.ts";

const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const words = {
  tags: ["a", "b", "c"],
  ids: [],
  classes: ["x", "y"],
  attributes: [["class", "x"]] as [string, string][],
  texts: ["word"],
};

Deno.test("select() of a whole tree and of a part finds what matches() says of each element", () => {
  const random = new Random(seedFor("forward"));
  const generator = new Generator(random, words, { lists: false, has: false });
  let found = 0;
  for (let round = 0; round < (STRESS ? 2000 : 100); round++) {
    const xml = randomTree(random, 150, random.pick([20, 55, 90]))
      .replaceAll("</b>", "<!--in--></b><!--behind-->");
    const root = parse(xml, { maxDepth: 4000 });
    const elements = [...root.iter("*")];
    const text = generator.complex(0);
    const selector = new Selector(text);
    const matching = elements.filter((element) => selector.matches(element));
    found += matching.length;
    assertEquals(selector.select(root), matching, text);
    assertEquals(selector.selectOne(root), matching[0], text);
    const part = random.pick(elements);
    const inside = new Set(part.iter("*"));
    assertEquals(selector.select(part), matching.filter((one) => inside.has(one)), text);
  }
  assertGreater(found, 100);
});

Deno.test("more compounds than a walk from the left keeps are matched, too", () => {
  const depth = 12;
  const root = parse("<a>".repeat(depth) + "</a>".repeat(depth));
  for (let count = 1; count <= depth + 1; count++) {
    const chain = Array.from({ length: count }, () => "a").join(" ");
    assertEquals(new Selector(chain).select(root).length, Math.max(0, depth + 1 - count));
  }
});

Deno.test("siblings of the top of a part count, and so does what is above it", () => {
  const root = parse("<r><h/><p><i/><s><i/></s></p><q><i/></q></r>");
  const [, p, q] = root;
  const found = (selector: string, top: typeof p) =>
    new Selector(selector).select(top as typeof root).map((element) => element.getPath());
  assertEquals(found("h ~ p i", p), ["/r/p/i", "/r/p/s/i"]);
  assertEquals(found("h + p > i", p), ["/r/p/i"]);
  assertEquals(found("r p ~ q i", q), ["/r/q/i"]);
  assertEquals(found("p p i", p), []);
});
