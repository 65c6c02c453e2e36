import { E, Element } from "@ferry/std/markup";
import { closest, matches, select, selectOne, Selector } from "@ferry/std/markup/css";
import { parse } from "@ferry/std/markup/html";
import { parse as parseXml } from "@ferry/std/markup/xml";
import { assertEquals, assertThrows } from "@std/assert";

const PAGE = parse(`<!DOCTYPE html><html lang=en><body id=top class="page wide">
<div id=a class="box first"><p class=x>One <b>two</b> three<p lang=de-AT>Vier</div>
<div id=b class=box><!-- --><span></span><i> </i><svg viewBox="0 0 1 1"><foreignObject/><a xlink:href="#a">s</a></svg></div>
<form id=f><fieldset disabled><legend><input id=i1></legend><legend><input id=i2></legend>
<input id=i3 type=checkbox checked></fieldset><select id=s><option disabled>1<option id=o2>2</select>
<input id=i4 TYPE=RADIO required><a href=x id=l1>x</a><a id=l2>y</a></form>`);

function ids(selector: string, top: Element = PAGE): string {
  return new Selector(selector).select(top).map((one) => one.get("id") ?? one.localName).join(" ");
}

Deno.test("select() finds by name, id, class and attribute", () => {
  assertEquals(ids("div"), "a b");
  assertEquals(ids("DIV#b"), "b");
  assertEquals(ids(".box.first"), "a");
  assertEquals(ids("[class~=wide]"), "top");
  assertEquals(ids("[lang|=de]"), "p");
  assertEquals(ids("[id^=i][type=radio]"), "i4");
  assertEquals(ids("[id$='2' i]"), "i2 o2 l2");
  assertEquals(ids('input[id*="3"]'), "i3");
  assertEquals(ids("a[id!=l1]"), "a l2");
  assertEquals(ids("input[type=RADIO s]"), "i4");
  assertEquals(ids("input[type=radio s]"), "");
  assertEquals(ids("div[ID=a]"), "a");
  assertEquals(ids("[viewBox]"), "svg");
  assertEquals(ids("[viewbox]"), "");
  assertEquals(ids("foreignObject"), "foreignObject");
});

Deno.test("select() follows combinators", () => {
  assertEquals(ids("body div b"), "b");
  assertEquals(ids("body > b"), "");
  assertEquals(ids("p > b"), "b");
  assertEquals(ids("#a + div"), "b");
  assertEquals(ids("#a ~ form"), "f");
  assertEquals(ids("span ~ svg a"), "a");
  assertEquals(ids("> p", selectOne(PAGE, "#a")!), "p p");
});

Deno.test("select() knows the pseudo-classes of the tree", () => {
  assertEquals(ids("#b > :empty"), "span");
  assertEquals(ids(":root"), "html");
  assertEquals(ids("#a > :first-child"), "p");
  assertEquals(ids("#a > p:nth-child(even)"), "p");
  assertEquals(ids("form > :nth-last-child(-n+2)"), "l1 l2");
  assertEquals(ids("form > :nth-child(1 of a)"), "l1");
  assertEquals(ids("form > :nth-last-child(1 of [id^=l])"), "l2");
  assertEquals(ids("form > a:first-of-type, form > a:last-of-type"), "l1 l2");
  assertEquals(ids("#b > svg:only-of-type"), "svg");
  assertEquals(ids("div:has(> p b)"), "a");
  assertEquals(ids("div:has(+ div)"), "a");
  assertEquals(ids("div:not(.first, #f)"), "b");
  assertEquals(ids(":is(#l1, #l2):where(a)"), "l1 l2");
  assertEquals(ids(":is()"), "");
});

Deno.test("select() knows the states of HTML", () => {
  assertEquals(ids(":link"), "a l1");
  assertEquals(ids("input:disabled"), "i2 i3");
  assertEquals(ids("input:enabled"), "i1 i4");
  assertEquals(ids(":checked"), "i3 o2");
  assertEquals(ids(":required"), "i4");
  assertEquals(ids(":lang(de)"), "p");
  assertEquals(ids("p:lang(en)"), "p");
  assertEquals(ids("b:hover"), "");
});

