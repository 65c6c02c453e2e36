import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { E, Element, ElementTree } from "@ferry/std/markup";
import { parse as parseHtml } from "@ferry/std/markup/html";
import { parse } from "@ferry/std/markup/xml";
import {
  XPath,
  xpath,
  XPathLimitError,
  type XPathNamespace,
  XPathSyntaxError,
  type XPathText,
} from "@ferry/std/markup/xpath";

const SHOP = `<shop><tea price="3">Assam</tea>, <rum price="9">Eve<i/>ning</rum></shop>`;

Deno.test("xpath() gives elements as they are met elsewhere, strings, numbers, booleans", () => {
  const shop = parse(SHOP);
  assertStrictEquals((xpath(shop, "tea") as Element[])[0], shop.find("tea"));
  assertEquals(xpath(shop, "tea/text() | rum/@price"), ["Assam", "9"]);
  assertEquals(xpath(shop, "sum(*/@price)"), 12);
  assertEquals(xpath(shop, "name(*[2])"), "rum");
  assertEquals(xpath(shop, "tea/@price < rum/@price"), true);
  assertEquals(xpath(shop, "/"), []);
});

Deno.test("smartStrings: texts and attributes know their elements", () => {
  const shop = parse(SHOP);
  const found = xpath(shop, "//text() | //@price", { smartStrings: true }) as XPathText[];
  assertEquals(
    found.map((one) => [one.value, one.kind, one.parent?.tag, one.attributeName]),
    [
      ["3", "attribute", "tea", "price"],
      ["Assam", "text", "tea", undefined],
      [", ", "tail", "tea", undefined],
      ["9", "attribute", "rum", "price"],
      ["Eve", "text", "rum", undefined],
      ["ning", "tail", "i", undefined],
    ],
  );
  assertEquals(`${found[1]}`, "Assam");
  assertEquals(JSON.stringify(found[1]), '"Assam"');
  assertEquals([found[1]!.isText, found[2]!.isTail, found[0]!.isAttribute], [true, true, true]);
});

Deno.test("XPath: namespaces, also that of names without a prefix", () => {
  const feed = parse(`<feed xmlns="urn:a" xmlns:m="urn:m"><entry m:size="2"/><m:x/></feed>`);
  assertEquals(xpath(feed, "//entry"), []);
  assertEquals((xpath(feed, "//entry", { namespaces: { "": "urn:a" } }) as Element[]).length, 1);
  const namespaces = { a: "urn:a", b: "urn:m" };
  assertEquals(xpath(feed, "/a:feed/a:entry/@b:size", { namespaces }), ["2"]);
  assertEquals(xpath(feed, "count(//b:*)", { namespaces }), 1);
  const found = xpath(feed, "namespace::*") as XPathNamespace[];
  assertEquals(found.map(({ prefix }) => prefix).sort(), ["", "m", "xml"]);
  const error = assertThrows(() => xpath(feed, "a/c:b"), XPathSyntaxError);
  assert(error.message.includes('"c"') && error.offset === 2, error.message);
});

Deno.test("XPath: variables are strings, numbers, booleans, elements, texts", () => {
  const shop = parse(SHOP);
  const is = (expression: string, variables: Record<string, unknown>, expected: unknown) =>
    assertEquals(
      xpath(shop, expression, {
        variables: variables as Record<string, string>,
        namespaces: { u: "urn:u" },
      }),
      expected as number,
    );
  is("$a + 1", { a: 2 }, 3);
  is("*[@price = $p]/@price", { p: "9" }, ["9"]);
  is("$yes and true()", { yes: true }, true);
  is("$tea/@price", { tea: shop.find("tea") }, ["3"]);
  is("count($both)", { both: [...shop.iterChildren(), ...shop.iterChildren()] }, 2);
  is("$both[2]/@price", { both: [shop.find("rum"), shop.find("tea")] }, ["9"]);
  is("string($texts[2])", { texts: ["b", "a"] }, "a");
  is("$u:v", { "{urn:u}v": "x" }, "x");
  const none = assertThrows(() => xpath(shop, "$none"), TypeError);
  assert(none.message.includes('"none"'), none.message);
  assertThrows(() => xpath(shop, "$a/b", { variables: { a: 1 } }), TypeError);
  // deno-lint-ignore no-explicit-any
  assertThrows(() => xpath(shop, "$a", { variables: { a: null as any } }), TypeError);
  assertThrows(() => xpath(shop, "$a", { variables: { a: new Element("x") } }), TypeError);
  assertThrows(() => xpath(shop, "$toString"), TypeError);
});

