import { prescan } from "./prescan.ts";
import { resolveLabel } from "./resolve_label.ts";

/** What an encoding was found by. */
export interface SniffedEncoding {
  /** The standard's name of the encoding, in small letters. */
  readonly encoding: string;
  /** How it was found. */
  readonly source: "bom" | "transport" | "meta" | "default";
}

/**
 * The encoding of a document of HTML, as the standard says: a byte order mark, then what the transport layer tells, then a
 * `meta` among the first 1024 bytes, then Windows-1252.
 *
 * @param bytes The document, or its first 1024 bytes.
 * @param label What the transport layer tells.
 *
 * @example A page that tells its encoding
 * ```ts
 * import { sniffEncoding } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = new TextEncoder().encode("<meta charset=koi8-r>");
 * assertEquals(sniffEncoding(page), { encoding: "koi8-r", source: "meta" });
 * ```
 */
export function sniffEncoding(bytes: Uint8Array, label?: string): SniffedEncoding {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { encoding: "utf-8", source: "bom" };
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: "utf-16be", source: "bom" };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: "utf-16le", source: "bom" };
  const told = label === undefined ? undefined : resolveLabel(label);
  if (told !== undefined) return { encoding: told, source: "transport" };
  const found = prescan(bytes);
  if (found !== undefined) return { encoding: found, source: "meta" };
  return { encoding: "windows-1252", source: "default" };
}
