import { parse, parseFragment, toMarkdown } from "@ferry/std/markup/html";
import { E } from "@ferry/std/markup";
import { assertEquals } from "@std/assert";

Deno.test("toMarkdown() writes blocks and lines as CommonMark", () => {
  const cases: [string, string][] = [
    ["a\n b", "a b"],
    ["<p>a<p>b", "a\n\nb"],
    ["<h2>a <i>b</i></h2>c", "## a *b*\n\nc"],
    ["<b>a </b>b <em></em><code>c`d</code><del>e</del>", "**a** b ``c`d``~~e~~"],
    ["a<br>b", "a\\\nb"],
    [`<a href="x y" title='q"'>a</a><img src=i alt=b><a>c</a>`, `[a](<x y> "q\\"")![b](i)c`],
    ["<pre><code class=language-ts>a\n  b\n</code></pre>", "```ts\na\n  b\n```"],
    ["<pre>```</pre>", "````\n```\n````"],
    ["<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"],
    ["<ul><li>a<li>b<ol start=3><li>c<li>d</ol></ul>", "- a\n- b\n  3. c\n  4. d"],
    ["<ul><li><p>a<p>b<li>c</ul>", "- a\n\n  b\n\n- c"],
    ["a<hr>b", "a\n\n---\n\nb"],
    ["<table><tr><th>a<th>b<tr><td>1|2</table>", "| a | b |\n| --- | --- |\n| 1\\|2 |  |"],
    ["<script>x</script><style>y</style>a<!-- z -->", "a"],
    ["<div><div>a</div>b</div>", "a\n\nb"],
    ["<span><p>a</p></span>", "a"],
  ];
  for (const [html, expected] of cases) assertEquals(toMarkdown(parse(html)), expected, html);
});

Deno.test("toMarkdown() escapes what would be read as Markdown", () => {
  const cases: [string, string][] = [
    ["*a* _b_ `c` [d] &lt;e>", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\] \\<e\\>"],
    ["# a", "\\# a"],
    ["1. a", "1\\. a"],
    ["- a", "\\- a"],
    ["&amp;amp;", "\\&amp;"],
    ["a\\b", "a\\\\b"],
  ];
  for (const [html, expected] of cases) {
    assertEquals(toMarkdown(parse(`<p>${html}`)), expected, html);
  }
});

Deno.test("toMarkdown() takes elements in a line, and deep ones", () => {
  assertEquals(toMarkdown(parseFragment("<b>a<i>b</i></b>")), "a*b*");
  let deep = E.div("x");
  for (let k = 0; k < 2000; k++) deep = E.div(deep);
  assertEquals(toMarkdown(deep), "x");
});

Deno.test("toMarkdown() writes each line of lists and quotes in one another once, with what stands before it", () => {
  const lists = toMarkdown(parse("<ul><li>a".repeat(20_000))).split("\n");
  assertEquals(lists.length, 20_000);
  assertEquals(lists.slice(0, 3), ["- a", "  - a", "    - a"]);
  assertEquals(lists[200], `${" ".repeat(400)}- a`);
  assertEquals(
    toMarkdown(parse(
      "<ol start=9><li><p>a<blockquote><p>b<ul><li>c<li></ul><pre>d\n\ne</pre></blockquote><li>f</ol>",
    )),
    "9. a\n\n   > b\n   >\n   > - c\n   > - \n   >\n   > ```\n   > d\n   >\n   > e\n   > ```\n\n10. f",
  );
  assertEquals(toMarkdown(parse("<blockquote></blockquote><ul></ul>x")), ">\n\nx");
});
