import { type Element, ElementTree } from "@ferry/std/markup";
import {
  fromDom,
  parse,
  parseDocument,
  parseFragment,
  serialize,
  toDom,
} from "@ferry/std/markup/html";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";

async function again(html: string): Promise<string> {
  return serialize(ElementTree.of(fromDom(await parseDocument(html))));
}

Deno.test("fromDom(parseDocument()) is the tree of parse(), with a document type", async () => {
  const cases = [
    `<!DOCTYPE html><html lang="de"><head><title>a &amp; b</title></head><body><p id="1">2<b>3</b>4</p></body></html>`,
    "<p>1<table><td>2<!--3-->",
    "<template><td>1<b>2</template>x",
    "<!--a--><p>",
    `<svg viewBox="0"><foreignObject><p title="x">1</p></foreignObject><linearGradient gradientUnits="a"/></svg>`,
    "<math><mi>x</mi></math>",
  ];
  for (const html of cases) {
    const text = html.startsWith("<!DOCTYPE") ? html : `<!DOCTYPE html>${html}`;
    assertEquals(await again(text), serialize(ElementTree.of(parse(text))), html);
  }
});

Deno.test("fromDom() copies elements, and refuses other nodes", async () => {
  const document = await parseDocument("<div>1<p>2</div>");
  assertEquals(serialize(fromDom(document.body!)), "<body><div>1<p>2</p></div></body>");
  const text = document.body!.children[0]!.childNodes[0]!;
  assertThrows(() => fromDom(text), TypeError);
});

Deno.test("toDom() copies elements of every place", async () => {
  const page = parse("<title>1</title><body class=x><table><tr><td>2");
  const check = async (element: Element, name: string, text: string) => {
    const node = await toDom(element);
    assertEquals([node.tagName, node.textContent], [name, text]);
  };
  await check(page, "HTML", "12");
  await check(page.find("head")!, "HEAD", "1");
  await check(page.find("body")!, "BODY", "2");
  await check(page.find(".//td")!, "TD", "2");
  await check(parseFragment("<option>3"), "OPTION", "3");
  assertEquals((await toDom(page.find("body")!)).getAttribute("class"), "x");
  await assertRejects(() => toDom(parseFragment("<frame>", { context: "frameset" })), SyntaxError);
});
