import { parseStore } from "@ferry/std/markup/html";
import { ATTRS, FIRST, LAST } from "@ferry/std/markup/store";
import { assertEquals } from "@std/assert";

/** Names of the one element in a body and of its one attribute. */
function namesOf(html: string): [string, string] {
  const store = parseStore(`<!DOCTYPE html><body>${html}`);
  const body = store.words[store.words[store.document + FIRST]! + LAST]!;
  const element = store.words[body + FIRST]!;
  const name = store.attrs[store.words[element + ATTRS]!]!;
  return [store.names.local(store.name(element)), store.names.local(name)];
}

const smallLetters = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

Deno.test("html.parse() tells names apart that share their letters' lower bits", () => {
  // Each unit below 128 that may be in a name, and some above, in the place of a letter of names that are known.
  const units = Array.from({ length: 95 }, (_, k) => String.fromCharCode(33 + k))
    .filter((unit) => !"\"'<=>/`".includes(unit));
  units.push("\x80", "\xe1", "\u0101", "\u0161", "\u2161", "\u{1f600}");
  for (const known of ["q", "id", "div", "href", "class", "section", "abcdef", "abcdefg"]) {
    // The known name first, so that it is remembered.
    assertEquals(namesOf(`<x${known} ${known}>`), [`x${known}`, known]);
    for (let at = 0; at < known.length; at++) {
      for (const unit of units) {
        const name = known.slice(0, at) + unit + known.slice(at + 1);
        for (const odd of [name, `@${known}`, `${known}${unit}`]) {
          assertEquals(namesOf(`<x${odd} ${odd}=1>`), [smallLetters(`x${odd}`), smallLetters(odd)]);
        }
      }
    }
  }
});

Deno.test("html.parse() knows the elements of HTML in capitals, and no others by them", () => {
  for (const [html, expected] of [["<TaBlE A>", "table"], ["<H1 A>", "h1"], ["<Hq A>", "hq"]]) {
    assertEquals(namesOf(html!), [expected, "a"]);
  }
});
