/**
 * Bytes as a string with one unit for each, by a copy at memory speed; parts cut from it share its memory. `Buffer` is taken
 * from the global object, where it is loaded when it is first read: importing a module would load it at once, which takes 6 ms.
 *
 * @param bytes The bytes.
 * @param length How many of them.
 * @returns The string; where the bytes are ASCII, the text that they are.
 */
export function asciiText(bytes: Uint8Array, length: number): string {
  return globalThis.Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("latin1");
}
