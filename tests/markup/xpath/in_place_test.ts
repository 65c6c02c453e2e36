// Questions about texts that are answered in the source, against the same questions about strings.
import { E, type Element } from "@ferry/std/markup";
import { parse } from "@ferry/std/markup/xml";
import { parseFragment } from "@ferry/std/markup/html";
import { xpath } from "@ferry/std/markup/xpath";
import { assert, assertEquals } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";

const NUMBER = /^[ \t\r\n]*(-?(?:\d+(?:\.\d*)?|\.\d+))[ \t\r\n]*$/;

/** By section 4.4 of XPath 1.0. */
function wantedNumber(text: string): number {
  const match = NUMBER.exec(text);
  return match === null ? NaN : Number(match[1]);
}

function compares(operator: string, a: number, b: number): boolean {
  if (operator === "=") return a === b;
  if (operator === "!=") return a !== b;
  return operator === "<" ? a < b : a >= b;
}

function numeral(random: Random): string {
  const signs = "0123456789.- \n\texE+";
  const kind = random.below(4);
  if (kind === 0) {
    return Array.from({ length: random.below(8) }, () => signs[random.below(signs.length)]).join(
      "",
    );
  }
  const digits = () => Array.from({ length: random.below(12) }, () => random.below(10)).join("");
  const number = `${random.below(3) === 0 ? "-" : ""}${digits()}${
    kind === 1 ? "." : ""
  }${digits()}`;
  return random.below(5) === 0 ? ` ${number}\n` : number;
}

Deno.test("XPath: numbers are those that the texts say, in elements, attributes and texts, of XML and HTML", () => {
  const random = new Random(seedFor("XPath numbers"));
  const texts = [
    "",
    ".",
    "-",
    "-0",
    "1.",
    ".5",
    "-.5",
    "1e3",
    "+1",
    "0x10",
    "١",
    "9007199254740993",
    "0.1",
    "--1",
    "1 1",
  ];
  for (let i = 0; i < 2000; i++) texts.push(numeral(random));
  for (const text of texts) {
    const wanted = wantedNumber(text);
    const attribute = text.replace(/\s/g, " ");
    const inXml = parse(`<a v="${attribute}"><b>${text}</b></a>`);
    const inHtml = parseFragment(`<a v="${attribute}"><b>${text}</b></a>`);
    const made = E.a({ v: attribute }, E.b(text));
    for (const root of [inXml, inHtml, made]) {
      for (const path of ["b", "@v", "b/text()", "b[1]", "."]) {
        assertEquals(
          xpath(root, `number(${path})`),
          text === "" && path === "b/text()" ? NaN : wanted,
          JSON.stringify(text),
        );
      }
      for (const operator of ["=", "!=", "<", ">="]) {
        assertEquals(
          xpath(root, `boolean(self::a[b ${operator} 5])`),
          compares(operator, wanted, 5),
          `${JSON.stringify(text)} ${operator} 5`,
        );
        assertEquals(
          xpath(root, `boolean(self::a[5 ${operator} @v])`),
          compares(operator, 5, wanted),
          JSON.stringify(text),
        );
      }
    }
  }
});

Deno.test("XPath: contains() finds what is in texts of ASCII, of UTF-8, with references, long and short", () => {
  const random = new Random(seedFor("XPath contains()"));
  const letters = ["a", "b", "é", "日", "😀", "&amp;", "&#xe9;", "\r\n", " "];
  let found = 0;
  for (let i = 0; i < 400; i++) {
    const length = random.below(random.below(10) === 0 ? 600 : 12);
    const text = Array.from({ length }, () => random.pick(letters)).join("");
    const root = parse(`<r><a>${text}</a><a>${text}<b/>${text}</a><!--x--></r>`);
    for (
      const word of [
        "",
        "a",
        "ab",
        "é",
        "日a",
        "😀",
        "\ud83d",
        "\ude00b",
        "&",
        "\n",
        "aab",
        "\ufffd",
      ]
    ) {
      for (const a of [...root] as Element[]) {
        const whole = [...a.iterText()].join("");
        assertEquals(
          xpath(a, "boolean(self::a[contains(., $w)])", { variables: { w: word } }),
          a.tag === "a" && whole.includes(word),
        );
        if (a.tag !== "a") continue;
        assertEquals(
          xpath(a, `boolean(self::a[contains(., "${word}")])`),
          whole.includes(word),
          `${JSON.stringify(word)} in ${text}`,
        );
        assertEquals(xpath(a, `contains(text(), "${word}")`), (a.text ?? "").includes(word));
        assertEquals(xpath(a, `contains(@no, "${word}")`), word === "");
        if (whole.includes(word)) found++;
      }
    }
  }
  assert(found > 500, `${found} found`);
});

Deno.test("XPath: the nth of what is in an element, with and without what it must be besides", () => {
  const root = parse(
    "<r><a><t k='x'/><t/><t k='x'/></a><a><t/></a><a>s<t k='x'/><!--c--><u/><t k='x'/></a></r>",
  );
  const which = (predicate: string) =>
    (xpath(root, `a[${predicate}]`) as Element[]).map((a) => [...root].indexOf(a));
  assertEquals(which("t[2]"), [0, 2]);
  assertEquals(which("t[@k='x'][2]"), [0, 2]);
  assertEquals(which("t[2][@k='x']"), [2]);
  assertEquals(which("t[3]"), [0]);
  assertEquals(which("t[0]"), []);
  assertEquals(which("t[1.5]"), []);
  assertEquals(which("not(t[2])"), [1]);
  assertEquals(which("text()[1]"), [2]);
  assertEquals(which("t/following-sibling::t[2]"), [0]);
  assertEquals(which("@k"), []);
  assertEquals(which("t/@k"), [0, 2]);
});
