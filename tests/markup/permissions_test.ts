// The table of docs/permissions.md: what each part needs, and no more.
import { css, fromObject, html, toObject, xml, XmlSchema, xpath, Xslt } from "@ferry/std/markup";
import { assertEquals, assertRejects } from "@std/assert";

const TEXT = "<feed><entry lang='de'>Ahoy</entry></feed>";

Deno.test({
  name: "markup on text, bytes and streams needs no permission",
  permissions: "none",
  fn: async () => {
    const feed = xml.parse(new TextEncoder().encode(TEXT));
    assertEquals(xpath(feed, "string(entry/@lang)"), "de");
    assertEquals(css.select(feed, "entry::text"), ["Ahoy"]);
    assertEquals(xml.serialize(fromObject("feed", toObject(feed))).includes("Ahoy"), true);
    const stream = new Blob([TEXT]).stream();
    for await (const [, entry] of xml.iterparse(stream, { tag: "entry" })) {
      assertEquals(entry.text, "Ahoy");
    }
    assertEquals(html.textContent(html.parse("<p>Ahoy<script src=x></script>")), "Ahoy");
  },
});

const file = await Deno.makeTempFile({ suffix: ".xml" });
await Deno.writeTextFile(file, TEXT);

Deno.test({
  name: "xml.parseFile() needs to read, and no more",
  permissions: { read: [file] },
  fn: async () => {
    assertEquals((await xml.parseFile(file)).findText("entry"), "Ahoy");
    await assertRejects(() => xml.parseFile("/etc/hostname"), Deno.errors.NotCapable);
  },
});

Deno.test.afterAll(() => Deno.remove(file));

Deno.test({
  name: "markup/validate needs no permission",
  permissions: "none",
  fn: async () => {
    using schema = await XmlSchema.load(
      "relaxng",
      `<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>`,
    );
    assertEquals(schema.check("<a/>"), []);
  },
});

Deno.test({
  name: "markup/xslt needs to read, and no more",
  permissions: { read: true },
  fn: async () => {
    using greet = new Xslt(
      `<r xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:value-of select="/a"/></r>`,
    );
    assertEquals((await greet.transform("<a>x</a>")).parse().text, "x");
  },
});
