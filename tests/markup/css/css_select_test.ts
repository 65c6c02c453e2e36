// The same elements as npm's css-select finds, in real documents: what cssselect does not know.
import { Selector } from "@ferry/std/markup/css";
import { parse } from "@ferry/std/markup/xml";
import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { selectAll } from "npm:css-select@7.0.0";
import { type AnyNode, type Document, type Element, isTag } from "npm:domhandler@6.0.1";
import { parseDocument } from "npm:htmlparser2@12.0.0";
import { Random, seedFor } from "../../_support/random.ts";
import { Generator, wordsOf } from "./generator.ts";
import { HAND_WRITTEN } from "./hand_written.ts";
import { randomTree } from "./random_tree.ts";
import { realTrees } from "./real_trees.ts";

/**
 * What css-select does not know, or knows otherwise: its `:empty` takes white space for nothing, which no browser does, links are
 * found in any language, combinators beside `:is()` and the like inside `:has()` are taken for others, and `:nth-child(n)` is not
 * the root.
 */
const UNKNOWN =
  /:focus|:target|:link|:empty|\/\*|:has\([^()]*:[\w-]+\(|:nth-[a-z-]+\(\s*\+?1?n\s*([-+)]|of)/i;

/**
 * `:has(a b)` and `:has(a > b)`: there css-select takes the element itself, or one above it, for `a` too (`has_test.ts` compares
 * those with their definition). `:has(> a b)` is as it should be.
 */
const LOOSE_HAS = /:has\((?:[^()]*,)?\s*(?=[^\s>+~])[^(),]*[^\s>+~(),](?:\s*>\s*|\s+)[^\s>+~(),]/i;

/** Whether css-select can be asked. */
function isKnown(selector: string): boolean {
  if (UNKNOWN.test(selector)) return false;
  return !LOOSE_HAS.test(selector.replace(/\[[^\]"]*(?:"[^"]*")?[^\]]*\]/g, "[]"));
}

const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const trees = realTrees(14, 6);

function* elementsBelow(nodes: readonly AnyNode[]): IterableIterator<Element> {
  for (const node of nodes) {
    if (!isTag(node)) continue;
    yield node;
    yield* elementsBelow(node.children);
  }
}

/** Runs selectors with both engines, and tells where they differ. */
function differences(
  xml: string,
  path: string,
  selectors: readonly string[],
  refused: Set<string>,
): string[] {
  const root = parse(xml, { maxDepth: 4000 });
  const order = new Map([...root.iter("*")].map((element, index) => [element, index]));
  const document: AnyNode = parseDocument(xml, { xmlMode: true });
  const theirOrder = new Map<AnyNode, number>(
    [...elementsBelow((document as Document).children)].map((element, index) => [element, index]),
  );
  assertEquals(theirOrder.size, order.size, path);
  const different: string[] = [];
  for (const text of selectors) {
    if (!isKnown(text)) continue;
    // Its `:nth-child(n)` leaves out the root.
    const ours = new Selector(text).select(root).map((element) => order.get(element)!)
      .filter((index) => index > 0);
    let theirs: AnyNode[];
    try {
      theirs = selectAll(text, document, { xmlMode: true });
    } catch (error) {
      // Some escapes in strings are too much for it.
      assertMatch(
        String(error),
        /Unmatched selector|Missing closing parenthesis|Parenthesis not matched/,
      );
      refused.add(text);
      continue;
    }
    const positions = theirs.map((element) => theirOrder.get(element)!)
      .filter((index) => index > 0).sort((a, b) => a - b);
    if (JSON.stringify(ours) === JSON.stringify(positions)) continue;
    different.push(`${text}   in ${path}: ${ours.length} and ${positions.length}`);
  }
  return different;
}

Deno.test({
  name: "select() finds what css-select finds, with lists, :has() and selectors in :nth-child()",
  ignore: trees.length === 0,
  fn() {
    const random = new Random(seedFor("css-select"));
    const generator = new Generator(random, wordsOf(trees), { lists: true, has: true });
    const count = STRESS ? 10_000 : 600;
    const selectors = [
      ...HAND_WRITTEN,
      ...Array.from({ length: count }, () => generator.list()),
    ];
    const refused = new Set<string>();
    const different = trees.flatMap(({ xml, path }) => differences(xml, path, selectors, refused));
    assertLess(refused.size, selectors.length / 20);
    assertEquals(different.slice(0, 30), [], `${different.length} differences`);
  },
});

Deno.test("select() finds what css-select finds in large trees, where answers are kept", () => {
  const random = new Random(seedFor("large trees"));
  const words = {
    tags: ["a", "b", "c"],
    ids: [],
    classes: ["x", "y"],
    attributes: [["class", "x"], ["class", "y"]] as [string, string][],
    texts: ["word"],
  };
  const generator = new Generator(random, words, { lists: true, has: true });
  const rounds = STRESS ? 100 : 3;
  const different: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const selectors = Array.from({ length: 25 }, () => generator.list());
    const xml = randomTree(random, 800, random.pick([20, 55, 90]));
    different.push(...differences(xml, `round ${round}`, selectors, new Set()));
  }
  assertEquals(different.slice(0, 30), [], `${different.length} differences`);
});
