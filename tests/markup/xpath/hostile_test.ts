// Expressions and documents made to cost much: results or typed errors, and never an exhausted stack.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Element, subElement } from "@ferry/std/markup";
import { parse } from "@ferry/std/markup/xml";
import { XPath, xpath, XPathLimitError, XPathSyntaxError } from "@ferry/std/markup/xpath";

const N = 100_000;

Deno.test("XPath: brackets, predicates, calls and minuses by the hundred thousand", () => {
  const root = parse("<a><a/></a>");
  const limits = { maxLength: 1e7 };
  for (
    const [open, close] of [
      ["(", ")"],
      ["a[", "]"],
      ["not(", ")"],
      ["a/(", ")"],
      ["-(", ")"],
      [
        "id(",
        ")",
      ],
      ["(a|", "|a)"],
      ["string(a[", "])"],
    ] as const
  ) {
    const inner = "1";
    const deep = open.repeat(N) + inner + close.repeat(N);
    const error = assertThrows(() => new XPath(deep, limits), XPathSyntaxError);
    // A step is no expression in brackets.
    assert(open === "a/(" || error.message.includes("maxDepth"), error.message);
    assertThrows(() => new XPath(open.repeat(N), limits), XPathSyntaxError);
    assertThrows(() => new XPath(close.repeat(N), limits), XPathSyntaxError);
    // As deep as is allowed: the stack holds it.
    const allowed = open.repeat(120) + "a" + close.repeat(120);
    try {
      xpath(root, allowed);
    } catch (error) {
      assert(error instanceof XPathSyntaxError, `${open} ${error}`);
    }
  }
  assertEquals(xpath(root, `${"-".repeat(N - 1)}1`), -1);
});

Deno.test("XPath: chains as long as an expression may be", () => {
  const root = parse("<a x='1'><a/><a/></a>");
  const many = 20_000;
  const chain = (part: string, by: string) => Array(many).fill(part).join(by);
  const xpath = (root: Element, expression: string) =>
    new XPath(expression, { maxLength: 1_000_000 }).evaluate(root);
  assertEquals((xpath(root, chain("a", "|")) as Element[]).length, 2);
  assertEquals(xpath(root, chain("1", "+")), many);
  assertEquals(xpath(root, chain("true()", " and ")), true);
  assertEquals(xpath(root, chain("a", "/")), []);
  assertEquals((xpath(root, `a${"[1]".repeat(many)}`) as Element[]).length, 1);
  assertEquals((xpath(root, `a${"[true()]".repeat(many)}`) as Element[]).length, 2);
  assertEquals(xpath(root, `string-length(concat(${chain("'ab'", ",")}))`), 2 * many);
  assertThrows(() => xpath(root, chain("1", "=")), XPathSyntaxError);
  assertThrows(() => xpath(root, chain("aaaaa aaaaa", "|")), XPathSyntaxError);
  assertThrows(() => xpath(root, `'${"x".repeat(2_000_000)}'`), XPathSyntaxError, "maxLength");
  assertEquals((xpath(root, `//${chain("*", "//")}`) as Element[]).length, 0);
});

Deno.test("XPath: trees that are as deep, and as wide, as they may be", () => {
  const deep = parse("<a>".repeat(9999) + "<b/>" + "</a>".repeat(9999));
  assertEquals(xpath(deep, "count(//a)"), 9999);
  assertEquals(xpath(deep, "count(//b/ancestor::a)"), 9999);
  assertEquals(xpath(deep, "count(//a//a//a)"), 9997);
  assertEquals(xpath(deep, "count(//a/..//a/..)"), 9999);
  assertEquals(xpath(deep, "count(//a[.//b])"), 9999);
  assertEquals(xpath(deep, "count(//a[not(.//c)])"), 9999);
  assertEquals(xpath(deep, "count(//a[ancestor::a])"), 9998);
  assertEquals(xpath(deep, "string-length(//a)"), 0);
  const wide = parse(`<r>${"<a/>x<b i='1'/>".repeat(20_000)}</r>`);
  for (
    const [expression, expected] of [
      ["count(//a[following-sibling::c])", 0],
      ["count(//a[preceding-sibling::c])", 0],
      ["count(//a[following::c])", 0],
      ["count(//a[preceding::c])", 0],
      ["count(//a[following-sibling::b[@i = 2]])", 0],
      ["count(//a[count(preceding-sibling::*) = 200])", 1],
      ["count(//a[count(following-sibling::node()) = 200])", 1],
      ["count(//b[count(following::text()) = 200])", 1],
      ["count(//b[count(preceding::b) = 200])", 1],
      ["count(//b[preceding-sibling::*[1][self::a]])", 20_000],
      ["count(//b[preceding-sibling::*[last()][self::a]])", 20_000],
      ["count(//a[following::b[last()]/@i = 1])", 20_000],
      ["count(//a[. = //b])", 20_000],
      ["count(//b[@i = //b/@i])", 20_000],
      ["count(//b[@i != //b/@i])", 0],
      ["count(//b[//b/@i < @i])", 0],
      ["count(//b[//b/@i != string(@i)])", 0],
      ["count(//b[//b/@i = string(@i)])", 20_000],
      ["count(//b/following::a)", 19_999],
      ["count(//a/preceding::node())", 59_997],
      ["count(//a/following-sibling::node()/preceding-sibling::node())", 59_999],
      ["count((//a | //b)/.. | //text()/following-sibling::*)", 40_000],
      ["count(set:distinct(//b/@i))", 1],
      ["count(set:difference(//node(), //a))", 40_001],
    ] as const
  ) assertEquals(xpath(wide, expression), expected, expression);
});

