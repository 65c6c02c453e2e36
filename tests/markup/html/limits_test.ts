import {
  HtmlLimitError,
  parse,
  parseFragment,
  parseStore,
  serialize,
} from "@ferry/std/markup/html";
import { FIRST, NEXT } from "@ferry/std/markup/store";
import { assertEquals, assertGreater, assertThrows } from "@std/assert";

function depthOf(html: string, maxDepth?: number): number {
  const store = parseStore(html, maxDepth === undefined ? {} : { maxDepth });
  let depth = 0;
  for (let at = store.words[store.document + FIRST]!; at !== 0;) {
    depth++;
    const body = depth === 1 ? store.words[store.words[at + FIRST]! + NEXT]! : 0;
    at = body !== 0 ? body : store.words[at + FIRST]!;
  }
  return depth;
}

function limitOf(run: () => unknown): string {
  return assertThrows(run, HtmlLimitError).limit;
}

Deno.test("html.parse() puts what is deeper than maxDepth beside instead of inside", () => {
  assertEquals(depthOf("<div>".repeat(100_000)), 512);
  assertEquals(depthOf("<div>".repeat(100_000), 1_000_000), 100_002);
  assertEquals(depthOf("<b>".repeat(100_000)), 512);
  const page = parse("<a><p><i><b>1</b>2</i>3</p>4", { maxDepth: 4 });
  assertEquals(serialize(page.find("body")!), "<body><a><p>3</p><i>2</i><b>1</b>4</a></body>");
});

Deno.test("html.parse() takes a limit between two numbers for the lower one", () => {
  const deep = "<i><b><u>x";
  const body = (maxDepth: number) => serialize(parse(deep, { maxDepth }).find("body")!);
  for (const depth of [3, 4, 5]) assertEquals(body(depth + 0.5), body(depth));
});

Deno.test("html.parse() refuses more attributes, clones and text than the limits allow", () => {
  const attributes = (count: number) =>
    `<p ${Array.from({ length: count }, (_, k) => `a${k}`).join(" ")}>`;
  assertEquals(limitOf(() => parse(attributes(65_537))), "maxAttributes");
  const wide = parse(attributes(200_000), { maxAttributes: 200_000 });
  assertEquals(wide.find("body/p")!.attrib.size, 200_000);
  assertEquals(limitOf(() => parse("<body a><body b c>", { maxAttributes: 2 })), "maxAttributes");
  const fonts = Array.from({ length: 2000 }, (_, k) => `<p><font color=${k}>`).join("");
  assertEquals(limitOf(() => parse(fonts)), "maxClones");
  assertEquals(limitOf(() => parse("12345", { maxLength: 4 })), "maxLength");
  assertEquals(limitOf(() => parse(new Uint8Array(5), { maxLength: 4 })), "maxLength");
  for (const limit of [0, -1, NaN]) assertThrows(() => parse("", { maxDepth: limit }), RangeError);
});

/** Shapes whose tags ask again and again for an element that is open far below, behind one that ends the search. */
const SEARCHING: readonly (readonly [string, string])[] = [
  ["<x><div>", "<y></x>"],
  ["<b><applet>", "<i></b>"],
  ["<h1><applet>", "<y></h1>"],
  ["<li><ul>", "<y></li>"],
  ["<applet>", "<y></body>"],
];

Deno.test("html.parse() searches long among the open elements no more often than maxSearch allows", () => {
  for (const [head, part] of SEARCHING) {
    // Searching each time takes minutes.
    const error = assertThrows(() => parse(head + part.repeat(200_000)), HtmlLimitError);
    assertEquals(error.limit, "maxSearch", head);
    const some = head + part.repeat(400);
    parse(some, { maxSearch: 100_000 });
    assertEquals(limitOf(() => parse(some, { maxSearch: 10_000 })), "maxSearch");
    // Short searches do not count, however many there are.
    parse((head + part.repeat(100) + "</applet></div></ul>").repeat(20), { maxSearch: 1 });
  }
});

Deno.test("html.parse() can parse after it has thrown", () => {
  for (let round = 0; round < 3; round++) {
    assertThrows(() => parse("<div><p><b a b c>", { maxAttributes: 2 }), HtmlLimitError);
    assertEquals(serialize(parse("<p>1").find("body")!), "<body><p>1</p></body>");
  }
});

Deno.test("html.parse() reads names, values, texts and comments of 20 million characters", () => {
  const long = "x".repeat(20_000_000);
  assertEquals(parse(`<${long}>`).find("body")!.at(0)!.tag.length, long.length);
  assertEquals([...parse(`<p ${long}>`).find("body/p")!.attrib.keys()][0]!.length, long.length);
  assertEquals(parse(`<p a="${long}">`).find("body/p")!.get("a")!.length, long.length);
  assertEquals(parse(long).findText("body")!.length, long.length);
  assertEquals(parse(`<p><!--${long}`).find("body/p")!.at(0)!.text!.length, long.length);
});

/** Shapes that make a parser quadratic that searches again and again; each is repeated `n` times. */
const SHAPES: readonly (readonly [string, string, string])[] = [
  ["", "<div>", "</i>"],
  ["", "<div>", "</x>"],
  ["", "<x>", "</y>"],
  ["<p><object>", "<span><div>", ""],
  ["<b>", "<div>", "</b>"],
  ["", "<i><b><div>", "</i></b>"],
  ["", "<b id=1>", "</b>"],
  ["", "<script><!--</script>", ""],
  ["", "<!--x", ""],
  ["<!--", "--!", ""],
  ["<table>", "x</>", ""],
  ["<table>", "<b>x", ""],
  ["", "<svg>", "</p>"],
  ["", "&abcdefghijklmnop", ""],
  ["", "<h1><div>", "</h2>"],
  ["", "<form><div>", "</form>"],
  ["", "<math>", "</b>"],
  ["<svg>", "<x>", "</y>"],
];

Deno.test("html.parse() reads 100,000 of each shape that makes a searching parser quadratic", () => {
  // A quadratic parser would take minutes: the deadline of the test run is what fails then.
  for (const [head, part, tail] of SHAPES) {
    const store = parseStore(head + part.repeat(100_000) + tail.repeat(100_000));
    assertGreater(store.end, 0, part);
  }
});

Deno.test("html.parse() refuses what is neither text nor bytes", () => {
  for (const wrong of [undefined, null, 5, {}, ["<p>"]]) {
    assertThrows(() => parse(wrong as never), TypeError, "needed a string or bytes");
  }
});

Deno.test("html.parseFragment() refuses a context of a namespace that is none", () => {
  for (const context of ["foo bar", "div p", " p", "svgs a"]) {
    assertThrows(() => parseFragment("<td>", { context }), RangeError, "context must be");
  }
});
