import { Float, PyDict } from "../../types/mod.ts";

/** What a dict is loaded as, unless it is an object. */
export type Dict = Map<unknown, unknown>;

/** An empty map for a dict. */
export function newDict(plain: boolean): Dict {
  return plain ? new Map() : new PyDict();
}

/** A float as a number, unless that would pass for an int. */
export function exactFloat(number: number): number | Float {
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? new Float(number) : number;
}

/** `Map` and `Set` make 0 of -0, which only a wrapper survives. */
export function keepZero(value: unknown): unknown {
  return value === 0 && Object.is(value, -0) ? new Float(-0) : value;
}

/** Of several NaN, each is a key of its own in Python, and all are one here: all but the first need a wrapper. */
export function keepNaN(container: { has(key: unknown): boolean }, value: unknown): unknown {
  return container.has(value) ? new Float(NaN) : value;
}

/** Whether `Map` and `Set` compare a value as Python does, as long as they hold only such values. */
export function isSimple(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || value === null;
}

/** Whether an object keeps a key in its place: array indexes come first whatever the order, `__proto__` is no key. */
export function isPropertyName(key: string): boolean {
  const first = key.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return !/^(?:0|[1-9][0-9]{0,9})$/.test(key);
  return first !== 0x5f || key !== "__proto__";
}
