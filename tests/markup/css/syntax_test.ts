import { Selector, SelectorSyntaxError } from "@ferry/std/markup/css";
import { parse } from "@ferry/std/markup/html";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { HAND_WRITTEN } from "./hand_written.ts";

/** What is wrong, at which offset, and what the message says. */
const WRONG: readonly [string, number, string][] = [
  ["", 0, "needs a selector here, received the end"],
  ["  ", 2, "received the end"],
  ["a,", 2, "a selector here, received the end"],
  [",a", 0, 'received ","'],
  ["a > > b", 4, 'a selector here, received ">"'],
  ["a >", 3, "received the end"],
  ["a || b", 2, 'received "|"'],
  ["#", 1, "the name of an id"],
  ["#1", 1, 'the name of an id here, received "1"'],
  [".", 1, "the name of a class"],
  ["a..b", 2, "the name of a class"],
  ["[", 1, "the name of an attribute"],
  ["[a", 2, "an operator such as =, or ]"],
  ["[a=", 3, "a string or a name"],
  ["[a=1]", 3, "a string or a name"],
  ["[a=b", 4, "the flag i or s, or ]"],
  ["[a=b x]", 5, "the flag i or s, or ]"],
  ["[a='b]", 3, "needs its closing '"],
  ["[a='b\nc']", 3, "needs its closing '"],
  ["[*]", 1, "the name of an attribute"],
  ["[n|a]", 1, 'The prefix "n" needs a namespace'],
  ["n|a", 0, 'The prefix "n" needs a namespace'],
  ["a:odd", 1, 'received ":odd"'],
  ["a:foo(b)", 1, 'received ":foo()"'],
  ["a:not", 1, 'received ":not"'],
  ["a:not()", 6, 'a selector here, received ")"'],
  ["a:not(b", 7, '")" here'.replaceAll('"', "")],
  ["a:has()", 6, "a selector"],
  ["a:nth-child()", 12, "a position such as 2n+1"],
  ["a:nth-child(2x)", 12, "a position"],
  ["a:nth-child(n+ -1)", 13, ""],
  ["a:nth-of-type(1 of b)", 16, ")"],
  ["a::before", 1, 'received "::before"'],
  ["a::attr", 1, 'received "::attr"'],
  ["a::attr()", 8, "the name of an attribute"],
  ["a::text b", 8, "the end of the selector"],
  ["a:not(b::text)", 7, "outside of parentheses"],
  ["a::text, b", 0, "All selectors of a list"],
  ["a)", 1, "the end"],
  ["a]", 1, "a combinator, a comma or the end"],
  ["a /* b", 2, "A comment needs an end"],
  ["a\\\nb", 1, "a combinator"],
  [":lang()", 6, "a language"],
  [":contains()", 10, "a text"],
];

Deno.test("what is not a selector is an error that tells the position", () => {
  for (const [text, offset, message] of WRONG) {
    const error = assertThrows(() => new Selector(text), SelectorSyntaxError, message, text);
    assertInstanceOf(error, SyntaxError);
    assertEquals(error.offset, offset, text);
  }
  const error = assertThrows(() => new Selector("a,\n\tb:c"), SelectorSyntaxError);
  assertEquals([error.line, error.column, error.caret], [2, 3, "\tb:c\n\t ^"]);
});

Deno.test("names and strings have the escapes of CSS", () => {
  const page = parse(`<p id="1a" class="a.b é">x<p id="a\u{1F600}" title='q"\\'>y<p id="\ufffd">`);
  const ids = (selector: string) => new Selector(selector).select(page).map((p) => p.get("id"));
  assertEquals(ids("#\\31 a"), ["1a"]);
  assertEquals(ids("#\\000031a"), ["1a"]);
  assertEquals(ids(".a\\.b.é"), ["1a"]);
  assertEquals(ids(".a\\2e b"), ["1a"]);
  assertEquals(ids("#a\\1f600"), ["a\u{1F600}"]);
  assertEquals(ids('[title="q\\"\\\\"]'), ["a\u{1F600}"]);
  assertEquals(ids('[title="q\\22\\\n\\5c "]'), ["a\u{1F600}"]);
  assertEquals(ids("#\\0"), ["\ufffd"]);
  assertEquals(ids("#\\d800"), ["\ufffd"]);
  assertEquals(ids("#\0"), ["\ufffd"]);
  assertEquals(ids("p:contains(\\78)"), ["1a"]);
  assertEquals(ids("\\70"), ["1a", "a\u{1F600}", "\ufffd"]);
});

Deno.test("selectors are bounded by maxLength and maxDepth", () => {
  const refuses = (text: string, options = {}) =>
    assertThrows(() => new Selector(text, options), SelectorSyntaxError, "at most");
  refuses("a".repeat(65537));
  refuses(`${":not(".repeat(100_000)}a${")".repeat(100_000)}`, { maxLength: 1e6 });
  refuses("a ".repeat(1000));
  refuses("a > b c", { maxDepth: 2 });
  refuses(":is(a b) c", { maxDepth: 2 });
  new Selector(":is(a b) c", { maxDepth: 4 });
  assertThrows(() => new Selector("a", { maxDepth: 0 }), RangeError, "maxDepth");
  assertThrows(() => new Selector("a", { maxDepth: 5000 }), RangeError, "maxDepth");
  // @ts-expect-error: no string
  assertThrows(() => new Selector(undefined), TypeError, "A selector needs a string");
});

Deno.test("a selector for elements gives no texts, and the other way round", () => {
  const page = parse("<p>x");
  assertThrows(() => new Selector("p").texts(page), TypeError, "::text");
  assertThrows(() => new Selector("p::text").select(page), TypeError, "::text");
  assertThrows(() => new Selector("p::text").matches(page), TypeError, "::text");
});

Deno.test("damaged selectors are read, or are errors of the class", () => {
  const random = new Random(seedFor("damaged selectors"));
  const signs = [..."()[]:>+~|,*.#\"'\\ \n\0ax1-n"];
  let wrong = 0;
  for (let round = 0; round < 20_000; round++) {
    const units = [...random.pick(HAND_WRITTEN)];
    for (let edits = 1 + random.below(3); edits > 0; edits--) {
      const at = random.below(units.length + 1);
      units.splice(at, random.below(2), ...(random.below(3) === 0 ? [] : [random.pick(signs)]));
    }
    const text = units.join("");
    try {
      new Selector(text);
    } catch (error) {
      assertInstanceOf(error, SelectorSyntaxError, JSON.stringify(text));
      assert(error.offset >= 0 && error.offset <= text.length, JSON.stringify(text));
      wrong++;
    }
  }
  assert(wrong > 5000 && wrong < 20_000);
});
