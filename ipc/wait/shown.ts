/** How error messages show what they received: short, and never by running code of the value's own. */

/** A value that was received in the place of another, in a few words. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : withArticle(classOf(value));
    default:
      return String(value);
  }
}

/** The name of the class of an object. */
export function classOf(object: object): string {
  try {
    const name: unknown = object.constructor?.name;
    return typeof name === "string" && name !== "" && name !== "Object" ? name : "object";
  } catch {
    return "object";
  }
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}
