/**
 * Defines an own property whatever its key. An assignment to `__proto__` would set the prototype instead.
 *
 * The readers assign all other keys where they stand: that is faster, and remembers the shapes of its own objects only.
 */
export function defineOwn(object: object, key: string | number, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
