/** IPv4 addresses in dotted decimal, exactly four numbers. */

/** The four bytes; `undefined` if the text is no address. As inet_pton(3): no octal, no leading zeros, no short forms. */
export function parseIPv4(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(text)) return undefined;
  const parts = text.split(".");
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part[0] === "0"))) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

/** Four bytes as text. */
export function formatIPv4(bytes: Uint8Array): string {
  return bytes.join(".");
}
