import {
  dropTag,
  dropTree,
  findClass,
  getElementById,
  parse,
  parseFragment,
  serialize,
} from "@ferry/std/markup/html";
import { assertEquals, assertThrows } from "@std/assert";

Deno.test("dropTag() leaves text and children where the element was", () => {
  const check = (html: string, expected: string) => {
    const element = parseFragment(html);
    dropTag(element.find(".//b")!);
    assertEquals(serialize(element), expected);
  };
  check("<p>1<b>2</b>3</p>", "<p>123</p>");
  check("<p>1<b></b>2</p>", "<p>12</p>");
  check("<p><b><i>1</i>2</b></p>", "<p><i>1</i>2</p>");
  check("<p><i></i>1<b>2<u></u>3</b>4<s></s></p>", "<p><i></i>12<u></u>34<s></s></p>");
});

Deno.test("dropTree() leaves the text behind the element", () => {
  const element = parseFragment("<p><i></i>1<b>2</b>3</p>");
  dropTree(element.find("b")!);
  assertEquals(serialize(element), "<p><i></i>13</p>");
});

Deno.test("dropTag() and dropTree() refuse a root", () => {
  assertThrows(() => dropTag(parse("")), TypeError);
  assertThrows(() => dropTree(parse("")), TypeError);
});

Deno.test("findClass() and getElementById() search the element and all below", () => {
  const page = parse("<body class='a b'><p class=b id=x>1<p class='b\nc'>2<p class=bb>3");
  assertEquals(findClass(page, "b").map(({ tag }) => tag), ["body", "p", "p"]);
  assertEquals(getElementById(page, "x")?.text, "1");
  assertEquals(getElementById(page, "y"), undefined);
});
