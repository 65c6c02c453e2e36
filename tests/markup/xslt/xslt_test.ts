import { assert, assertEquals, assertRejects } from "@std/assert";
import { E } from "@ferry/std/markup";
import { parse } from "@ferry/std/markup/xml";
import { Xslt, XsltError } from "@ferry/std/markup/xslt";

const sheet = (body: string, attributes = "") =>
  `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" ${attributes}>${body}</xsl:stylesheet>`;

Deno.test("Xslt: trees and texts go in, texts and trees come out, as xsl:output says", async () => {
  using html = new Xslt(
    parse(
      sheet(
        `<xsl:output method="html"/><xsl:template match="/"><p><br/><xsl:value-of select="/*"/></p></xsl:template>`,
      ),
    ),
  );
  assertEquals((await html.transform(E.a("é€😀"))).text, "<p><br>é€😀</p>\n");
  assertEquals((await html.transform("<a>&lt;</a>")).text, "<p><br>&lt;</p>\n");
  using xml = new Xslt(
    sheet(`<xsl:template match="/"><r><xsl:copy-of select="//b[@x > 1]"/></r></xsl:template>`),
  );
  const result = await xml.transform("<a><b x='1'/><b x='2'/></a>");
  assertEquals(result.parse().at(0)?.get("x"), "2");
  assertEquals(`${result}`, result.text);
});

Deno.test("Xslt: parameters are texts, numbers, booleans, expressions", async () => {
  using show = new Xslt(
    sheet(`<xsl:output method="text"/><xsl:param name="p" select="'none'"/>
      <xsl:template match="/"><xsl:value-of select="$p"/></xsl:template>`),
  );
  for (
    const [p, expected] of [
      ["it's", "it's"],
      ['say "it\'s"', 'say "it\'s"'],
      ["/a", "/a"],
      [1.5, "1.5"],
      [NaN, "NaN"],
      [true, "true"],
      [{ xpath: "count(//b)" }, "2"],
    ] as const
  ) {
    assertEquals((await show.transform("<a><b/><b/></a>", { parameters: { p } })).text, expected);
  }
  assertEquals((await show.transform("<a/>")).text, "none");
});

Deno.test("Xslt: EXSLT is there, and messages are told", async () => {
  using words = new Xslt(
    sheet(
      `<xsl:output method="text"/><xsl:template match="/"><xsl:message>working</xsl:message>
      <xsl:for-each select="str:tokenize('a b')">[<xsl:value-of select="."/>]</xsl:for-each>
      <xsl:value-of select="math:max(//n)"/></xsl:template>`,
      'xmlns:str="http://exslt.org/strings" xmlns:math="http://exslt.org/math"',
    ),
  );
  const { text, messages } = await words.transform("<a><n>3</n><n>8</n></a>");
  assertEquals(text, "[a][b]8");
  assertEquals(messages.filter((line) => line !== ""), ["working"]);
});

Deno.test("Xslt: what is wrong is told with its line", async () => {
  using wrong = new Xslt(
    sheet(`\n<xsl:template match="/">\n<xsl:value-of select="a["/></xsl:template>`),
  );
  const error = await assertRejects(() => wrong.transform("<a/>"), XsltError);
  assertEquals(error.line, 3);
  assert(error.message.includes("a["), error.message);
  // It says so each time.
  await assertRejects(() => wrong.transform("<a/>"), XsltError);
  using none = new Xslt("<a");
  await assertRejects(() => none.transform("<a/>"), XsltError);
  using ends = new Xslt(
    sheet(
      `<xsl:template match="/"><xsl:if test="stop"><xsl:message terminate="yes">too old</xsl:message></xsl:if><ok/></xsl:template>`,
    ),
  );
  const stopped = await assertRejects(() => ends.transform("<stop/>"), XsltError);
  assert(stopped.message.includes("too old"), stopped.message);
  assertEquals((await ends.transform("<go/>")).parse().tag, "ok");
  await assertRejects(() => ends.transform("<not well-formed"), XsltError);
  assertEquals((await ends.transform("<go/>")).parse().tag, "ok");
});

Deno.test("Xslt: nothing is read or fetched but what the resolver gives", async () => {
  const asking = sheet(`<xsl:template match="/"><o>
    <xsl:copy-of select="document('http://127.0.0.1:1/x')"/><xsl:copy-of select="document('/etc/passwd')"/>
    <xsl:copy-of select="document('file:///etc/passwd')"/><xsl:copy-of select="document('part.xml')"/>
  </o></xsl:template>`);
  using alone = new Xslt(asking);
  assertEquals((await alone.transform("<a/>")).parse().length, 0);
  const asked: string[] = [];
  using helped = new Xslt(
    asking.replace("<xsl:template", '<xsl:include href="more.xsl"/><xsl:template'),
    {
      url: "https://harbour.example/style/main.xsl",
      resolver: async (url) => {
        asked.push(url);
        await Promise.resolve();
        if (url.endsWith("/more.xsl")) return sheet(`<xsl:variable name="more" select="1"/>`);
        return url.endsWith("/part.xml") ? new TextEncoder().encode("<part/>") : undefined;
      },
    },
  );
  assertEquals((await helped.transform("<a/>")).parse().at(0)?.tag, "part");
  assertEquals(asked.filter((url) => url.startsWith("https:")), [
    "https://harbour.example/style/more.xsl",
    "https://harbour.example/etc/passwd",
    "https://harbour.example/style/part.xml",
  ]);
  using failing = new Xslt(sheet(`<xsl:include href="x"/>`), {
    resolver: () => {
      throw new RangeError("mine");
    },
  });
  await assertRejects(() => failing.transform("<a/>"), RangeError, "mine");
  // An entity of the document in a file stays what it is: nothing.
  using copy = new Xslt(sheet(`<xsl:template match="/"><xsl:copy-of select="."/></xsl:template>`));
  const bomb = `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`;
  const { text } = await copy.transform(bomb).catch((error) => ({ text: `${error}` }));
  assert(!text.includes("root:"), text);
});

Deno.test("Xslt: what does not end is stopped, what exhausts the stack is an error, and all goes on", async () => {
  using many = new Xslt(
    sheet(`<xsl:template match="deep"><xsl:call-template name="x"/></xsl:template>
    <xsl:template name="x"><xsl:call-template name="x"/></xsl:template>
    <xsl:template match="long"><xsl:for-each select="//i[count(//i[count(//i) > 1]) > 1]"><xsl:value-of select="count(//i[count(//i) > 1])"/></xsl:for-each></xsl:template>
    <xsl:template match="ok"><fine/></xsl:template>`),
  );
  await assertRejects(() => many.transform("<deep/>"), XsltError);
  assertEquals((await many.transform("<ok/>")).parse().tag, "fine");
  const long = `<long>${"<i/>".repeat(3000)}</long>`;
  await assertRejects(() => many.transform(long, { timeout: 300 }), Deno.errors.TimedOut);
  const controller = new AbortController();
  const reason = new RangeError("enough");
  const running = many.transform(long, { signal: controller.signal });
  const next = many.transform("<ok/>");
  controller.abort(reason);
  assertEquals(await assertRejects(() => running), reason);
  assertEquals((await next).parse().tag, "fine");
  const both = await Promise.all([many.transform("<ok/>"), many.transform("<ok/>")]);
  assertEquals(both.map((one) => one.parse().tag), ["fine", "fine"]);
  const closed = many.transform(long);
  const refused = assertRejects(() => closed, TypeError, "closed");
  // The transformation begins behind those before it.
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  many.close();
  await refused;
  await assertRejects(() => many.transform("<ok/>"), TypeError, "closed");
});
