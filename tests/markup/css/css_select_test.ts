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
import { realTrees } from "./real_trees.ts";

/**
 * What css-select does not know, or knows otherwise: its `:empty` takes white space for nothing, which no browser does, and
 * links are found in any language.
 */
const UNKNOWN = /:focus|:target|:link|:empty|\/\*/;

const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const trees = realTrees(14, 6);

function* elementsBelow(nodes: readonly AnyNode[]): IterableIterator<Element> {
  for (const node of nodes) {
    if (!isTag(node)) continue;
    yield node;
    yield* elementsBelow(node.children);
  }
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
    const different: string[] = [];
    const refused = new Set<string>();
    for (const { xml, path } of trees) {
      const root = parse(xml);
      const order = new Map([...root.iter("*")].map((element, index) => [element, index]));
      const document: AnyNode = parseDocument(xml, { xmlMode: true });
      const theirOrder = new Map<AnyNode, number>(
        [...elementsBelow((document as Document).children)].map((
          element,
          index,
        ) => [element, index]),
      );
      assertEquals(theirOrder.size, order.size, path);
      for (const text of selectors) {
        if (UNKNOWN.test(text)) continue;
        // Its `:nth-child(n)` leaves out the root.
        const ours = new Selector(text).select(root).map((element) => order.get(element)!)
          .filter((index) => index > 0);
        let theirs: AnyNode[];
        try {
          theirs = selectAll(text, document, { xmlMode: true });
        } catch (error) {
          // Some escapes in strings are too much for it.
          assertMatch(String(error), /Unmatched selector|Missing closing parenthesis/);
          refused.add(text);
          continue;
        }
        const positions = theirs.map((element) => theirOrder.get(element)!)
          .filter((index) => index > 0).sort((a, b) => a - b);
        if (JSON.stringify(ours) === JSON.stringify(positions)) continue;
        different.push(`${text}   in ${path}: ${ours.length} and ${positions.length}`);
      }
    }
    assertLess(refused.size, selectors.length / 20);
    assertEquals(different.slice(0, 30), [], `${different.length} differences`);
  },
});
