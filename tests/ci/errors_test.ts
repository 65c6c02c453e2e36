// docs/errors.md has every error class that the package exports, and says truly what each is besides.
import { assert, assertEquals } from "@std/assert";

type ErrorClass = new (...args: never[]) => Error;

/** What the tables call by its last name only. */
const BASES: Record<string, unknown> = {
  ...Deno.errors,
  Error,
  RangeError,
  SyntaxError,
  TypeError,
};

/** The error classes of the package, and the entry points that export them. */
const classes = new Map<ErrorClass, string[]>();
const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
for (const key of Object.keys(config.exports)) {
  const module = await import(`@ferry/std${key.slice(1)}`);
  for (const value of Object.values(module)) {
    if (typeof value !== "function" || !(value.prototype instanceof Error)) continue;
    const error = value as ErrorClass;
    classes.set(error, [...classes.get(error) ?? [], key.slice(2)]);
  }
}

/** `NetError` counts instances as its own that do not extend it, so `instanceof` is not asked. */
function isA(error: ErrorClass, above: ErrorClass): boolean {
  return Object.prototype.isPrototypeOf.call(above.prototype, error.prototype);
}

/** The rows of the tables by area: `[error, is a]`. */
async function documented(): Promise<[area: string, error: string, base: string][]> {
  const text = await Deno.readTextFile(new URL("../../docs/errors.md", import.meta.url));
  return text.split("\n## ").slice(1).flatMap((section) => {
    const [, area] = /^`([\w/]+)`\n/.exec(section)!;
    return [...section.matchAll(/^\| `(\w+)` *\| `(\w+)` *\|/gm)]
      .map(([, error, base]): [string, string, string] => [area!, error!, base!]);
  });
}

Deno.test("docs/errors.md has each error class once, under its area, with a class that it is", async () => {
  const left = new Set(classes.keys());
  for (const [area, name, base] of await documented()) {
    const error = [...left].find((one) =>
      one.name === name &&
      classes.get(one)!.some((key) => key === area || key.startsWith(`${area}/`))
    );
    assert(error, `${name} of ${area} is not exported, or there twice`);
    const above = BASES[base] ?? [...classes.keys()].find((one) => one.name === base);
    assert(typeof above === "function", base);
    assert(isA(error, above as ErrorClass), `${name} is no ${base}`);
    left.delete(error);
  }
  // An exception of Python is a value.
  assert([...left].some((error) => error.name === "PyException"));
  assertEquals(
    [...left].filter((error) => error.name !== "PyException").map((error) =>
      `${error.name} of ${classes.get(error)}`
    ),
    [],
  );
});
