/** Tests that a function refuses options that it does not know, and takes all that it does. */
import { assert, assertStringIncludes } from "@std/assert";

/** What takes options. */
export interface TakesOptions {
  /** Its name, with its file: `csv/parse.ts parse`. */
  readonly name: string;
  /** Calls it. */
  // deno-lint-ignore no-explicit-any
  readonly call: (options?: any) => unknown;
  /** Options that it cannot do without, if there are any. */
  readonly needs?: object;
}

/** What a call throws, or its promise is rejected with. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The message of the `TypeError` that a call ends with. */
export async function refusal(call: () => unknown): Promise<string> {
  const error = await errorOf(call);
  assert(error instanceof TypeError, `needed a TypeError, received ${error}`);
  return error.message;
}

/**
 * Tests one: unknown names, what is no object of options, all names that the message tells with `undefined` as their
 * value, and names that are inherited.
 */
export async function testOptions({ call, needs }: TakesOptions): Promise<void> {
  const all = <T extends object>(options: T): T => Object.assign(options, needs);
  if (needs === undefined) {
    await call();
    await call(undefined);
  }
  await call(all({}));
  const message = await refusal(() => call(all({ noSuchOption: 1 })));
  const [, names] = /^Cannot .*: needed one of the options (.+), received "noSuchOption"$/
    .exec(message) ?? [];
  assert(names !== undefined, message);
  for (const value of ["text", 5, true, null, () => {}]) {
    assertStringIncludes(await refusal(() => call(value)), "needed an object of options, received");
  }
  for (const name of ["constructor", "toString", "__proto__"]) {
    const options = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`);
    assertStringIncludes(await refusal(() => call(all(options))), `received "${name}"`);
  }
  const inherited = Object.create({ inherited: 1 });
  assertStringIncludes(await refusal(() => call(all(inherited))), '"inherited"');
  const defaults = all(Object.fromEntries(names.split(", ").map((name) => [name, undefined])));
  await call(defaults);
  await call(Object.create(defaults));
  class Options {}
  await call(Object.assign(new Options(), defaults));
  await call(Object.assign(Object.create(null), defaults));
}

/** Tests that what a program adds to all objects is no option. */
export async function testPolluted({ call, needs }: TakesOptions): Promise<void> {
  const all = Object.prototype as { added?: unknown };
  all.added = 1;
  try {
    await call({ ...needs });
  } finally {
    delete all.added;
  }
}
