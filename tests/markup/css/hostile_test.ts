// Selectors and trees that would take for ever if anything were looked for twice.
import { E, Element, subElement } from "@ferry/std/markup";
import { Selector } from "@ferry/std/markup/css";
import { parse } from "@ferry/std/markup/html";
import { assertEquals } from "@std/assert";

const N = 30_000;

/** Elements one inside another, without a limit. */
function nested(depth: number): Element {
  const top = new Element("a");
  let at = top;
  for (let level = 1; level < depth; level++) at = subElement(at, level % 2 === 0 ? "a" : "b");
  return top;
}

/** Elements side by side, each with one inside. */
function wide(count: number): Element {
  const top = new Element("r");
  for (let index = 0; index < count; index++) {
    subElement(subElement(top, index % 2 === 0 ? "a" : "b", { attrib: { class: "x y" } }), "c");
  }
  return top;
}

const count = (selector: string, top: Element) => new Selector(selector).select(top).length;

Deno.test("ancestors are looked for once: nested elements", () => {
  const top = nested(N);
  assertEquals(count("z a", top), 0);
  assertEquals(count("z b > a b a", top), 0);
  assertEquals(count("a > b a > b a > b z", top), 0);
  assertEquals(count("a b", top), N / 2);
  assertEquals(count("z > a b > a b > a b", top), 0);
  assertEquals(count(":not(z a) b", top), N / 2);
  assertEquals(count("a:not(b a)", top), 1);
  assertEquals(count("a:has(z)", top), 0);
  assertEquals(count("a:has(b a)", top), N / 2 - 1);
  assertEquals(count("b:has(> a > b > z)", top), 0);
  assertEquals(count(":has(:has(z))", top), 0);
  assertEquals(count("*:contains('z')", top), 0);
  assertEquals(count("a:nth-child(1)", top), N / 2);
  assertEquals(count(":lang(en)", top), 0);
  assertEquals(count(":root a:only-of-type", top), N / 2 - 1);
});

Deno.test("siblings are looked for once: elements side by side", () => {
  const top = wide(N);
  assertEquals(count("z ~ a", top), 0);
  assertEquals(count("z ~ a c", top), 0);
  assertEquals(count("z + b ~ a", top), 0);
  assertEquals(count("a ~ b ~ a ~ z", top), 0);
  assertEquals(count("b:has(~ z)", top), 0);
  assertEquals(count("b:has(+ a ~ z)", top), 0);
  assertEquals(count("a:nth-child(odd)", top), N / 2);
  assertEquals(count("a:nth-last-child(even)", top), N / 2);
  assertEquals(count("a:nth-of-type(n+2)", top), N / 2 - 1);
  assertEquals(count("b:nth-last-of-type(2n)", top), N / 4);
  assertEquals(count(":nth-child(2n of .x)", top), N / 2);
  assertEquals(count(":nth-child(3 of z ~ .x)", top), 0);
  assertEquals(count("a:first-of-type, a:last-of-type", top), 2);
  assertEquals(count("a:nth-child(odd) ~ b c", top), N / 2);
  assertEquals(count("r:has(> z), r:has(c ~ z)", top), 0);
});

Deno.test("long lists and many conditions end", () => {
  const page = parse(`<div class="${"a ".repeat(50_000)}">${"<p class=q>x".repeat(2000)}</div>`);
  const list = (one: (index: number) => string, of: number) =>
    Array.from({ length: of }, (_, k) => one(k)).join(",");
  assertEquals(count(list((k) => `.c${k}`, 8000), page), 0);
  assertEquals(count(list((k) => `t${k}`, 9000), page), 0);
  assertEquals(count(list(() => "p", 30_000), page), 2000);
  assertEquals(count(".b".repeat(20_000), page), 0);
  assertEquals(count(".a".repeat(3000), page), 1);
  assertEquals(count(`p${":not(.z)".repeat(1000)}`, page), 2000);
  assertEquals(count(list((k) => `:contains("y${k}")`, 500), page), 0);
  assertEquals(count(`:contains("${"x".repeat(30_000)}")`, E.p("x".repeat(500_000))), 1);
  assertEquals(count(":is(".repeat(200) + "p" + ")".repeat(200), page), 2000);
  assertEquals(count(":not(".repeat(200) + "p" + ")".repeat(200), page), 2000);
  assertEquals(count(":has(".repeat(100) + "p" + ")".repeat(100), page), 0);
  assertEquals(count("* ".repeat(255) + "*", page), 0);
});
