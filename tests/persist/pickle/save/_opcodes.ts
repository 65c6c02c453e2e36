/** What the bytes of a pickle are. */
import { genops } from "@ferry/std/persist/pickle";

/** All of them. */
export const PROTOCOLS: readonly number[] = [0, 1, 2, 3, 4, 5];

/** The names of its opcodes. */
export function names(bytes: Uint8Array): string[] {
  return [...genops(bytes)].map((operation) => operation.opcode.name);
}

/** How often an opcode is in it. */
export function count(bytes: Uint8Array, name: string): number {
  return names(bytes).filter((n) => n === name).length;
}

/** A character for each byte. */
export function text(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => String.fromCharCode(b)).join("");
}
