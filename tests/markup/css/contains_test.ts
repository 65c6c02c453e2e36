import { select } from "@ferry/std/markup/css";
import { parseFragment } from "@ferry/std/markup/html";
import { parse as parseXml } from "@ferry/std/markup/xml";
import { assert, assertEquals } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";

Deno.test(":contains() finds words across the parts of a text, however they are cut", () => {
  const random = new Random(seedFor(":contains()"));
  const letters = ["a", "b", "ab", "ba", "aab", "é", "&amp;", "日", ""];
  const piece = () => Array.from({ length: random.below(4) }, () => random.pick(letters)).join("");
  const inside = (depth: number): string =>
    Array.from({ length: random.below(4) }, () => {
      const kind = random.below(4);
      if (kind === 0) return `<!--${piece().replaceAll("&amp;", "")}-->`;
      return kind === 1 || depth === 0 ? piece() : `<b>${inside(depth - 1)}</b>${piece()}`;
    }).join("");
  let found = 0;
  for (let i = 0; i < 300; i++) {
    const text = `<p>${inside(3)}</p>`;
    for (const root of [parseXml(text), parseFragment(text)]) {
      for (const word of ["a", "ab", "aba", "aabb", "é", "b&", "ba日a", "ab".repeat(20)]) {
        const wanted = [...root.iter("*")].filter((one) =>
          [...one.iterText()].join("").includes(word)
        );
        assertEquals(select(root, `:contains("${word}")`), wanted, `${word} in ${text}`);
        found += wanted.length;
      }
    }
  }
  assert(found > 1000, `${found} found`);
});
