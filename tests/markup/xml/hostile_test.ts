// Documents made to cost much: each gives a result or an error, and none a request, a read of a file, or a long wait. The
// deadline is for machines that are busy; each takes well below a second.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { iterparseSync, parse, serialize, XmlParser, XmlSyntaxError } from "@ferry/std/markup/xml";

const DEADLINE = 20_000;

function timed<T>(action: () => T): T {
  const start = performance.now();
  const result = action();
  const took = performance.now() - start;
  assert(took < DEADLINE, `took ${Math.round(took)} ms`);
  return result;
}

function refused(text: string, message: string): void {
  timed(() => assertThrows(() => parse(text), XmlSyntaxError, message));
  timed(() =>
    assertThrows(
      () => {
        const parser = new XmlParser({ target: {} });
        for (let at = 0; at < text.length; at += 65_536) parser.feed(text.slice(at, at + 65_536));
        parser.close();
      },
      XmlSyntaxError,
      message,
    )
  );
}

function bomb(levels: number, times: number, attribute: boolean): string {
  let text = '<!DOCTYPE b [<!ENTITY e0 "lol">';
  for (let i = 1; i <= levels; i++) text += `<!ENTITY e${i} "${`&e${i - 1};`.repeat(times)}">`;
  return `${text}]><b${attribute ? ` a="&e${levels};"/>` : `>&e${levels};</b>`}`;
}

const options = { permissions: "none" } as const;

Deno.test("xml: entities that expand to much are refused", options, () => {
  refused(bomb(10, 10, false), "maxEntityBytes");
  refused(bomb(10, 10, true), "maxEntityBytes");
  refused(bomb(40, 1, false), "maxEntityDepth");
  refused(
    `<!DOCTYPE b [<!ENTITY e "${"x".repeat(100_000)}">]><b>${"&e;".repeat(100_000)}</b>`,
    "maxEntityBytes",
  );
  refused(
    `<!DOCTYPE b [<!ENTITY e "<i>${"x".repeat(100_000)}</i>">]><b>${"&e;".repeat(100_000)}</b>`,
    "maxEntityBytes",
  );
  let parameters = '<!DOCTYPE b [<!ENTITY % p0 "<!ELEMENT x ANY>">';
  for (let i = 1; i < 30; i++) {
    parameters += `<!ENTITY % p${i} "&#37;p${i - 1};&#37;p${i - 1};">`;
  }
  refused(`${parameters}%p29;]><b/>`, "maxEntityBytes");
  refused('<!DOCTYPE b [<!ENTITY a "&c;"><!ENTITY c "&a;">]><b>&a;</b>', "contains itself");
});

Deno.test("xml: entities and document types outside the document are not read", options, () => {
  for (const file of ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x"]) {
    refused(`<!DOCTYPE a [<!ENTITY e SYSTEM "${file}">]><a>&e;</a>`, "which is not read");
    assertEquals(parse(`<!DOCTYPE a SYSTEM "${file}"><a/>`).tag, "a");
    assertEquals(parse(`<!DOCTYPE a [<!ENTITY % p SYSTEM "${file}">%p;]><a/>`).tag, "a");
  }
});

Deno.test("xml: 100,000 elements inside one another", options, () => {
  const text = "<a>".repeat(100_000) + "</a>".repeat(100_000);
  refused(text, "maxDepth");
  const root = timed(() => parse(text, { maxDepth: Infinity }));
  timed(() => {
    assertEquals([...root.iter()].length, 100_000);
    assertEquals(serialize(root).length, text.length - 3);
    assertEquals(root.copy().length, 1);
    assertEquals([...iterparseSync(text, { maxDepth: Infinity, tag: "none" })].length, 0);
  });
});

Deno.test("xml: 200,000 attributes, plain, with prefixes, and as defaults", options, () => {
  let [plain, prefixed, rules] = ["", "", ""];
  for (let i = 0; i < 200_000; i++) {
    plain += ` a${i}=""`;
    prefixed += ` p:a${i}=""`;
    rules += ` a${i} CDATA ""`;
  }
  refused(`<a${plain}/>`, "maxAttributes");
  const root = timed(() => parse(`<a${plain}/>`, { maxAttributes: Infinity }));
  assertEquals(root.attrib.size, 200_000);
  timed(() => parse(`<a xmlns:p="u"${prefixed}/>`, { maxAttributes: Infinity }));
  timed(() => parse(`<!DOCTYPE a [<!ATTLIST a${rules}>]><a/>`, { maxAttributes: Infinity }));
  timed(() =>
    assertThrows(
      () => parse(`<a${plain} a0=""/>`, { maxAttributes: Infinity }),
      XmlSyntaxError,
      "twice",
    )
  );
});