Deno.test("XPath: functions of one's own are given values and where they are called", () => {
  const shop = parse(SHOP);
  const seen: unknown[] = [];
  const functions = {
    "{urn:f}note": (
      { node, position, size }: { node: Element | undefined; position: number; size: number },
      ...args: unknown[]
    ) => {
      seen.push([node?.tag, position, size, ...args]);
      return position === 2;
    },
    twice: (_: unknown, value: unknown) => 2 * Number(value),
    words: (_: unknown, value: unknown) => `${value}`.split(" "),
    rum: () => shop.find("rum")!,
  };
  const options = { functions, namespaces: { f: "urn:f" } };
  assertEquals(
    (xpath(shop, "*[f:note('x', 1, @price, true())]", options) as Element[])[0]!.tag,
    "rum",
  );
  assertEquals(seen, [["tea", 1, 2, "x", 1, ["3"], true], ["rum", 2, 2, "x", 1, ["9"], true]]);
  assertEquals(xpath(shop, "twice(twice(2)) + 1", options), 9);
  assertEquals(xpath(shop, "words('a b c')[2]", options), ["b"]);
  assertEquals(xpath(shop, "count(words('a b c'))", options), 3);
  assertEquals(xpath(shop, "rum()/@price", options), ["9"]);
  assertEquals(xpath(shop, "*[twice(0.5)]", options), [shop.find("tea")!]);
  assertThrows(() => xpath(shop, "unknown()"), XPathSyntaxError, "unknown");
  assertThrows(() => xpath(shop, "toString()"), XPathSyntaxError);
  const wrong = { functions: { f: () => undefined as unknown as string } };
  assertThrows(() => xpath(shop, "f()", wrong), TypeError, '"f"');
  const own = new RangeError("mine");
  const throwing = {
    functions: {
      f: () => {
        throw own;
      },
    },
  };
  assertStrictEquals(assertThrows(() => xpath(shop, "//*[f()]", throwing)), own);
  // A document is as before after an error in the midst.
  assertEquals(shop.getParent(), undefined);
});

Deno.test("XPath: a function may evaluate expressions itself, in this tree and in another one", () => {
  const [one, two] = [parse("<a><b>1</b><b>2</b></a>"), E("x", E.b("7"), E("c", "8"))];
  const inner = new XPath("sum(//b)");
  const options = { functions: { both: () => inner.number(one) * 100 + inner.number(two) } };
  assertEquals(xpath(one, "//b[both() = 307][. = 2]", options), [one.at(1)!]);
  assertEquals(xpath(two, "//c[both() = 307]/preceding::b", options), [two.at(0)!]);
});

Deno.test("XPath: the typed ways to a result", () => {
  const shop = parse(SHOP);
  const prices = new XPath("*/@price");
  assertEquals(prices.strings(shop), ["3", "9"]);
  assertEquals([prices.string(shop), prices.number(shop), prices.boolean(shop)], ["3", 3, true]);
  assertThrows(() => prices.elements(shop), TypeError);
  assertThrows(() => new XPath("1").elements(shop), TypeError);
  assertEquals(new XPath("rum | tea").elements(shop).map(({ tag }) => tag), ["tea", "rum"]);
  assertEquals(new XPath("rum").first(shop)?.tag, "rum");
  assertEquals(new XPath("none").first(shop), undefined);
  assertEquals(new XPath("1 + 1").strings(shop), ["2"]);
  assertEquals(new XPath("$a").strings(shop, { variables: { a: 0.5 } }), ["0.5"]);
});

Deno.test("XPath: numbers are written with the digits that they need, and without an exponent", () => {
  const root = parse("<a/>");
  const text = (expression: string) => xpath(root, `string(${expression})`);
  assertEquals(text("1 div 3"), "0.3333333333333333");
  assertEquals(text("10000000000"), "10000000000");
  assertEquals(text("1 div 10000000"), "0.0000001");
  assertEquals(text("100000000000 * 100000000000"), "10000000000000000000000");
  assertEquals(text("-1 div 3000000"), "-0.00000033333333333333335");
  assertEquals(xpath(root, "number('1e3')"), NaN);
});

Deno.test("XPath: a tree outside of a document has a document, and so has a part seen as one", () => {
  const list = E.ul(E.li("1"), E.li("2", E.b("x")));
  list.tail = "no part of it";
  assertEquals(xpath(list, "/ul/li[2]/b"), [list.at(1)!.at(0)!]);
  assertEquals(xpath(list.at(1)!, "count(/)"), 1);
  assertEquals(xpath(list, "string(/)"), "12x");
  assertEquals(xpath(list, "//text()"), ["1", "2", "x"]);
  assertEquals(xpath(list, "following::node() | ancestor::*"), []);
  const part = new ElementTree(list.at(1)!);
  assertEquals(xpath(part, "/li/b"), [list.at(1)!.at(0)!]);
  assertEquals(xpath(part, "//ul | preceding::* | .."), []);
  assertEquals(list.at(1)!.getParent(), list);
  assertEquals(list.at(0)!.getNext(), list.at(1));
  assertEquals(xpath(ElementTree.of(parse("<a><b/></a>")), "count(b)"), 1);
});

