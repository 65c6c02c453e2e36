// Bytes to text for the formats that are text: the encoding by byte order mark, never a silent replacement.

import type { FormatError, FormatErrorOptions } from "./format_error.ts";

/** The error class of a format, such as `YamlError`. */
export type TextErrorClass = new (message: string, options: FormatErrorOptions) => FormatError;

/**
 * Text as it is, without byte order mark; bytes decoded from UTF-8, or from UTF-16 when a byte order mark says so.
 *
 * @param input Text or bytes.
 * @param format Name of the format, for the error.
 * @param ErrorClass What to throw when the bytes are not text.
 * @param utf16 Whether the format allows UTF-16.
 */
export function decodeText(
  input: string | Uint8Array,
  format: string,
  ErrorClass: TextErrorClass,
  utf16 = true,
): string {
  if (typeof input === "string") {
    return input.charCodeAt(0) === 0xfeff ? input.slice(1) : input;
  }
  if (!(input instanceof Uint8Array)) {
    throw new TypeError(`Cannot read ${format} from ${typeof input}: give a string or Uint8Array`);
  }
  const mark = utf16 && input.length > 1 ? input[0]! << 8 | input[1]! : 0;
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(input);
  } catch (cause) {
    const at = encoding === "utf-8" ? firstInvalidByte(input) : undefined;
    throw new ErrorClass(
      `Cannot read ${format} from bytes that are not ${encoding.toUpperCase()}`,
      {
        format,
        ...(at === undefined ? {} : { byteOffset: at }),
        cause,
      },
    );
  }
}

/** Length of the longest prefix that decodes. */
function firstInvalidByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      // As a stream, so that a character cut at the end is no error.
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
    resetDecoder(decoder);
  }
  return low;
}

function resetDecoder(decoder: TextDecoder): void {
  try {
    decoder.decode();
  } catch {
    // A cut character at the end: the decoder is ready again all the same.
  }
}
