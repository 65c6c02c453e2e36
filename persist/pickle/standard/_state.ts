/** A field of a state, which is a dict: an object or, with `dicts: "map"`, a map. */
export function stateField(state: unknown, name: string): unknown {
  if (state instanceof Map) return state.get(name);
  return typeof state === "object" && state !== null && Object.hasOwn(state, name)
    ? (state as Record<string, unknown>)[name]
    : undefined;
}