Deno.test("xml: thousands of default attributes for each of thousands of elements", options, () => {
  const rules = (type: string) => Array.from({ length: 2000 }, (_, i) => ` a${i} ${type}`).join("");
  const elements = "<b/>".repeat(50_000);
  const text = `<!DOCTYPE a [<!ATTLIST b${rules("CDATA 'x'")}>]><a>${elements}</a>`;
  refused(text, "default attributes than maxEntityBytes");
  timed(() =>
    assertThrows(() => [...iterparseSync([text], { recover: true })], XmlSyntaxError, "default")
  );
  // Rules without a value add nothing, and four for each of the shortest elements are no attack.
  const few = `<!DOCTYPE a [<!ATTLIST b${rules("CDATA #IMPLIED")} x CDATA '1' y ID 'z'>]>`;
  const root = timed(() => parse(`${few}<a>${"<b/>".repeat(200_000)}</a>`));
  assertEquals(root.at(-1)!.get("x"), "1");
});

Deno.test("iterparse(): recover adds default attributes", () => {
  const text = `<!DOCTYPE a [<!ATTLIST b x CDATA "1" xmlns CDATA "u">]><a><b/><b x="2">&</a>`;
  const tags = [...iterparseSync([text], { recover: true })].map(([, { tag, attrib }]) =>
    `${tag} ${attrib.get("x") ?? ""}`
  );
  assertEquals(tags, ["{u}b 1", "{u}b 2", "a "]);
});

Deno.test("xml: names, values and texts of 20 MB", options, () => {
  const long = "x".repeat(20_000_000);
  refused(`<${long}/>`, "maxNameBytes");
  refused(`<a ${long}=""/>`, "maxNameBytes");
  refused(`<a>&${long};</a>`, "maxNameBytes");
  refused(`<a><?${long} ?></a>`, "maxNameBytes");
  assertEquals(timed(() => parse(`<a b="${long}"/>`)).get("b")!.length, long.length);
  assertEquals(timed(() => parse(`<a>${long}</a>`)).text!.length, long.length);
  assertEquals(timed(() => parse(`<a><!--${long}--></a>`)).at(0)!.text!.length, long.length);
});

Deno.test("xml: much of the same is read in a time that grows with it", options, () => {
  const shapes = [
    `<a>${"<b/>".repeat(300_000)}</a>`,
    `<a>${"x<!---->".repeat(200_000)}</a>`,
    `<a>${"<![CDATA[<]]>".repeat(100_000)}</a>`,
    `<a>${"&lt;".repeat(500_000)}</a>`,
    `<a>${"]".repeat(1_000_000)}</a>`,
    `<a>${"é".repeat(500_000)}</a>`,
    `<a>${Array.from({ length: 100_000 }, (_, i) => `<n${i}/>`).join("")}</a>`,
    `<a>${Array.from({ length: 50_000 }, (_, i) => `<n xmlns:p${i}="u${i}"/>`).join("")}</a>`,
    `<a ${Array.from({ length: 50_000 }, (_, i) => `xmlns:p${i}="u"`).join(" ")}>${
      "<b xmlns:q='v' q:c=''/>".repeat(20_000)
    }</a>`,
    `<!DOCTYPE a [<!ENTITY e "e">]><a>${"&e;".repeat(100_000)}</a>`,
  ];
  for (const text of shapes) {
    const root = timed(() => parse(text));
    timed(() => serialize(root));
    timed(() => {
      for (const _ of iterparseSync(text, { tag: "none" }));
    });
  }
  for (
    const text of [
      "<a " + " ".repeat(5_000_000),
      "<a><!--" + "-".repeat(1_000_000),
      "<a>" + "&".repeat(1e6),
    ]
  ) {
    refused(text, "");
  }
});

Deno.test("xml: a large text that comes byte by byte, and one without an end", options, () => {
  const parser = new XmlParser();
  parser.feed("<a b='");
  timed(() => {
    for (let i = 0; i < 300_000; i++) parser.feed(">");
    parser.feed("'>");
    for (let i = 0; i < 300_000; i++) parser.feed("]");
    parser.feed("<!--");
    for (let i = 0; i < 300_000; i++) parser.feed(">");
    parser.feed("--></a>");
  });
  const root = parser.close();
  assertEquals([root.get("b")!.length, root.text!.length], [300_000, 300_000]);
  const endless = new XmlParser({ target: {}, maxTextBytes: 1_000_000 });
  endless.feed("<a>");
  timed(() =>
    assertThrows(
      () => {
        while (true) endless.feed("text ".repeat(10_000));
      },
      XmlSyntaxError,
      "maxTextBytes",
    )
  );
  assertThrows(() => endless.feed("x"), XmlSyntaxError, "maxTextBytes");
});