Deno.test("select() finds texts and values", () => {
  assertEquals(select(PAGE, "p.x::text"), ["One ", " three"]);
  assertEquals(select(PAGE, "p.x ::text"), ["two"]);
  assertEquals(select(PAGE, "#a *::text"), ["One ", "two", " three", "Vier"]);
  assertEquals(select(PAGE, "#f a::attr(href)"), ["x"]);
  assertEquals(selectOne(PAGE, "#f a::attr(id)"), "l1");
  assertEquals(selectOne(PAGE, "#f a::attr(no)"), undefined);
  assertEquals(ids("b:contains(two), p:contains('One two t')"), "p b");
});

Deno.test("matches() and closest() ask about one element", () => {
  const b = selectOne(PAGE, "b")!;
  assertEquals([matches(b, "p b"), matches(b, "i b")], [true, false]);
  assertEquals(closest(b, "div")?.get("id"), "a");
  assertEquals(closest(b, "b"), b);
  assertEquals(closest(b, "form"), undefined);
  assertEquals(matches(new Element("a"), ":root"), true);
  assertEquals(matches(E.ul(E.li()).at(0)!, "ul > li:only-child"), true);
});

Deno.test("select() knows namespaces", () => {
  const feed = parseXml(`<f xmlns="u:a" xmlns:m="u:m"><m:t x="1"/><t m:x="1"/><Title/></f>`);
  const namespaces = { a: "u:a", m: "u:m" };
  const count = (selector: string, options = { namespaces }) =>
    select(feed, selector, options).length;
  assertEquals(count("t"), 2);
  assertEquals(count("m|t"), 1);
  assertEquals(count("a|t"), 1);
  assertEquals(count("*|t"), 2);
  assertEquals(count("|t"), 0);
  assertEquals(count("title"), 0);
  assertEquals(count("[m|x]"), 1);
  assertEquals(count("[x]"), 1);
  assertEquals(count("[*|x]"), 2);
  assertThrows(() => select(feed, "no|t"), SyntaxError, 'The prefix "no" needs a namespace');
  assertEquals(select(feed, "t", { namespaces: { "": "u:a" } }).length, 1);
});

Deno.test("cssPath() is a selector that finds its element, and no other", () => {
  const page = parse(
    `<ul><li>1<li>2<ul><li>3</ul></ul><x-y>4</x-y><a:b>5</a:b><svg><g/><g/></svg>`,
  );
  const feed = parseXml(`<f xmlns:m="u:m"><m:a.b/><a.b/><é><é/></é></f>`);
  for (const root of [page, feed]) {
    for (const element of root.iter("*")) {
      assertEquals(new Selector(element.cssPath()).select(root), [element], element.cssPath());
    }
  }
});

Deno.test("select() looks below what it is given, and at itself", () => {
  const div = selectOne(PAGE, "#a")!;
  assertEquals(ids("div", div), "a");
  assertEquals(ids(":scope", div), "a");
  assertEquals(ids("body p", div), "p p");
  assertEquals(ids(":scope > p:last-child", div), "p");
  // What is taken out of a tree is searched alone.
  const copy = div.copy();
  assertEquals(ids("body p", copy), "");
  assertEquals(ids(":root > p:first-child", copy), "p");
});

Deno.test("classes and ids are compared without regard to capitals in quirks mode alone", () => {
  const body = "<p class='Note é' id=One>x";
  for (const [page, found] of [[parse(body), 1], [parse(`<!DOCTYPE html>${body}`), 0]] as const) {
    for (
      const selector of [".note", "#ONE", "p.NOTE#one", ":is(.nOTE, .a, .b, .c, .d, .e, .f, .g)"]
    ) {
      assertEquals(new Selector(selector).select(page).length, found, selector);
    }
    assertEquals(select(page, ".É").length, 0);
    assertEquals(select(page, "[class^=note]").length, 0);
  }
});

Deno.test("the type of what select() finds follows from the selector", () => {
  const elements: Element[] = select(PAGE, "p, b");
  const texts: string[] = select(PAGE, "p ::TEXT ");
  const values: string[] = select(PAGE, "a::attr(href), b::text");
  const either: (Element | string)[] = select(PAGE, "p" as string);
  const one: string | undefined = selectOne(PAGE, "title::text");
  assertEquals([elements.length, texts.length, values.length, either.length], [3, 1, 2, 2]);
  assertEquals(one, undefined);
});

Deno.test("select() says what it needs where a text stands in the place of an element", () => {
  for (const wrong of ["<p>", {}, undefined, 5, null]) {
    assertThrows(
      () => select(wrong as never, "p"),
      TypeError,
      "An element of this package is needed",
    );
  }
  assertThrows(() => new Element("p").append("x" as never), TypeError, "received string");
});
