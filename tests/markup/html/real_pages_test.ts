import { ElementTree } from "@ferry/std/markup";
import { parse, parseStore, serialize } from "@ferry/std/markup/html";
import { storeOf } from "@ferry/std/markup/store";
import { assertEquals } from "@std/assert";
import { dump } from "./dump.ts";
import { realPages } from "./real_pages.ts";

const pages = realPages(Deno.env.get("FERRY_STRESS") === "1" ? 5000 : 120);

Deno.test({
  name: "real pages parse, serialize and parse to the same tree",
  ignore: pages.length === 0,
  fn() {
    for (const page of pages) {
      const root = parse(Deno.readFileSync(page));
      const store = storeOf(root);
      const again = parseStore(serialize(ElementTree.of(root)));
      // assertEquals on two long texts would compare them line by line.
      if (dump(store, store.document) === dump(again, again.document)) continue;
      assertEquals(dump(again, again.document), dump(store, store.document), page);
    }
  },
});
