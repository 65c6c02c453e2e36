// The same elements as cssselect and lxml find, in real documents.
import { Selector } from "@ferry/std/markup/css";
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { lacks, runLxml } from "../lxml.ts";
import { Generator, wordsOf } from "./generator.ts";
import { HAND_WRITTEN } from "./hand_written.ts";
import { type RealTree, realTrees } from "./real_trees.ts";

const ignore = lacks("cssselect");
const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const SCRIPT = new URL("compare.py", import.meta.url);

type Answer = string | number[];

async function compare(
  trees: readonly RealTree[],
  selectors: readonly string[],
  namespaces: Record<string, string> = {},
): Promise<{ compared: number; refused: Set<string> }> {
  // To cssselect, a root is no `:only-child`; to everybody else it is, as it is the first and the last one.
  const written = selectors.map((text) =>
    text.replaceAll(/:only-(child|of-type)/g, ":first-$1:last-$1")
  );
  const documents = trees.map(({ xml, html }) => ({ xml, html }));
  const theirs = await runLxml<Answer[][]>(SCRIPT, { documents, selectors: written, namespaces });
  const refused = new Set<string>();
  const different: string[] = [];
  let compared = 0;
  selectors.forEach((text, index) => {
    const selector = new Selector(text, { namespaces });
    trees.forEach(({ root, order, path }, at) => {
      const expected = theirs[at]![index]!;
      if (typeof expected === "string") {
        refused.add(text);
        return;
      }
      const ours = selector.select(root).map((element) => order.get(element)!);
      compared++;
      if (JSON.stringify(ours) === JSON.stringify(expected)) return;
      const [more, less] = [ours, expected].map((one, index) => {
        const other = new Set(index === 0 ? expected : ours);
        return one.filter((position) => !other.has(position)).slice(0, 5).join(" ");
      });
      different.push(`${text}   in ${path}: more ${more}, less ${less}`);
    });
  });
  assertEquals(different.slice(0, 30), [], `${different.length} differences`);
  return { compared, refused };
}

const trees = ignore ? [] : realTrees(14, 6);

Deno.test({
  name: "select() finds what cssselect and lxml find: selectors that somebody would write",
  ignore: ignore || trees.length === 0,
  async fn() {
    const { compared, refused } = await compare(trees, HAND_WRITTEN);
    console.log(`${compared} comparisons`);
    assertEquals([...refused], []);
  },
});

Deno.test({
  name: "select() finds what cssselect and lxml find: selectors from a grammar",
  ignore: ignore || trees.length === 0,
  async fn() {
    const random = new Random(seedFor("cssselect"));
    const generator = new Generator(random, wordsOf(trees), { lists: false, has: false });
    const count = STRESS ? 10_000 : 1000;
    const selectors = Array.from({ length: count }, () => generator.list());
    const { compared, refused } = await compare(trees, selectors);
    console.log(`${compared} comparisons, ${refused.size} selectors that cssselect refuses`);
    assertGreaterOrEqual(count - refused.size, count * 0.99);
  },
});
