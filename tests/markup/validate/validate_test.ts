import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parse } from "@ferry/std/markup/xml";
import { validate, xinclude, XmlSchema, XmlValidationError } from "@ferry/std/markup/validate";

const XSD =
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:f" elementFormDefault="qualified">
  <xs:element name="fleet"><xs:complexType><xs:sequence>
    <xs:element name="ship" maxOccurs="unbounded"><xs:complexType><xs:attribute name="crew" type="xs:positiveInteger" use="required"/></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`;
const RNG =
  `<element name="fleet" ns="urn:f" xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <oneOrMore><element name="ship"><attribute name="crew"><data type="positiveInteger"/></attribute></element></oneOrMore>
</element>`;
const DTD =
  `<!ELEMENT fleet (ship+)><!ATTLIST fleet xmlns CDATA #IMPLIED><!ELEMENT ship EMPTY><!ATTLIST ship crew NMTOKEN #REQUIRED>`;
const GOOD = `<fleet xmlns="urn:f">\n  <ship crew="3"/>\n  <ship crew="4"/>\n</fleet>`;
const BAD = `<fleet xmlns="urn:f">\n  <ship crew="3"/>\n  <ship/>\n  <boat/>\n</fleet>`;

for (const [language, source] of [["xsd", XSD], ["relaxng", RNG], ["dtd", DTD]] as const) {
  Deno.test(`XmlSchema (${language}): valid documents pass, faults have lines and elements`, async () => {
    using schema = await XmlSchema.load(language, source);
    assertEquals(schema.language, language);
    assertEquals(schema.check(GOOD), []);
    assertEquals(schema.check(new TextEncoder().encode(GOOD)), []);
    assertEquals(schema.check(parse(GOOD)), []);
    const faults = schema.check(BAD);
    assert(faults.length > 0 && faults.every(({ message }) => message !== ""));
    assert(
      faults.some(({ line }) => line === 3 || line === 4 || line === 1),
      JSON.stringify(faults),
    );
    // Of a tree, the lines are those that it was read from, wherever it is written to be checked.
    const tree = parse(BAD.replaceAll("\n", "\n\n"));
    const seen = schema.check(tree);
    assertEquals(seen.length, faults.length);
    for (const { element, line } of seen) {
      if (element !== undefined) assertEquals(line, element.sourceLine);
    }
    assert(seen.some(({ element }) => element !== undefined), JSON.stringify(seen));
    const error = assertThrows(() => schema.assertValid(BAD), XmlValidationError);
    assertEquals(error.faults, faults);
    assert(error instanceof Deno.errors.InvalidData);
    // What is not well-formed is not valid.
    assert(schema.check("<fleet").length > 0);
    assertEquals(schema.check(GOOD), []);
  });

  Deno.test(`XmlSchema.load (${language}) refuses what is no schema, and nothing works when disposed of`, async () => {
    for (const wrong of ["", "<a", "<a/>", "<!ELEMENT", "<!ELEMENT a (b>"]) {
      if (language !== "dtd" && wrong.startsWith("<!")) continue;
      if (language === "dtd" && (wrong === "" || wrong === "<a/>" || wrong === "<a")) continue;
      await assertRejects(() => XmlSchema.load(language, wrong), XmlValidationError);
    }
    const schema = await XmlSchema.load(language, source);
    schema[Symbol.dispose]();
    schema[Symbol.dispose]();
    assertThrows(() => schema.check(GOOD), TypeError);
  });
}

Deno.test("validate() is given one of three schemas", async () => {
  await validate(GOOD, { xsd: XSD });
  await validate(parse(GOOD), { relaxng: parse(RNG) });
  await validate(GOOD, { dtd: DTD });
  await assertRejects(() => validate(BAD, { xsd: XSD }), XmlValidationError);
  // deno-lint-ignore no-explicit-any
  await assertRejects(() => validate(GOOD, {} as any), TypeError);
  await assertRejects(
    () => XmlSchema.load("dtd", parse("<a/>")),
    TypeError,
  );
});

