import { parse, parseFragment, tableRows, textContent, toMarkdown } from "@ferry/std/markup/html";
import { E } from "@ferry/std/markup";
import { assertEquals } from "@std/assert";

function text(html: string): string {
  return textContent(parse(html));
}

Deno.test("textContent() joins white space, and keeps it in pre", () => {
  assertEquals(text(" a \n b<b> c</b>d <i> e"), "a b cd e");
  assertEquals(text("a<pre>b\n  c</pre>d"), "a\n\nb\n  c\n\nd");
  assertEquals(text("a<!-- b --> c"), "a c");
  assertEquals(text("a\u00a0 \u00a0b"), "a\u00a0 \u00a0b");
});

Deno.test("textContent() puts blocks on lines of their own and paragraphs apart", () => {
  assertEquals(text("<div>a<div>b</div>c</div>d"), "a\nb\nc\nd");
  assertEquals(text("<p>a<p>b</p>c<div><p>d</div>"), "a\n\nb\n\nc\n\nd");
  assertEquals(text("a<br>b<br><br>c<br>"), "a\nb\n\nc\n");
  assertEquals(text("<ul><li> a<li>b <ul><li>c</ul></ul>"), "a\nb\n\nc");
  assertEquals(text("<div> </div><p></p>a"), "a");
});

Deno.test("textContent() leaves out what is not for reading", () => {
  assertEquals(
    text("<title>x</title>a<script>b</script><style>c</style><template>d</template>e"),
    "ae",
  );
  assertEquals(text("a<svg><text>b</text></svg>c<noscript>d</noscript>"), "ac");
});

Deno.test("textContent() puts tabs between cells", () => {
  assertEquals(text("<table><tr><td>a<td>b<tr><th> c </th> <td>d</table>e"), "a\tb\nc\td\n\ne");
  assertEquals(textContent(parseFragment("<td>a", { context: "tr" })), "a");
});

Deno.test("textContent() of deep elements does not run out of stack", () => {
  let deep = E.b("x");
  for (let k = 0; k < 20_000; k++) deep = E.b(deep);
  assertEquals(textContent(deep), "x");
});

Deno.test("tableRows() repeats cells that span columns and rows", () => {
  const rows = (html: string) => tableRows(parse(html).find(".//table")!);
  assertEquals(rows("<table><tr><td>1<td>2<tr><td>3</table>"), [["1", "2"], ["3"]]);
  assertEquals(rows("<table><thead><tr><th rowspan=5>a<th>b</thead><tr><td>1</table>"), [
    ["a", "b"],
    ["1"],
  ]);
  assertEquals(rows("<table><tr><td>1<td rowspan=2 colspan=2>2<td rowspan=2>3<tr><td>4</table>"), [
    ["1", "2", "2", "3"],
    ["4", "2", "2", "3"],
  ]);
  assertEquals(rows("<table><tr><td><table><tr><td>a</table>b<td>c</table>"), [["a\n\nb", "c"]]);
  assertEquals(rows("<table><tr><td colspan=0>1<td colspan=x>2</table>"), [["1", "2"]]);
});

Deno.test("tableRows() lets a rowspan of 0 reach to the end, and bounds how often cells are repeated", () => {
  const rows = (html: string) => tableRows(parse(`<table>${html}</table>`).find("body/table")!);
  assertEquals(rows("<tr><td rowspan=0>a<td>1<tr><td>2<tr><td>3<tbody><tr><td>b"), [
    ["a", "1"],
    ["a", "2"],
    ["a", "3"],
    ["b"],
  ]);
  const many = rows("<tr><td colspan=1000 rowspan=65534>x".repeat(1000));
  assertEquals(many.length, 1000);
  assertEquals(many.reduce((sum, row) => sum + row.length, 0), 501_000);
});

Deno.test("textContent() and toMarkdown() read long texts of many words, and many runs of signs", () => {
  const words = "x ".repeat(1_000_000);
  assertEquals(textContent(parse(`<p>${words}`)), words.trim());
  assertEquals(textContent(parse(`<p>a \n\t b <i> </i> c<br> d `)), "a b c\nd");
  assertEquals(toMarkdown(parse(`<code>${"` ".repeat(300_000)}</code>`)).slice(0, 5), "`` ` ");
});
