/** Bytes of any encoding as UTF-8, padded for the parser. */
import { padded } from "./entity_parser.ts";
import { PADDING } from "./reader.ts";

/** A document as the parser reads it. */
export interface Input {
  /** UTF-8 with zeros behind it. */
  readonly bytes: Uint8Array;
  /** How many bytes of it count. */
  readonly length: number;
  /** Name of the encoding it was in, in lower case. */
  readonly encoding: string | undefined;
}

const ENCODING = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/;

/** What the first bytes tell of the encoding: its name, and how many of them are a byte order mark. */
function detect(bytes: Uint8Array): { encoding: string; mark: number } | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", mark: 3 };
  if (a === 0xff && b === 0xfe && (c !== 0 || d !== 0)) return { encoding: "utf-16le", mark: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", mark: 2 };
  if (a === 0x3c && b === 0 && c !== 0) return { encoding: "utf-16le", mark: 0 };
  if (a === 0 && b === 0x3c) return { encoding: "utf-16be", mark: 0 };
  return undefined;
}

/**
 * The encoding of a document.
 *
 * @param bytes Its first bytes.
 * @param given The name that counts whatever they say.
 * @throws {SyntaxError} If what it declares cannot be.
 */
export function encodingOf(
  bytes: Uint8Array,
  given: string | undefined,
): { encoding: string; mark: number } {
  const detected = detect(bytes);
  if (given !== undefined) {
    const encoding = normal(given);
    return { encoding, mark: detected?.encoding === encoding ? detected.mark : 0 };
  }
  if (detected !== undefined && detected.encoding !== "utf-8") return detected;
  const start = String.fromCharCode(...bytes.subarray(detected?.mark ?? 0, 1024));
  const declared = normal(ENCODING.exec(start)?.[1] ?? "utf-8");
  if (declared.startsWith("utf-16") || declared.startsWith("ucs-")) {
    throw new SyntaxError(`The document declares ${declared}, which its first bytes are not in`);
  }
  if (detected !== undefined && declared !== "utf-8") {
    throw new SyntaxError(`The document declares ${declared}, but begins with the mark of UTF-8`);
  }
  return { encoding: declared, mark: detected?.mark ?? 0 };
}

function normal(label: string): string {
  const lower = label.toLowerCase();
  return lower === "utf8" ? "utf-8" : lower === "utf-16" ? "utf-16le" : lower;
}

/** Whether bytes of an encoding are characters of that number: ISO-8859-1, of which the platform knows a superset only. */
export function isLatin1(encoding: string): boolean {
  return encoding === "iso-8859-1" || encoding === "latin1" || encoding === "iso_8859-1";
}

/**
 * Makes a decoder.
 *
 * @throws {SyntaxError} If the platform does not know the encoding.
 */
export function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  } catch (cause) {
    throw new SyntaxError(`The encoding "${encoding}" of the document is not known`, { cause });
  }
}

function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/**
 * A document as UTF-8 with zeros behind it, always a copy.
 *
 * @param source The document.
 * @param given Name of the encoding of bytes, whatever they say.
 * @throws {SyntaxError} If it is not in the encoding that it declares, or that is not known.
 */
export function decodeInput(source: string | Uint8Array, given: string | undefined): Input {
  if (typeof source === "string") {
    if (!source.isWellFormed()) {
      throw new SyntaxError("A document cannot have halves of surrogate pairs in it");
    }
    const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
    return { ...padded(text), encoding: undefined };
  }
  if (!(source instanceof Uint8Array)) {
    throw new TypeError(`Cannot parse XML: needed a string or bytes, received ${typeof source}`);
  }
  const { encoding, mark } = encodingOf(source, given);
  const rest = source.subarray(mark);
  if (encoding === "utf-8") {
    const bytes = new Uint8Array(rest.length + PADDING);
    bytes.set(rest);
    return { bytes, length: rest.length, encoding };
  }
  let text: string;
  try {
    text = isLatin1(encoding) ? decodeLatin1(rest) : decoderOf(encoding).decode(rest);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause;
    throw new SyntaxError(`The document is not in its encoding "${encoding}"`, { cause });
  }
  return { ...padded(text), encoding };
}
