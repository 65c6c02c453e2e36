import {
  iterLinks,
  makeLinksAbsolute,
  parse,
  parseFragment,
  resolveBase,
  rewriteLinks,
  serialize,
} from "@ferry/std/markup/html";
import { assertEquals, assertThrows } from "@std/assert";

function urls(html: string): string[] {
  return [...iterLinks(parse(html))].map(({ url }) => url);
}

Deno.test("iterLinks() finds addresses in attributes", () => {
  assertEquals(
    urls("<a href=' x '><form action=1><img src=2 usemap=#3><object data=4 archive='5 6'>"),
    [
      "x",
      "1",
      "2",
      "#3",
      "4",
      "5",
      "6",
    ],
  );
  assertEquals(urls("<svg><use xlink:href=#a /><image href=b></svg><p xlink:href=c>"), [
    "#a",
    "b",
    "c",
  ]);
  assertEquals(urls("<video poster=1><a ping='2 3'><button formaction=4><input title=5>"), [
    "1",
    "2",
    "3",
    "4",
  ]);
});

Deno.test("iterLinks() reads srcset as the standard says", () => {
  assertEquals(urls("<img srcset='a'>"), ["a"]);
  assertEquals(urls("<img srcset=', a 1x,b 2x , c (x,y) 3w,d'>"), ["a", "b", "c", "d"]);
  assertEquals(urls("<img srcset='data:,x 1x, a,b'>"), ["data:,x", "a,b"]);
  assertEquals(urls("<img srcset='a, b'>"), ["a", "b"]);
});

Deno.test("iterLinks() finds addresses in styles and in meta", () => {
  assertEquals(urls(`<style>@import "a"; p { background: URL( 'b' ), url(c) url("d") }</style>`), [
    "a",
    "b",
    "c",
    "d",
  ]);
  assertEquals(urls(`<p style="x: url('a)b')">`), ["a)b"]);
  assertEquals(urls(`<meta http-equiv=Refresh content="5; URL='a'"><meta content="0;url=b">`), [
    "a",
  ]);
  assertEquals(urls(`<meta http-equiv=refresh content="5">`), []);
  // As browsers read it: with a time, without "url=", with quotes that are not closed.
  const refreshed: [string, string | undefined][] = [
    ["3;x", "x"],
    ["3 x", "x"],
    [".5,'x y' z", "x y"],
    ["3; URL = 'x", "x"],
    ["3;url=", undefined],
    ["3;url='' x", undefined],
    ["3;urn:x", "urn:x"],
    ["3;url:x", "url:x"],
    ["3;u'x'", "u'x'"],
    ["3x", undefined],
    ["url=x", undefined],
    ["x", undefined],
    ["", undefined],
  ];
  for (const [content, url] of refreshed) {
    const found = urls(`<meta http-equiv=refresh content="${content}">`);
    assertEquals(found, url === undefined ? [] : [url], content);
  }
});

Deno.test("iterLinks() tells where an address stands", () => {
  const [first, second] = [...iterLinks(parse("<img srcset='a 1x, b 2x'>"))];
  assertEquals([first!.start, second!.start, second!.attribute], [0, 6, "srcset"]);
});

Deno.test("rewriteLinks() changes addresses and leaves the rest of the value", () => {
  const check = (html: string, expected: string, to: (url: string) => string | undefined) => {
    const element = parseFragment(html);
    rewriteLinks(element, to);
    assertEquals(serialize(element), expected);
  };
  check(`<img srcset="a 1x,b 2x">`, `<img srcset="/a 1x,/b 2x">`, (url) => `/${url}`);
  check(
    `<style>p { x: url("a") } /* b */</style>`,
    `<style>p { x: url("/a") } /* b */</style>`,
    (url) => `/${url}`,
  );
  check(`<a href=a title=b>`, `<a title="b"></a>`, () => undefined);
  check(`<a ping="a b">`, `<a ping=" b"></a>`, (url) => url === "a" ? undefined : url);
});

Deno.test("makeLinksAbsolute() resolves against the base and the document's address", () => {
  const page = parse(
    "<base href=/x/><a href=y><a href='http://[bad'><a href=#z><a href=mailto:a@b>",
    {
      url: "https://example.com/1/2",
    },
  );
  makeLinksAbsolute(page);
  assertEquals(page.findAll(".//a").map((link) => link.get("href")), [
    "https://example.com/x/y",
    "http://[bad",
    "https://example.com/x/#z",
    "mailto:a@b",
  ]);
  assertThrows(() => makeLinksAbsolute(parse("<a href=x>")), TypeError);
  const given = parse("<a href=x>");
  makeLinksAbsolute(given, "file:///a/b");
  assertEquals(given.find(".//a")!.get("href"), "file:///a/x");
});

Deno.test("resolveBase() takes the base away, and changes nothing if there is none", () => {
  const page = parse("<base target=_top><base href=https://e.com/a/><a href=b>");
  resolveBase(page);
  assertEquals(page.findAll(".//base").length, 0);
  assertEquals(page.find(".//a")!.get("href"), "https://e.com/a/b");
  const plain = parse("<a href=b>", { url: "https://e.com/" });
  resolveBase(plain);
  assertEquals(plain.find(".//a")!.get("href"), "b");
});

Deno.test("iterLinks() reads 200,000 open url( and as many spaces in a moment", () => {
  const styles = ["url(".repeat(200_000), `url(${" ".repeat(200_000)}`, "url('".repeat(200_000)];
  for (const style of styles) {
    const page = parse(`<p style="${style};background:url(a)">`);
    assertEquals([...iterLinks(page)].at(-1)?.url, "a", style.slice(0, 6));
  }
  const meta = parse(`<meta http-equiv=refresh content="${" ".repeat(200_000)}x">`);
  assertEquals([...iterLinks(meta)], []);
});

Deno.test("rewriteLinks() leaves characters as they are that XML has not", () => {
  const page = parse(
    "<style>a{b:url(c)}\u0001\ud800</style><img srcset='a 1x, \u0002 b'><a href='x'>",
  );
  makeLinksAbsolute(page, "https://e.com/");
  assertEquals(page.findText("head/style"), "a{b:url(https://e.com/c)}\u0001\ud800");
  assertEquals(page.find(".//img")!.get("srcset"), "https://e.com/a 1x, https://e.com/ b");
  assertEquals(page.find(".//a")!.get("href"), "https://e.com/x");
});
