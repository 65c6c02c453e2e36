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

Deno.test("html.parse() reads on in the encoding of a meta if all before it is the same in that", () => {
  const behind = "<p title='ä&amp;ö'>é&lt;\r\n<b>\u{1f600}</b>&nbsp;tail\0ß".repeat(3);
  for (const encoding of ["utf-8", "koi8-r", "shift_jis", "gb18030"]) {
    const bytes = new TextEncoder().encode(
      `<!DOCTYPE html>\r\n<!--${
        "-x\r\n".repeat(400)
      }--><p>a &amp; b<meta charset=${encoding}>${behind}`,
    );
    const errors: string[] = [];
    const read = parseStore(bytes, { onError: ({ code, offset }) => errors.push(code + offset) });
    const told: string[] = [];
    const onError = (error: { code: string; offset: number }) =>
      told.push(error.code + error.offset);
    const expected = parseStore(bytes, { encoding, onError });
    assertEquals(read.info.encoding, encoding);
    assertEquals(read.source, expected.source);
    assertEquals(read.words.subarray(0, read.end), expected.words.subarray(0, expected.end));
    assertEquals(read.strings, expected.strings);
    assertEquals(errors, told);
  }
});

Deno.test("html.parse() decodes as TextDecoder does, wherever parts of ASCII end", () => {
  const parts = [
    "ASCII ".repeat(900),
    "ä",
    "\u{1f600}".repeat(40),
    "\ufeff",
    "x\0y",
    "…".repeat(2000),
    "z".repeat(4095),
  ].map((text) => new TextEncoder().encode(text));
  parts.push(Uint8Array.of(0xe2, 0x80), Uint8Array.of(0xf0), Uint8Array.of(0x80, 0xff));
  let seed = 12;
  const next = (limit: number) => (seed = Math.imul(seed, 48271) >>> 1) % limit;
  for (let round = 0; round < 200; round++) {
    const some = Array.from({ length: next(12) }, () => parts[next(parts.length)]!);
    const bytes = new Uint8Array(some.flatMap((part) => [...part]));
    for (const encoding of ["utf-8", "windows-1252", "koi8-u", "macintosh", "big5"]) {
      const { source, info } = parseStore(bytes, { encoding });
      const expected = new TextDecoder(info.encoding).decode(bytes);
      assertEquals(source === expected, true, `${encoding}, round ${round}`);
    }
  }
});
