// What a program prints of an element.
import { assertEquals } from "@std/assert";
import { Comment, Element, html, xml } from "@ferry/std/markup";

Deno.test("Deno.inspect shows an element as its start tag, with namespaces as tag and get() have them", () => {
  const feed = xml.parse('<f:feed xmlns:f="urn:f" f:a="1" b="two">text<entry/></f:feed>');
  assertEquals(Deno.inspect(feed), 'Element <{urn:f}feed {urn:f}a="1" b="two">');
  assertEquals(Deno.inspect([...feed]), "[ Element <entry> ]");
  const page = html.parse("<p class=x>");
  assertEquals(Deno.inspect(page.find("body/p")), 'Element <p class="x">');
});

Deno.test("Deno.inspect shows comments and instructions by their content, and long ones in part", () => {
  assertEquals(Deno.inspect(new Comment(" keep ")), 'Comment " keep "');
  const [instruction] = xml.parse("<a><?go fast?></a>");
  assertEquals(Deno.inspect(instruction), 'ProcessingInstruction "fast"');
  const long = new Element("a", { attrib: { b: "x".repeat(41) } });
  assertEquals(Deno.inspect(long), `Element <a b="${"x".repeat(40)}…">`);
  const wide = new Element("a");
  for (let n = 0; n < 9; n++) wide.set(`n${n}`, "");
  assertEquals(Deno.inspect(wide).endsWith('n7="" …>'), true);
});

Deno.test("Deno.inspect shows elements of classes of one's own by the name of the class", () => {
  class Ship extends Element {}
  assertEquals(Deno.inspect(new Ship("ship")), "Ship <ship>");
});