Deno.test("Schemas that a schema names come from the resolver alone", async () => {
  const main =
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="types.xsd"/><xs:element name="a" type="t"/></xs:schema>`;
  const types =
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:simpleType name="t"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`;
  await assertRejects(() => validate("<a>1</a>", { xsd: main }), XmlValidationError);
  const asked: string[] = [];
  const resolver = (url: string) => {
    asked.push(url);
    return types;
  };
  await validate("<a>1</a>", { xsd: main, url: "https://harbour.example/s/main.xsd", resolver });
  assertEquals(asked, ["https://harbour.example/s/types.xsd"]);
  await assertRejects(
    () => validate("<a>x</a>", { xsd: main, url: "file:///etc/main.xsd", resolver }),
    XmlValidationError,
  );
  const thrown = new RangeError("mine");
  const failing = () => {
    throw thrown;
  };
  assertEquals(
    await assertRejects(() => validate("<a/>", { xsd: main, resolver: failing })),
    thrown,
  );
});

const XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"';

Deno.test("xinclude() puts in documents and texts; without a resolver, nothing is read", async () => {
  const files: Record<string, string> = {
    "https://x.example/one.xml": `<one ${XI}><xi:include href="sub/two.xml"/></one>`,
    "https://x.example/sub/two.xml": "<two>é</two>",
    "https://x.example/text": "a < b",
  };
  const document =
    `<all ${XI}><xi:include href="one.xml"/><xi:include href="text" parse="text"/><xi:include href="none"><xi:fallback>missing</xi:fallback></xi:include></all>`;
  const asked: string[] = [];
  const whole = await xinclude(document, {
    url: "https://x.example/all.xml",
    resolver: (url) => {
      asked.push(url);
      return files[url];
    },
  });
  assertEquals(whole.findText("one/two"), "é");
  assertEquals(whole.at(0)?.tail, "a < bmissing");
  assertEquals(asked.length, 4);
  for (const href of ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x", "none"]) {
    for (const parse of ["text", "xml"]) {
      await assertRejects(
        () => xinclude(`<a ${XI}><xi:include href="${href}" parse="${parse}"/></a>`),
        XmlValidationError,
      );
    }
  }
  assertEquals((await xinclude(parse("<a><b/></a>"))).length, 1);
});

Deno.test("xinclude() ends: documents that include themselves, and very many", async () => {
  const url = "https://x.example/a.xml";
  const self = `<a ${XI}><xi:include href="a.xml"/></a>`;
  await assertRejects(() => xinclude(self, { url, resolver: () => self }), XmlValidationError);
  let count = 0;
  const more = () => {
    count++;
    return `<a ${XI}><xi:include href="${count}a.xml"/><xi:include href="${count}b.xml"/></a>`;
  };
  const error = await assertRejects(
    () => xinclude(self, { url, resolver: more, maxDocuments: 30 }),
  );
  assert(error instanceof RangeError || error instanceof XmlValidationError, `${error}`);
  assert(count <= 31, `${count}`);
  const bomb = `<!DOCTYPE a [<!ENTITY x "${"x".repeat(1000)}"><!ENTITY y "${
    "&x;".repeat(1000)
  }"><!ENTITY z "${"&y;".repeat(1000)}">]><a ${XI}>&z;</a>`;
  await assertRejects(() => xinclude(bomb), XmlValidationError);
});

Deno.test("xinclude() refuses documents that become billions of copies", async () => {
  const level = (next: string, base = "") =>
    `<a ${XI}${base}>${`<xi:include href="${next}"/>`.repeat(10)}</a>`;
  for (const url of ["https://h.example/x/0.xml", "0.xml"]) {
    const given: string[] = [];
    const resolver = (address: string) => {
      given.push(address);
      const number = Number(/(\d+)\.xml$/.exec(address)![1]);
      return number === 12
        ? "<x/>"
        : level(`${number + 1}.xml`, number === 3 ? ' xml:base="sub/"' : "");
    };
    await assertRejects(() => xinclude(level("1.xml"), { url, resolver }), RangeError, "maxBytes");
    assert(given.length < 13, `${given}`);
    // The same is fine where it is few.
    const small = (address: string) => address.endsWith("2.xml") ? "<x/>" : resolver(address);
    const whole = await xinclude(level("1.xml"), { url, resolver: small });
    assertEquals([...whole.iter("x")].length, 100);
  }
});
