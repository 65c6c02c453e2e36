// EXSLT's regular expressions: what the engine of JavaScript finds in the same texts.
import { assertEquals } from "@std/assert";
import { parse } from "@ferry/std/markup/xml";
import { XPath } from "@ferry/std/markup/xpath";
import { Random, seedFor } from "../../_support/random.ts";

/** Makes patterns; what is repeated never matches nothing, as that is where engines differ. */
class Patterns {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  choice(depth: number): string {
    let pattern = this.#sequence(depth);
    while (this.#random.below(4) === 0) pattern += `|${this.#sequence(depth)}`;
    return pattern;
  }

  #sequence(depth: number): string {
    let pattern = "";
    for (let left = this.#random.below(4); left > 0; left--) {
      if (this.#random.below(6) === 0) pattern += this.#random.pick(["^", "$", "\\b", "\\B"]);
      else pattern += this.#atom(depth) + this.#quantifier();
    }
    return pattern;
  }

  #quantifier(): string {
    if (this.#random.below(2) === 0) return "";
    return this.#random.pick(["*", "+", "?", "{2}", "{1,3}", "{0,}", "*?", "+?", "??", "{1,2}?"]);
  }

  #atom(depth: number): string {
    const random = this.#random;
    if (depth > 0 && random.below(3) === 0) {
      const first = random.pick(["a", "b", ".", "[ab]"]);
      return `(${random.pick(["", "?:"])}${first}${this.#sequence(depth - 1)}|${
        random.pick(["c", "1a", "[^b]"])
      })`;
    }
    return random.pick([
      "a",
      "b",
      "c",
      ".",
      "[ab]",
      "[^a]",
      "\\w",
      "\\d",
      "\\s",
      "é",
      "_",
      "\\x61",
    ]);
  }
}

Deno.test("re:match() finds what JavaScript's own engine finds", () => {
  const random = new Random(seedFor("regex"));
  const patterns = new Patterns(random);
  const root = parse("<a/>");
  const [all, first] = [
    new XPath("re:match($text, $pattern, $flags)/node() | re:match($text, $pattern, $flags)"),
    new XPath("re:match($text, $pattern, $flags)"),
  ];
  const rounds = Deno.env.get("FERRY_STRESS") ? 100_000 : 5000;
  for (let round = 0; round < rounds; round++) {
    const pattern = patterns.choice(3);
    const fold = random.below(3) === 0;
    const text = Array.from(
      { length: random.below(10) },
      () => random.pick(["a", "b", "c", "1", " ", "é", "_", "A", "B", "É"]),
    ).join("");
    const message = JSON.stringify([pattern, text, fold]);
    const found = new RegExp(pattern, fold ? "ui" : "u").exec(text);
    const variables = { text, pattern, flags: fold ? "i" : "" };
    const groups = found === null ? [] : [...found].map((group) => group ?? "");
    const ours = first.strings(root, { variables });
    // What a group holds that is repeated, and takes no part in the last round, is not the same in all engines.
    const whole = /\)[*+?{]/.test(pattern) ? 1 : undefined;
    assertEquals(ours.slice(0, whole), groups.slice(0, whole), message);
    assertEquals(ours.length, groups.length, message);
    if (new RegExp(`${pattern}|`, "u").exec("")!.length > 1) continue;
    const wholes = [...text.matchAll(new RegExp(pattern, fold ? "gui" : "gu"))].map(([one]) => one);
    variables.flags += "g";
    assertEquals(first.strings(root, { variables }), wholes, message);
    assertEquals(all.boolean(root, { variables }), wholes.length > 0);
  }
});