Deno.test("XPath: document order after moves", () => {
  const root = parse("<r><a/><b/><c><d/></c>tail</r>");
  const [a, b, c] = [...root];
  c!.append(a!);
  root.insert(0, new Element("new"));
  c!.insert(0, b!);
  const tags = (expression: string) =>
    (xpath(root, expression) as Element[]).map(({ tag }) => tag).join(" ");
  assertEquals(tags("//*"), "r new c b d a");
  assertEquals(tags("//a | //b | //d | //new | //c"), "new c b d a");
  assertEquals(tags("//a/preceding::*"), "new b d");
  assertEquals(tags("(//a | //b)[1]"), "b");
  root.remove(c!);
  assertEquals(tags("//*"), "r new");
  assertEquals((xpath(c!, "//a | //d") as Element[]).map(({ tag }) => tag), ["d", "a"]);
});

Deno.test("XPath in HTML: names as they are, id(), lang(), contents of templates", () => {
  const page = parseHtml(
    `<!DOCTYPE html><html lang=en-GB><body><P id=x CLASS=a>One<br>two<template><b>3</b></template><svg viewBox="0 0 1 1"><foreignObject/></svg>`,
  ).getRoot();
  assertEquals(xpath(page, "//p/@class"), ["a"]);
  assertEquals(xpath(page, "count(//P)"), 0);
  assertEquals(xpath(page, "name(id('x'))"), "p");
  assertEquals(xpath(page, "boolean(//p[lang('en')])"), true);
  assertEquals(xpath(page, "string(//template/b)"), "3");
  const namespaces = { s: "http://www.w3.org/2000/svg" };
  assertEquals(xpath(page, "//s:svg[s:foreignObject]/@viewBox", { namespaces }), ["0 0 1 1"]);
});

Deno.test("XPath: differences to lxml that are meant", () => {
  const root = parse("<a><b>1</b></a>");
  assertEquals(xpath(root, ".//."), [root, root.at(0)!, "1"]);
  assertEquals(xpath(root, "count(str:tokenize('a b,c', ' ,'))"), 3);
  assertEquals(new XPath("str:split('a--b', '--')").strings(root), ["a", "b"]);
  assertEquals(xpath(root, "str:replace('banana', 'an', 'AN')"), "bANANa");
  const [match] = xpath(root, "re:match('abc', 'b')") as Element[];
  assertEquals([match!.tag, match!.text], ["match", "b"]);
  assertEquals(xpath(root, "re:match('a1', '[0-9]')/text()"), ["1"]);
  assertEquals(xpath(root, "re:replace('ab', '(a)(b)', '', '$2$1$$\\\\')"), "ba$\\");
  assertEquals(new XPath("re:match('😀a😀', '.', 'g')").strings(root), ["😀", "a", "😀"]);
  assertEquals(xpath(root, "re:match('a', 'b') | str:tokenize('x')/.."), []);
});

Deno.test("XPath: limits end what costs too much, with an error of their own", () => {
  const root = parse(`<a>${"<b/>".repeat(2000)}</a>`);
  assertThrows(() => xpath(root, "count(//b[//b = .])", { maxWork: 1000 }), XPathLimitError);
  assertThrows(() => xpath(root, "str:padding(1000000000)"), XPathLimitError);
  assertThrows(() => xpath(root, "str:padding(11)", { maxStringLength: 10 }), XPathLimitError);
  assertEquals(xpath(root, "string-length(str:padding(10))", { maxStringLength: 10 }), 10);
  assertThrows(() => new XPath("((1))", { maxDepth: 2 }), XPathSyntaxError, "maxDepth");
  assertThrows(() => new XPath("123", { maxLength: 2 }), XPathSyntaxError, "maxLength");
});

Deno.test("xpath(): maxStringLength is for what concat() makes, too", () => {
  const expression = "concat('abc', string(.))";
  assertEquals(
    xpath(new Element("a", { text: "de" }), expression, { maxStringLength: 5 }),
    "abcde",
  );
  const longer = new Element("a", { text: "def" });
  assertThrows(() => xpath(longer, expression, { maxStringLength: 5 }), XPathLimitError);
});

Deno.test("XPath: a function may not take the tree apart that is searched", () => {
  const remove = (_: unknown, found: unknown) => {
    const [element] = found as Element[];
    element!.getParent()?.remove(element!);
    return true;
  };
  for (
    const expression of ["//b[f(.)]", "//b[f(.)]/..", "//b[f(.)]/following::*[f(.)]", "f(//b)"]
  ) {
    const page = parse("<a><b/><b/><c><b/></c></a>");
    const compiled = new XPath(expression, { functions: { f: remove } });
    assertThrows(() => compiled.evaluate(page), TypeError, '"f" may not change the tree');
  }
  // What is found first and changed then is another thing, and so are other trees and attributes.
  const page = parse("<a><b/><b/></a>");
  const mark = (_: unknown, found: unknown) => {
    const [element] = found as Element[];
    element!.set("seen", "1");
    return new Element("x", { text: "y" }).append(new Element("z")) === undefined;
  };
  const marked = new XPath("//b[f(.)]", { functions: { f: mark } }).elements(page);
  for (const element of marked) page.remove(element);
  assertEquals([marked.length, page.length, marked[0]!.get("seen")], [2, 0, "1"]);
});
