// `xml:base` of document subsets, as Canonical XML 1.1 joins it.
import { c14n, parse } from "@ferry/std/markup/xml";
import { XPath } from "@ferry/std/markup/xpath";
import { assertEquals } from "@std/assert";
import { XmlC14NMode, XmlDocument } from "npm:libxml2-wasm@0.7.2";

/** `xml:base` of the innermost of three elements, of which the outer two are left out. */
function joined(outer: string, middle: string, inner?: string): string {
  const text = `<r xml:base="${outer}"><b xml:base="${middle}"><c${
    inner === undefined ? "" : ` xml:base="${inner}"`
  }/></b></r>`;
  const root = parse(text);
  const c = root.find("b/c")!;
  const nodes = new XPath("//c | //c/@* | //c/namespace::*").nodeSet(root);
  const subset = c14n(root, { version: "1.1", subset: nodes });
  // One element alone is a subset, too.
  assertEquals(c14n(c, { version: "1.1" }), subset);
  return subset;
}

const written = (base: string) => `<c${base === "" ? "" : ` xml:base="${base}"`}></c>`;

Deno.test("c14n() 1.1 joins bases as the examples of the recommendation", () => {
  const cases: [string, string, string][] = [
    ["abc/", "../", ""],
    ["../", "../", "../../"],
    ["..", "..", "../../"],
    ["a/b", "c", "a/c"],
    ["a//b", "c", "a/c"],
    ["a/./b/", "./c/.", "a/b/c/"],
    ["http://e.com/a/b?q#f", "../c?r", "http://e.com/c?r"],
    ["http://e.com", "x", "http://e.com/x"],
    ["http://e.com/a", "/../b", "http://e.com/b"],
    ["http://e.com/a", "//f.com/b", "http://f.com/b"],
    ["http://e.com/a", "ftp:b", "ftp:b"],
    ["a/b", "?q", "a/b?q"],
    ["a/b?p", "", "a/b?p"],
  ];
  for (const [base, reference, expected] of cases) {
    assertEquals(joined(base, reference), written(expected), `${base} ${reference}`);
    assertEquals(joined("", base, reference), written(expected), `${base} ${reference}`);
  }
});

Deno.test("c14n() 1.1 changes no base that nothing above is left out of", () => {
  const root = parse('<r xml:base="a/"><b xml:base="x/../y"><c/></b></r>');
  assertEquals(
    c14n(root, { version: "1.1" }),
    '<r xml:base="a/"><b xml:base="x/../y"><c></c></b></r>',
  );
  const subset = (path: string) =>
    c14n(root, { version: "1.1", subset: new XPath(`//${path} | //${path}/@*`).nodeSet(root) });
  // The element above is there; an attribute that is left out itself is not made anew; and up to the next one that is there.
  assertEquals(subset("*[self::r or self::b]"), '<r xml:base="a/"><b xml:base="x/../y"></b></r>');
  assertEquals(c14n(root, { version: "1.1", subset: new XPath("//b").nodeSet(root) }), "<b></b>");
  assertEquals(
    subset("*[self::r or self::c]"),
    '<r xml:base="a/"><c xml:base="x/../y"></c></r>',
  );
  assertEquals(c14n(root.find("b")!, { version: "exclusive" }), '<b xml:base="x/../y"><c></c></b>');
  assertEquals(c14n(root.find("b")!, { version: "1.0" }), '<b xml:base="x/../y"><c></c></b>');
});

Deno.test("c14n() 1.1 joins bases as libxml2 does, where that follows the recommendation", () => {
  // libxml2 leaves `..` in absolute paths, loses those at the start of relative ones, and writes `.` for nothing.
  const bases = ["a/", "a/b", "a/b/", "http://e.com/x/y/", "/r/s", "c/d/e/f"];
  for (const outer of bases) {
    for (const middle of bases) {
      for (const inner of [undefined, "g", "h/i", "/j", ...bases]) {
        const own = inner === undefined ? "" : ` xml:base="${inner}"`;
        using document = XmlDocument.fromString(
          `<r xml:base="${outer}"><b xml:base="${middle}"><c${own}/></b></r>`,
        );
        const theirs = document.canonicalizeToString({
          mode: XmlC14NMode.XML_C14N_1_1,
          nodeSet: new Set(document.eval("//c") as never[]),
        });
        assertEquals(joined(outer, middle, inner), theirs);
      }
    }
  }
});
