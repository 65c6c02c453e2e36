import { parseStore } from "@ferry/std/markup/html";
import { ATTRS, FIRST, LAST, TEXT, type TreeStore } from "@ferry/std/markup/store";
import { assertEquals, assertGreater } from "@std/assert";
import { characterEntities } from "npm:character-entities@2.0.2";
import { characterEntitiesLegacy } from "npm:character-entities-legacy@3.0.0";

function body(store: TreeStore): number {
  return store.words[store.words[store.document + FIRST]! + LAST]!;
}

function textOf(html: string): string {
  const store = parseStore(`<body>${html}`);
  return store.textAt(body(store) + TEXT) ?? "";
}

function valueOf(value: string): string {
  const store = parseStore(`<body a="${value}">`);
  return store.attributeText(store.words[body(store) + ATTRS]!);
}

Deno.test("all named references stand for what the standard says, with a semicolon", () => {
  const names = Object.entries(characterEntities);
  assertGreater(names.length, 2000);
  for (const [name, value] of names) assertEquals(textOf(`&${name};`), value, name);
});

Deno.test("only the old names may stand without a semicolon", () => {
  for (const name of Object.keys(characterEntities)) {
    const short = characterEntitiesLegacy.filter((old) => name.startsWith(old))
      .sort((a, b) => b.length - a.length)[0];
    const expected = short === undefined
      ? `&${name}`
      : (characterEntities as Record<string, string>)[short]! + name.slice(short.length);
    assertEquals(textOf(`&${name}`), expected, name);
  }
});

Deno.test("in attributes, a reference without a semicolon before = or a letter is none", () => {
  const cases: [string, string][] = [
    ["?a=1&copy=2", "?a=1&copy=2"],
    ["&copyx", "&copyx"],
    ["&copy", "©"],
    ["&copy;=", "©="],
    ["&notit;", "&notit;"],
    ["&not;it", "¬it"],
    ["&#65=", "A="],
    ["&amp&lt;", "&<"],
  ];
  for (const [value, expected] of cases) assertEquals(valueOf(value), expected, value);
});

Deno.test("numeric references are mended as the standard says", () => {
  const cases: [string, string][] = [
    ["&#x41;&#X42;&#67;", "ABC"],
    ["&#65a", "Aa"],
    ["&#x;&#;&#", "&#x;&#;&#"],
    ["&#0;", "\ufffd"],
    ["&#xd800;", "\ufffd"],
    ["&#x110000;&#99999999999999999999;", "\ufffd\ufffd"],
    ["&#128;&#x9f;&#129;", "€Ÿ\x81"],
    ["&#x1F600;", "😀"],
    ["&#13;", "\r"],
    ["&notit;", "¬it;"],
    ["&noti", "¬i"],
    ["&;&a&1&", "&;&a&1&"],
  ];
  for (const [html, expected] of cases) assertEquals(textOf(html), expected, html);
});
