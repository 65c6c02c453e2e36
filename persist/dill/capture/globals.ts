/**
 * What every program has: functions and objects that are saved by their path from the global object, `Math.max`, and never
 * as code.
 */
import { types } from "./object_types.ts";
import { GLOBAL_NAMES } from "./_global_names.ts";

/** Whether a name that no scope declares means the same in every program. */
export function isGlobalName(name: string): boolean {
  return GLOBAL_NAMES.has(name);
}

/** Functions and prototypes that no name leads to, and how to come by them. */
const NAMELESS: Record<string, () => object> = {
  "%TypedArray%": () => Object.getPrototypeOf(Int8Array),
  "%AsyncFunction%": () => (async () => {}).constructor,
  "%GeneratorFunction%": () => (function* () {}).constructor,
  "%AsyncGeneratorFunction%": () => (async function* () {}).constructor,
  "%Generator%": () => Object.getPrototypeOf(function* () {}).prototype,
  "%AsyncGenerator%": () => Object.getPrototypeOf(async function* () {}).prototype,
  "%AsyncIteratorPrototype%": () =>
    Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype),
  "%ArrayIteratorPrototype%": () => Object.getPrototypeOf([][Symbol.iterator]()),
  "%StringIteratorPrototype%": () => Object.getPrototypeOf(""[Symbol.iterator]()),
  "%RegExpStringIteratorPrototype%": () => Object.getPrototypeOf("".matchAll(/a/g)),
  "%IteratorHelperPrototype%": () => Object.getPrototypeOf([].values().map(String)),
};

/** Names whose mere reading opens something, or asks for a permission. */
const OPENS: ReadonlySet<string> = new Set([
  "caches",
  "localStorage",
  "location",
  "sessionStorage",
]);

/** How deep functions and objects are looked for: `Array.prototype.map`. */
const DEPTH = 3;

let index: Map<unknown, readonly string[]> | undefined;

/** The path of a global function or object, the shortest first found; `undefined` if it is none. */
export function globalPath(value: unknown): readonly string[] | undefined {
  index ??= makeIndex();
  const found = index.get(value);
  if (found !== undefined || typeof value !== "object" || value === null) return found;
  // Prototypes lie one step further: Deno.errors.NotFound.prototype.
  const made = ownValue(value, "constructor");
  const path = made === undefined ? undefined : index.get(made);
  return path !== undefined && (made as { prototype?: unknown }).prototype === value
    ? [...path, "prototype"]
    : undefined;
}

/** The global function or object at a path; `undefined` if there is none. */
export function atGlobalPath(path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  let value: unknown;
  if (Object.hasOwn(NAMELESS, first)) value = NAMELESS[first]!();
  else if (first === "globalThis") value = globalThis;
  else if (GLOBAL_NAMES.has(first) && !OPENS.has(first)) value = Reflect.get(globalThis, first);
  for (const name of rest) value = isObject(value) ? ownValue(value, name) : undefined;
  return isObject(value) ? value : undefined;
}

function makeIndex(): Map<unknown, readonly string[]> {
  const found = new Map<unknown, readonly string[]>([[globalThis, ["globalThis"]]]);
  // Level by level, so that the shortest path counts.
  let level: (readonly string[])[] = [
    ...[...GLOBAL_NAMES].map((name) => [name]),
    ...Object.keys(NAMELESS).map((name) => [name]),
  ];
  for (let depth = 0; depth < DEPTH; depth++) {
    const next: (readonly string[])[] = [];
    for (const path of level) {
      const value = atGlobalPath(path);
      // A Proxy, as process.env, asks for permissions.
      if (!isObject(value) || types.isProxy(value) || found.has(value)) continue;
      found.set(value, path);
      for (const name of Object.getOwnPropertyNames(value)) {
        if (name !== "constructor") next.push([...path, name]);
      }
    }
    level = next;
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null || typeof value === "function";
}

/** The value of a property of the object itself; no getter is called. */
function ownValue(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}
