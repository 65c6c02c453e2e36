/** Documents to measure with: about 5 MB each, made of a seed, and one of real texts as this machine has them. */

import { parse } from "@ferry/std/markup/xml";

/** A document and what it is. */
export interface Document {
  readonly name: "data" | "attributes" | "real";
  readonly bytes: Uint8Array;
}

const WORDS =
  "the quick brown ferry carries goods between islands while sailors sing of home and tea".split(
    " ",
  );
const SIZE = 5_000_000;

class Source {
  #seed = 1;

  below(n: number): number {
    this.#seed = Math.imul(this.#seed, 1103515245) + 12345 >>> 0;
    return (this.#seed >>> 8) % n;
  }

  words(count: number): string {
    return Array.from({ length: count }, () => WORDS[this.below(WORDS.length)]).join(" ");
  }
}

function filled(start: string, end: string, part: (source: Source) => string): Uint8Array {
  const source = new Source();
  const parts = [start];
  for (let length = 0; length < SIZE;) {
    const text = part(source);
    length += text.length;
    parts.push(text);
  }
  return new TextEncoder().encode(parts.join("") + end);
}

/** Records with a few fields: mostly elements. */
function data(): Uint8Array {
  return filled(
    '<?xml version="1.0"?>\n<data>\n',
    "</data>",
    (source) =>
      `  <record id="${source.below(1e6)}">
    <name>${source.words(2)}</name>
    <price>${source.below(10_000) / 100}</price>
    <note>${source.words(3)}</note>
    <flag/>
  </record>\n`,
  );
}

/** A map: mostly attributes, some with a prefix, some with references. */
function attributes(): Uint8Array {
  const head =
    '<?xml version="1.0"?>\n<osm xmlns="http://example.org/" xmlns:g="http://example.org/geo">\n';
  return filled(
    head,
    "</osm>",
    (source) =>
      `<node id="${source.below(1e9)}" g:lat="${source.below(9e6) / 1e5}" g:lon="${
        source.below(18e6) / 1e5
      }" user="${source.words(1)}" visible="true"><tag k="${source.words(1)}" v="${
        source.words(1)
      } &amp; ${source.words(1)}"/><tag k="name" v="${source.words(1)}"/></node>\n`,
  );
}

const REAL = [
  "/usr/share/mime/packages/freedesktop.org.xml",
  "/usr/share/doc/libxml2/html/libxml2-api.xml",
  "/usr/share/X11/xkb/rules/evdev.xml",
  "/usr/share/xml/iso-codes/iso_3166-2.xml",
];

/** What there is of real documents, below one root, again and again; `undefined` if there is nothing. */
function real(): Uint8Array | undefined {
  const texts: string[] = [];
  for (const path of REAL) {
    try {
      const text = Deno.readTextFileSync(path);
      const bare = text.replace(/^<\?xml.*?\?>/s, "").replace(/<!DOCTYPE[^[>]*(\[.*?\]\s*)?>/s, "");
      parse(bare);
      texts.push(bare);
    } catch (error) {
      // Not all that is called XML is.
      if (!(error instanceof Deno.errors.NotFound || error instanceof SyntaxError)) throw error;
    }
  }
  if (texts.length === 0) return undefined;
  const once = texts.join("\n");
  const times = Math.ceil(SIZE / once.length);
  return new TextEncoder().encode(`<all>${once.repeat(times)}</all>`);
}

/** The documents. */
export function documents(): Document[] {
  const found = real();
  return [
    { name: "data", bytes: data() },
    { name: "attributes", bytes: attributes() },
    ...(found === undefined ? [] : [{ name: "real", bytes: found } as const]),
  ];
}
