/** How the items of a container are named in a path. */
export const LIST = 0;
export const OBJECT = 1;
export const MAP = 2;
export const SET = 3;
/** A tuple of constants, which is a constant itself. */
export const CONSTANT = 4;

/** What a path needs to know of a container being written. */
export interface PathFrame {
  readonly kind: number;
  /** Items, a map's keys and values in turn, or an object's keys. */
  readonly items: readonly unknown[];
  /** Index after the item being written. */
  readonly at: number;
}

/** Where in the root the value being written is: `$.jobs[1]`. */
export function pathOf(frames: readonly PathFrame[]): string {
  let path = "$";
  for (const { kind, items, at } of frames) {
    const index = Math.max(0, at - 1);
    if (kind === OBJECT) {
      path += property(items[index] as string);
    } else if (kind === MAP) {
      const key = items[index & ~1];
      const isKey = (index & 1) === 0;
      path += isKey || typeof key !== "string" ? `<${index >> 1}>` : property(key);
    } else {
      path += kind === SET ? `<${index}>` : `[${index}]`;
    }
  }
  return path;
}

function property(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `.${name}`
    : `[${JSON.stringify(name)}]`;
}

/** What a value is, for an error message. */
export function describe(value: unknown): string {
  if (typeof value === "function") return `a function, which is code: ${value.name || "anonymous"}`;
  if (typeof value !== "object" || value === null) return String(value);
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? `an object of class ${name}` : "an object";
}
