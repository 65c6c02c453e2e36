import { BOOLEAN, checkOptions, type OptionRules, STRING } from "../../options.ts";
import type { Doctype } from "../../store/document_info.ts";
import { nodeOf, storeOf } from "../../store/node_view.ts";
import { textContent } from "../../tree/axes.ts";
import type { Element } from "../../tree/element.ts";
import { ElementTree } from "../../tree/element_tree.ts";
import { c14n } from "../c14n/c14n.ts";
import { AS_IS, ByteWriter } from "./byte_writer.ts";
import { TreeWriter } from "./tree_writer.ts";

/** How a tree is written. */
export interface SerializeOptions {
  /**
   * As what: XML, HTML (void elements without an end), the text alone, or canonical XML 1.0.
   *
   * @default {"xml"}
   */
  method?: "xml" | "html" | "text" | "c14n";
  /**
   * Whether elements that contain elements only are put on lines of their own; a string, of white space, is what each level is
   * indented by.
   *
   * @default {false}
   */
  prettyPrint?: boolean | string;
  /**
   * Whether there is a declaration before the document.
   *
   * @default {false, but for encodings other than UTF-8 and ASCII, and with `standalone`}
   */
  xmlDeclaration?: boolean;
  /**
   * What the declaration says of standing alone.
   *
   * @default {undefined}
   */
  standalone?: boolean;
  /**
   * Document type declaration before the root, written as it is; `false` for none.
   *
   * @default {that of an ElementTree}
   */
  doctype?: string | false;
  /**
   * Whether the text behind an element is written, too.
   *
   * @default {false}
   */
  withTail?: boolean;
}

/** How a tree is written as bytes. */
export interface SerializeBytesOptions extends SerializeOptions {
  /**
   * The encoding: UTF-8, US-ASCII, ISO-8859-1 or UTF-16. What it has no sign for becomes a reference.
   *
   * @default {"utf-8"}
   */
  encoding?: string;
}

const RULES: OptionRules<SerializeOptions> = {
  method: ["xml", "html", "text", "c14n"],
  prettyPrint: BOOLEAN | STRING,
  xmlDeclaration: BOOLEAN,
  standalone: BOOLEAN,
  doctype: BOOLEAN | STRING,
  withTail: BOOLEAN,
};

const BYTES_RULES: OptionRules<SerializeBytesOptions> = { ...RULES, encoding: STRING };

/** Checks how a tree is to be written. */
function check<T extends SerializeOptions>(options: T | undefined, rules: OptionRules<T>): T {
  const checked = checkOptions("Cannot write XML", options, rules);
  if ((checked.doctype as unknown) !== true) return checked;
  throw new TypeError("Cannot write XML: doctype must be a string or false, received true");
}

/** Largest character of each encoding. */
const LARGEST: Readonly<Record<string, number>> = {
  "utf-8": 0x10ffff,
  "us-ascii": 0x7f,
  "ascii": 0x7f,
  "iso-8859-1": 0xff,
  "latin1": 0xff,
  "utf-16": 0x10ffff,
  "utf-16le": 0x10ffff,
  "utf-16be": 0x10ffff,
};

const LF = 10;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function doctypeText({ name, publicId, systemId, internalSubset }: Doctype): string {
  const quoted = (text: string) => text.includes('"') ? `'${text}'` : `"${text}"`;
  let text = `<!DOCTYPE ${name}`;
  if (publicId !== undefined) text += ` PUBLIC ${quoted(publicId)}`;
  else if (systemId !== undefined) text += " SYSTEM";
  if (systemId !== undefined) text += ` ${quoted(systemId)}`;
  if (internalSubset !== undefined) text += ` [${internalSubset}]`;
  return `${text}>`;
}

function declaration(encoding: string, standalone: boolean | undefined): string {
  const alone = standalone === undefined ? "" : ` standalone="${standalone ? "yes" : "no"}"`;
  return `<?xml version="1.0" encoding="${encoding.toUpperCase()}"${alone}?>\n`;
}

/** Writes a tree, and what stands beside its root. */
function writeTree(
  out: ByteWriter,
  writer: TreeWriter,
  tree: ElementTree,
  doctype: string,
  lines: boolean,
): void {
  const store = storeOf(tree.root);
  const { info } = tree;
  // The declaration stands behind the node that it stood behind, but before the root in any case.
  const after = info.doctype === undefined ? 0 : info.doctypeAfter ?? 0;
  let pending = doctype;
  const declare = () => {
    if (pending !== "") out.text(`${pending}\n`, AS_IS);
    pending = "";
  };
  if (after === 0) declare();
  let first = true;
  for (const view of tree) {
    if (lines && !first) out.byte(LF);
    first = false;
    if (view === tree.root) declare();
    writer.write(store, nodeOf(view));
    if (nodeOf(view) === after) declare();
  }
}

