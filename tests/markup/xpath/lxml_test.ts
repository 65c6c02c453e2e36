// Expressions made from the grammar, over documents as they are found here and made ones: the same results as lxml's.
import { assert, assertEquals } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { noLxml } from "../lxml.ts";
import { compareWithLxml, type Job, Loaded } from "./compare.ts";
import { type Document, madeHtml, madeXml, realPaths } from "./documents.ts";
import { Grammar } from "./grammar.ts";

const EACH = Deno.env.get("FERRY_STRESS") ? 500 : 40;

function load(document: Document): Loaded | undefined {
  try {
    return new Loaded(document);
  } catch (error) {
    // Not all that is called XML is, and what other files declare is not known.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function documents(random: Random): Loaded[] {
  const paths = realPaths();
  const sources: Document[] = [];
  for (let i = 0; i < 30 && paths.length > 0; i++) {
    const [name] = paths.splice(random.below(paths.length), 1) as [string];
    sources.push({ name, language: "xml", source: Deno.readFileSync(name) });
  }
  for (let i = 0; i < 8; i++) sources.push(madeXml(random, 10 + random.below(120)));
  for (let i = 0; i < 4; i++) sources.push(madeHtml(random, 20 + random.below(80)));
  return sources.map(load).filter((one) => one !== undefined);
}

Deno.test({
  name: "XPath: expressions of a grammar give what they give in lxml",
  ignore: noLxml,
  fn: async () => {
    const random = new Random(seedFor("XPath"));
    const loaded = documents(random);
    const jobs: Job[] = [];
    loaded.forEach(({ words, nodes }, document) => {
      const grammar = new Grammar(random, words);
      for (let i = 0; i < EACH; i++) {
        const node = random.below(3) === 0 ? -1 : random.below(nodes.length);
        jobs.push({ document, node, expression: grammar.expression() });
      }
    });
    const { differences, compared, documents: read } = await compareWithLxml(loaded, jobs);
    console.log(`XPath: ${compared} expressions over ${read} documents`);
    assertEquals(differences.slice(0, 10), []);
    assert(compared >= 1000 && read >= 20, `${compared} expressions over ${read} documents`);
  },
});
