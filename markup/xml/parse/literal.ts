import { decodeUtf8 } from "../../store/decode.ts";

/**
 * Text in which nothing but line ends is replaced, as in comments and CDATA sections.
 *
 * @param bytes Well-formed UTF-8.
 * @param start First byte.
 * @param end Behind the last byte.
 */
export function literal(bytes: Uint8Array, start: number, end: number): string {
  const text = decodeUtf8(bytes, start, end);
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}