function write(
  node: Element | ElementTree,
  options: SerializeOptions,
  encoding: string,
  largest: number,
): ByteWriter {
  const element = node instanceof ElementTree ? node.root : node;
  const store = storeOf(element);
  // A part of a document may be small; a whole one is about as long as its source.
  const whole = element.getParent() === undefined ? Math.min(store.length * 1.125, 2 ** 27) : 0;
  const out = new ByteWriter(whole + 256, largest);
  const { method = "xml", prettyPrint = false } = options;
  if (typeof prettyPrint === "string" && /[^ \t\r\n]/.test(prettyPrint)) {
    throw new RangeError(
      `Cannot write XML: prettyPrint needs white space, received ${JSON.stringify(prettyPrint)}`,
    );
  }
  if (method === "text") {
    out.text(textContent(store, nodeOf(element)), AS_IS);
    if (options.withTail) out.text(element.tail ?? "", AS_IS);
    return out;
  }
  const writer = new TreeWriter(out, {
    html: method === "html",
    indent: prettyPrint === false ? undefined : prettyPrint === true ? "  " : prettyPrint,
  });
  const needsDeclaration = options.standalone !== undefined ||
    (encoding !== "utf-8" && !encoding.endsWith("ascii"));
  if (options.xmlDeclaration ?? needsDeclaration) {
    const { standalone = node instanceof ElementTree ? node.info.standalone : undefined } = options;
    out.text(declaration(encoding, standalone), AS_IS);
  }
  const own = node instanceof ElementTree ? node.info.doctype : undefined;
  const { doctype = own === undefined ? "" : doctypeText(own) } = options;
  if (node instanceof ElementTree) {
    writeTree(out, writer, node, doctype || "", prettyPrint !== false);
  } else {
    if (doctype) out.text(`${doctype}\n`, AS_IS);
    writer.write(store, nodeOf(element));
    if (options.withTail) writer.tail(store, nodeOf(element));
  }
  if (prettyPrint !== false) out.byte(LF);
  return out;
}

/**
 * Writes an element, or a whole document, as text.
 *
 * Namespaces are always right: what an element uses and nobody around it declares is declared at it.
 *
 * @example Indented
 * ```ts
 * import { E } from "@ferry/std/markup";
 * import { serialize } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const list = E.ul(E.li("1 < 2"), E.li({ class: "x" }));
 * assertEquals(serialize(list), '<ul><li>1 &lt; 2</li><li class="x"/></ul>');
 * assertEquals(
 *   serialize(list, { prettyPrint: true }),
 *   '<ul>\n  <li>1 &lt; 2</li>\n  <li class="x"/>\n</ul>\n',
 * );
 * ```
 *
 * @param node The element, or the document.
 * @param options How.
 * @returns The text.
 * @throws {RangeError} If a comment or processing instruction has in it what ends it.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function serialize(node: Element | ElementTree, options?: SerializeOptions): string {
  const checked = check(options, RULES);
  if (checked.method === "c14n") return c14n(node);
  return decoder.decode(write(node, checked, "utf-8", 0x10ffff).bytes);
}

/**
 * Writes an element, or a whole document, as bytes.
 *
 * @example What ASCII cannot write
 * ```ts
 * import { E } from "@ferry/std/markup";
 * import { serializeBytes } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = serializeBytes(E.p("é"), { encoding: "us-ascii" });
 * assertEquals(new TextDecoder().decode(bytes), "<p>&#233;</p>");
 * ```
 *
 * @param node The element, or the document.
 * @param options How, and in which encoding.
 * @returns The bytes.
 * @throws {RangeError} If the encoding is not one of those, or a comment or processing instruction has in it what ends it.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function serializeBytes(
  node: Element | ElementTree,
  options?: SerializeBytesOptions,
): Uint8Array<ArrayBuffer> {
  const checked = check(options, BYTES_RULES);
  const encoding = (checked.encoding ?? "utf-8").toLowerCase();
  const largest = LARGEST[encoding];
  if (largest === undefined) {
    throw new RangeError(
      `An encoding to write in is one of ${
        Object.keys(LARGEST).join(", ")
      }, received "${encoding}"`,
    );
  }
  if (checked.method === "c14n") return new TextEncoder().encode(c14n(node));
  const { bytes } = write(node, checked, encoding, largest);
  if (largest === 0x7f && bytes.some((byte) => byte > 0x7f)) throw unwritable(encoding);
  if (encoding === "utf-8" || largest === 0x7f) return bytes.slice();
  const text = decoder.decode(bytes);
  if (largest === 0xff && /[^\0-\xff]/.test(text)) throw unwritable(encoding);
  if (largest === 0xff) return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  const little = encoding !== "utf-16be";
  const marked = encoding === "utf-16" ? `\ufeff${text}` : text;
  const view = new DataView(new ArrayBuffer(marked.length * 2));
  for (let i = 0; i < marked.length; i++) view.setUint16(i * 2, marked.charCodeAt(i), little);
  return new Uint8Array(view.buffer);
}

function unwritable(encoding: string): RangeError {
  return new RangeError(`A name has a character that ${encoding} cannot write`);
}
