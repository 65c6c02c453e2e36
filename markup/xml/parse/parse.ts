import { ELEMENT, FIRST, NEXT } from "../../store/layout.ts";
import { checkOptions } from "../../options.ts";
import { viewOf } from "../../store/node_view.ts";
import { TreeStore } from "../../store/tree_store.ts";
import type { Element } from "../../tree/element.ts";
import "../../tree/comment.ts";
import "../../tree/processing_instruction.ts";
import { recoverInput } from "../recover/recover.ts";
import { START, XmlSyntaxError } from "../xml_error.ts";
import { decodeInput, type Input } from "./decode_input.ts";
import { DocumentParser } from "./document_parser.ts";
import { PARSE_RULES, type Settings, settingsOf, type XmlParseOptions } from "./options.ts";

/** Parsers that have nothing to do: to make one, and to find out names again, takes longer than to read a small document. */
const idle: DocumentParser[] = [];
const MOST_IDLE = 4;

/** How many bytes of a document are looked at to tell how many nodes it has. */
const SAMPLE = 16384;

/** About how many nodes and attributes a document has. */
function estimate({ bytes, length }: Input): { nodes: number; attributes: number } {
  const seen = Math.min(length, SAMPLE);
  let [nodes, attributes] = [0, 0];
  for (let i = 0; i < seen; i++) {
    const byte = bytes[i];
    if (byte === 60) nodes += bytes[i + 1] === 47 ? 0 : 1;
    else if (byte === 61) attributes++;
  }
  const scale = seen === length ? 1 : length / seen * 1.1;
  return { nodes: Math.ceil(nodes * scale) + 8, attributes: Math.ceil(attributes * scale) + 8 };
}

/** Reads a document into a store of its own. */
export function parseInput(input: Input, settings: Settings): TreeStore {
  const { nodes, attributes } = estimate(input);
  const store = new TreeStore("xml", input.bytes, input.length, nodes, attributes);
  store.info.encoding = input.encoding;
  const parser = idle.pop() ?? new DocumentParser();
  try {
    parser.begin(settings, false);
    parser.use(store, input.bytes, input.length, START);
    parser.read(0);
  } finally {
    parser.release();
    if (idle.length < MOST_IDLE) idle.push(parser);
  }
  return store;
}

/** The root of a store's document. */
export function rootElement(store: TreeStore): Element {
  const { words } = store;
  let at = words[store.document + FIRST]!;
  while (store.kind(at) !== ELEMENT) at = words[at + NEXT]!;
  return viewOf(store, at) as Element;
}

/**
 * Reads an XML document.
 *
 * Nothing outside the document is ever read: external entities and document types are left alone. Entities that it declares
 * itself are replaced, within limits.
 *
 * @example A feed
 * ```ts
 * import { parse } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const feed = parse('<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title></feed>');
 * assertEquals(feed.tag, "{http://www.w3.org/2005/Atom}feed");
 * assertEquals(feed.findText("{*}title"), "News");
 * ```
 *
 * @param source The document; bytes in the encoding that their mark or declaration says, or UTF-8.
 * @param options How to read it, and limits.
 * @returns The root; `ElementTree.of` gives the rest of the document.
 * @throws {XmlSyntaxError} If it is not well-formed, or goes beyond a limit.
 * @throws {SyntaxError} If bytes are not in the encoding that they declare, or that is not known.
 * @throws {RangeError} If it is longer than 512 MiB, or a limit is not a number from 0 on.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parse(source: string | Uint8Array, options?: XmlParseOptions): Element {
  const checked = checkOptions("Cannot parse XML", options, PARSE_RULES);
  return parseFrom(source, checked, checked.url);
}

/** Reads a document by options that have been checked. */
export function parseFrom(
  source: string | Uint8Array,
  options: XmlParseOptions,
  url: string | undefined,
): Element {
  const settings = settingsOf(options);
  const input = decodeInput(source, options.encoding);
  let store: TreeStore;
  try {
    store = parseInput(input, settings);
  } catch (error) {
    if (!options.recover || !(error instanceof XmlSyntaxError)) throw error;
    store = recoverInput(input, settings, error, options.onError);
  }
  store.info.url = url;
  return rootElement(store);
}
