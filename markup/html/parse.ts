import { checkOptions, copyOptions } from "../options.ts";
import { MAX_SOURCE, TreeStore } from "../store/mod.ts";
import { Builder } from "./build/builder.ts";
import { IN_TEMPLATE } from "./build/modes.ts";
import { resetMode } from "./build/reset_mode.ts";
import { foreignTag } from "./build/foreign.ts";
import { buildTree } from "./build_tree.ts";
import { decodeAs, decodeHtml } from "./encoding/decode_html.ts";
import { readReferences } from "./references/decode.ts";
import { sniffEncoding } from "./encoding/sniff.ts";
import { HtmlLimitError } from "./limit_error.ts";
import { MATHML, SVG } from "./names/foreign_names.ts";
import { NAME_OF_TAG, tagOfName } from "./names/html_names.ts";
import * as tag from "./names/tags.ts";
import {
  FRAGMENT_RULES,
  type HtmlFragmentOptions,
  type HtmlParseOptions,
  PARSE_RULES,
} from "./options.ts";

/** A parser for a text, or for bytes in an encoding that is to be found. */
function builderFor(input: string | Uint8Array, options: HtmlParseOptions): Builder {
  if (typeof input !== "string" && !(input instanceof Uint8Array)) {
    throw new TypeError(`Cannot parse HTML: needed a string or bytes, received ${typeof input}`);
  }
  const maxLength = limit("maxLength", options.maxLength, MAX_SOURCE);
  if (input.length > maxLength) throw new HtmlLimitError("maxLength", maxLength, maxLength);
  if (typeof input === "string") return newBuilder(input, undefined, options);
  const { text, nul, encoding, guessed } = decodeHtml(input, options.encoding);
  const builder = newBuilder(text, encoding, options);
  builder.guessed = guessed;
  builder.reread = (encoding) => normalized(decodeAs(input, encoding).text);
  if (!nul) builder.knowNoNul();
  return builder;
}

function newBuilder(
  text: string,
  encoding: string | undefined,
  options: HtmlParseOptions,
): Builder {
  const source = normalized(text);
  const rows = guessRows(source);
  const store = new TreeStore("html", source, source.length, rows, rows >> 1);
  store.readReferences = readReferences;
  if (encoding !== undefined) store.info.encoding = encoding;
  if (options.url !== undefined) store.info.url = options.url;
  const builder = new Builder(store, source, {
    maxDepth: limit("maxDepth", options.maxDepth, 512),
    maxAttributes: limit("maxAttributes", options.maxAttributes, 65536),
    maxClones: limit("maxClones", options.maxClones, 250_000),
    maxSearch: limit("maxSearch", options.maxSearch, 100_000_000),
  }, options.onError);
  builder.scripting = options.scripting ?? false;
  // Errors in them are told in order.
  builder.keepsReferences = options.onError === undefined;
  return builder;
}