Deno.test("XPath: what is asked again and again in a small place does not look at the whole document", () => {
  const root = parse(`<r>${"<a><x/><b/><c/></a>".repeat(12_000)}</r>`);
  const both = new XPath("b | x");
  const behind = new XPath("(x | c)/following-sibling::*[1]");
  let found = 0;
  for (const a of root) found += both.elements(a).length + behind.elements(a).length;
  assertEquals(found, 36_000);
  // Changes in between.
  const bounded = { maxWork: 200 };
  for (const a of [...root].slice(0, 200)) {
    subElement(a, "x");
    assertEquals(both.elements(a, bounded).map(({ tag }) => tag), ["x", "b", "x"]);
  }
});

Deno.test("XPath: regular expressions that would take for ever elsewhere", () => {
  const root = parse("<a/>");
  const variables = { as: "a".repeat(20_000), mixed: `${"a".repeat(20_000)}!` };
  const test = (pattern: string, text: string) =>
    xpath(root, "re:test($text, $pattern)", { variables: { ...variables, text, pattern } });
  assertEquals(test("^(a+)+$", variables.mixed), false);
  assertEquals(test("(a|a)*b", variables.as), false);
  assertEquals(test("^(a|aa)+$", variables.mixed), false);
  assertEquals(test("(.*)*x", variables.as), false);
  assertEquals(test("a*a*a*a*a*b", variables.as), false);
  assertEquals(test("^((a*)*)*$", variables.mixed), false);
  assertEquals(test("^(a?){100}a{100}$", "a".repeat(100)), true);
  for (
    const pattern of [
      "(",
      ")",
      "[",
      "a{2,1}",
      "*",
      "a**",
      "(?=a)",
      "(?<!a)b",
      "(a)\\1",
      "\\",
      "(?i)a",
      "\\q",
      "[b-a]",
      "a{1001}",
      "((a{100}){100}){100}",
      "(".repeat(1000),
    ]
  ) {
    assertThrows(() => test(pattern, "a"), SyntaxError, undefined, pattern);
  }
  assertThrows(() => test("(a|b|c|d)*".repeat(500), "e".repeat(5_000_000)), RangeError);
  assertThrows(
    () => xpath(root, "re:replace($as, '', 'g', $as)", { variables, maxStringLength: 1e6 }),
    XPathLimitError,
  );
});

Deno.test("XPath: names of the language's own objects are ordinary", () => {
  const root = parse("<constructor __proto__='1'><toString/></constructor>");
  assertEquals(xpath(root, "/constructor/@__proto__"), ["1"]);
  assertEquals((xpath(root, "toString") as Element[]).length, 1);
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    assertThrows(() => xpath(root, `${name}()`), XPathSyntaxError);
    assertThrows(() => xpath(root, `${name}:a`), XPathSyntaxError);
    assertThrows(() => xpath(root, `$${name}`), TypeError);
  }
  assertEquals(xpath(root, "math:constant('toString', 3)"), NaN);
});

Deno.test("XPath: texts and namespaces of elements that lie deep in one another are read once, not once for each", () => {
  const depth = 30_000;
  const text = `${"<a>".repeat(depth)}x${"</a>".repeat(depth)}`;
  const root = parse(text, { maxDepth: Infinity });
  // Each costs a few steps for a node; once for each element it would be 900 million.
  const options = { maxWork: 40 * depth };
  assertEquals(xpath(root, "count(//*[. = 'x'])", options), depth);
  assertEquals(xpath(root, "count(//*[. > 1])", options), 0);
  assertEquals(xpath(root, "count(//*[starts-with(., 'y')])", options), 0);
  assertEquals(xpath(root, "count(//namespace::*[. = 'u'])", options), 0);
  assertThrows(() => xpath(root, "count(//*[lang('de')])", options), XPathLimitError);
});
