// What README and the module's own table promise of `ipc` exists under these names.
import { assert, assertEquals } from "@std/assert";
import * as ipc from "@ferry/std/ipc";

const ROOT = new URL("../../", import.meta.url);
const names: Record<string, unknown> = ipc;

/** The rows of the table under a heading, or of a text without one, as cells. */
function rowsOf(text: string, heading: string): string[][] {
  const start = heading === "" ? 0 : text.indexOf(`## ${heading}\n`);
  assert(start >= 0, `README has no section "${heading}"`);
  const end = text.indexOf("\n## ", start + 1);
  const section = text.slice(start, end < 0 ? undefined : end);
  return section.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("README's table of what to use names what ipc exports", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const rows = rowsOf(readme, "Pick an API").filter(([, use]) => use!.startsWith("`ipc`"));
  assert(rows.length >= 7, `${rows.length} rows`);
  for (const [, use] of rows) {
    const used = [...use!.matchAll(/`(\.?\w+(?:\.\w+)?)`/g)].map((match) => match[1]!).slice(1);
    assert(used.length > 0, use);
    for (const name of used) {
      const [owner, method] = name.split(".") as [string, string?];
      if (owner !== "" && method !== undefined) {
        assert(
          method in (names[owner] as object) ||
            method in (names[owner] as { prototype: object }).prototype,
          name,
        );
      } else if (name.startsWith(".")) assert(name.slice(1) in ipc.SharedArray.prototype, name);
      else assertEquals(typeof names[name], "function", name);
    }
  }
});

Deno.test("README's rows from Python are those of the whole table", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const whole = rowsOf(await Deno.readTextFile(new URL("docs/from-python.md", ROOT)), "");
  const known = new Set(whole.map(([python, ferry]) => `${python} | ${ferry}`));
  const rows = rowsOf(readme, "From Python");
  assert(rows.length >= 5, `${rows.length} rows`);
  for (const [python, ferry] of rows) assert(known.has(`${python} | ${ferry}`), python);
});

Deno.test("README's rows of permissions are those of the whole table", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const whole = rowsOf(await Deno.readTextFile(new URL("docs/permissions.md", ROOT)), "");
  const known = new Set(whole.map(([use, flags]) => `${use} | ${flags}`));
  const rows = rowsOf(readme, "Permissions");
  assert(rows.length >= 5, `${rows.length} rows`);
  for (const [use, flags] of rows) assert(known.has(`${use} | ${flags}`), use);
});

Deno.test("The table from Python names classes and methods that ipc has", async () => {
  const rows = rowsOf(await Deno.readTextFile(new URL("docs/from-python.md", ROOT)), "");
  // Before the first row that names another area, the table is about ipc, but for its entries of their own.
  const about = rows.slice(
    0,
    rows.findIndex(([, ferry]) => /`(net|persist|formats|markup)\//.test(ferry!)),
  ).filter(([, ferry]) => !ferry!.includes("`ipc/"));
  assert(about.length >= 8, `${about.length} rows`);
  const known = new Set(
    Object.values(names).flatMap((value) =>
      typeof value === "function" && value.prototype !== undefined
        ? Object.getOwnPropertyNames(value.prototype)
        : []
    ),
  );
  for (const [, ferry] of about) {
    for (const [, made] of ferry!.matchAll(/\bnew (\w+)\(/g)) {
      assertEquals(typeof names[made!], "function", made);
    }
    for (const [, method] of ferry!.matchAll(/\w\.(\w+)\(/g)) {
      assert(known.has(method!), `${method} of ${ferry}`);
    }
    for (const [, called] of ferry!.matchAll(/`(\w+)\(/g)) {
      assertEquals(typeof names[called!], "function", called);
    }
  }
});

Deno.test("The table at the head of ipc names what it exports", async () => {
  const source = await Deno.readTextFile(new URL("ipc/mod.ts", ROOT));
  const table = source.split("\n").filter((line) => line.startsWith(" * |")).slice(2).join("\n");
  const linked = [...table.matchAll(/\{@linkcode (\w+)\}/g)].map((match) => match[1]!);
  assert(linked.length >= 19, `${linked.length} names`);
  for (const name of linked) assertEquals(typeof names[name], "function", name);
});
