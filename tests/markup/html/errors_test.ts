import { parse } from "@ferry/std/markup/html";
import { assertEquals } from "@std/assert";

function errors(html: string): string[] {
  const found: string[] = [];
  parse(`<!DOCTYPE html>${html}`, {
    onError: ({ code, offset }) => found.push(`${offset - 15} ${code}`),
  });
  return found;
}

Deno.test("html.parse() tells onError of errors by the standard's names, with their places", () => {
  const cases: [string, string[]][] = [
    ["<p>fine &amp; well</p>", []],
    ["<p a=1 a=2>", ["7 duplicate-attribute"]],
    [`<p a="1"b=2>`, ["8 missing-whitespace-between-attributes"]],
    ["<p a=>", ["5 missing-attribute-value"]],
    ["<p =a>", ["3 unexpected-equals-sign-before-attribute-name"]],
    ["<p a'b>", ["4 unexpected-character-in-attribute-name"]],
    ["<p a=b'c>", ["6 unexpected-character-in-unquoted-attribute-value"]],
    ["<p / a>", ["4 unexpected-solidus-in-tag"]],
    ["<p", ["2 eof-in-tag"]],
    ["<!--a", ["5 eof-in-comment"]],
    ["<!-->", ["4 abrupt-closing-of-empty-comment"]],
    ["<!--a--!>", ["7 incorrectly-closed-comment"]],
    ["<!a>", ["0 incorrectly-opened-comment"]],
    ["<![CDATA[a]]>", ["0 cdata-in-html-content"]],
    ["<?a>", ["1 unexpected-question-mark-instead-of-tag-name"]],
    ["</>", ["2 missing-end-tag-name"]],
    ["</ a>", ["2 invalid-first-character-of-tag-name"]],
    ["a<", ["2 eof-before-tag-name"]],
    ["a < b", ["3 invalid-first-character-of-tag-name"]],
    ["</p a>", ["0 end-tag-with-attributes"]],
    ["a\0", ["1 unexpected-null-character"]],
    ["&amp", ["4 missing-semicolon-after-character-reference"]],
    ["&nosuch;", ["7 unknown-named-character-reference"]],
    ["&#0;", ["4 null-character-reference"]],
    ["&#x110000;", ["10 character-reference-outside-unicode-range"]],
    ["&#xd800;", ["8 surrogate-character-reference"]],
    ["&#128;", ["6 control-character-reference"]],
    ["&#xfffe;", ["8 noncharacter-character-reference"]],
    ["&#;", ["2 absence-of-digits-in-numeric-character-reference"]],
    ["<script>a", ["9 eof-in-element-that-can-contain-only-text"]],
    ["<svg><![CDATA[a", ["15 eof-in-cdata"]],
  ];
  for (const [html, expected] of cases) {
    assertEquals(errors(html).slice(0, 1), expected.slice(0, 1), html);
  }
});
