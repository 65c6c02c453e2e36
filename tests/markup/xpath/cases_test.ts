// Expressions written by hand: the same results as lxml's, and the same ones refused.
import { assert, assertEquals } from "@std/assert";
import { noLxml } from "../lxml.ts";
import { CASES, HARBOUR, NAMESPACES } from "./cases.ts";
import { compareWithLxml, Loaded } from "./compare.ts";

Deno.test({
  name: "XPath: expressions written by hand give what they give in lxml",
  ignore: noLxml,
  fn: async () => {
    const loaded = new Loaded({
      name: "harbour",
      language: "xml",
      source: new TextEncoder().encode(HARBOUR),
    });
    Object.assign(loaded.namespaces, NAMESPACES);
    const jobs = CASES.map((expression) => ({
      document: 0,
      node: loaded.nodes.findIndex(({ tag }) => tag === "harbour"),
      expression,
    }));
    const { differences, compared, documents } = await compareWithLxml([loaded], jobs);
    assertEquals(documents, 1);
    console.log(`XPath: ${compared} expressions written by hand`);
    assertEquals(differences, []);
    assert(compared > 1000, `${compared}`);
  },
});
