// `:has()` against its definition, and against the same selector from `:scope` on.
import { Selector } from "@ferry/std/markup/css";
import { Element } from "@ferry/std/markup";
import { parse } from "@ferry/std/markup/xml";
import { assertEquals, assertGreater } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { Generator } from "./generator.ts";
import { randomTree } from "./random_tree.ts";

const STRESS = Deno.env.get("FERRY_STRESS") === "1";

/** What a combinator leads to from an element. */
function reached(from: Element, combinator: string): Element[] {
  if (combinator === " ") return [...from.iter("*")].slice(1);
  if (combinator === ">") return [...from].filter((node) => node instanceof Element);
  const parent = from.getParent();
  if (parent === undefined) return [];
  const siblings = [...parent].filter((node) => node instanceof Element);
  const after = siblings.slice(siblings.indexOf(from) + 1);
  return combinator === "+" ? after.slice(0, 1) : after;
}

interface Compound {
  readonly combinator: string;
  readonly tag: string;
  readonly word: string;
}

function isThere(from: Element, chain: readonly Compound[]): boolean {
  const [first, ...rest] = chain;
  if (first === undefined) return true;
  return reached(from, first.combinator).some((element) =>
    (first.tag === "*" || element.tag === first.tag) &&
    (first.word === "" || (element.get("class") ?? "").split(" ").includes(first.word)) &&
    isThere(element, rest)
  );
}

Deno.test(":has() holds where a chain of elements leads on from the element itself", () => {
  const random = new Random(seedFor("has: chains"));
  const combinators = [" ", ">", "+", "~"];
  let found = 0;
  for (let round = 0; round < (STRESS ? 200 : 10); round++) {
    const root = parse(randomTree(random, 60, random.pick([20, 55, 90])), { maxDepth: 4000 });
    for (const first of combinators) {
      for (const second of ["", ...combinators]) {
        const chain = (second === "" ? [first] : [first, second]).map((combinator) => ({
          combinator,
          tag: random.pick(["a", "b", "c", "*"]),
          word: random.pick(["", "", "x", "y"]),
        }));
        const inside = chain.map(({ combinator, tag, word }) =>
          `${combinator} ${tag}${word === "" ? "" : `.${word}`}`
        ).join(" ");
        const right = [...root.iter("*")].filter((element) => isThere(element, chain));
        found += right.length;
        assertEquals(new Selector(`:has(${inside})`).select(root), right, inside);
      }
    }
  }
  assertGreater(found, 100);
});

Deno.test("an element has what is found from it on: :has() and :scope", () => {
  const random = new Random(seedFor("has"));
  const words = {
    tags: ["a", "b", "c"],
    ids: [],
    classes: ["x", "y"],
    attributes: [["class", "x"]] as [string, string][],
    texts: ["word"],
  };
  const generator = new Generator(random, words, { lists: true, has: true });
  for (let round = 0; round < (STRESS ? 1000 : 60); round++) {
    const root = parse(randomTree(random, 120, random.pick([20, 55, 90])), { maxDepth: 4000 });
    const inside = `${random.pick(["", "> "])}${generator.complex(2)}`;
    const having = new Set(new Selector(`:has(${inside})`).select(root));
    const from = new Selector(`:scope ${inside}`);
    for (const element of root.iter("*")) {
      // In `:has()`, too, `:root` and positions are those of the whole tree.
      assertEquals(having.has(element), from.selectOne(element) !== undefined, inside);
    }
  }
});
