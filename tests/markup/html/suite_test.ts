import { parseFragmentStore, parseStore } from "@ferry/std/markup/html";
import { FIRST } from "@ferry/std/markup/store";
import { assertEquals, assertGreater } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";
import { dump } from "./dump.ts";

interface Case {
  id: string;
  data: string;
  /** Context of a fragment. */
  fragment?: string;
  document: string;
}

const cases = conformanceCases<Case>("html5lib-tree-construction");

function treeOf({ data, fragment }: Case): string {
  if (fragment === undefined) {
    const store = parseStore(data);
    return dump(store, store.document);
  }
  const store = parseFragmentStore(data, { context: fragment });
  return dump(store, store.words[store.document + FIRST]!);
}

Deno.test({
  name: "html.parse() builds the trees of html5lib's tree construction suite",
  ignore: cases === undefined,
  fn() {
    assertGreater(cases!.length, 900);
    const failed = cases!.filter((test) => treeOf(test) !== test.document);
    assertEquals(failed.map(({ id }) => id), []);
  },
});
