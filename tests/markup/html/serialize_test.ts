import { E, Element, ElementTree } from "@ferry/std/markup";
import { parse, parseFragment, parseFragments, serialize } from "@ferry/std/markup/html";
import { assertEquals, assertThrows } from "@std/assert";

function again(html: string, context?: string): string {
  return serialize(
    parseFragment(html, { createParent: "div", ...(context === undefined ? {} : { context }) }),
    { outer: false },
  );
}

Deno.test("serialize() escapes text and values as the standard says", () => {
  assertEquals(again(`a&amp;b &lt; c &gt; d&nbsp;"e"`), `a&amp;b &lt; c &gt; d&nbsp;"e"`);
  assertEquals(again(`<p title='"&nbsp;&<>'>`), `<p title="&quot;&nbsp;&amp;&lt;&gt;"></p>`);
  assertEquals(again("&#13;"), "&#13;");
});

Deno.test("serialize() leaves the text of raw elements as it is, of HTML alone", () => {
  for (const tag of ["style", "script", "xmp", "iframe", "noembed", "noframes"]) {
    assertEquals(again(`<${tag}>a & b <i></${tag}>`), `<${tag}>a & b <i></${tag}>`);
  }
  assertEquals(again("<svg><style>a &amp; b</style></svg>"), "<svg><style>a &amp; b</style></svg>");
  assertEquals(again("<textarea>a & b</textarea>"), "<textarea>a &amp; b</textarea>");
  const noscript = parseFragment("<noscript>a & b</noscript>", { scripting: true });
  assertEquals(serialize(noscript), "<noscript>a &amp; b</noscript>");
  assertEquals(serialize(noscript, { scripting: true }), "<noscript>a & b</noscript>");
});

Deno.test("serialize() writes void elements without an end tag, and a tail only if asked for", () => {
  assertEquals(again("1<br>2<img src=x>3"), `1<br>2<img src="x">3`);
  const [b] = parseFragments("<b>1</b>2<i>");
  assertEquals(serialize(b as Element), "<b>1</b>");
  assertEquals(serialize(b as Element, { withTail: true }), "<b>1</b>2");
});

Deno.test("serialize() gives foreign attributes their prefixes back", () => {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `viewBox="0"><foreignObject></foreignObject><a xlink:href="#" xml:lang="de"></a></svg>`;
  assertEquals(again(svg), svg);
});

Deno.test("serialize() keeps the first line feed of pre, textarea and listing", () => {
  for (const tag of ["pre", "textarea", "listing"]) {
    assertEquals(again(`<${tag}>\n\n1</${tag}>`), `<${tag}>\n\n1</${tag}>`);
    assertEquals(again(`<${tag}>\n1</${tag}>`), `<${tag}>1</${tag}>`);
  }
});

Deno.test("serialize() of an ElementTree writes what stands beside the root", () => {
  const text = `<!--a--><!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://x"><!--b-->` +
    `<html><head></head><body></body></html><!--c-->`;
  const tree = ElementTree.of(parse(text));
  assertEquals(serialize(tree), text);
  assertEquals(tree.info.quirks, "no-quirks");
  assertEquals(serialize(ElementTree.of(parse("<!doctype html>"))).slice(0, 15), "<!DOCTYPE html>");
});

Deno.test("serialize() writes elements that were made by hand, and deep ones", () => {
  assertEquals(serialize(E.p("1 < 2", E.br(), { class: "x" })), `<p class="x">1 &lt; 2<br></p>`);
  let deep = new Element("i");
  for (let k = 0; k < 20_000; k++) deep = E.b(deep);
  assertEquals(serialize(deep).length, 20_000 * 7 + 7);
});

Deno.test("parseFragment() needs one element, or puts all into a new one", () => {
  assertEquals(parseFragment(" <p>1</p>\n").text, "1");
  assertThrows(() => parseFragment("<p>1</p>2"), SyntaxError);
  assertThrows(() => parseFragment(""), SyntaxError);
  assertEquals(serialize(parseFragment("1<p>2", { createParent: true })), "<div>1<p>2</p></div>");
  assertEquals(parseFragment("<b>").getParent(), undefined);
});

Deno.test("parseFragments() gives nodes with their tails, without parents", () => {
  const nodes = parseFragments("<!--1-->2<b>3</b>4");
  assertEquals(nodes.map((node) => (node as Element).tail), ["2", "4"]);
  assertEquals((nodes[0] as Element).tag, "#comment");
  assertEquals((nodes[1] as Element).getParent(), undefined);
  assertEquals((nodes[1] as Element).getPrevious(), undefined);
});
