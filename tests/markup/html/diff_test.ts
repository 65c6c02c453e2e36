import { ElementTree } from "@ferry/std/markup";
import { Selector } from "@ferry/std/markup/css";
import { diff, diffTrees, parse, parseFragment, select, serialize } from "@ferry/std/markup/html";
import { assertEquals } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { noLxml, runLxml } from "../lxml.ts";
import { realPages } from "./real_pages.ts";

/** Old HTML, new HTML, and what is marked. */
const CASES: readonly [string, string, string][] = [
  ["<p>Hi</p>", "<p>Bye</p>", "<p><del>Hi</del> <ins>Bye</ins></p>"],
  ["<p>a b c d e</p>", "<p>a b x d e</p>", "<p>a b <del>c</del> <ins>x</ins> d e</p>"],
  ["<p>a b c</p>", "<p>a b c</p>", "<p>a b c</p>"],
  ["<p>a b c</p>", "<p>a <b>b</b>\n c</p>", "<p>a <b>b</b>\n c</p>"],
  ["<p>one <b>two</b> three", "<p>one three", "<p>one <del><b>two</b></del> three</p>"],
  ["<p>one three", "<p>one <b>two</b> three", "<p>one <b><ins>two</ins></b> three</p>"],
  [
    "<p>x <img src=a> y</p>",
    "<p>x <img src=b> y</p>",
    '<p>x <del><img src="a"></del> <ins><img src="b"></ins> y</p>',
  ],
  ["<p>a b c<p>d e f", "<p>a b c", "<p>a b c</p><p><del>d e f</del></p>"],
  ["<p>d e f<p>a b c", "<p>a b c", "<p><del>d e f</del></p><p>a b c</p>"],
  ["<p>a b c", "<p>a b c<p>d e f", "<p>a b c</p><p><ins>d e f</ins></p>"],
  [
    "<ul><li>a b c<li>d e f<li>g h i</ul>",
    "<ul><li>a b c<li>g h i</ul>",
    "<ul><li>a b c</li><li><del>d e f</del></li><li>g h i</li></ul>",
  ],
  [
    "<table><tr><td>a b c<td>d e f<tr><td>g h i<td>j k l</table>",
    "<table><tr><td>a b c<td>d e f</table>",
    "<table><tbody><tr><td>a b c</td><td>d e f</td></tr>" +
    "<tr><td><del>g h i</del></td><td><del>j k l</del></td></tr></tbody></table>",
  ],
  ["<p>x", "", "<del>x</del>"],
  ["", "<p>x", "<p><ins>x</ins></p>"],
  ["", "", ""],
  ["<div>a b <p>c d e</p> f g</div>", "<div>a b f g</div>", "<div>a b <del>c d e</del> f g</div>"],
  [
    "<p>see <a href=x>here and</a> go on then",
    "<p>see go on then <a href=y>there</a>",
    '<p>see <del>here and</del> go on then <a href="y"><ins>there</ins></a></p>',
  ],
  [
    "<!DOCTYPE html><title>t</title><p>a b c d",
    "<!DOCTYPE html><title>u</title><p>a b c e",
    "<!DOCTYPE html><html><head><title>u</title></head><body><p>a b c <del>d</del> <ins>e</ins></p></body></html>",
  ],
];

Deno.test("diff() marks what is new and what is no more", () => {
  for (const [before, after, marked] of CASES) assertEquals(diff(before, after), marked, before);
});

Deno.test("diff() compares what noscript holds, which is content where scripts are off", () => {
  const before = "<p>a</p><noscript><p>switch it on</p></noscript>";
  assertEquals(diff(before, "<p>a</p>").includes("<del>switch it on</del>"), true);
  assertEquals(diff("<p>a</p>", before).includes("<ins>switch it on</ins>"), true);
  assertEquals(diff(before, before), before);
});

Deno.test("diffTrees() leaves both trees as they were", () => {
  const [before, after] = ["<p>a b c d</p>", "<p>a b c e</p>"].map((html) => parseFragment(html));
  const result = diffTrees(before!, after!);
  assertEquals(select(result, "ins, del").length, 2);
  assertEquals([serialize(before!), serialize(after!)], ["<p>a b c d</p>", "<p>a b c e</p>"]);
});

