/** What a state, which is a dict, holds. */

/** A field of a state: of an object or, with `dicts: "map"`, of a map. */
export function field(state: unknown, name: string): unknown {
  if (state instanceof Map) return state.get(name);
  return typeof state === "object" && state !== null && Object.hasOwn(state, name)
    ? (state as Record<string, unknown>)[name]
    : undefined;
}

/** The entries of a dict, in whichever form it was read; none of something else. */
export function entriesOf(dict: unknown): [unknown, unknown][] {
  if (dict instanceof Map) return [...dict];
  const isRecord = typeof dict === "object" && dict !== null && !Array.isArray(dict) &&
    [Object.prototype, null].includes(Object.getPrototypeOf(dict));
  return isRecord ? Object.entries(dict) : [];
}

/** Whether a dict, in whichever form it was read, has a key. */
export function hasKey(dict: unknown, key: unknown): boolean {
  if (dict instanceof Map) return dict.has(key);
  return typeof dict === "object" && dict !== null && typeof key === "string" &&
    Object.hasOwn(dict, key);
}

/** A number that is one, or a wrapper of one. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const inner = typeof value === "object" && value !== null ? value.valueOf() : undefined;
  return typeof inner === "number" ? inner : undefined;
}
