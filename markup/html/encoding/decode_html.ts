import { decodeParts, isSeparable } from "./decode_parts.ts";
import { sniffEncoding } from "./sniff.ts";

/** A text that was decoded. */
export interface DecodedText {
  /** The text, without a byte order mark. */
  readonly text: string;
  /** Whether there is a NUL in it. */
  readonly nul: boolean;
}

/**
 * The text of a document of HTML.
 *
 * @param bytes The document.
 * @param label What the transport layer tells of the encoding.
 * @returns The text, the encoding that it was read in, and whether that was only guessed.
 */
export function decodeHtml(
  bytes: Uint8Array,
  label: string | undefined,
): DecodedText & { encoding: string; guessed: boolean } {
  const { encoding, source } = sniffEncoding(bytes, label);
  return { ...decodeAs(bytes, encoding), encoding, guessed: source === "default" };
}

/**
 * The text of bytes.
 *
 * @param bytes The bytes.
 * @param encoding The standard's name of the encoding.
 */
export function decodeAs(bytes: Uint8Array, encoding: string): DecodedText {
  if (isSeparable(encoding)) return decodeParts(bytes, encoding);
  const text = decodeWhole(bytes, encoding);
  return { text, nul: text.includes("\0") };
}

function decodeWhole(bytes: Uint8Array, encoding: string): string {
  if (encoding === "replacement") return bytes.length === 0 ? "" : "\ufffd";
  if (encoding === "x-user-defined") {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte < 0x80 ? byte : 0xf700 + byte);
    return text;
  }
  return new TextDecoder(encoding).decode(bytes);
}
