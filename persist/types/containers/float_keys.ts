/**
 * Floats that a `Map` or `Set` of the platform does not keep as they are: it makes 0 of -0.0, and one of all NaN, which in
 * Python are as many keys as there are objects. A `Float` is an object of its own, and keeps both.
 */
import { Float } from "../numbers/float.ts";

/**
 * A key or element that its container keeps.
 *
 * @param container The map or set.
 * @param key The key.
 * @returns The key, or the `Float` that stands for it.
 */
export function keepFloat(container: { has(key: unknown): boolean }, key: unknown): unknown {
  if (key !== key) return container.has(key) ? new Float(NaN) : key;
  return key === 0 && 1 / key < 0 ? new Float(key) : key;
}

/**
 * The elements of a set, so that it keeps them.
 *
 * @param items The elements.
 * @returns The same array, or another with `Float` where that is needed.
 */
export function keepFloats(items: unknown[]): unknown[] {
  if (!items.some((item) => item !== item || item === 0)) return items;
  let nan = false;
  return items.map((item) => {
    const again = item !== item && nan;
    nan ||= item !== item;
    return again ? new Float(NaN) : item === 0 && 1 / item < 0 ? new Float(item) : item;
  });
}
