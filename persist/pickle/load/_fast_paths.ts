/** Fast paths of the machine for what pickles hold most. */
import { Float } from "../../types/numbers/float.ts";

/**
 * Makes an empty object expect many properties: one that has lost a property is a hash table from then on, and does not
 * go through hundreds of shapes first.
 */
export function beginMany(record: Record<string, unknown>): void {
  for (const _ in record) return;
  record.a = record.b = undefined;
  delete record.a;
  delete record.b;
}

/** Reads BININT1, BININT2, BININT and BINFLOAT as long as they come, and returns where they end. */
export function readNumbers(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  wrapFloats: boolean,
  into: unknown[],
): number {
  const last = end - 9;
  let pos = start;
  while (pos <= last) {
    switch (bytes[pos]) {
      case 0x4b: // BININT1
        into.push(bytes[pos + 1]);
        pos += 2;
        break;
      case 0x4d: // BININT2
        into.push(bytes[pos + 1]! | bytes[pos + 2]! << 8);
        pos += 3;
        break;
      case 0x4a: // BININT
        into.push(
          bytes[pos + 1]! | bytes[pos + 2]! << 8 | bytes[pos + 3]! << 16 | bytes[pos + 4]! << 24,
        );
        pos += 5;
        break;
      case 0x47: { // BINFLOAT
        const value = view.getFloat64(pos + 1);
        into.push(
          wrapFloats && Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0)
            ? new Float(value)
            : value,
        );
        pos += 9;
        break;
      }
      default:
        return pos;
    }
  }
  return pos;
}

/** Sets a property whatever its name. */
export function define(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * Whether a dict key can be a property name of a plain object: JavaScript puts names that look like array indexes first,
 * and `__proto__` is no ordinary name everywhere.
 */
export function isPropertyName(key: unknown): key is string {
  if (typeof key !== "string") return false;
  const first = key.charCodeAt(0);
  // Almost all keys are decided by their first character.
  if (first > 0x39 && first !== 0x5f) return true;
  if (first === 0x5f) return key !== "__proto__";
  if (!(first >= 0x30)) return true;
  return key.length > 10 || !/^(?:0|[1-9][0-9]*)$/.test(key);
}
