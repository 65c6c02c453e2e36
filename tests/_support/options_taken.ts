/**
 * The functions and methods of an area that take options, as its documentation has them, and a check that each of them refuses
 * an option that does not exist: a table of calls is complete, or a test fails.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

/** As much of `deno doc --json` as is read here. */
interface Type {
  readonly kind: string;
  readonly repr?: string;
  readonly value?: unknown;
}
interface Parameter {
  readonly name?: string;
  readonly tsType?: Type;
  readonly left?: Parameter;
}
interface Method {
  readonly name: string;
  readonly isStatic?: boolean;
  readonly accessibility?: string;
  readonly params?: readonly Parameter[];
  readonly functionDef?: { readonly params: readonly Parameter[] };
}
interface Declaration {
  readonly kind: string;
  readonly location: { readonly filename: string; readonly line: number };
  readonly def?: {
    readonly params?: readonly Parameter[];
    readonly constructors?: readonly Method[];
    readonly methods?: readonly Method[];
  };
}

/** Types that are options, by their names. */
const OPTIONS = /"(\w+Options|TimeLimits|SliceRange)"/;

function takesOptions(params: readonly Parameter[]): boolean {
  return params.some((param) => {
    const { name = "", tsType } = param.left ?? param;
    if (/options/i.test(name)) return true;
    return OPTIONS.test(JSON.stringify(tsType ?? null));
  });
}

/**
 * What takes options: `openConnection`, `new Queue`, `Queue#get`, `Manager.start`, each with the room of its file before it.
 *
 * @param area The area.
 */
export async function optionsTaken(area: "ipc" | "net"): Promise<string[]> {
  const { href } = new URL("../../", import.meta.url);
  const root = fileURLToPath(href);
  const config: { exports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(`${root}deno.json`),
  );
  const entries = Object.entries(config.exports)
    .filter(([key]) => key === `./${area}` || key.startsWith(`./${area}/`))
    .map(([, path]) => path);
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...entries],
    cwd: root,
    env: { NO_COLOR: "1" },
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert(success, "deno doc failed");
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
  };
  const found = new Set<string>();
  for (const { name, declarations } of Object.values(nodes).flatMap(({ symbols }) => symbols)) {
    for (const { kind, def = {}, location: { filename, line } } of declarations) {
      // What another area has is a matter of that area's own table.
      if (!filename.startsWith(`${href}${area}/`)) continue;
      const [, room] = filename.slice(href.length).split("/");
      const add = (what: string, params: readonly Parameter[] = []) => {
        if (takesOptions(params)) found.add(`${room!.replace(/\.ts$/, "")}: ${what}`);
      };
      if (kind === "function") add(await nameOf(filename, line) ?? name, def.params);
      if (kind !== "class" && kind !== "interface") continue;
      for (const { accessibility, params } of def.constructors ?? []) {
        if (accessibility === undefined) add(`new ${name}`, params);
      }
      for (const method of def.methods ?? []) {
        if (method.accessibility !== undefined) continue;
        const params = method.functionDef?.params ?? method.params;
        add(`${name}${method.isStatic ? "." : "#"}${method.name}`, params);
      }
    }
  }
  return [...found].sort();
}

/** What a function is called where it is written: it may be exported by several names. */
async function nameOf(filename: string, line: number): Promise<string | undefined> {
  const lines = (await Deno.readTextFile(fileURLToPath(filename))).split("\n");
  return /function\*? (\w+)/.exec(lines[line]!)?.[1];
}

/** A call with a misspelt option, and the one that is meant. */
export type Refusal = readonly [misspelt: string, meant: string, call: (options: never) => unknown];

/**
 * Checks that each call refuses a misspelt option, names the one that is meant, and refuses options that are none.
 *
 * @param calls By what takes them.
 */
export async function assertRefused(calls: Readonly<Record<string, Refusal>>): Promise<void> {
  for (const [what, [misspelt, meant, call]] of Object.entries(calls)) {
    const attempt = async (options: unknown) => void await call(options as never);
    const error = await assertRejects(() => attempt({ [misspelt]: 1 }), TypeError, undefined, what);
    assertStringIncludes(error.message, `received "${misspelt}"; did you mean ${meant}?`, what);
    assert(error.message.startsWith("Cannot "), `${what}: ${error.message}`);
    await assertRejects(() => attempt(true), TypeError, undefined, what);
  }
}

/**
 * Checks that a table has all that takes options, and nothing else.
 *
 * @param area The area.
 * @param known What is in the table.
 * @param others What takes something like options, and why it is no matter of this check.
 */
export async function assertComplete(
  area: "ipc" | "net",
  known: readonly string[],
  others: Readonly<Record<string, string>>,
): Promise<void> {
  const listed = [...known, ...Object.keys(others)].sort();
  assertEquals(listed, await optionsTaken(area), "a table lacks what takes options, or has more");
}