/** A text with line feeds as its line ends. */
function normalized(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** Parts of a source that are looked at to guess how many nodes there are, and how long each is. */
const SAMPLES = 16;
const SAMPLE = 1024;

/** About how many nodes there are in a source: to grow the store is expensive. */
function guessRows(source: string): number {
  let tags = 0;
  const apart = source.length / SAMPLES;
  for (let start = 0; start < source.length; start += Math.max(SAMPLE, Math.ceil(apart))) {
    const sample = source.slice(start, start + SAMPLE);
    for (let at = sample.indexOf("<"); at !== -1; at = sample.indexOf("<", at + 1)) tags++;
  }
  // Every second tag is an end tag.
  return 16 + Math.ceil(tags * 0.7 * Math.max(1, apart / SAMPLE));
}

function limit(name: string, value: number | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (!(value >= 1)) {
    throw new RangeError(`The option ${name} needs a number from 1 on, received ${value}`);
  }
  // Depths are places in a stack: there is none between two.
  return Math.floor(value);
}

function parseAs(input: Uint8Array, encoding: string, options: HtmlParseOptions): TreeStore {
  const { text, nul } = decodeAs(input, encoding);
  const builder = newBuilder(text, encoding, options);
  if (!nul) builder.knowNoNul();
  buildTree(builder);
  return builder.store;
}

/** Documents longer than this are not decoded in a guessed encoding before their first part has been read. */
const LARGE = 262_144;

/** The encoding that a `meta` far behind tells in the first part of a document whose encoding would be guessed. */
function encodingOfLarge(input: Uint8Array, options: HtmlParseOptions): string | undefined {
  if (sniffEncoding(input, options.encoding).source !== "default") return undefined;
  const first = input.subarray(0, input.length >> 4);
  const { onError: _, ...quiet } = copyOptions(options, PARSE_RULES);
  const builder = builderFor(first, quiet);
  builder.reread = undefined;
  buildTree(builder);
  return builder.betterEncoding;
}

/**
 * Parses a document into the store that is below the elements.
 *
 * @param input The document: text, or bytes whose encoding is found as the standard says.
 * @param options How.
 * @throws {HtmlLimitError} If the document is larger than the limits allow.
 * @throws {RangeError} If a limit is not a number from 1 on.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example Bytes
 * ```ts
 * import { parseStore } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("<!DOCTYPE html><meta charset=utf-8><p>Ähoy");
 * assertEquals(parseStore(bytes).info.encoding, "utf-8");
 * ```
 */
export function parseStore(input: string | Uint8Array, options?: HtmlParseOptions): TreeStore {
  const checked = checkOptions("Cannot parse HTML", options, PARSE_RULES);
  if (input instanceof Uint8Array && input.length > LARGE) {
    const encoding = encodingOfLarge(input, checked);
    if (encoding !== undefined) return parseAs(input, encoding, checked);
  }
  const builder = builderFor(input, checked);
  buildTree(builder);
  if (builder.betterEncoding === undefined || typeof input === "string") return builder.store;
  return parseAs(input, builder.betterEncoding, checked);
}

/**
 * Parses a part of a document into the store that is below the elements. Its nodes are the children of the store's root.
 *
 * @param input The part: text, or bytes.
 * @param options How, and in which element the part is thought to be.
 * @throws {HtmlLimitError} If the part is larger than the limits allow.
 * @throws {RangeError} If a limit is not a number from 1 on.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example A cell of a table
 * ```ts
 * import { parseFragmentStore } from "@ferry/std/markup/html";
 * import { FIRST } from "@ferry/std/markup/store";
 * import { assertEquals } from "@std/assert";
 *
 * const store = parseFragmentStore("<td>1", { context: "tr" });
 * const cell = store.words[store.words[store.document + FIRST]! + FIRST]!;
 * assertEquals(store.names.tag(store.name(cell)), "td");
 * ```
 */
export function parseFragmentStore(
  input: string | Uint8Array,
  options?: HtmlFragmentOptions,
): TreeStore {
  return fragmentStore(input, checkOptions("Cannot parse HTML", options, FRAGMENT_RULES));
}

/** Namespaces of what a part of a document may be in, by their prefixes. */
const CONTEXTS: ReadonlyMap<string, string> = new Map([["svg", SVG], ["math", MATHML]]);

/** Parses a part of a document by options that have been checked. */
export function fragmentStore(
  input: string | Uint8Array,
  options: HtmlFragmentOptions,
): TreeStore {
  const builder = builderFor(input, options);
  const { store, open } = builder;
  const context = options.context ?? "body";
  const space = context.indexOf(" ");
  const local = context.slice(space + 1);
  const uri = space === -1 ? "" : CONTEXTS.get(context.slice(0, space));
  if (uri === undefined) {
    throw new RangeError(
      `Cannot parse HTML: context must be "local", "svg local" or "math local", received ${
        JSON.stringify(context)
      }`,
    );
  }
  const id = uri === ""
    ? tagOfName(store.names.intern(local.toLowerCase()))
    : foreignTag(uri, local);
  const root = store.appendElement(store.document, NAME_OF_TAG[tag.HTML]!);
  open.push(root, tag.HTML, NAME_OF_TAG[tag.HTML]!);
  builder.context = id;
  store.info.quirks = "no-quirks";
  if (id === tag.TEMPLATE) builder.templateModes.push(IN_TEMPLATE);
  resetMode(builder);
  startAsText(builder, id);
  buildTree(builder);
  return store;
}

/** In some contexts all is text. */
function startAsText(builder: Builder, id: number): void {
  const { source } = builder;
  switch (id) {
    case tag.TITLE:
    case tag.TEXTAREA:
      builder.takeText(0, source.length);
      break;
    case tag.STYLE:
    case tag.SCRIPT:
    case tag.XMP:
    case tag.IFRAME:
    case tag.NOEMBED:
    case tag.NOFRAMES:
    case tag.PLAINTEXT:
      builder.takeRaw(0, source.length);
      break;
    case tag.NOSCRIPT:
      if (!builder.scripting) return;
      builder.takeRaw(0, source.length);
      break;
    default:
      return;
  }
  if (builder.nul) builder.replaceNuls("\ufffd");
  builder.insertText();
  builder.pos = source.length;
}