/** The words of HTML without those in elements of a tag. */
function wordsWithout(html: string, tag: "ins" | "del"): string[] {
  const root = parseFragment(html, { createParent: true });
  for (
    const element of new Selector(`${tag}, script, style, select, textarea, title`).select(root)
  ) {
    element.clear({ keepTail: true });
    element.text = " ";
  }
  return words([...root.iterText()].join(" "));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function changed(html: string, random: Random): string {
  const root = parse(html);
  const elements = [...root.find("body")!.iterDescendants("*")];
  for (let edits = 1 + random.below(6); edits > 0; edits--) {
    const element = random.pick(elements);
    switch (random.below(4)) {
      case 0:
        element.getParent()?.remove(element);
        break;
      case 1:
        if (
          !["script", "style", "ul", "ol", "table", "tbody", "tr", "head"].includes(
            element.localName,
          )
        ) {
          element.text = `${element.text ?? ""} new words ${edits}`;
        }
        break;
      case 2:
        if (/\S/.test(element.text ?? "")) {
          const parts = element.text!.split(" ");
          parts.splice(random.below(parts.length), 1 + random.below(3));
          element.text = parts.join(" ");
        }
        break;
      default:
        if (element.tail !== undefined && /\S/.test(element.tail)) element.tail = " other tail ";
    }
  }
  return serialize(ElementTree.of(root));
}

const pages = realPages(Deno.env.get("FERRY_STRESS") === "1" ? 1500 : 40);

Deno.test({
  name: "diff() of real pages keeps all words of both, and is HTML that is read as it is written",
  ignore: pages.length === 0,
  fn() {
    const random = new Random(seedFor("diff"));
    for (const page of pages) {
      const bytes = Deno.readFileSync(page);
      if (bytes.length > 100_000) continue;
      const body = (html: string) => serialize(parse(html).find("body")!, { outer: false });
      const before = body(serialize(ElementTree.of(parse(bytes))));
      const after = body(changed(before, random));
      const marked = diff(before, after);
      assertEquals(
        serialize(parseFragment(marked, { createParent: true }), { outer: false }),
        marked,
        page,
      );
      assertEquals(wordsWithout(marked, "del"), wordsWithout(after, "del"), page);
      assertEquals(
        wordsWithout(marked, "ins").toSorted(),
        wordsWithout(before, "ins").toSorted(),
        page,
      );
    }
  },
});

Deno.test({
  name: "diff() marks the words that lxml's htmldiff marks",
  ignore: noLxml,
  async fn() {
    // lxml's search for what is common is another one: where there is one answer, it must be the same.
    const random = new Random(seedFor("htmldiff"));
    const paragraph = (from: number) =>
      `<p>${Array.from({ length: 12 }, (_, k) => `w${from}x${k}`).join(" ")}</p>`;
    const cases = Array.from({ length: 200 }, () => {
      const paragraphs = Array.from({ length: 5 }, (_, k) => paragraph(k));
      const changed = paragraphs.map((text, k) => {
        switch (random.below(5)) {
          case 0:
            return text.replace(`w${k}x5`, "new");
          case 1:
            return text.replace(` w${k}x7`, "");
          case 2:
            return text.replace(`w${k}x4`, `w${k}x4 <b>bold words</b>`);
          default:
            return text;
        }
      });
      if (random.below(3) === 0) changed.splice(random.below(changed.length), 1);
      if (random.below(3) === 0) changed.push(paragraph(9));
      return [paragraphs.join(""), changed.join("")] as const;
    });
    const theirs = await runLxml<string[]>(new URL("diff.py", import.meta.url), cases);
    const marks = (html: string, tag: string) =>
      new Selector(tag).select(parseFragment(html, { createParent: true }))
        .flatMap((element) => words([...element.iterText()].join(" ")));
    cases.forEach(([before, after], index) => {
      const ours = diff(before, after);
      for (const tag of ["ins", "del"]) {
        assertEquals(marks(ours, tag), marks(theirs[index]!, tag), `${before}\n${after}`);
      }
    });
  },
});

Deno.test("diff() of pages without anything in common, and of very long ones, ends", () => {
  const random = new Random(1);
  const page = (count: number, of: number) =>
    Array.from({ length: count }, () => `<p>w${random.below(of)} w${random.below(of)}</p>`).join(
      "",
    );
  for (const vocabulary of [2, 50, 5000, 1e9]) {
    const [before, after] = [page(20_000, vocabulary), page(20_000, vocabulary)];
    assertEquals(wordsWithout(diff(before, after), "del"), wordsWithout(after, "del"));
  }
});
