import { parseStore, sniffEncoding } from "@ferry/std/markup/html";
import { FIRST, NEXT, TEXT } from "@ferry/std/markup/store";
import { assertEquals, assertGreater } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  html_base64: string;
  encoding: string;
}

const cases = conformanceCases<Case>("html5lib-encoding");

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

function found(text: string, label?: string): string {
  const { encoding, source } = sniffEncoding(bytesOf(text), label);
  return `${encoding} ${source}`;
}

Deno.test({
  name: "html.parse() finds the encodings of html5lib's encoding suite",
  ignore: cases === undefined,
  fn() {
    assertGreater(cases!.length, 40);
    const failed = cases!.filter(({ html_base64, encoding }) => {
      const { info } = parseStore(Uint8Array.fromBase64(html_base64));
      return info.encoding?.toLowerCase() !== encoding.toLowerCase();
    });
    assertEquals(failed.map(({ id }) => id), []);
  },
});

Deno.test("sniffEncoding() asks the byte order mark, the transport, the meta, in this order", () => {
  const meta = "<meta charset=koi8-r>";
  assertEquals(found(`\xef\xbb\xbf${meta}`, "latin1"), "utf-8 bom");
  assertEquals(found(`\xfe\xff\0<`), "utf-16be bom");
  assertEquals(found(`\xff\xfe<\0`), "utf-16le bom");
  assertEquals(found(meta, " UTF8 "), "utf-8 transport");
  assertEquals(found(meta, "no such"), "koi8-r meta");
  assertEquals(found("<p>"), "windows-1252 default");
  assertEquals(found("<?xml"), "windows-1252 default");
  assertEquals(found("<\0?\0x\0"), "utf-16le meta");
});

Deno.test("sniffEncoding() reads meta elements as the standard says", () => {
  const cases: [string, string][] = [
    [`<meta http-equiv=Content-Type content="text/html; charset=latin2">`, "iso-8859-2 meta"],
    [`<meta content="text/html; charset=latin2">`, "windows-1252 default"],
    [`<META\tCHARSET='utf-16'>`, "utf-8 meta"],
    [`<meta charset=x-user-defined>`, "windows-1252 meta"],
    [`<!-- <meta charset=koi8-r> --><meta charset=big5>`, "big5 meta"],
    [`<!--><meta charset=koi8-r>`, "koi8-r meta"],
    [`<a title="<meta charset=koi8-r>"></a x=">"><meta charset=big5>`, "big5 meta"],
    [`<!x <meta charset=koi8-r><meta charset=big5>`, "big5 meta"],
    [`<meta charset=iso-2022-kr>`, "replacement meta"],
    [`<meta http-equiv=content-type content="charset charset = 'big5'">`, "big5 meta"],
    [`<meta charset=koi8-r`, "windows-1252 default"],
    [`<meta charset=koi8-r charset=big5>`, "koi8-r meta"],
    [`${" ".repeat(1024)}<meta charset=koi8-r>`, "windows-1252 default"],
  ];
  for (const [text, encoding] of cases) assertEquals(found(text), encoding, text);
});

Deno.test("html.parse() reads a document again when a meta far behind tells another encoding", () => {
  const text = `<!--${"x".repeat(5000)}--><title>\xc4</title><meta charset=iso-8859-5>`;
  const store = parseStore(bytesOf(text));
  assertEquals(store.info.encoding, "iso-8859-5");
  const comment = store.words[store.document + FIRST]!;
  const head = store.words[store.words[comment + NEXT]! + FIRST]!;
  assertEquals(store.textAt(store.words[head + FIRST]! + TEXT), "Ф");
});

Deno.test("html.parse() decodes x-user-defined and the replacement encoding", () => {
  const user = parseStore(bytesOf("<p>\x80\xff"), { encoding: "x-user-defined" });
  assertEquals(user.info.encoding, "x-user-defined");
  assertEquals(user.source, "<p>\uf780\uf7ff");
  assertEquals(parseStore(bytesOf("<p>"), { encoding: "hz-gb-2312" }).source, "\ufffd");
});
