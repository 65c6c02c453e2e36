import { parse, parseFragment, tableRows, textContent } from "@ferry/std/markup/html";
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
