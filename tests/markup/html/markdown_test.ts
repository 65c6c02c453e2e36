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
