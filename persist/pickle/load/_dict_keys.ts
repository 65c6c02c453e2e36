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
